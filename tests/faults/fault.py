"""A fault: what it changes in the data of a spec, and by which findings, on which line, it has to be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Put:
    """Writes a value, in place of what stands there if anything does."""

    path: Path
    value: Any


@dataclass(frozen=True)
class Drop:
    """Takes a key or an item out."""

    path: Path


@dataclass(frozen=True)
class Rename:
    """Calls a key otherwise, in its place."""

    path: Path
    name: str

    @property
    def renamed(self) -> Path:
        return (*self.path[:-1], self.name)


Edit: TypeAlias = Put | Drop | Rename


@dataclass(frozen=True)
class Fault:
    name: str
    edits: tuple[Edit, ...]
    codes: tuple[str, ...]  # any of them says it
    lines: tuple[Path, ...]  # of the keys that are wrong, or lack what is missing: the finding points at one of them
    needs: tuple[Path, ...] = ()  # what has to stay as it is for the fault to be one

    @property
    def entry(self) -> Path:
        """What holds the fault: an entry of a section, a target, a key of the header."""
        return self.edits[0].path[:2]

    def goes_with(self, other: Fault) -> bool:
        """Whether neither changes what the other one changes or needs."""
        return not any(
            _overlap(mine, theirs)
            for mine, theirs in (
                *((a, b) for a in _changed(self) for b in (*_changed(other), *other.needs)),
                *((a, b) for a in self.needs for b in _changed(other)),
            )
        )


def put(path: str, value: Any, *codes: str, at: tuple[str, ...] = (), needs: tuple[str, ...] = ()) -> Fault:
    """A wrong value, found at its key; `at` names other keys at which it may be found."""
    where = _path(path)
    lines = tuple(map(_path, at)) or (where,)
    return Fault(f"{path}: {value}", (Put(where, value),), codes, lines, _paths(needs))


def drop(path: str, *codes: str, at: tuple[str, ...] = (), needs: tuple[str, ...] = ()) -> Fault:
    """A missing key, found at what lacks it."""
    where = _path(path)
    lines = tuple(map(_path, at)) or (where[:-1],)
    return Fault(f"{path} is missing", (Drop(where),), codes, lines, _paths(needs))


def rename(path: str, name: str, *codes: str, needs: tuple[str, ...] = ()) -> Fault:
    """A misspelt key, found where it stands."""
    edit = Rename(_path(path), name)
    return Fault(f"{path} is called {name}", (edit,), codes, (edit.renamed,), _paths(needs))


def both(name: str, first: Fault, *others: Fault, at: tuple[str, ...] = ()) -> Fault:
    """One fault that takes several changes; each alone is right."""
    faults = (first, *others)
    edits = tuple(edit for fault in faults for edit in fault.edits)
    lines = tuple(map(_path, at)) or first.lines
    return Fault(name, edits, first.codes, lines, tuple(path for fault in faults for path in fault.needs))


def _paths(written: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(map(_path, written))


def _path(written: str) -> Path:
    return tuple(int(step) if step.isdigit() else step for step in written.split("/"))


def _changed(fault: Fault) -> tuple[Path, ...]:
    return tuple(
        path
        for edit in fault.edits
        for path in ((edit.path, edit.renamed) if isinstance(edit, Rename) else (edit.path,))
    )


def _overlap(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
