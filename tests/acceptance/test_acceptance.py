"""Each folder here is a case: files, a command, and everything that comes out of it.

`command` holds lines of a shell; the last one is under test, those before it prepare. `exit_code`, `expected_stdout`
and `expected_stderr` are what it gives, `expected/` what the folders named in `FOLDERS` hold afterwards, where a case
has that. Every other file of the folder is there when the command starts. `pytest --update` rewrites what is expected.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from mlinfra.cli import EXIT_INTERNAL, run
from tests.conftest import Golden

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/command"))
EXPECTED = ("command", "exit_code", "expected_stdout", "expected_stderr", "expected")
FOLDERS = ("generated", "out")  # where the commands of the cases write
REPOSITORY = "git init -q . && git add . && git -c user.name=t -c user.email=t@example.com commit -qm start"


@pytest.mark.parametrize("case", CASES)
def test_command_gives_what_is_expected(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], golden: Golden
) -> None:
    shutil.copytree(HERE / case, tmp_path, ignore=shutil.ignore_patterns(*EXPECTED), dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")  # the width of help
    *before, command = (HERE / case / "command").read_text(encoding="utf-8").splitlines()
    for line in before:
        assert _run(line) == 0, line
    capfd.readouterr()
    code = _run(command)
    out, err = capfd.readouterr()
    assert code != EXIT_INTERNAL, err
    golden(HERE / case / "exit_code", f"{code}\n")
    golden(HERE / case / "expected_stdout", out)
    golden(HERE / case / "expected_stderr", err)
    if (HERE / case / "expected").exists():
        _compare_folders(tmp_path, HERE / case / "expected", golden)


def _run(line: str) -> int:
    words = shlex.split(line)
    if words[0] == "mlinfra":
        return run(words[1:])
    return subprocess.run(REPOSITORY if line == "commit" else line, shell=True, check=False).returncode


def _compare_folders(folder: Path, expected: Path, golden: Golden) -> None:
    written = {
        path.relative_to(folder): path.read_bytes().decode()
        for name in FOLDERS
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }
    for path, text in written.items():
        golden(expected / path, text)
    assert sorted(written) == sorted(path.relative_to(expected) for path in expected.rglob("*") if path.is_file())


@pytest.mark.parametrize("case", CASES)
def test_a_case_has_everything_that_is_expected(case: str) -> None:
    missing = [name for name in EXPECTED[:4] if not (HERE / case / name).is_file()]
    assert missing == []
