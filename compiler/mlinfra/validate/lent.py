"""What is made in one target and used in others: in these it exists already, and only what names it is known."""

from __future__ import annotations

from mlinfra.bodies.fields import MADE_IN
from mlinfra.header import Header, Target
from mlinfra.languages import ROWS, nested_in
from mlinfra.languages.language import Section
from mlinfra.source.tree import Field, Node, Scalar
from mlinfra.source.tree import Mapping as Tree

_KEPT = (MADE_IN, "azure_name", "location", "targets")
_KEPT_INSIDE = ("azure_name", "address_prefix", "address_prefixes", "targets")


def lender(header: Header, target: Target, body: Tree) -> Target | None:
    """The target in which something is made, where it is another one."""
    field = body.fields.get(MADE_IN)
    named = field.value.value if field and isinstance(field.value, Scalar) else None
    return next((each for each in header.targets if each.name == named and each.name != target.name), None)


def may_be_lent(row: Section) -> bool:
    """Whether what a section holds may be made in one target for others."""
    return row.model is not None or MADE_IN in row.additions


def as_lent(row: Section, body: Tree, made_in: Target) -> Tree:
    """A body as one would write that of someone else's resource; each value stands where `made_in` does."""
    place = body.fields[MADE_IN]

    def said(value: str | bool) -> Field:
        return Field(place.key, Scalar(value, place.value.span))

    of_others = _KEPT if row.model else tuple(key for key in _KEPT if key in row.additions)
    kept = {*of_others, *row.known_of_others}
    fields = {key: field for key, field in body.fields.items() if key in kept or key.startswith("x-")}
    fields |= {
        "existing": said(True),
        "subscription": said(made_in.subscription),
        "resource_group": said(made_in.resource_group.name),
    }
    for inside in nested_in(row.name):
        key = inside.nested_in[1] if inside.nested_in else ""
        if key in body.fields and (key in row.known_of_others or inside.goes_into_others is None):
            fields[key] = Field(body.fields[key].key, _inside(inside, body.fields[key].value, said(True)))
    return body._replace(fields=fields)


def _inside(row: Section, entries: Node, existing: Field) -> Node:
    """The entries below, by their names alone."""
    if not isinstance(entries, Tree):
        return entries
    model = ROWS[row.name].model
    says_so = {"existing": existing} if model and "existing" in model.model_fields else {}
    kept = {}
    for name, field in entries.fields.items():
        body = field.value if isinstance(field.value, Tree) else Tree({}, field.value.span)
        below = {key: each for key, each in body.fields.items() if key in _KEPT_INSIDE}
        kept[name] = Field(field.key, body._replace(fields={**below, **says_so}))
    return entries._replace(fields=kept)
