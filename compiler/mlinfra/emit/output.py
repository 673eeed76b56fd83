"""One file of the output, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutputFile:
    path: str  # below the output folder, with "/"
    text: str
    target: str | None  # None: of the platform
    sources: tuple[str, ...]  # addresses of the entries that made it, sorted
