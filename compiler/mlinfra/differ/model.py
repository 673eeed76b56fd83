"""What a difference is made of; `document` writes it for programs, `as_text` and `as_markdown` for people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, TypeAlias

from mlinfra.cost import lacking
from mlinfra.header.accept import CLASSES, Class
from mlinfra.languages.charges import Amount

Action: TypeAlias = Literal["created", "changed", "replaced", "deleted", "renamed", "handed_over", "adopted"]
SideName: TypeAlias = Literal["from", "to"]
TARGETS = "targets"  # the type of a change of a target itself
CauseKind: TypeAlias = Literal["spec", "file", "compiler", "facts"]


@dataclass(frozen=True, slots=True)
class Property:
    path: str
    before: Any
    after: Any
    classes: tuple[Class, ...]
    note: str = ""
    is_way_back: bool = False  # from what Azure keeps for good
    whom: str = ""  # to whom it opens, where no role and no address says so


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something differs, with the line, counted from the root of the repository."""

    kind: CauseKind
    side: SideName
    file: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Accepted:
    because: str
    date: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Found:
    """One change: a resource, an asset, or what pipelines do."""

    address: str
    target: str | None
    type: str
    id: str | None
    name: str
    action: Action
    classes: tuple[Class, ...]
    renamed_from: str | None = None
    remedy: str = ""
    properties: tuple[Property, ...] = ()
    cause: tuple[Cause, ...] = ()
    used_by: tuple[str, ...] = ()
    through: tuple[str, ...] = ()  # of what is only hit: the addresses on the way from the cause
    remains: bool = False
    opens_more: bool = False  # it is made in, or for, something that was there, and opens that
    made_for: str = ""  # of what is made and opens or deletes: to whom, or with which values
    is_own: bool = True  # its own lines or files differ, or those of the header: it does not only follow
    accepted: Mapping[Class, Accepted] = field(default_factory=dict)

    @property
    def change(self) -> str:
        """What tells this change from another one of the same entry: 12 digits over what it does."""
        said: list[object] = [self.action, *([each.path, each.before, each.after] for each in self.properties)]
        if self.made_for:
            said.append(self.made_for)
        text = json.dumps(said, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def is_accepted(self) -> bool:
        """Whether somebody looked at all of it that may be dangerous."""
        return bool(self.accepted) and all(name in self.accepted for name in self.classes if name in DANGEROUS)


DANGEROUS: tuple[Class, ...] = (
    "loses_data",
    "orphans",
    "refused",
    "ignored",
    "opens_access",
    "interrupts",
    "irreversible",
    "weakens",
    "not_known",
)


def counts(changes: Collection[Found]) -> dict[Class, int]:
    """How many changes have each class."""
    return {name: count for name in CLASSES if (count := sum(name in each.classes for each in changes))}


@dataclass(frozen=True, slots=True)
class Line:
    """What follows from one line of the spec or of a file."""

    cause: Cause
    before: str | None  # what it said, as far as that is one line
    after: str | None
    steps: tuple[tuple[str, ...], ...]  # addresses: who has the line, then who follows from those before
    changes: tuple[Found, ...]  # in all targets

    def among(self, changes: Collection[tuple[str | None, str]]) -> Line | None:
        """The same of some changes, by target and address; None where nothing follows of them."""
        kept = tuple(each for each in self.changes if (each.target, each.address) in changes)
        there = {each.address for each in kept}
        steps = tuple(step for each in self.steps if (step := tuple(one for one in each if one in there)))
        return replace(self, steps=steps, changes=kept) if sum(map(len, steps)) > 1 else None


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may do what where, before and after."""

    principal: str
    scope: str
    before: str | None
    after: str | None
    target: str
    remains: bool


@dataclass(frozen=True, slots=True)
class DataReach:
    """What somebody may do with some data, before and after."""

    principal: str
    data: str  # the address of what holds it
    through: str  # the address of a compute or datastore; empty: by itself
    before: str | None  # read, write, read and write, …
    after: str | None
    target: str
    remains: bool  # it left the spec, and goes on in Azure
    is_more: bool = False  # than he may by any way before, and than by himself now


@dataclass(frozen=True, slots=True)
class Removal:
    """A command that removes for good what is left behind; several of a target are in their order."""

    target: str
    address: str
    command: str
    loses: str  # what has to be saved first


@dataclass(frozen=True, slots=True)
class Reach:
    """From where something can be reached, before and after."""

    scope: str
    target: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Family:
    """vCPUs of a quota family that may run at most, before and after; the quota is None where none is written."""

    name: str
    before: int
    after: int
    quota: int | None

    @property
    def lacking(self) -> int:
        return lacking(self.after, self.quota)


@dataclass(frozen=True, slots=True)
class Bill:
    """What one entry costs a month, before and after, and the lines that change it; None of what is not known."""

    address: str
    before: Amount
    after: Amount
    cause: tuple[Cause, ...] = ()
    remains: bool = False  # it leaves the spec, and costs what it did until somebody deletes it


@dataclass(frozen=True, slots=True)
class Costing:
    """What a target costs a month in USD, before and after; `unpriced` is what comes and is in no number."""

    target: str
    prices: date | None
    before: Amount
    after: Amount
    unpriced: tuple[str, ...]
    families: tuple[Family, ...]
    bills: tuple[Bill, ...] = ()  # of what becomes dearer or cheaper, what changes most first

    @property
    def moved(self) -> list[Family]:
        """The families of which more or fewer vCPUs may run."""
        return [each for each in self.families if each.before != each.after]


@dataclass(frozen=True, slots=True)
class Difference:
    changes: tuple[Found, ...]
    access: tuple[Grant, ...]
    network: tuple[Reach, ...]
    costs: tuple[Costing, ...] = ()
    data: tuple[DataReach, ...] = ()
    notes: tuple[str, ...] = ()  # what could not be compared, in sentences
    removals: tuple[Removal, ...] = ()
    lines: tuple[Line, ...] = ()  # from which more follows than one change

    def only(self, targets: Collection[str]) -> Difference:
        """What of it is about some targets; all of it where none is named."""
        if not targets:
            return self
        return replace(
            self,
            changes=tuple(each for each in self.changes if each.target is None or each.target in targets),
            access=tuple(each for each in self.access if each.target in targets),
            network=tuple(each for each in self.network if each.target in targets),
            costs=tuple(each for each in self.costs if each.target in targets),
            data=tuple(each for each in self.data if each.target in targets),
            removals=tuple(each for each in self.removals if each.target in targets),
        ).with_lines()

    def with_lines(self) -> Difference:
        """The same with the lines of its changes alone."""
        there = {(each.target, each.address) for each in self.changes}
        return replace(self, lines=tuple(line for each in self.lines if (line := each.among(there))))

    @property
    def counts(self) -> dict[Class, int]:
        """How many changes have each class."""
        return counts(self.changes)

    @property
    def targets(self) -> list[str]:
        return sorted({each.target for each in self.changes if each.target})


def sorted_classes(classes: Container[Class]) -> tuple[Class, ...]:
    return tuple(name for name in CLASSES if name in classes)
