"""What is found between a caller and what it calls."""

from __future__ import annotations

from dataclasses import dataclass

from mlinfra.diagnostics import Related


@dataclass(frozen=True, slots=True)
class Gap:
    """Why there is no way; equal for all that the same thing stops."""

    what: str  # a sentence that goes on after "can't reach x: "
    help: str
    related: tuple[Related, ...] = ()  # where what stops it is written
    address: str = ""  # of what is missing, where it would be derived
    unless: str = ""  # what nobody sees here, and would make it well
    denied_by: str = ""  # address of the rule of a group that denies it
