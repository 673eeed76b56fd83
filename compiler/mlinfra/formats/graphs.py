"""A graph to be drawn: what the printers of Mermaid and DOT take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# `_x` starts an escape, so that no two texts get one name. A hyphen could be the start of an arrow of Mermaid.
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]|_(?=x)|-(?![A-Za-z0-9])|\.(?![A-Za-z0-9])")
_FIRST_WORD = re.compile(r"_?[A-Za-z]+(?![A-Za-z0-9_])")
# Words that Mermaid's flowcharts read as their own, behind figures too (its flow.jison; tried with 11.17.2).
_KEYWORDS = frozenset(
    (
        *(
            "_blank",
            "_parent",
            "_self",
            "_top",
            "accdescr",
            "acctitle",
            "bt",
            "call",
            "class",
            "classdef",
            "click",
            "default",
            "direction",
            "end",
        ),
        *("flowchart", "graph", "href", "interpolate", "linkstyle", "lr", "rl", "style", "subgraph", "tb", "td"),
        *("v", "x", "o"),
    )
)


class Node(NamedTuple):
    """A box; `key` is any text that names it in edges and is not shown. Boxes of the same group are drawn together.

    So are those in a group that are `within` the same.
    """

    key: str
    label: str
    group: str = ""
    within: str = ""


class Edge(NamedTuple):
    """An arrow between two nodes, named by their keys; a dashed one is weaker."""

    source: str
    target: str
    label: str = ""
    dashed: bool = False


class Named(NamedTuple):
    """Nodes with their identifiers in the output, which are made of their keys alone."""

    identifiers: dict[str, str]
    groups: dict[str, list[Node]]


def name(nodes: tuple[Node, ...]) -> Named:
    """Names the nodes and gathers their groups in the order of the nodes; raises ValueError for a key that is twice."""
    identifiers: dict[str, str] = {}
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        if node.key in identifiers:
            raise ValueError(f'the graph has two nodes "{node.key}"')
        identifiers[node.key] = identifier(node.key)
        groups.setdefault(node.group, []).append(node)
    return Named(identifiers, groups)


def parts(members: list[Node]) -> Iterator[tuple[str, list[Node]]]:
    """The nodes of a group by what they are within, in the order of the first of each; alone where that is nothing."""
    inner: dict[str, list[Node]] = {}
    for node in members:
        inner.setdefault(f" {node.within}" if node.within else node.key, []).append(node)
    for nodes in inner.values():
        yield nodes[0].within, nodes


def identifier(text: str) -> str:
    """A text as a name that Mermaid and DOT take, and no other text has; an address mostly stays what it is.

    >>> identifier("storage_accounts.lake")
    'storage_accounts.lake'
    >>> identifier("a b")
    'a_x20_b'
    """
    name = _NOT_IN_A_NAME.sub(_escape, text)
    word = _FIRST_WORD.match(name)
    if name[:1].isdigit() or (word and word[0].lower() in _KEYWORDS):
        name = f"_x{ord(name[0]):x}_{name[1:]}"
    return name or "_x"  # which starts an escape, and ends none


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found.group()):x}_"
