"""A caller, and what is found between it and what it calls."""

from __future__ import annotations

from dataclasses import dataclass

from mlinfra.azure import traffic
from mlinfra.diagnostics import Related, Where
from mlinfra.graph import Entry


@dataclass(frozen=True, slots=True)
class Caller:
    shown: str
    where: Where
    kind: traffic.Caller
    workspace: Entry
    network: Entry | None  # in which its packets start; None in a managed one, and where there is none
    subnet: Entry | None  # None where only the network is known
    has_addresses: bool = False  # of the internet, each for itself


@dataclass(frozen=True, slots=True)
class Gap:
    """Why there is no way; equal for all that the same thing stops."""

    what: str  # a sentence that goes on after "can't reach x: "
    help: str
    related: tuple[Related, ...] = ()  # where what stops it is written
    address: str = ""  # of what is missing, where it would be derived
    unless: str = ""  # what nobody sees here, and would make it well
    denied_by: str = ""  # address of the rule of a group that denies it
    is_forwarded: bool = False  # a peering lets no forwarded traffic in, which may or may not stop answers
