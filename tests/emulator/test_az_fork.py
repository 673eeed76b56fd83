"""The fork is the real az: what it says, what it leaves and how it ends is that of an az that was started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.emulator.az_fork import AzFork
from tests.emulator.machine import Machine
from tests.emulator.outcome import differences, outcome
from tests.emulator.test_fake_az import CASES, TEMPLATE, Case
from tests.tools import azure_cli

MORE = (
    Case("group show --name gone --output tsv"),
    Case("group show --output tsv"),
    Case("group show --name rg-x --query", ("[",)),
    Case("group show --name rg-x --output tsv --query", ("tags.\"mlinfra-é\" || 'é'",)),
    Case("grup show", (), False),
    Case("group show --help", (), False),
    Case("group list --output table"),
    Case("group list --debug-me", ("",)),
    Case("provider list --output json --query", ("[].namespace",)),
    Case("rest --method get --output json --url /subscriptions?api-version=2022-12-01", (), False),
    Case("rest --method get --url /nothing", (), False),
    Case("account list --output json", (), False),
    Case("account set", ()),
    Case("account clear", (), False),
    Case("account show", (), False),
    Case("group list"),
)


@pytest.fixture(scope="module", autouse=True)
def _who_runs_the_tests_may_ignore_it() -> Iterator[None]:
    """A shell that puts the tests into the background has them, and all that they start, ignore an interrupt."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.azure
@pytest.mark.slow
def test_a_fork_answers_as_an_az_that_was_started(machine: Machine, tmp_path: Path) -> None:
    """Each on the same Azure, as the calls before it left it: the same bytes, the same end, the same Azure after it."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "main.bicep").write_text(TEMPLATE)
    (files / "main.bicepparam").write_text("using './main.bicep'\n")
    state, differ = machine.emulator.state, []
    profile = machine.folder / "azure" / "azureProfile.json"
    for case in (*CASES, *MORE):
        arguments = case.arguments(files)
        before, signed_in = state.dump(), profile.read_bytes()
        started = machine.run(os.fspath(azure_cli()), *arguments, PYTHONSAFEPATH="1")
        made, left = outcome(state), profile.read_bytes()
        state.load(before)
        profile.write_bytes(signed_in)
        forked = machine.run(machine.environment["REAL_AZ"], *arguments, PYTHONSAFEPATH="1")
        if forked != started or differences(made, outcome(state)) or profile.read_bytes() != left:
            differ.append(f"az {' '.join(arguments)}\n  started: {started}\n  forked:  {forked}")
    assert not differ, "\n".join(differ)
    assert machine.forks.started_anew == []


# What pip installs as `az`, and a main module that says what it was given.
START = """\
import os, sys
os.environ["AZ_INSTALLER"] = "PIP"
os.execl(sys.executable, sys.executable, "-m", "azure.cli", *sys.argv[1:])
"""
CORE = """\
import os
KEPT = os.environ.get("KEPT")
"""
MAIN = """\
import json, os, signal, subprocess, sys, time
from azure.cli.core import KEPT
what, *rest = sys.argv[1:]
if what == "say":
    mask = os.umask(0)
    said = [os.path.basename(sys.argv[0]), rest, os.getcwd(), sys.path[0], mask, KEPT, sorted(os.environ.items())]
    print(json.dumps(said), sys.stdin.read())
    print("é", *map(os.isatty, range(3)), file=sys.stderr)
elif what == "fail":
    raise ValueError("no")
elif what == "exit":
    sys.exit(int(rest[0]) if rest[0].isdigit() else rest[0])
elif what == "die":
    print("dies", flush=True)
    os.kill(os.getpid(), int(rest[0]))
else:
    if rest:
        subprocess.Popen([*rest, "600"])
    try:
        print("waits", flush=True)
        time.sleep(600)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        sys.exit(1)
"""


class Both(NamedTuple):
    """A program that is started, and the same one that is forked."""

    started: Path
    forked: AzFork
    environment: dict[str, str]


@pytest.fixture
def both(tmp_path: Path) -> Both:
    """A small az, for what the real one never does on order."""
    package = tmp_path / "azure" / "cli"
    package.mkdir(parents=True)
    for file, text in (("__init__", ""), ("core", CORE), ("__main__", MAIN)):
        (package / f"{file}.py").write_text(text)
    az = tmp_path / "az"
    az.write_text(f"#!{sys.executable}\n{START}")
    az.chmod(0o755)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "LANG": "C.UTF-8", "KEPT": "by the server"}
    return Both(az, AzFork(az, environment), environment)


@pytest.mark.parametrize(
    "arguments",
    [
        ("say", "a b", "", "é\udcff", "--", "-"),
        *(("exit", end) for end in ("0", "3", "255", "a word")),
        *(("die", str(int(number))) for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGPIPE)),
    ],
    ids=lambda arguments: "-".join(arguments[:2]),
)
def test_a_program_is_forked_as_it_is_started(both: Both, arguments: tuple[str, ...]) -> None:
    _assert_alike(both, arguments, {"GIVEN": "by who calls"})
    assert both.forked.started_anew == []


@pytest.mark.parametrize("more", [{"KEPT": "by who calls"}, {"LC_ALL": "C"}, {"PYTHONUTF8": "1"}], ids=str)
def test_what_the_server_has_read_otherwise_is_started_anew(both: Both, more: dict[str, str]) -> None:
    _assert_alike(both, ("say",), more)
    assert both.forked.started_anew == ["say"]


@pytest.mark.parametrize(("number", "code", "last"), [(signal.SIGINT, 1, "interrupted\n"), (signal.SIGTERM, -15, "")])
def test_a_signal_reaches_the_fork(both: Both, number: int, code: int, last: str) -> None:
    for program in (both.started, both.forked.program):
        process = _waiting(program, both.environment)
        process.send_signal(number)
        assert process.communicate(timeout=30)[0] == last
        assert process.returncode == code


@pytest.mark.parametrize("how", ["the client is killed", "all calls are ended"])
def test_nothing_of_a_killed_call_goes_on(both: Both, how: str) -> None:
    process = _waiting(both.forked.program, both.environment, "sleep")
    if how == "the client is killed":
        process.kill()
    else:
        both.forked.end_calls()
    said, _ = process.communicate(timeout=30)  # until nobody has it open: not the fork, and not what that started
    assert said == ""
    assert process.returncode == -9
    assert _run(both.forked.program, ("exit", "3"), both.environment).returncode == 3


def _assert_alike(both: Both, arguments: tuple[str, ...], more: dict[str, str]) -> None:
    started = _run(both.started, arguments, both.environment | more)
    forked = _run(both.forked.program, arguments, both.environment | more)
    assert (forked.returncode, forked.stdout, forked.stderr) == (started.returncode, started.stdout, started.stderr)


def _run(program: Path, arguments: tuple[str, ...], environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [program, *arguments], env=environment, cwd="/", input=b"read", umask=0o27, capture_output=True, check=False
    )


def _waiting(program: Path, environment: dict[str, str], *started: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([program, "wait", *started], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "waits\n"
    return process
