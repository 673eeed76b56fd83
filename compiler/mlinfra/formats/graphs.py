"""A graph to be drawn: what the printers of Mermaid and DOT take."""

from __future__ import annotations

from typing import NamedTuple


class Node(NamedTuple):
    """A box; `key` is any text that names it in edges and is not shown. Boxes of the same group are drawn together."""

    key: str
    label: str
    group: str = ""


class Edge(NamedTuple):
    """An arrow between two nodes, named by their keys; a dashed one is weaker."""

    source: str
    target: str
    label: str = ""
    dashed: bool = False


class Numbered(NamedTuple):
    """Nodes with the identifiers that they get in the output: no text of the spec is ever an identifier."""

    identifiers: dict[str, str]
    groups: dict[str, list[Node]]


def number(nodes: tuple[Node, ...]) -> Numbered:
    """Numbers the nodes in their order and gathers their groups; raises ValueError for a key that is there twice."""
    identifiers: dict[str, str] = {}
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        if node.key in identifiers:
            raise ValueError(f'the graph has two nodes "{node.key}"')
        identifiers[node.key] = f"n{len(identifiers)}"
        groups.setdefault(node.group, []).append(node)
    return Numbered(identifiers, groups)
