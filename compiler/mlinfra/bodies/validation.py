"""A body of ours against its model: what is right as that model, and all that is wrong, in our words."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from mlinfra.bodies.words import Codes, Found, Judge, SaidAt
from mlinfra.diagnostics import Code, Diagnostic, Span
from mlinfra.source.tree import Mapping, Path, Scalar, deepest, plain, replaced

UNKNOWN_KEY = Code(
    "MLI212",
    "error",
    "Unknown key in an entry",
    "A key that nobody reads looks configured and changes nothing",
    "Correct the spelling, put what only Azure knows under `properties:`, or start a note of your own with `x-`",
    "docs/language.md#unknown-keys",
)
MISSING_KEY = Code(
    "MLI213",
    "error",
    "Required key is missing from an entry",
    "Nothing sensible can be assumed in its place",
    "Write the key",
    "docs/language.md#bodies",
)
WRONG_TYPE = Code(
    "MLI214",
    "error",
    "Value of the wrong type in an entry",
    "YAML knows text, numbers, true and false, lists and mappings; a value of another type is never converted",
    "Write the value in the type that the message names; quote what is meant as text",
    "docs/language.md#bodies",
)
BAD_VALUE = Code(
    "MLI215",
    "error",
    "Value that its key does not allow",
    "Azure refuses it, or it would mean something that nobody wants",
    "Write a value as the message says",
    "docs/language.md#bodies",
)

CODES = Codes(UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, BAD_VALUE)

B = TypeVar("B", bound=BaseModel)


def validate_parts(
    model: type[B], tree: Mapping, key: Span, said_at: SaidAt
) -> tuple[B | None, tuple[Diagnostic, ...]]:
    """What is right of a body, without the smallest parts that are wrong, and all that is wrong with it.

    None where nothing is left: a part that lacks what it requires is wrong itself, unless there is a `StandIn`.
    What is wrong only because something in it was left out is not said.
    """
    findings: list[Diagnostic] = []
    lacking: set[_Place] = set()  # what surrounds a part that was left out
    while True:
        try:
            return model.model_validate(plain(tree)), tuple(findings)
        except ValidationError as failed:
            found = Judge(model, tree, key, said_at).found(failed)
        findings += [one.diagnostic for one in found if _place(tree, one.path) not in lacking]
        if any(one.path == () for one in found):
            return None, tuple(findings)
        lacking |= {_place(tree, one.path[:depth]) for one in found for depth in range(len(one.path))}
        for one in sorted(found, key=_from_the_end):
            tree = replaced(tree, one.path, None if one.stand_in is None else Scalar(one.stand_in.value, tree.span))


_Place: TypeAlias = tuple[Span, Span | None]


def _place(tree: Mapping, path: Path) -> _Place:
    node = deepest(tree, path)
    return node.span, node.used_at


def _from_the_end(found: Found) -> tuple[int, ...]:
    """What is deepest first, and the last items of a list, so that the paths of the others still lead there."""
    return (-len(found.path), *(-step if isinstance(step, int) else 0 for step in found.path))
