"""Which variables the values of others are made of: the order in which they are filled in, and those in a circle.

Source: Databricks, "Substitutions and variables in Declarative Automation Bundles": one may stand in another's value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from mlinfra.source.tree import Mapping as Tree
from mlinfra.source.tree import Node, Scalar

_NAMED = re.compile(r"(?<!\$)\$\{\s*var\.([^${}\s]*)\s*\}")


class Order(NamedTuple):
    """The variables, each behind those of which its value is made, and those that are made of themselves."""

    names: Sequence[str]
    circular: Collection[str]


def in_order(values: Mapping[str, Node]) -> Order:
    """Sort variables by what their values name; those in a circle, and behind one, stay as they were declared.

    >>> from mlinfra.source.tree import as_node
    >>> from mlinfra.diagnostics import Span
    >>> named = {"a": "${var.b}-x", "b": "${var.c}", "c": "y"}
    >>> in_order({name: as_node(text, Span("", 1, 1)) for name, text in named.items()}).names
    ['c', 'b', 'a']
    """
    needs = {
        name: [each for each in dict.fromkeys(variables_in(value)) if each in values] for name, value in values.items()
    }
    if not any(needs.values()):
        return Order(list(values), ())
    sorter = TopologicalSorter(needs)
    with suppress(CycleError):  # what is not in a circle, and not behind one, can be had all the same
        sorter.prepare()
    names: list[str] = []
    while ready := sorter.get_ready():
        names += ready
        sorter.done(*ready)
    left = [name for name in values if name not in set(names)]
    return Order([*names, *left], [name for name in left if _needs_itself(name, needs)])


def variables_in(node: Node) -> Iterator[str]:
    """The variables that texts of a value name."""
    if isinstance(node, Scalar):
        yield from _NAMED.findall(node.value) if isinstance(node.value, str) else ()
        return
    for below in [field.value for field in node.fields.values()] if isinstance(node, Tree) else node.items:
        yield from variables_in(below)


def _needs_itself(name: str, needs: Mapping[str, Sequence[str]]) -> bool:
    seen: set[str] = set()
    ahead = list(needs[name])
    while ahead:
        one = ahead.pop()
        if one not in seen:
            seen.add(one)
            ahead += needs[one]
    return name in seen
