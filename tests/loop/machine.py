"""Runs the generated scripts against the fake az, one target's Azure at a time, and remembers how each run ended.

A script does the same wherever it finds the same: Azure, files, arguments, environment, commit. So what is known is not
run again, by no worker of the tests: that is what makes a matrix of thousands of runs cheap. The one thing that could
differ is the time; `date` stands still.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.loop.agent import Command
from tests.scripts import fake_az
from tests.scripts.fake_az.__main__ import CLIENT
from tests.tools import search_path

Json = dict[str, Any]
_DEADLINE_SECONDS = 120  # for one script; they take a second
_BASH = shutil.which("bash") or "bash"
_PROGRAMS = {
    "az": CLIENT,
    "date": "#!/bin/sh\necho 2026-01-05T05:00:00Z\n",
    "stdbuf": "#!/bin/sh\nexit 1\n",  # the scripts do without, and start fewer programs
}
_FAKE = Path(fake_az.__file__).parent
_LOGS = ("calls.jsonl", "changes.jsonl", "refused.jsonl")


class Ran(NamedTuple):
    """A command that ran: its exit code, what it said, Azure and the files after it, and its changes of Azure."""

    code: int
    said: str
    azure: Json
    files: dict[str, str]
    changes: list[Json]


class Scripts:
    """The checkouts of a repository by commit, and a folder for agents."""

    def __init__(self, folder: Path, port: int, checkouts: Mapping[str, Path], memory: Path) -> None:
        self._folder = folder
        self._port = port
        self._checkouts = checkouts
        self._memory = memory
        self._named = {commit: _named_in(checkout) for commit, checkout in checkouts.items()}
        self._known = {commit: _digest(*_read_by_scripts(checkout)) for commit, checkout in checkouts.items()}
        memory.mkdir(parents=True, exist_ok=True)
        programs = folder / "bin"
        programs.mkdir(parents=True)
        for name, text in _PROGRAMS.items():
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)

    def run(self, azure: Json, files: Mapping[str, str], commit: str, command: Command, kill_after: int = 0) -> Ran:
        """Runs a command in bash; `kill_after=n` kills it at its n-th change of Azure, or of its disk."""
        if command.script:
            readable = self._named[commit].fullmatch
            named = {name: text for name, text in command.environment.items() if readable(name)}
            command = command._replace(environment=named)
        asked = [self._known[commit], azure, dict(files), command, kill_after]
        key = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        known = self._memory / f"{key}.json"
        if not known.exists():
            part = self._memory / f"{key}.{os.getpid()}.part"
            part.write_text(json.dumps(self._run(azure, files, commit, command, kill_after)))
            part.replace(known)
        return Ran(*json.loads(known.read_text()))

    def _run(self, azure: Json, files: Mapping[str, str], commit: str, command: Command, kill_after: int) -> Ran:
        agent, fake = self._folder / "agent", self._folder / "azure"
        for folder in (agent, fake):
            shutil.rmtree(folder, ignore_errors=True)
        for name in ("temp", "staging", "workspace", "scratch"):
            (agent / name).mkdir(parents=True)
        for name, text in files.items():
            (agent / name).parent.mkdir(parents=True, exist_ok=True)
            (agent / name).write_text(text)
        fake.mkdir()
        orders = azure["script"] | {"kill_after": kill_after}
        (fake / "world.json").write_text(json.dumps({"state": azure["state"], "script": orders}))
        places = {"{agent}": str(agent), "{sources}": str(self._checkouts[commit])}
        process = subprocess.run(
            [_BASH, *(_replaced(word, places) for word in command.arguments)],
            cwd=_replaced(command.folder, places),
            env={
                **{name: _replaced(value, places) for name, value in command.environment.items()},
                "PATH": search_path(self._folder / "bin", forks=True),
                "HOME": str(agent / "scratch"),
                "TMPDIR": str(agent / "scratch"),
                "FAKE_AZ": str(fake),
                "FAKE_AZ_PORT": str(self._port),
                "MLINFRA_POLL_SECONDS": "0",
                "TF_BUILD": "True",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_DEADLINE_SECONDS,
            start_new_session=True,
            check=False,
        )
        shutil.rmtree(agent / "scratch")
        logs = {name: _lines(fake / name) for name in _LOGS}
        assert not logs["refused.jsonl"], (logs["refused.jsonl"], process.stdout)
        back = {real: name for name, real in places.items()}
        after, changes = json.loads(
            _replaced(json.dumps([json.loads((fake / "world.json").read_text()), logs["changes.jsonl"]]), back)
        )
        after["script"].pop("kill_after")
        found = {str(path.relative_to(agent)): path for path in sorted(agent.rglob("*")) if path.is_file()}
        return Ran(
            process.returncode,
            _replaced(process.stdout, back),
            after,
            {name: path.read_text() for name, path in found.items()},
            changes,
        )


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for name, other in places.items():
        text = text.replace(name, other)
    return text


def _lines(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _named_in(checkout: Path) -> re.Pattern[str]:
    """All that could be a variable of the environment in the scripts: what isn't there, they can't read.

    Of some they make the end of the name.
    """
    scripts = sorted((checkout / "generated").glob("*/scripts/*"))
    names = {name for script in scripts for name in re.findall(r"[A-Z][A-Z0-9_]+", script.read_text())}
    return re.compile("|".join(f"{name}.*" if name.endswith("_") else name for name in sorted(names)))


def _read_by_scripts(checkout: Path) -> list[Path]:
    """The folders in which a script finds what it does, and so does the fake az."""
    output = [path for path in (checkout / "generated").glob("*/*") if path.is_dir() and path.name != "pipelines"]
    return [*sorted(output), checkout / "specs", _FAKE]


def _digest(*folders: Path) -> str:
    """Of all files in these folders: with others, nothing that was learnt holds."""
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    lines = [
        f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files if path.suffix != ".pyc"
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
