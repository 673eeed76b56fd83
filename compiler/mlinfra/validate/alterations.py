"""`derived:` of one target: which of what is derived is left out, and which has other fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator
from pydantic import Field as Described

from mlinfra.bodies.body import Body, StandIn
from mlinfra.bodies.codes import WRONG_TYPE
from mlinfra.bodies.fields import contrary
from mlinfra.bodies.mending import mended_body
from mlinfra.diagnostics import Code, Diagnostic, Related, Span, Where, finding
from mlinfra.diagnostics.suggest import is_slip
from mlinfra.graph.alterations import Alteration
from mlinfra.languages import WRITTEN, keys_of_nested
from mlinfra.overrides import EntryTree, Removal, TargetTree
from mlinfra.source.tree import Mapping as Tree
from mlinfra.source.tree import Scalar, kind_of

ALSO_WRITTEN = Code(
    "MLI363",
    "error",
    "Address in `derived` that is no derived one",
    "What is written as an entry says itself what it is; what nothing derives can't be changed, and a misspelt address "
    "would leave everything as it was",
    "Write the fields in the entry; or take an address from the table of what is derived in the README of the output",
    "docs/language.md#what-is-derived",
)
OMIT, BECAUSE = "omit", "because"
_SECTIONS = frozenset(row.name for row in WRITTEN)


def _check_omits(omit: bool) -> bool:
    if not omit:
        raise contrary("leaves nothing out with false", "take the address out of derived")
    return omit


class Omission(Body):
    """What says that something derived is left out."""

    omit: Annotated[bool, StandIn(True), AfterValidator(_check_omits), Described(examples=[True])]
    because: Annotated[str, StandIn(""), Described(min_length=1, examples=["…"])]


def alterations_of(tree: TargetTree) -> tuple[dict[str, Alteration], list[Diagnostic]]:
    """The alterations by their addresses, and what is wrong with them; null says nothing."""
    if tree.derived is None:
        return {}, []
    written = dict(_written(tree))
    found: dict[str, Alteration] = {}
    diagnostics: list[Diagnostic] = []
    for address, field in tree.derived.fields.items():
        if isinstance(field.value, Scalar) and field.value.value is None:
            continue
        if not isinstance(field.value, Tree):
            message = f"{address} takes a mapping, not {kind_of(field.value)}"
            help = "write {omit: true, because: …}, or what is different"
            diagnostics.append(finding(WRONG_TYPE, message, Where(field.value.span, address), help))
        elif address in written:
            related = (Related(f"{address} is written here", written[address]),)
            message, help = f"{address} is written as an entry", "write its fields there"
            diagnostics.append(finding(ALSO_WRITTEN, message, Where(field.key, address), help, related))
        elif _leaves_out(field.value):
            mended = mended_body(Omission, field.value, address, field.key)
            diagnostics += mended.findings
            because = mended.model.because if mended.model else ""  # too wrong to be read, and meant all the same
            found[address] = Alteration(address, field.key, Tree({}, field.value.span), because)
        else:
            found[address] = Alteration(address, field.key, field.value, None)
    return found, diagnostics


def _leaves_out(body: Tree) -> bool:
    """Whether something is left out, also where that is said with a slip; no field of what is derived is `because`."""
    return any(key in (OMIT, BECAUSE) or is_slip(key, OMIT) for key in body.fields)


def as_entries(alterations: Mapping[str, Alteration]) -> dict[str, dict[str, EntryTree]]:
    """Those with fields of what has a section, as they would be written there, by section and name."""
    found: dict[str, dict[str, EntryTree]] = {}
    for alteration in alterations.values():
        section, _, name = alteration.address.partition(".")
        if section in _SECTIONS and name and "." not in name and alteration.left_out_because is None:
            found.setdefault(section, {})[name] = EntryTree(name, alteration.key, alteration.tree)
    return found


def omissions(alterations: Mapping[str, Alteration]) -> dict[str, Removal]:
    """Why a reference to what is left out leads nowhere, by address."""
    return {
        address: Removal(alteration.key, f"left out, because {alteration.left_out_because}")
        for address, alteration in alterations.items()
        if alteration.left_out_because is not None
    }


def _written(tree: TargetTree) -> Iterator[tuple[str, Span]]:
    """The addresses of what is written, with their places."""
    for section, entries in tree.sections.items():
        for name, entry in entries.items():
            yield f"{section}.{name}", entry.key
            for key in keys_of_nested(section):
                below = entry.body.fields.get(key)
                for inner, field in below.value.fields.items() if below and isinstance(below.value, Tree) else ():
                    yield f"{section}.{name}.{key}.{inner}", field.key
