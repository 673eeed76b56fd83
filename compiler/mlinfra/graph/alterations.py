"""What `derived:` says of what is derived: that it is left out, or fields that it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mlinfra.diagnostics import Span
from mlinfra.source.tree import Mapping as Tree


@dataclass(frozen=True, slots=True)
class Alteration:
    """One address of `derived:` in one target."""

    address: str
    key: Span  # of the address
    tree: Tree  # the fields, with positions
    left_out_because: str | None  # None: it is there, with these fields


class Met(NamedTuple):
    """What was derived where an alteration says so."""

    because: str  # that it was derived
    needed: str = ""  # what takes it, where Azure or the spec does not do without


Alterations = Mapping[str, Alteration]  # by address
