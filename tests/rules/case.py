"""One rule, a spec that keeps it and one that breaks it."""

from __future__ import annotations

from typing import NamedTuple

from mlinfra.header.targets import Mode


class Case(NamedTuple):
    code: str
    right: str
    wrong: str
    found: tuple[str, ...]  # "line:column message | help"
    mode: Mode = "development"
