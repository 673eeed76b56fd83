"""The `python3` of the scripts' tests: a fork of a Python that has started does what a Python of its own does."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.tools import search_path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it finds who calls in /proc")

FOLDER = Path(__file__).parents[1] / "compiler" / "mlinfra" / "programs"
PROGRAMS = sorted(each for each in FOLDER.glob("[a-z]*.py") if "__main__" in each.read_text())  # others are imported
TELLS = """import os, sys
print(sys.argv, sys.flags.isolated, sys.path, os.getcwd(), oct(os.umask(0)), sorted(os.environ), __name__)
print(sys.stdin.read(), file=sys.stderr)
print("é\\udcff", sys.stdout.encoding, sys.stdout.errors, sys.stdout.isatty())
"""


class Ended(NamedTuple):
    """What a program said, and how it ended."""

    code: int
    stdout: bytes
    stderr: bytes


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """PATH of a script with a Python of its own, and of one with forks."""
    folders = [tmp_path / name / "bin" for name in ("started", "forked")]
    for folder in folders:
        folder.mkdir(parents=True)
    return [search_path(folders[0]), search_path(folders[1], forks=True)]


def _run(path: str, folder: Path, script: str, *arguments: str, **environment: str) -> Ended:
    command = ["bash", "-c", script, "script", *arguments]
    ended = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": path, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
@pytest.mark.parametrize("arguments", [("--help",), ("--unknown", "é")], ids=["help", "unknown"])
def test_a_generated_program_says_the_same(
    program: Path, arguments: tuple[str, ...], paths: list[str], tmp_path: Path
) -> None:
    for each in FOLDER.glob("*.py"):
        (tmp_path / each.name).write_bytes(each.read_bytes())
    call = ("python3", "-I", str(tmp_path / program.name), *arguments)
    started, forked = (_run(path, tmp_path, '"$@"', *call) for path in paths)
    assert forked == started
    assert arguments != ("--help",) or started.stdout.startswith(b"usage: ")


@pytest.mark.parametrize(
    "script",
    [
        "python3 -I tells.py a 'b c' ''",
        'python3 -I -c "$(cat tells.py)" a -b',
        "umask 077; cd below; printf 'x\\ny' | python3 -I ../tells.py",
        "python3 -I tells.py a >out 2>&1; python3 -I tells.py b >>out; cat out",
        'said="$(python3 -I tells.py 2>/dev/null)"; printf %s "${said}"',
        "LC_ALL=C python3 -I tells.py",
        "python3 -I -c 'raise SystemExit(7)'",
        "python3 -I -c 'raise SystemExit(\"no\")'",
        "python3 -I -c 'import sys; sys.exit()'",
        "python3 -I -c 'import atexit; atexit.register(print, 1); print(2)'",
        "python3 -I -c '1 / 0' 2>said; echo $?; tail -n 1 said",  # a Python from 3.13 on shows the line above, too
        "python3 -I -c '1 +'",
        "python3 -I nowhere.py",
        "python3 -c 'print(1)'",
        "python3 -I -m json.tool --help",
    ],
)
def test_a_call_is_answered_as_by_python_itself(script: str, paths: list[str], tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "tells.py").write_text(TELLS)
    started, forked = (_run(path, tmp_path, script, A="1") for path in paths)
    assert forked == started


def test_it_is_a_fork(paths: list[str], tmp_path: Path) -> None:
    asked = "python3 -I -c 'import os, sys; print(\"csv\" in sys.modules, os.getppid())'; echo $$"
    modules, ours = _run(paths[1], tmp_path, asked).stdout.split()[::2]
    assert modules == b"True"
    assert ours != _run(paths[1], tmp_path, asked).stdout.split()[1]


def test_it_is_killed_with_whoever_calls(paths: list[str], tmp_path: Path) -> None:
    waits = "import pathlib, time; pathlib.Path('begun').touch(); time.sleep(1); pathlib.Path('ended').touch()"
    with subprocess.Popen(
        ["bash", "-c", 'python3 -I -c "$0"', waits], cwd=tmp_path, env={"PATH": paths[1]}, start_new_session=True
    ) as script:
        while not (tmp_path / "begun").exists():
            time.sleep(0.01)
        script.kill()
        subprocess.run(["pkill", "-KILL", "-s", str(script.pid)], check=False)
    time.sleep(1.5)
    assert not (tmp_path / "ended").exists()
