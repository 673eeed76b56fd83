"""mlinfra try: nothing of a build is left running, and no answer is waited for longer than was asked for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlinfra.trying import installing, server
from mlinfra.trying.kept import kept, last_of
from mlinfra.trying.own_folder import own_folder
from mlinfra.trying.programs import keep
from mlinfra.trying.served import NotServed
from tests.trying.test_try import ADDRESS, ANSWERS, Platform, in_its_own, started, wait
from tests.trying.test_try import platform as platform

BUILDS = """\
import os, pathlib, subprocess, time
child = subprocess.Popen(["sleep", "{mark}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
pathlib.Path({started!r}).write_text("started")
{then}
"""


def _with_a_build(platform: Platform, mark: int, then: str) -> Path:
    """A platform for which pip builds a package that starts a process; the file is there once that runs."""
    file = platform.folder.parent / "started"
    sources = platform.folder.parent / "sources"
    sources.mkdir()
    (sources / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
    )
    (sources / "own.py").write_text(
        f"def build_wheel(*_, **__):\n    exec({BUILDS.format(mark=mark, started=str(file), then=then)!r})\n"
    )
    platform.put("src/score.py", ANSWERS)
    platform.put("score.yml", f"channels: [nodefaults]\ndependencies: [{{pip: ['{sources}']}}]\n")
    return file


@pytest.mark.judges
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whatever_ends_the_command_ends_what_pip_builds(number: signal.Signals, platform: Platform) -> None:
    mark = 4800 + number
    file = _with_a_build(platform, mark, "time.sleep(600)")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs the tests may ignore it
    try:
        command = [sys.executable, "-m", "mlinfra", "try", "fares"]
        process = subprocess.Popen(
            command, cwd=platform.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    finally:
        signal.signal(signal.SIGINT, before)
    wait(file.exists, 120)
    process.send_signal(number)
    assert process.wait(30) == (-number if number == signal.SIGKILL else 130)
    wait(lambda: not started(f"sleep {mark}"))


@pytest.mark.judges
@pytest.mark.parametrize(("then", "mark"), [("raise SystemExit(3)", 4841), ("os.kill(os.getppid(), 9)", 4842)])
def test_nothing_of_a_build_is_left_that_fails(then: str, mark: int, platform: Platform) -> None:
    _with_a_build(platform, mark, then)
    tried = in_its_own(platform)
    assert tried.returncode == 1
    assert f"\n{ADDRESS}: pip could not make an environment for it:\n" in tried.stderr
    assert started(f"sleep {mark}") == []


def test_a_build_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "MINUTES_TO_INSTALL", 1 / 60)
    command = [sys.executable, "-c", "import subprocess, time; subprocess.Popen(['sleep', '4843']); time.sleep(600)"]
    with pytest.raises(NotServed, match="venv did not end within"):
        installing._run(command, tmp_path, os.environ)
    assert started("sleep 4843") == []


SLOWLY = {  # how a server answers that sends a byte now and then, for ever
    "the status": b"HTTP/1.1 200 " + b"O" * 10_000,
    "a header": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000,
    "headers": b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 90,
    "a body with a length": b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + b"{" * 10_000,
    "a body without one": b"HTTP/1.1 200 OK\r\n\r\n" + b'{"fare": 1}' * 1_000,
    "parts": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n{\r\n" * 10_000,
}


@pytest.mark.parametrize("answer", SLOWLY.values(), ids=SLOWLY)
def test_a_server_that_sends_a_byte_now_and_then_is_not_waited_for(answer: bytes, tmp_path: Path) -> None:
    port = server.free_port()
    program = (
        "import socket, sys, time\n"
        f"listening = socket.create_server(('127.0.0.1', {port}))\n"
        "def handle(answer, pause):\n"
        "    connected, _ = listening.accept()\n"
        "    connected.recv(65536)\n"
        "    for byte in answer:\n"
        "        try: connected.sendall(bytes([byte])); time.sleep(pause)\n"
        "        except OSError: break\n"
        "    connected.close()\n"
        "handle(b'HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n', 0)\n"
        f"handle({answer!r}, 0.05)\n"
        "time.sleep(600)\n"
    )
    began = time.monotonic()
    with (
        pytest.raises(server.Silent, match=r"^the server said nothing in time$"),
        server.running([sys.executable, "-c", program], tmp_path, os.environ, port, 3, tmp_path / "log") as running,
    ):
        running.ask(b"{}")
    assert time.monotonic() - began < 15


LEAVES = """\
import os, subprocess, sys, time
for mark in ("4851", "4852"):
    subprocess.Popen(["setsid", "env", "-i", "/bin/sh", "-c", f"/bin/sleep {mark}"])
print("started", flush=True)
time.sleep(float(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt others")
@pytest.mark.parametrize("seconds", ["0.3", "600"])
def test_nothing_is_left_that_leaves_its_session(seconds: str, tmp_path: Path) -> None:
    with kept([sys.executable, "-c", LEAVES, seconds], tmp_path, os.environ, tmp_path / "log") as program:
        wait(lambda: bool(started("/bin/sleep 4852")) or program.has_ended(), 60)
        if seconds == "0.3":
            assert program.has_ended(60)
            assert program.exit_code() == 0
    assert started("/bin/sleep 4851") == []
    assert started("/bin/sleep 4852") == []


def test_a_log_keeps_the_end_of_what_is_said(tmp_path: Path) -> None:
    many = "for number in range(200_000): print('x' * 100, number)"
    log = tmp_path / "log"
    with kept([sys.executable, "-c", many], tmp_path, os.environ, log) as program:
        assert program.has_ended(120)
    assert log.stat().st_size <= keep.MOST_BYTES
    assert last_of(log).endswith("x 199999")


def test_nested_folders_are_removed() -> None:
    before = Path.cwd()
    with own_folder("mlinfra-test-") as folder:
        (folder / "0.removed").mkdir()
        (folder / "link").symlink_to(before)
        try:
            os.chdir(folder)
            for _ in range(3_000):
                Path("nested").mkdir()
                os.chdir("nested")
            Path("file").write_text("")
            Path("closed").mkdir(mode=0)
        finally:
            os.chdir(before)
    assert not folder.exists()
    assert before.exists()
