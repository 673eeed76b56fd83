"""`accept`: differences that somebody looked at, each with its reason; what `mlinfra diff` makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field

from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import Form
from mlinfra.diagnostics import Span
from mlinfra.header.texts import Text
from mlinfra.source import tree

ACCEPT = "accept"
Class: TypeAlias = Literal[
    "creates",
    "in_place",
    "replaced",
    "refused",
    "ignored",
    "irreversible",
    "loses_data",
    "interrupts",
    "opens_access",
    "closes_access",
    "weakens",
    "retrains",
    "releases",
    "renames",
    "orphans",
    "process",
    "no_effect",
    "not_known",
]
CLASSES: tuple[Class, ...] = get_args(Class)


class WrittenAcceptance(Body):
    """A difference that somebody looked at; of another change of the same entry it says nothing."""

    address: Annotated[Text, Field(description="The address that differs", examples=["storage_accounts.lake"])]
    class_: Annotated[
        Class, Field(alias="class", description="What of it is accepted: one class", examples=["orphans"])
    ]
    because: Annotated[Text, Field(description="Why it is meant", examples=["copied to the new account"])]
    date: Annotated[
        Text,
        Form(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "the day on which it was looked at, such as 2026-11-25"),
        Field(description="The day on which somebody looked at it", examples=["2026-11-25"]),
    ]
    change: (
        Annotated[
            Text,
            Form("[0-9a-f]{12}", "the 12 digits that `mlinfra diff` prints, such as 3f2a91c07b1e"),
            Field(description="The change that is meant, as `mlinfra diff` prints it", examples=["3f2a91c07b1e"]),
        ]
        | None
    ) = None
    targets: Annotated[list[Text], Field(description="The targets in which it is meant; by default all")] | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    address: str
    class_: Class
    targets: tuple[str, ...]  # none: all
    change: str | None
    because: str
    date: str
    span: Span

    def is_about(self, address: str, target: str | None) -> bool:
        return self.address == address and (not self.targets or target in self.targets)


def acceptances(written: Iterable[WrittenAcceptance], header: tree.Mapping) -> tuple[Acceptance, ...]:
    """The lines of `accept`, each with its place."""
    return tuple(
        Acceptance(
            each.address,
            each.class_,
            tuple(each.targets or ()),
            each.change,
            each.because,
            each.date,
            tree.deepest(header, (ACCEPT, index)).span,
        )
        for index, each in enumerate(written)
    )
