"""One file of the output, before anything is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mlinfra.formats.bicep_printer import Lines

# What Windows has no files of: devices, and a dot at the end.
_NO_FILES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|.*\.", re.IGNORECASE)
# Letters, digits and what names of Azure have besides: no separator of any system, no character that shows nothing.
_NAME = re.compile(r"[\w.()-]+")


@dataclass(frozen=True, slots=True)
class OutputFile:
    """Raises ValueError for a path that is none below the output folder on every system: an error of the emitter."""

    path: str  # below the output folder, with "/"
    text: str
    target: str | None  # None: of the platform
    sources: tuple[str, ...]  # addresses of the entries that made it, sorted
    lines: tuple[Lines, ...] = ()  # of a Bicep file: its declarations, each with what made it

    def __post_init__(self) -> None:
        if not all(map(_is_for_every_system, self.path.split("/"))):
            raise ValueError(f"an output file would have the path {self.path!a}")


def stays_below(path: str) -> bool:
    """Whether a path stays in the folder that it counts from, on every system, and out of what belongs to git."""
    return all(map(_leads_nowhere_else, path.split("/")))


@lru_cache(1024)  # folders of thousands of files
def _is_for_every_system(name: str) -> bool:
    return _leads_nowhere_else(name) and not _NO_FILES.fullmatch(name)


def _leads_nowhere_else(name: str) -> bool:
    return bool(_NAME.fullmatch(name) and name.strip(".") and name.casefold() != ".git")
