"""Revisions: which texts are one, and what is read of it."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.repository import allowance
from mlinfra.repository import git as module
from mlinfra.repository.git import GitProblem, file_at
from tests.repository.repositories import committed, git, with_entry

SPEC = """\
apiVersion: mlinfra/v1
platform: tiny
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
workspaces:
  main: {}
"""
WHAT_IT_IS = "a revision is a branch, a tag or a commit: main, origin/main, v1.2, HEAD~1, 4f9d1c0"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    (root / "ml-platform.yaml").write_text(SPEC)
    committed(root, "one")
    assert run(["compile", "-q", "-f", str(root)]) == 0
    committed(root, "two")
    git(root, "tag", "-a", "v1.2", "-m", "a release")
    git(root, "tag", "a-file", "HEAD:ml-platform.yaml")
    git(root, "tag", "a-folder", "HEAD:generated")
    git(root, "branch", "feature/ä@x")
    git(root, "switch", "-q", "-c", "other")
    git(root, "switch", "-q", "main")
    return root


@pytest.fixture
def here(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(repository)
    return repository


@pytest.mark.parametrize("beside", ["", "generated/another", "generated/broken"])
def test_a_platform_of_another_name_is_found_by_its_spec(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], beside: str
) -> None:
    spec = tmp_path / "specs/tiny/ml-platform.yaml"
    spec.parent.mkdir(parents=True)
    spec.write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    assert run(["compile", "-q"]) == 0
    if beside:
        (tmp_path / beside).mkdir()
        (tmp_path / beside / "manifest.json").symlink_to("../../../nothing") if beside.endswith("another") else (
            tmp_path / beside / "manifest.json"
        ).write_text("[")
    committed(tmp_path)
    spec.write_text(SPEC.replace("platform: tiny", "platform: huge"))
    assert run(["compile", "--against", "HEAD"]) == 0
    said = capsys.readouterr().err
    assert 'warning[MLI811]: the workspace "mlw-tiny-dev' in said
    assert "has no output of this spec" not in said


@pytest.mark.parametrize(("outdir", "code"), [("generated", 0), (".", 2), ("deep/er/still", 2)])
def test_a_revision_without_the_output_of_the_spec_is_said(
    here: Path, capsys: pytest.CaptureFixture[str], outdir: str, code: int
) -> None:
    assert run(["compile", "--check", "--outdir", outdir, "--against", "HEAD~1"]) == code
    message = f"{outdir}: HEAD~1 has no output of this spec: whether data would be left behind is not known\n"
    assert message in capsys.readouterr().err


REVISIONS = ("HEAD", "@", "main", "v1.2", "feature/ä@x", "HEAD~0", "main^0", "other", "@{-1}", "main@{0}", "HEAD~1")


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_text_that_names_one_commit_is_a_revision(revision: str, here: Path) -> None:
    assert run(["compile", "--check", "-q", "--against", revision]) == 0


def test_the_id_of_a_commit_is_a_revision_in_full_and_cut(here: Path) -> None:
    commit = git(here, "rev-parse", "HEAD")
    assert [run(["compile", "--check", "-q", "--against", name]) for name in (commit, commit[:7])] == [0, 0]


NO_REVISIONS = {  # what is said of each between the quotes
    "an exclusion": ("^HEAD", "^HEAD"),
    "all parents": ("HEAD^@", "HEAD^@"),
    "a commit without its parents": ("HEAD^!", "HEAD^!"),
    "a search in messages": (":/one", ":/one"),
    "a search from a commit": ("HEAD^{/one}", "HEAD^{/one}"),
    "a file of the index": (":ml-platform.yaml", ":ml-platform.yaml"),
    "an option": ("-x", "-x"),
    "a long option": ("--all", "--all"),
    "an option that writes": ("--output=x", "--output=x"),
    "steps from nothing": ("~1", "~1"),
    "nothing": ("", ""),
    "a blank": (" ", " "),
    "two": ("HEAD main", "HEAD main"),
    "two lines": ("HEAD\nmain", "HEAD\\nmain"),
    "NUL": ("HEAD\0", "HEAD␀"),
    "an escape": ("\x1b[31mHEAD", "␛[31mHEAD"),
    "a tag of a file": ("a-file", "a-file"),
    "a tag of a folder": ("a-folder", "a-folder"),
    "thousands of characters": ("a" * 5_000, "a" * 80 + "…"),
    "thousands of steps": ("HEAD" + "^" * 5_000, "HEAD" + "^" * 76 + "…"),
}


@pytest.mark.parametrize(("written", "shown"), NO_REVISIONS.values(), ids=NO_REVISIONS)
def test_any_other_text_is_wrong_usage(
    written: str, shown: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compile", "--check", f"--against={written}"]) == 3
    assert capsys.readouterr().err.splitlines()[-1] == (
        f'Error: --against: "{shown}" is no revision of this repository; {WHAT_IT_IS}'
    )


UNKNOWN = f"is not in this clone; correct it, or fetch it first; {WHAT_IT_IS}"
NEARLY = {
    "unknown": ("nowhere", f'"nowhere" {UNKNOWN}'),
    "a commit that is not there": ("4f9d1c0", f'"4f9d1c0" {UNKNOWN}'),
    "a character that turns the line": ("\u202eHEAD", f'"<U+202E>HEAD" {UNKNOWN}'),
    "half a character": ("\udcff", f'"<U+DCFF>" {UNKNOWN}'),
    "a branch of the server": (
        "origin/release/v1",
        (
            '"origin/release/v1" is not in this clone; git fetch origin release/v1:refs/remotes/origin/release/v1 '
            "brings it, where there is such a branch"
        ),
    ),
    "an older commit": (
        "HEAD~9",
        '"HEAD~9" is not in this clone; where it is shallow, git fetch --unshallow brings the older commits',
    ),
    "a range": ("HEAD~1..HEAD", '"HEAD~1..HEAD" is a range of commits; name one: HEAD'),
    "a symmetric range": ("main...other", '"main...other" is a range of commits; name one: other'),
    "a file of a commit": (
        "HEAD:ml-platform.yaml",
        '"HEAD:ml-platform.yaml" is a file of a commit; name the commit alone: HEAD',
    ),
}


@pytest.mark.parametrize(("written", "said"), NEARLY.values(), ids=NEARLY)
def test_what_is_nearly_a_revision_is_told_what_it_lacks(
    written: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compile", "--check", f"--against={written}"]) == 3
    assert capsys.readouterr().err.splitlines()[-1] == f"Error: --against: {said}"


@pytest.mark.parametrize("revision", ["main@{1 year ago}", "@{1.year.ago}", "main@{1 year ago}~0"])
def test_a_time_before_the_log_of_the_clone_is_not_taken_for_its_start(
    revision: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    with pytest.raises(
        GitProblem, match=r'" lies before the log of this clone, which goes back to \w{3}, .* [+-]\d{4}; '
    ) as raised:
        file_at(revision, repository / "ml-platform.yaml", repository)
    assert str(raised.value).startswith(f'"{revision}" lies')
    assert file_at("main@{now}", repository / "ml-platform.yaml", repository) == SPEC


def test_a_clone_of_one_branch_gets_another_as_it_is_told(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", "--branch", "main", f"file://{repository}", "clone")
    monkeypatch.chdir(tmp_path / "clone")
    assert run(["compile", "--check", "-q", "--against", "origin/other"]) == 3
    command = capsys.readouterr().err.splitlines()[-1].partition("; ")[2].partition(" brings")[0]
    git(tmp_path / "clone", *command.split()[1:])
    assert run(["compile", "--check", "-q", "--against", "origin/other"]) == 0


def test_a_file_of_a_revision_is_read_and_one_that_it_does_not_have_is_none(repository: Path) -> None:
    assert file_at("main", repository / "ml-platform.yaml", repository) == SPEC
    assert file_at("main", repository / "generated" / "nothing" / "at-all", repository) is None


LINK = "what a link leads to"
STANDS_THERE = {
    "a link": ("120000", "generated/manifest.json", "generated/manifest.json is a link in branch, and can't be read"),
    "a link above it": ("120000", "generated", "generated is a link in branch, and can't be read"),
    "a submodule": (
        "160000",
        "generated/manifest.json",
        "generated/manifest.json is a submodule in branch, and can't be read",
    ),
    "a submodule above it": ("160000", "generated", "generated is a submodule in branch, and can't be read"),
    "a folder": (
        "100644",
        "generated/manifest.json/x",
        "generated/manifest.json is a folder in branch, and can't be read",
    ),
}


@pytest.mark.parametrize(("mode", "path", "message"), STANDS_THERE.values(), ids=STANDS_THERE)
def test_what_is_no_file_of_the_revision_is_not_followed(mode: str, path: str, message: str, tmp_path: Path) -> None:
    committed(tmp_path)
    of = git(tmp_path, "rev-parse", "HEAD") if mode == "160000" else None
    with_entry(tmp_path, "branch", mode, path, of or git(tmp_path, "hash-object", "-w", "--stdin", input="ml-platform"))
    with pytest.raises(GitProblem) as raised:
        file_at("branch", tmp_path / "generated" / "manifest.json", tmp_path)
    assert str(raised.value) == message


def test_a_file_that_is_too_long_is_not_read(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 10)
    with pytest.raises(GitProblem) as raised:
        file_at("main", repository / "ml-platform.yaml", repository)
    assert str(raised.value) == f"ml-platform.yaml has {len(SPEC)} bytes in main; at most 10 are read"


PARTIAL = "this clone is partial, and mlinfra fetches nothing: git fetch --refetch --no-filter brings the rest"


def test_a_file_that_the_clone_does_not_hold_is_not_fetched(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repository}", "clone")
    clone = tmp_path / "clone"
    with pytest.raises(GitProblem) as raised:
        file_at("main", clone / "generated" / "manifest.json", clone)
    assert str(raised.value) == f"generated/manifest.json of main is not in this clone; {PARTIAL}"


def test_a_work_tree_whose_repository_lies_elsewhere_is_read(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"), "main")
    assert (tmp_path / "tree" / ".git").is_file()
    assert file_at("HEAD", tmp_path / "tree" / "ml-platform.yaml", tmp_path / "tree") == SPEC


def test_a_bare_repository_in_the_branch_is_not_taken_for_the_repository(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "ml-platform.yaml").write_text("theirs")
    committed(specs)
    for item in (specs / ".git").iterdir():
        item.rename(specs / item.name)
    (specs / ".git").rmdir()
    with pytest.raises(GitProblem, match=r"^the spec lies in no git repository$"):
        file_at("main", specs / "ml-platform.yaml", specs)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may give a file away")
def test_a_repository_of_another_user_is_read(tmp_path: Path) -> None:
    (tmp_path / "ml-platform.yaml").write_text(SPEC)
    committed(tmp_path)
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.chown(path, 12345, 12345)
    assert file_at("main", tmp_path / "ml-platform.yaml", tmp_path) == SPEC


def test_a_variable_of_the_user_names_no_other_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "ml-platform.yaml").write_text("theirs")
    committed(other)
    for name, value in {
        "GIT_DIR": str(other / ".git"),
        "GIT_OBJECT_DIRECTORY": str(other / ".git" / "objects"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.bare",
        "GIT_CONFIG_VALUE_0": "nonsense",
    }.items():
        monkeypatch.setenv(name, value)
    assert file_at("main", repository / "ml-platform.yaml", repository) == SPEC


@pytest.mark.skipif(os.name == "nt", reason="the program is a shell script")
@pytest.mark.parametrize("path", ["", ".", "bin", ":{real}", "bin:{real}"])
def test_a_git_in_the_branch_is_not_run(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ml-platform.yaml").write_text(SPEC)
    committed(tmp_path)
    program = shutil.which("git")
    assert program is not None
    for folder in (tmp_path, tmp_path / "bin"):
        folder.mkdir(exist_ok=True)
        planted = folder / "git"
        planted.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        planted.chmod(planted.stat().st_mode | stat.S_IXUSR)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", path.format(real=Path(program).parent))
    if "{real}" in path:
        assert file_at("main", tmp_path / "ml-platform.yaml", tmp_path) == SPEC
    else:
        with pytest.raises(GitProblem, match=r"^git is not installed, or not on the PATH$"):
            file_at("main", tmp_path / "ml-platform.yaml", tmp_path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(os.name == "nt", reason="the program is a shell script")
def test_a_git_that_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(allowance, "SECONDS_TO_ANSWER", 1)
    with pytest.raises(GitProblem, match=r"^git took more than 1 s$"):
        file_at("main", tmp_path / "x", tmp_path, {"PATH": f"{tmp_path}:{os.environ['PATH']}"})
