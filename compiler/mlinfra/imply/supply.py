"""What an entry implies: another entry, or fields that nobody wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mlinfra.azure.names import MAIN
from mlinfra.graph import Entry
from mlinfra.languages import ROWS
from mlinfra.validate import Spec


@dataclass(frozen=True, slots=True)
class Implied:
    """An entry that another one needs; `body` holds only what differs from the kind's defaults.

    It is called as its cause, with the suffix, or as `called` says, and was called `formerly` before what `called` is
    made of was moved. The cause gains `link`, which names it: in its body, or `below` a field. `needed` says what Azure
    does not make without it.
    """

    section: str
    cause: Entry
    because: str
    link: Mapping[str, Any]
    suffix: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    below: str = ""
    needed: str = ""
    called: str = ""
    formerly: str = ""

    @property
    def name(self) -> str:
        return self.called or self.cause.name + self.suffix

    @property
    def lasting_name(self) -> str:
        return self.formerly or self.called or self.cause.lasting_name + self.suffix

    @property
    def address(self) -> str:
        return f"{self.section}.{self.name}"


@dataclass(frozen=True, slots=True)
class Amended:
    """Fields that an entry gains where nothing was written: in its body, or in the mapping of its body at `below`."""

    entry: Entry
    body: Mapping[str, Any]
    below: str = ""  # the field in whose body they stand


Supply: TypeAlias = Implied | Amended


def sibling_of(entry: Entry) -> str:
    """How what is made for an entry is called: as the entry, or as the section says, so that two never share it."""
    return _sibling_of(entry, entry.name)


def former_sibling_of(entry: Entry) -> str:
    """How it was called before the entry was moved."""
    return _sibling_of(entry, entry.lasting_name)


def _sibling_of(entry: Entry, name: str) -> str:
    prefix = ROWS[entry.section].siblings
    return prefixed(prefix, name) if prefix else name


def prefixed(prefix: str, name: str) -> str:
    """A name of what is made for an entry beside others; that of the main one is the prefix alone."""
    return prefix if name == MAIN else f"{prefix}-{name}"


def is_written(entry: Entry, field: str) -> bool:
    """Whether a body says something of a field; nothing after the colon says nothing."""
    return entry.body.get(field) is not None


def owned(spec: Spec, section: str) -> list[Entry]:
    """The entries of a section that this spec creates."""
    return [entry for entry in spec.section(section) if not entry.existing]


def holders(spec: Spec) -> list[Entry]:
    """The workspaces and the hubs that this spec creates: what has storage, a vault and a network."""
    return [*owned(spec, "workspaces"), *owned(spec, "hubs")]
