"""Where something is written, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlinfra.diagnostics import Span
from mlinfra.diagnostics.formats.display import one_line, relative_path
from mlinfra.diagnostics.lines import split_lines
from mlinfra.diagnostics.secrecy import masked

MAX_CHARACTERS = 160  # of a line beside its place, as many as an excerpt has


def place(span: Span, here: Path) -> dict[str, Any]:
    """A span as programs read it, relative to the current folder."""
    return {"file": relative_path(span.file, here), "line": span.line, "column": span.column}


def shown(place: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """A place with the line that is written there; `texts` by the path that is shown."""
    lines = split_lines(texts.get(place["file"], ""))
    line = one_line(masked(lines[place["line"] - 1].strip())) if place["line"] <= len(lines) else ""
    if len(line) > MAX_CHARACTERS:
        line = line[: MAX_CHARACTERS - 1] + "…"
    return f"{place['file']}:{place['line']}:{place['column']}" + (f"   {line}" if line else "")


def texts_as_shown(texts: Mapping[str, str], here: Path) -> dict[str, str]:
    return {relative_path(file, here): text for file, text in texts.items()}
