"""Runs the generated scripts against the fake az, one target's Azure at a time, and remembers how each run ended.

A script does the same wherever it finds the same: files, arguments, environment, commit, and what az answers. So what
is known is not run again, by no worker of the tests (`traces.py`): that makes a matrix of thousands of runs cheap. The
two things that could differ are the time and the names of new folders: `date` stands still, `mktemp` counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from tests.loop.agent import Command
from tests.loop.folders import SCRATCH, Laid, Places, lay_anew
from tests.loop.traces import Azure, Json, Ran, Recorder, Traces, digest
from tests.scripts import fake_az
from tests.scripts.fake_az.__main__ import CLIENT
from tests.tools import search_path

__all__ = ["Ran", "Scripts"]

_DEADLINE_SECONDS = 120  # for one script; they take a second
_MOST_KEPT = 1500  # results in memory, of some 60 kB each
_BASH = shutil.which("bash") or "bash"
_PROGRAMS = {
    "az": CLIENT,
    "date": "#!/bin/sh\necho 2026-01-05T05:00:00Z\n",
    "mktemp": '#!/bin/sh\nn=1\nwhile ! mkdir "${TMPDIR}/tmp.${n}" 2> /dev/null; do n=$((n + 1)); done\n'
    'echo "${TMPDIR}/tmp.${n}"\n',
    "stdbuf": "#!/bin/sh\nexit 1\n",  # the scripts do without, and start fewer programs
}
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
_SCRIPT = re.compile(r"/([\w.-]+\.sh)\b")
_FAKE = Path(fake_az.__file__).parent
_KNOWS_ITSELF = [Path(__file__).with_name(name) for name in ("machine.py", "traces.py", "folders.py")]


class Scripts:
    """The checkouts of a repository by commit, and a folder for agents."""

    def __init__(self, folder: Path, checkouts: Mapping[str, Path], memory: Path) -> None:
        self._folder = folder
        self._checkouts = checkouts
        self._traces = Traces(memory)
        self._laid = Laid(self._traces.store, folder / "replayed")
        self._recorder = Recorder(self._traces)
        self._recorder.__enter__()  # until the tests end
        self._results: OrderedDict[str, str] = OrderedDict()
        self._named = {commit: _named_in(checkout) for commit, checkout in checkouts.items()}
        self._known = {commit: _digest(*_read_by_scripts(checkout)) for commit, checkout in checkouts.items()}
        programs = folder / "bin"
        programs.mkdir(parents=True)
        for name, text in _PROGRAMS.items():
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)

    def run(self, azure: Json, files: Mapping[str, str], commit: str, command: Command, kill_after: int = 0) -> Ran:
        """What comes of a command in bash; `kill_after=n` kills it at its n-th change of Azure, or of its disk."""
        if command.script:
            readable = self._named[commit][command.script].fullmatch
            named = {name: text for name, text in command.environment.items() if readable(name)}
            command = command._replace(environment=named)
        start = digest([self._known[commit], dict(files), command])
        key = digest([start, azure, kill_after])
        if key in self._results:
            self._results.move_to_end(key)
        else:
            self._results[key] = json.dumps(self._run(start, azure, files, commit, command, kill_after))
            if len(self._results) > _MOST_KEPT:
                self._results.popitem(last=False)
        return Ran(*json.loads(self._results[key]))

    def _run(
        self, start: str, azure: Json, files: Mapping[str, str], commit: str, command: Command, kill_after: int
    ) -> Ran:
        found = Places(self._laid.agent, self._checkouts[commit])
        if ran := self._traces.replayed(start, Azure(azure, kill_after), self._laid, found):
            return ran
        seen = self.record(start, azure, files, commit, command)
        ran = self._traces.replayed(start, Azure(azure, kill_after), self._laid, found)
        assert ran is not None, command
        assert kill_after or ran == seen, f"now this, now that: {command}"
        return ran

    def record(
        self, start: str, azure: Json, files: Mapping[str, str], commit: str, command: Command, kill_after: int = 0
    ) -> Ran:
        """Runs a command in bash, and keeps what it does as what begins at `start`."""
        places = Places(self._folder / "agent", self._checkouts[commit])
        lay_anew(files, places.agent)
        said, played = self._folder / "said", Azure(azure, kill_after)
        said.write_text("")
        self._recorder.begin(start, played, places, said)
        with said.open("ab") as stream:
            process = subprocess.Popen(
                [_BASH, *(places.filled(word) for word in command.arguments)],
                cwd=places.filled(command.folder),
                env={
                    **{name: places.filled(value) for name, value in command.environment.items()},
                    "PATH": search_path(self._folder / "bin", forks=True),
                    "HOME": str(places.agent / SCRATCH),
                    "TMPDIR": str(places.agent / SCRATCH),
                    "FAKE_AZ": str(self._folder),
                    "FAKE_AZ_PORT": str(self._recorder.port),
                    "MLINFRA_POLL_SECONDS": "0",
                    "TF_BUILD": "True",
                },
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        late = threading.Timer(_DEADLINE_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
        late.start()
        code = process.wait()  # without a time at which to give up, which it would look at the clock for
        late.cancel()
        return self._recorder.end(code)


def _named_in(checkout: Path) -> dict[str, re.Pattern[str]]:
    """By script, all that could be a variable of the environment in it and in what it calls: it can't read others.

    Of some they make the end of the name. Programs are called by names that are put together: each may be, by any.
    """
    texts = {path.name: path.read_text() for path in sorted((checkout / "generated").glob("*/scripts/*"))}
    programs = {name for name in texts if name.endswith(".py")}
    found = {}
    for script in texts:
        called, before = {script, *programs}, set[str]()
        while called != before:
            before = set(called)
            called |= {name for one in before for name in _SCRIPT.findall(texts[one]) if name in texts}
        names = {name for one in called for name in _VARIABLE.findall(texts[one])}
        found[script] = re.compile("|".join(f"{name}.*" if name.endswith("_") else name for name in sorted(names)))
    return found


def _read_by_scripts(checkout: Path) -> list[Path]:
    """The folders in which a script finds what it does, and so does the fake az."""
    output = [path for path in (checkout / "generated").glob("*/*") if path.is_dir() and path.name != "pipelines"]
    return [*sorted(output), checkout / "specs", _FAKE, *_KNOWS_ITSELF]


def _digest(*folders: Path) -> str:
    """Of all files in these folders: with others, nothing that was learnt holds."""
    files = [path for folder in folders for path in [folder, *sorted(folder.rglob("*"))] if path.is_file()]
    lines = [
        f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files if path.suffix != ".pyc"
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
