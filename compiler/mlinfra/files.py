"""The local files that a spec names, read once; a path counts from the file in which it is written."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from pathlib import Path

from mlinfra.graph import Entry
from mlinfra.tree import Path as BodyPath
from mlinfra.tree import deepest


@dataclass(frozen=True)
class Files:
    """The files below the root of the repository, as the compiler may read them."""

    root: Path
    _texts: dict[Path, str | None] = field(
        default_factory=dict
    )  # a cache of what was read: files don't change meanwhile

    def path_of(self, entry: Entry, path: BodyPath, written: str) -> Path:
        """Where a path that is written at a place of an entry's body leads, absolute and without `..`."""
        folder = posixpath.dirname(deepest(entry.tree, path).span.file)
        return Path(posixpath.normpath(posixpath.join(folder, written)))

    def is_inside(self, path: Path) -> bool:
        return path.is_relative_to(self.root)

    def text(self, path: Path) -> str | None:
        """The text of a file, None where there is none that is UTF-8."""
        if path not in self._texts:
            self._texts[path] = _read(path)
        return self._texts[path]


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
