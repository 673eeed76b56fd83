"""Entries by name, where a list of them is written: as many tools have what is called something."""

from __future__ import annotations

import re

from mlinfra.bodies.fields import ENTRY_NAME
from mlinfra.source.tree import Field, Mapping, Node, Scalar, Sequence

_NAME = re.compile(ENTRY_NAME)


def as_entries(value: Node) -> Mapping:
    """The entries that a list names, in which each has its name as a field, or is nothing but one."""
    fields: dict[str, Field] = {}
    for item in value.items if isinstance(value, Sequence) else ():
        below = dict(item.fields) if isinstance(item, Mapping) else {}
        name = item if isinstance(item, Scalar) else below.pop("name", Field(item.span, item)).value
        if isinstance(name, Scalar) and isinstance(name.value, str) and _NAME.fullmatch(name.value):
            fields.setdefault(name.value, Field(name.span, Mapping(below, item.span)))
    return Mapping(fields, value.span)


def are_entries(value: Node) -> bool:
    """Whether something is a list of which each item is called otherwise."""
    return isinstance(value, Sequence) and 0 < len(value.items) == len(as_entries(value).fields)
