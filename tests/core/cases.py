"""Specs that are wrong, and all that is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.spec import HEADER, found

WORKSPACE = "workspaces: {main: {}}\n"
CLUSTER = "compute_clusters: {cpu: {size: Standard_D4ds_v5}}\n"


class Wrong(NamedTuple):
    """A spec below a header of five lines, and what `told` gives for it."""

    what: str
    text: str
    said: str
    header: str = HEADER
    files: Mapping[str, str] = {}


def overridden(overrides: str) -> str:
    """The header, with these overrides of its target."""
    return HEADER.replace("mode: development}", f"mode: development, overrides: {overrides}}}")


def told(folder: Path, text: str, files: Mapping[str, str]) -> str:
    """The errors of a spec: place, code and message, then help and related places."""
    lines = []
    for item in found(folder, text, files):
        if item.code.severity == "error":
            lines.append(f"{item.span.line}:{item.span.column} {item.code.id} {item.message}")
            lines += [f"  help: {item.help}"] if item.help else []
            lines += [f"  {place.span.line}:{place.span.column} {place.message}" for place in item.related]
    return "\n".join(lines)
