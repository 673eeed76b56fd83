"""The ground that a case stands on: a repository, secrets beside it, and a watch on what is touched."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.hunt.trees import Ground

CANARY = "CANARY-7f3a"
_OUTSIDE = {
    "secret.txt": f"{CANARY}\n",
    "conda.yml": f"name: {CANARY}\nchannels: [https://{CANARY.lower()}.example/c]\ndependencies: [{CANARY}]\n",
    "code/secret.py": f"# {CANARY}\n",
}
_GIT = {
    "HEAD": "ref: refs/heads/main\n",
    "config": "[core]\n\trepositoryformatversion = 0\n\tbare = false\n",
    "hooks/post-checkout": "#!/bin/sh\ntouch marker\n",
}


def prepare(scratch: Path, example: str) -> Ground:
    """An empty repository beside what no command may read; what a case before it left is gone."""
    root = scratch / "repository"
    if scratch.exists():
        shutil.rmtree(scratch)
    for folder, files in ((scratch / "outside", _OUTSIDE), (root / ".git", _GIT)):
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    for name in ("objects", "refs"):
        (root / ".git" / name).mkdir()
    return Ground(root, root / "specs" / example, root / "generated" / "out", scratch / "outside")


def state(scratch: Path, out: Path) -> dict[str, tuple[int, ...]]:
    """What lies below a folder, but for the output: enough of each path to see that it was changed."""
    found: dict[str, tuple[int, ...]] = {}
    waiting = [os.fsencode(scratch)]
    skipped = os.fsencode(out)
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.path == skipped:
                continue
            status = entry.stat(follow_symlinks=False)
            found[os.fsdecode(entry.path)] = (
                (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ino)
                if not entry.is_dir(follow_symlinks=False)
                else (status.st_mode,)
            )
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
    return found


class Watch:
    """Notes what this process opens, lists and starts, while it is on; there is one for the life of the process."""

    def __init__(self) -> None:
        self._is_on = False
        self.paths: set[str] = set()
        self.started: list[tuple[str, ...]] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str | bytes | os.PathLike):
            path = os.fsdecode(arguments[0])
            if os.path.isabs(path):  # noqa: PTH117  # a name alone counts from an open folder that nobody tells us
                self._is_on = False
                self.paths.add(os.path.realpath(path))
                self._is_on = True
        elif event == "subprocess.Popen":
            self.started.append(tuple(map(str, arguments[1])))

    @contextmanager
    def on(self) -> Iterator[None]:
        self.paths, self.started, self._is_on = set(), [], True
        try:
            yield
        finally:
            self._is_on = False


def strangers(watch: Watch, ground: Ground) -> list[str]:
    """What was opened or listed that is neither a part of the branch nor Python's own; `.git` is none."""
    own = (str(ground.root), *(os.path.realpath(path) for path in sys.path if path), sys.prefix, sys.base_prefix, *_OWN)
    return sorted(
        path for path in watch.paths if _is_below(path, str(ground.root / ".git")) or not _is_known(path, own)
    )


def _is_known(path: str, own: Iterable[str]) -> bool:
    return any(_is_below(path, known) for known in own)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}{os.sep}")


_OWN = (
    os.path.realpath(Path(__file__).parents[2] / "compiler"),
    "/dev/null",
    "/dev/urandom",
    "/usr/share/zoneinfo",
    "/usr/lib/python3",
)
