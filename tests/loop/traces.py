"""What is known of scripts, call by call: which call of az a script makes next, once az has answered so far as it did.

A script finds out about Azure by nothing but az. So what a run of bash was seen to do, it does in any Azure that
answers alike: there the calls are played, in this process, and no bash is started. One that is killed at a call did
what it did until then; what it had said and written is known, too.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import chdir
from pathlib import Path
from typing import Any, NamedTuple

from tests.loop.folders import Kept, Laid, Places, Store, write_whole
from tests.scripts.fake_az.__main__ import answer
from tests.scripts.fake_az.server import Answer, Server
from tests.scripts.fake_az.world import World

Json = dict[str, Any]
_KILLED = -9
_WRITES = "--download-path"  # what az is told where it writes files


class Ran(NamedTuple):
    """A command that ran: its exit code, what it said, Azure and the files after it, and its changes of Azure."""

    code: int
    said: str
    azure: Json
    files: dict[str, str]
    changes: list[Json]


class Step(NamedTuple):
    """What a script does next: a call of az in a folder, or its end, without arguments and with a code.

    `said` and `files` are all that there is by then.
    """

    arguments: list[str]
    folder: str
    code: int
    said: str
    files: Kept


class Azure:
    """One in memory, over which the fake az plays calls; each finds it as it would from a disk."""

    def __init__(self, azure: Json, kill_after: int = 0) -> None:
        self.text = json.dumps({"state": azure["state"], "script": azure["script"] | {"kill_after": kill_after}})
        self.logs: dict[str, list[Json]] = {}

    def play(self, arguments: list[str], folder: Path) -> Answer:
        """One call."""
        with chdir(folder):
            return answer(_Remembering(self), arguments)

    def taken(self, places: Places) -> tuple[Json, list[Json]]:
        """What it is by now, and what was changed."""
        assert not self.logs.get("refused.jsonl"), self.logs["refused.jsonl"]
        texts = (self.text, json.dumps(self.logs.get("changes.jsonl", [])))
        after, changes = (json.loads(places.taken_out(text)) for text in texts)
        after["script"].pop("kill_after")
        return after, changes


class _Remembering(World):
    def __init__(self, azure: Azure) -> None:
        self._azure = azure
        self._begin(json.loads(azure.text))

    def save(self) -> None:
        self._azure.text = json.dumps({"state": self.state, "script": self.script}, sort_keys=True)

    def log(self, name: str, entry: Json) -> None:
        self._azure.logs.setdefault(name, []).append(json.loads(json.dumps(entry)))

    def lines(self, name: str) -> int:
        return len(self._azure.logs.get(name, []))


class Traces:
    """All that is known, in a folder that several processes share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "steps"
        self._known: dict[str, Step] = {}
        self.store = Store(folder / "texts")
        self._folder.mkdir(parents=True, exist_ok=True)

    def replayed(self, start: str, azure: Azure, laid: Laid, places: Places) -> Ran | None:
        """What the script that begins at `start` does in an Azure; None where that isn't known to its end."""
        key = start
        while step := self._step(key):
            if not step.arguments:
                return self.ended(step.code, step, azure, places)
            laid.lay(step.files, places)
            arguments, folder = [places.filled(word) for word in step.arguments], Path(places.filled(step.folder))
            played = azure.play(arguments, folder)
            files = laid.read(places) if _WRITES in arguments else step.files
            if played.code == "kill":
                return self.ended(_KILLED, step._replace(files=files), azure, places)
            key = following(key, played, files, places)
        return None

    def ended(self, code: int, step: Step, azure: Azure, places: Places) -> Ran:
        after, changes = azure.taken(places)
        return Ran(code, step.said, after, self.store.files(step.files), changes)

    def _step(self, key: str) -> Step | None:
        if key not in self._known:
            path = self._folder / key
            if not path.exists():
                return None
            self._known[key] = Step(*json.loads(path.read_text()))
        return self._known[key]

    def keep(self, key: str, step: Step) -> None:
        """Notes what comes next."""
        write_whole(self._folder / key, json.dumps(step))
        self._known.setdefault(key, step)


class Recorder(Server):
    """Answers the calls of a script that runs, and notes each."""

    def __init__(self, traces: Traces) -> None:
        super().__init__()
        self._traces = traces

    def begin(self, start: str, azure: Azure, places: Places, said: Path) -> None:
        """From now on a script runs, which says what it says in a file."""
        self._key, self._azure, self._places, self._said = start, azure, places, said

    def end(self, code: int) -> Ran:
        """It has ended: what came of it."""
        step = self._now([], "", code)
        self._traces.keep(self._key, step)
        return self._traces.ended(code, step, self._azure, self._places)

    def stand_in(self, working_directory: Path) -> None:
        self._working_directory = working_directory

    def play(self, folder: Path, arguments: list[str]) -> Answer:
        places = self._places
        step = self._now([places.taken_out(word) for word in arguments], places.taken_out(str(self._working_directory)))
        played = self._azure.play(arguments, self._working_directory)
        files = step.files
        if _WRITES in arguments:
            files = self._traces.store.kept(places.agent, places)
        self._traces.keep(self._key, step)
        self._key = following(self._key, played, files, places)
        return played

    def _now(self, arguments: list[str], folder: str, code: int = 0) -> Step:
        files = self._traces.store.kept(self._places.agent, self._places)
        return Step(arguments, folder, code, self._places.taken_out(self._said.read_text()), files)


def digest(asked: object) -> str:
    """Of anything that JSON can say."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def following(key: str, played: Answer, files: Kept, places: Places) -> str:
    """Where a script goes on that was answered so, and finds these files then."""
    return digest([key, played.code, places.taken_out(played.stdout), places.taken_out(played.stderr), dict(files)])
