"""Programs: where they are found, and what of the environment they see."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlinfra.repository.programs import environment, find_program, named_program, program_in, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="paths and programs are those of POSIX")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a program in it and in two folders below."""
    for place in ("tool", "bin/tool", "usr/tool"):
        program = tmp_path / place
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\nenv; cat; printf '\\377'\n")
        program.chmod(0o755)
    (tmp_path / "bin" / "text").write_text("no program")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", ["", ":", ".", "bin", "./bin", "bin::", "~/bin", "/nowhere"])
def test_a_list_without_absolute_folders_finds_no_program(path: str, here: Path) -> None:
    assert find_program("tool", {"PATH": path}) is None


def test_the_first_absolute_folder_with_the_program_counts(here: Path) -> None:
    assert find_program("tool", {"PATH": f":bin:/nowhere:{here}/usr:{here}/bin"}) == here / "usr" / "tool"
    assert find_program("text", {"PATH": f"{here}/bin"}) is None
    assert find_program("bin", {"PATH": f"{here}"}) is None


def test_what_a_user_names_is_a_path_from_the_current_folder_or_a_name_on_the_path(here: Path) -> None:
    environ = {"PATH": f"{here}/usr"}
    assert named_program("bin/tool", environ) == here / "bin" / "tool"
    assert named_program("./tool", environ) == here / "./tool"
    assert named_program("tool", environ) == here / "usr" / "tool"
    assert named_program("bin/text", environ) is None


def test_a_folder_that_is_not_absolute_holds_no_program(here: Path) -> None:
    assert program_in(here / "bin", "tool", {}) == here / "bin" / "tool"
    assert program_in(Path("bin"), "tool", {}) is None


def test_of_the_environment_a_program_sees_what_is_listed_and_absolute() -> None:
    environ = {
        "PATH": ":/usr/bin:bin:.:/bin:",
        "LD_LIBRARY_PATH": ".:",
        "HOME": ".",
        "TMPDIR": "/var/tmp",
        "LC_ALL": "C.UTF-8",
        "LD_PRELOAD": "/tmp/x.so",
        "PYTHONPATH": "/x",
        "GIT_DIR": "/x",
        "SHELLCHECK_OPTS": "-e SC2086",
        "CKV_SKIP_CHECK": "CKV_AZURE_1",
        "BC_API_KEY": "x",
        "AZURE_CLIENT_SECRET": "x",
        "https_proxy": "x",
    }
    assert environment(environ, MORE="told") == {
        "PATH": "/usr/bin:/bin",
        "TMPDIR": "/var/tmp",
        "LC_ALL": "C.UTF-8",
        "MORE": "told",
    }


def test_a_program_sees_nothing_else_reads_nothing_else_and_may_write_what_is_no_text(here: Path) -> None:
    done = run(here / "tool", (), here, {"PATH": os.environ["PATH"], "ONE": "1"}, timeout_seconds=60, input="said")
    lines = done.stdout.splitlines()
    assert lines[-1] == "said\N{REPLACEMENT CHARACTER}"
    assert {line.partition("=")[0] for line in lines[:-1]} - {"PWD", "SHLVL", "_", "OLDPWD"} == {"ONE", "PATH"}
