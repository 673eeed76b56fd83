"""git fetches nothing and runs nothing, whatever the settings of the repository say, and however old it is."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.repository import git as module
from mlinfra.repository.git import GitProblem, Repository, file_at
from mlinfra.repository.revision import Revision
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
PARTIAL = "this clone is partial, and mlinfra fetches nothing: git fetch --refetch --no-filter brings the rest"


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone that holds the newest commit, and of what came before no file."""
    root = tmp_path / "repository"
    root.mkdir()
    spec = root / "ml-platform.yaml"
    spec.write_text(SPEC)
    monkeypatch.chdir(root)
    assert run(["compile", "-q"]) == 0
    committed(root, "one")
    spec.write_text(f"{SPEC}  other: {{}}\n")
    assert run(["compile", "-q"]) == 0
    committed(root, "two")
    git(root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{root}", "clone")
    monkeypatch.chdir(tmp_path / "clone")
    return tmp_path / "clone"


# How a remote names a program: what it is set to, with what it would leave behind.
PROGRAMS = {
    "ext": {"remote.origin.url": "ext::sh -c 'touch {ran}'", "protocol.ext.allow": "always"},
    "a helper": {"remote.origin.url": "x::y", "protocol.x.allow": "always", "alias.remote-x": "!touch {ran}"},
    "a nameless helper": {"remote.origin.url": "::y", "alias.remote-": "!touch {ran}"},
    "a helper by vcs": {"remote.origin.vcs": "x", "alias.remote-x": "!touch {ran}", "protocol.x.allow": "always"},
    "ssh": {
        "remote.origin.url": "ssh://nowhere/x",
        "protocol.ssh.allow": "always",
        "core.sshCommand": "touch {ran};",
    },
    "upload-pack": {
        "remote.origin.url": "{clone}",
        "remote.origin.uploadpack": "touch {ran};",
        "protocol.file.allow": "always",
    },
    "a proxy of git": {
        "remote.origin.url": "git://nowhere/x",
        "core.gitProxy": "touch {ran};",
        "protocol.git.allow": "always",
    },
    "a helper of credentials": {
        "remote.origin.url": "http://127.0.0.1:9/x",
        "credential.helper": "!touch {ran};",
        "protocol.http.allow": "always",
    },
}


@pytest.mark.skipif(os.name == "nt", reason="the programs are lines of a shell")
@pytest.mark.parametrize("knows", [True, False], ids=["a new git", "a git that knows no GIT_NO_LAZY_FETCH"])
@pytest.mark.parametrize("settings", PROGRAMS.values(), ids=PROGRAMS)
def test_no_protocol_is_spoken(
    settings: dict[str, str], knows: bool, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not knows:
        monkeypatch.delitem(module.VARIABLES, "GIT_NO_LAZY_FETCH")
    for name, value in settings.items():
        git(clone, "config", name, value.format(ran=tmp_path / "ran", clone=clone))
    git(clone, "config", "protocol.allow", "always")
    with pytest.raises(GitProblem):
        file_at("HEAD~1", clone / "ml-platform.yaml", clone)
    with suppress(GitProblem):
        Revision.of("HEAD~1", clone).write(tmp_path / "copy", lambda _: True)
    assert not (tmp_path / "ran").exists()


def test_what_would_be_fetched_is_possible_to_fetch(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clone lacks what the test above asks for: with a git that may, it comes."""
    monkeypatch.delitem(module.VARIABLES, "GIT_NO_LAZY_FETCH")
    monkeypatch.delitem(module.VARIABLES, "GIT_ALLOW_PROTOCOL")
    assert file_at("HEAD~1", clone / "ml-platform.yaml", clone) == SPEC


@pytest.mark.parametrize(
    "arguments",
    [
        ["diff", "--against", "HEAD~1"],
        ["diff", "--against", "HEAD~1", "-o", "json"],
        ["report", "--against", "HEAD~1"],
        ["compile", "--check", "--against", "HEAD~1"],
        ["graph", "--select", "state:modified", "--against", "HEAD~1"],
    ],
    ids=" ".join,
)
def test_a_partial_clone_is_told_what_it_lacks(
    arguments: list[str], clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 3
    assert capsys.readouterr().err.rstrip().endswith(f" of HEAD~1 is not in this clone; {PARTIAL}")


def test_the_remedy_of_a_partial_clone_brings_what_it_lacks(clone: Path) -> None:
    command = PARTIAL.partition(": ")[2].partition(" brings")[0]
    git(clone, *command.split()[1:])
    assert run(["compile", "--check", "-q", "--against", "HEAD~1"]) == 0


@pytest.mark.skipif(os.name == "nt", reason="the program is a shell script")
@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("git version 2.31.8", "is git version 2.31.8; mlinfra needs git 2.32 or later: upgrade git"),
        ("git version 1.8.3.1", "is git version 1.8.3.1; mlinfra needs git 2.32 or later: upgrade git"),
        ("", "does not say its version; mlinfra needs git 2.32 or later: upgrade git"),
        ("hub 3", "is hub 3; mlinfra needs git 2.32 or later: upgrade git"),
        ("git version 2.32.0", ""),
        ("git version 2.39.5 (Apple Git-154)", ""),
        ("git version 2.45.1.windows.1", ""),
        ("git version 3.0.0-rc1", ""),
    ],
)
def test_a_git_that_is_too_old_is_refused(said: str, problem: str, tmp_path: Path) -> None:
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncase " $* " in *" --version "*) echo "{said}" ;; *) echo .git ;; esac\n')
    program.chmod(0o755)
    environ = {**os.environ, "PATH": str(program.parent)}
    if not problem:
        assert Repository.at(tmp_path, environ).git == program
        return
    with pytest.raises(GitProblem) as raised:
        Repository.at(tmp_path, environ)
    assert str(raised.value) == f"{program} {problem}"
