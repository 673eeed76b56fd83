"""Graphs in DOT, for Graphviz."""

from __future__ import annotations

from typing import Literal

from mlinfra.formats.graphs import Edge, Named, Node, identifier, name, parts
from mlinfra.formats.text import one_line


def digraph(nodes: tuple[Node, ...], edges: tuple[Edge, ...], direction: Literal["LR", "TB"] = "LR") -> str:
    """The graph as text of DOT; raises ValueError for two nodes of one key, KeyError for an edge to no node."""
    named = name(nodes)
    lines = ["digraph {", f"  rankdir={direction}", "  node [shape=box]"]
    for group, members in named.groups.items():
        boxes = [line for within, nodes in parts(members) for line in _boxed(within, group, _boxes(named, nodes))]
        lines += [f"  {line}" for line in _boxed(group, "", boxes)]
    for edge in edges:
        attributes = [f"label={_label(edge.label)}"] if edge.label else []
        attributes += ["style=dashed"] if edge.dashed else []
        suffix = f" [{', '.join(attributes)}]" if attributes else ""
        lines.append(f'  "{named.identifiers[edge.source]}" -> "{named.identifiers[edge.target]}"{suffix}')
    return "\n".join([*lines, "}", ""])


def _boxes(named: Named, nodes: list[Node]) -> list[str]:
    return [f'"{named.identifiers[node.key]}" [label={_label(node.label)}]' for node in nodes]


def _boxed(name: str, around: str, lines: list[str]) -> list[str]:
    """Lines with a box around them, which has a name; without one as they are."""
    if not name:
        return lines
    identified = "".join(f"{identifier(each)}_x_" for each in (around,) if each) + identifier(name)
    return [f'subgraph "cluster_{identified}" {{', f"  label={_label(name)}", *(f"  {line}" for line in lines), "}"]


def _label(text: str) -> str:
    """A quoted string; Graphviz reads backslashes (`\\\\N` is the name of the node) and HTML entities in labels."""
    escaped = one_line(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
