"""The files of an agent: kept once for each content, laid where a call of az looks for them, read where it wrote."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

SCRATCH = "scratch"  # the folder of an agent that no later step looks at
_ALWAYS = ("temp", "staging", "workspace", SCRATCH)
_DIGITS = 20  # of a digest: of some ten thousand texts no two have the same
Files = Mapping[str, str]  # texts by path
Kept = Mapping[str, str]  # by folder, which holds something or nothing: where its texts are


class Places:
    """Where an agent and a checkout lie on this machine, and the words that stand for that in what is known."""

    def __init__(self, agent: Path, sources: Path) -> None:
        self.agent = agent
        self._named = {"{agent}": str(agent), "{sources}": str(sources)}

    def filled(self, text: str) -> str:
        """With the real folders."""
        for name, real in self._named.items():
            text = text.replace(name, real)
        return text

    def taken_out(self, text: str) -> str:
        """Without them."""
        for name, real in self._named.items():
            text = text.replace(real, name)
        return text


class Store:
    """Texts by their digest, in a folder that several processes share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, str] = {}
        self._seen: dict[Path, tuple[tuple[int, ...], str]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, text: str) -> str:
        """Its digest."""
        key = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
        if key not in self._texts:
            self._texts[key] = text
            write_whole(self._folder / key, text)
        return key

    def get(self, key: str) -> str:
        """The text."""
        if key not in self._texts:
            self._texts[key] = (self._folder / key).read_text()
        return self._texts[key]

    def kept(self, agent: Path, places: Places) -> dict[str, str]:
        """All files of an agent."""
        found = {}
        for folder, _, names in os.walk(agent):
            texts = {name: self._put_file(Path(folder, name), places) for name in sorted(names)}
            found[os.path.relpath(folder, agent)] = self.put(json.dumps(texts))
        return found

    def _put_file(self, path: Path, places: Places) -> str:
        """The digest of a file, which isn't read again while nobody wrote it."""
        about = path.stat()
        seen = (about.st_ino, about.st_mtime_ns, about.st_ctime_ns, about.st_size)
        known = self._seen.get(path)
        if known is None or known[0] != seen:
            known = self._seen[path] = (seen, self.put(places.taken_out(path.read_text())))
        return known[1]

    def files(self, kept: Kept) -> dict[str, str]:
        """The texts of the files outside the scratch folder, by path."""
        return {
            str(Path(folder, name)): self.get(text)
            for folder, texts in sorted(kept.items())
            if Path(folder).parts[:1] != (SCRATCH,)
            for name, text in json.loads(self.get(texts)).items()
        }


class Laid:
    """A folder of files, of which only that is written anew which is another one."""

    def __init__(self, store: Store, agent: Path) -> None:
        self._store = store
        self.agent = agent
        self._here: dict[str, str] = {}

    def lay(self, kept: Kept, places: Places) -> None:
        """Makes these, and nothing else, the files of the agent."""
        for folder in sorted(self._here.keys() - kept.keys(), reverse=True):
            shutil.rmtree(self.agent / folder, ignore_errors=True)
        for folder, texts in sorted(kept.items()):
            if self._here.get(folder) == texts:
                continue
            path = self.agent / folder
            path.mkdir(parents=True, exist_ok=True)
            wanted = json.loads(self._store.get(texts))
            for entry in os.scandir(path):
                if entry.is_file() and entry.name not in wanted:
                    Path(entry.path).unlink()
            for name, text in wanted.items():
                (path / name).write_text(places.filled(self._store.get(text)))
        self._here = dict(kept)

    def read(self, places: Places) -> Kept:
        """What is there after somebody wrote."""
        self._here = self._store.kept(self.agent, places)
        return self._here


def lay_anew(files: Files, agent: Path) -> None:
    """A fresh agent with these files."""
    shutil.rmtree(agent, ignore_errors=True)
    for name in _ALWAYS:
        (agent / name).mkdir(parents=True)
    for name, text in files.items():
        (agent / name).parent.mkdir(parents=True, exist_ok=True)
        (agent / name).write_text(text)


def write_whole(path: Path, text: str) -> None:
    """While other processes write and read the same."""
    if not path.exists():
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_text(text)
        part.replace(path)
