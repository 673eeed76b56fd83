"""What a judge says: findings, each with its place in the output and the entries of the spec that made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal["passed", "failed", "not installed"]


class Finding(NamedTuple):
    """One thing that is wrong. Lines start at 1; a judge that does not know the line says None."""

    file: str | None  # from the output folder, with `/`; None where the fault is in no file
    line: int | None
    message: str
    addresses: tuple[str, ...] = ()  # of the entries of the spec that made it


class Opinion(NamedTuple):
    """What a judge that is installed makes of an output folder: wrong where there are findings."""

    version: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()  # what a reader should know of a judgement that is no finding


class NotInstalled(Exception):
    """The judge is not on this machine; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    judge: str
    outcome: Outcome
    version: str | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
