"""The front door where no case of tests/acceptance can look: terminals, errors of our own, and what is not imported."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from mlinfra import __version__, cli
from mlinfra.cli import run
from mlinfra.commands import session
from mlinfra.commands.options import Settings
from mlinfra.output.local_disk import LocalDisk

SPEC = """\
apiVersion: mlinfra/v1
platform: tiny
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
workspaces:
  main: {}
"""
WRONG = SPEC.replace("main: {}", "main: {storage_account: lake}")
MESSAGE = 'ml-platform.yaml:7:27: error[MLI301]: storage_accounts "lake" is not defined'
RED_MESSAGE = (
    'ml-platform.yaml:7:27: \x1b[31merror[MLI301]\x1b[0m: \x1b[1mstorage_accounts "lake" is not defined\x1b[0m'
)
HEAVY = {"yaml", "pydantic", "networkx", "jinja2", "jsonschema_rs", "mlinfra.compile"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ml-platform.yaml").write_text(SPEC)
    return tmp_path


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("arguments", "no_color", "first_line"),
    [
        (["validate"], None, RED_MESSAGE),
        (["validate", "--no-color"], None, MESSAGE),
        (["--no-color", "validate"], None, MESSAGE),
        (["validate"], "1", MESSAGE),
        (["validate"], "", RED_MESSAGE),
    ],
)
def test_a_terminal_gets_colors_unless_someone_says_no(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], no_color: str | None, first_line: str
) -> None:
    (folder / "ml-platform.yaml").write_text(WRONG)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    assert run(arguments) == 1
    assert terminal.getvalue().splitlines()[0] == first_line


def test_a_pipe_gets_no_colors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "ml-platform.yaml").write_text(WRONG)
    assert run(["validate"]) == 1
    assert capsys.readouterr().err.splitlines()[0] == MESSAGE


def test_the_diff_is_coloured_on_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["compile", "-q"]) == 0
    (folder / "generated/dev/infra/types.bicep").unlink()
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, Terminal())
    assert run(["compile", "--check"]) == 2
    assert isinstance(sys.stdout, Terminal)
    assert sys.stdout.getvalue().startswith(
        "\x1b[31m--- /dev/null\x1b[0m\n\x1b[32m+++ b/generated/dev/infra/types.bicep"
    )


def broken(*_: object) -> None:
    raise RuntimeError("two\nlines")


def test_an_error_of_our_own_is_one_line_and_exit_code_70(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(session, "compile_spec", broken)
    assert run(["validate"]) == 70
    assert capsys.readouterr().err == (
        f"mlinfra {__version__}: RuntimeError: two lines: this is an error of mlinfra, not of the spec: "
        "report it with this line and the spec; -v shows where\n"
    )


@pytest.mark.parametrize("arguments", [["-v", "validate"], ["validate", "--verbose"]])
def test_verbose_shows_the_traceback_of_an_error_of_our_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr(session, "compile_spec", broken)
    assert run(arguments) == 70
    *traceback, last = capsys.readouterr().err.splitlines()
    assert traceback[0] == "Traceback (most recent call last):"
    assert last.endswith("report it with this line and the spec")


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_control_c_is_exit_code_130(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "compile_spec", interrupt)
    assert run(["validate"]) == 130


def test_a_reader_that_has_seen_enough_is_no_error(folder: Path) -> None:
    command = f'"{sys.executable}" -m mlinfra schema | head -c 1; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=_environment(), check=True)
    assert (done.stdout, done.stderr) == ("{0\n", "")


DIFFERS = "generated is not what the spec says: 1 edited by hand; `mlinfra compile --force` brings it there"
READERS = {  # what reads the output -> exit code, what is said
    "compile --check | true": (2, DIFFERS),
    "compile --check 2>&1 | true": (2, ""),
    "compile --check -o json | true": (2, DIFFERS),
    "validate -f nothing.yaml 2>&1 | true": (3, ""),
    "validate 2>&- | cat": (0, ""),
    "validate >&- | cat": (0, "tiny: valid for dev"),
    "schema >&- | cat": (3, "Error: standard output is closed"),
    "--help >&- | cat": (3, "Error: standard output is closed"),
    "validate -o json >&- | cat": (3, "Error: standard output is closed"),
    "compile --check 2>&- >&- | cat": (3, ""),
}


@pytest.mark.parametrize(("arguments", "expected"), READERS.items(), ids=READERS)
def test_the_verdict_is_the_same_whoever_reads_it(folder: Path, arguments: str, expected: tuple[int, str]) -> None:
    assert run(["compile", "-q"]) == 0
    (folder / "generated/README.md").write_text("by hand\n" * 100_000)
    command = f'"{sys.executable}" -m mlinfra {arguments}; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=_environment(), check=False)
    assert (done.returncode, done.stderr.strip()) == expected


def test_a_folder_that_cannot_be_written_is_exit_code_3(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(self: LocalDisk, path: str, content: bytes) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(LocalDisk, "write", refuse)
    assert run(["compile"]) == 3
    assert capsys.readouterr().err == "Error: .mlinfra-journal/.git/0: Permission denied\n"


def test_a_spec_that_cannot_be_read_is_exit_code_3(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refuse)
    assert run(["validate"]) == 3
    assert capsys.readouterr().err.splitlines()[0] == (
        "ml-platform.yaml:1:1: error[MLI101]: ml-platform.yaml can't be read: permission denied"
    )


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["deploy"]])
def test_nothing_heavy_is_imported_before_it_is_needed(arguments: list[str]) -> None:
    code = f"import sys; from mlinfra.cli import run; run({arguments!r}); print(sorted({HEAVY!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=_environment(), check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["validate", "-t", "dev"], ["validate", "-t", "dev"]),
        (["-t", "dev", "validate"], ["validate", "-t", "dev"]),
        (["-f", "validate", "compile", "--check"], ["compile", "-f", "validate", "--check"]),
        (["--file=validate", "compile"], ["compile", "--file=validate"]),
        (["-q", "--outdir", "out", "compile"], ["compile", "-q", "--outdir", "out"]),
        (["-qf", "validate", "compile"], ["compile", "-qf", "validate"]),
        (["-tdev", "-v", "validate"], ["validate", "-tdev", "-v"]),
        (["-", "validate"], ["validate", "-"]),
        (["--help"], ["--help"]),
        (["--", "validate"], ["--", "validate"]),
        ([], []),
    ],
)
def test_options_before_the_verb_are_those_of_the_verb(given: Sequence[str], expected: list[str]) -> None:
    assert cli._verb_first(given) == expected


def test_every_verb_is_a_command_of_its_name_that_takes_the_shared_options() -> None:
    context = cli.cli.make_context("mlinfra", ["--help"], resilient_parsing=True)
    for name in cli.VERBS:
        command = cli.cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert {"file", "no_color", "quiet", "verbose"} <= {parameter.name for parameter in command.params}


def test_output_is_utf8_with_lf_on_every_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252", newline="\r\n"))
    cli._speak_utf8()
    print("…", flush=True)  # noqa: T201  # what is printed is what is tested
    assert raw.getvalue() == "…\n".encode()


def test_settings_paint_nothing_where_there_is_no_terminal() -> None:
    assert not Settings().paints
    assert Settings(color=True).paints


def _environment() -> dict[str, str]:
    package = Path(cli.__file__).parent.parent
    return {**os.environ, "PYTHONPATH": str(package)}
