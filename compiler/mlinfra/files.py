"""The local files that a spec names, read once; a path counts from the file in which it is written."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from mlinfra.graph import Entry
from mlinfra.tree import Path as BodyPath
from mlinfra.tree import deepest

T = TypeVar("T")


@dataclass(frozen=True)
class Files:
    """The files below the root of the repository, as the compiler may read them."""

    root: Path
    _read: dict[tuple[Callable[[Path], Any], Path], Any] = field(default_factory=dict)  # files don't change meanwhile

    def path_of(self, entry: Entry, path: BodyPath, written: str) -> Path:
        """Where a path that is written at a place of an entry's body leads, absolute and without `..`."""
        folder = posixpath.dirname(deepest(entry.tree, path).span.file)
        return Path(posixpath.normpath(posixpath.join(folder, written)))

    def is_inside(self, path: Path) -> bool:
        return path.is_relative_to(self.root)

    def text(self, path: Path) -> str | None:
        """The text of a file, None where there is none that is UTF-8."""
        return self.once(path, _text)

    def once(self, path: Path, read: Callable[[Path], T]) -> T:
        """What `read` makes of a path; a second time it is not asked. Raises what `read` raises."""
        key = (read, path)
        if key not in self._read:
            self._read[key] = read(path)
        result: T = self._read[key]
        return result


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
