"""Patterns of paths, as `include` takes them: `*` and `?` within a name, `**` for any number of folders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from mlinfra.repository.files import Files, Leads, Unreadable, is_of_git

_MAGIC = re.compile(r"[*?[]")
ANY_FOLDERS = "**"


class Match(NamedTuple):
    path: Path
    leads: Leads


def is_pattern(written: str) -> bool:
    return _MAGIC.search(written) is not None


def matches(files: Files, folder: Path, pattern: str) -> list[Match]:
    """What a pattern finds below a folder without links, sorted by path; of what is hidden only what it names.

    `**` does not follow links, so that what it finds has an end. Raises Unreadable where a folder can't be read, where
    the way leads out of the repository, and where there is more to look at than one run reads.
    """
    names = [name for name in pattern.split("/") if name not in ("", ".")]
    if not names:  # `.`, the folder itself
        return [Match(folder, files.leads(folder))]
    names = [name for index, name in enumerate(names) if [name, name] != [ANY_FOLDERS, *names[index - 1 : index]]]
    return sorted(set(_found(files, folder, names)), key=lambda match: match.path.as_posix())


def _found(files: Files, folder: Path, names: list[str]) -> Iterator[Match]:
    pending, seen = [(folder, 0)], set[tuple[Path, int]]()
    while pending:
        here = pending.pop()
        if here in seen:
            continue
        seen.add(here)
        at, index = here
        is_last = index == len(names) - 1
        for match, below in _step(files, at, names[index], is_last=is_last):
            if below == ANY_FOLDERS:
                pending.append((match.path, index))
            elif is_last:
                yield match
            elif match.leads.kind == "outside":
                raise Unreadable(match.leads.why)
            elif match.leads.kind == "folder":
                pending.append((match.leads.real, index + 1))


def _step(files: Files, folder: Path, name: str, *, is_last: bool) -> Iterator[tuple[Match, str]]:
    """What the next name of a pattern finds in a folder; and for `**` the folders in which it is looked for again."""
    if name == ANY_FOLDERS:
        if not is_last:
            yield Match(folder, files.leads(folder)), ""
        for item in files.items(folder):
            if item.leads.kind == "folder" and not item.is_link and not item.name.startswith("."):
                yield Match(folder / item.name, item.leads), ANY_FOLDERS
            elif is_last and not item.name.startswith("."):
                yield Match(folder / item.name, item.leads), ""
    elif is_pattern(name):
        for item in files.items(folder):
            is_meant = (name.startswith(".") and not is_of_git(item.name)) or not item.name.startswith(".")
            if is_meant and fnmatchcase(item.name, name):
                yield Match(folder / item.name, item.leads), ""
    else:
        path = folder.parent if name == ".." else folder / name
        leads = files.leads(path)
        if leads.kind != "missing":
            yield Match(path, leads), ""
