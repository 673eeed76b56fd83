"""Names of revisions that mean two things to git: it takes the tag, which anybody may have pushed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.repository.git import GitProblem, Repository, file_at
from tests.repository.repositories import committed, git

SPEC = """\
apiVersion: mlinfra/v1
platform: tiny
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
workspaces:
  main: {}
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    (root / "ml-platform.yaml").write_text(SPEC)
    committed(root, "one")
    git(root, "tag", "-a", "v1.2", "-m", "a release")
    committed(root, "two")
    return root


TAG, BRANCH, REMOTE = "refs/tags/main", "refs/heads/main", "refs/remotes/origin/main"
DIGITS, DESCRIBED = "refs/tags/{digits}", "refs/tags/v1.2-1-g{digits}"
OTHER_TAG, LIKE_IT = "refs/tags/origin/main", "refs/heads/origin/main"
HEAD = "refs/remotes/origin/HEAD"
AMBIGUOUS = {  # what is written, what else is made, how it is told, and what is to be written instead
    "a tag like a branch": ("main", TAG, f"{TAG}, {BRANCH}", BRANCH),
    "steps from one": ("main~1", TAG, f"{TAG}, {BRANCH}", BRANCH),
    "a tag like the log of a branch": ("main@{0}", TAG, f"{TAG}, {BRANCH}", BRANCH),
    "a tag like a branch of a remote": ("origin/main", OTHER_TAG, f"{OTHER_TAG}, {REMOTE}", REMOTE),
    "a branch like one": ("origin/main", LIKE_IT, f"{LIKE_IT}, {REMOTE}", LIKE_IT),
    "a reference of its own kind": ("origin/main", "refs/origin/main", f"refs/origin/main, {REMOTE}", REMOTE),
    "a tag like a remote": ("origin", "refs/tags/origin", f"refs/tags/origin, {HEAD}", HEAD),
    "a tag like the first digits of a commit": ("{digits}", DIGITS, f"{DIGITS}, {{commit}}", "{commit}"),
    "a tag like a description": ("v1.2-1-g{digits}", DESCRIBED, f"{DESCRIBED}, {{commit}}", "{commit}"),
}


@pytest.fixture
def clone(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git(tmp_path, "clone", "-q", f"file://{repository}", "clone")
    monkeypatch.chdir(tmp_path / "clone")
    return tmp_path / "clone"


@pytest.mark.parametrize("setting", ["true", "false"])
@pytest.mark.parametrize(("written", "made", "which", "instead"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_a_name_that_means_two_things_is_refused(
    written: str,
    made: str,
    which: str,
    instead: str,
    setting: str,
    clone: Path,
) -> None:
    commit = git(clone, "rev-parse", "HEAD")
    written, made, which, instead = (
        each.format(digits=commit[:8], commit=commit) if "{" in each and "@{" not in each else each
        for each in (written, made, which, instead)
    )
    git(clone, "config", "core.warnAmbiguousRefs", setting)
    git(clone, "update-ref", made, "HEAD~1")
    with pytest.raises(GitProblem) as raised:
        Repository.at(clone, os.environ).commit(written)
    assert str(raised.value) == f'"{written}" is ambiguous: {which}; write one in full, such as {instead}'


@pytest.mark.parametrize("verb", [["compile", "--check"], ["diff"], ["report"]])
def test_each_verb_refuses_it(verb: list[str], clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(clone, "tag", "origin/main", "HEAD~1")
    assert run([*verb, "--against", "origin/main"]) == 3
    assert '"origin/main" is ambiguous: refs/tags/origin/main, refs/remotes/origin/main' in capsys.readouterr().err


def test_the_branch_before_that_has_a_tag_of_its_name_is_refused(clone: Path) -> None:
    git(clone, "switch", "-q", "-c", "x")
    git(clone, "switch", "-q", "main")
    git(clone, "update-ref", "refs/tags/x", "HEAD~1")
    with pytest.raises(GitProblem, match=r'^"@\{-1\}" is ambiguous; write one in full, such as refs/heads/main$'):
        file_at("@{-1}", clone / "ml-platform.yaml", clone)


def test_a_full_name_means_one_thing_whatever_else_there_is(clone: Path) -> None:
    commit = git(clone, "rev-parse", "HEAD")
    for name in ("refs/remotes/origin/main", "HEAD", commit, "remotes/origin/main"):
        git(clone, "update-ref", f"refs/tags/{name}", "HEAD~1")
    for name in ("refs/remotes/origin/main", "refs/remotes/origin/main~0", "HEAD", "HEAD~0", commit):
        assert Repository.at(clone, os.environ).commit(name) == commit


def test_no_tag_stands_in_for_a_full_name_that_the_clone_lacks(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(clone, "update-ref", "refs/tags/refs/remotes/origin/gone", "HEAD")
    assert run(["compile", "--check", "--against", "refs/remotes/origin/gone"]) == 3
    assert capsys.readouterr().err.splitlines()[-1] == (
        'Error: --against: "refs/remotes/origin/gone" is not in this clone; git fetch origin '
        "gone:refs/remotes/origin/gone brings it, where there is such a branch"
    )
