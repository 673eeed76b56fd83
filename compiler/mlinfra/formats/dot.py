"""Graphs in DOT, for Graphviz."""

from __future__ import annotations

from typing import Literal

from mlinfra.formats.graphs import Edge, Node, identifier, name
from mlinfra.formats.text import one_line


def digraph(nodes: tuple[Node, ...], edges: tuple[Edge, ...], direction: Literal["LR", "TB"] = "LR") -> str:
    """The graph as text of DOT; raises ValueError for two nodes of one key, KeyError for an edge to no node."""
    named = name(nodes)
    lines = ["digraph {", f"  rankdir={direction}", "  node [shape=box]"]
    for group, members in named.groups.items():
        boxes = [f'"{named.identifiers[node.key]}" [label={_label(node.label)}]' for node in members]
        if group:
            opening = [f'  subgraph "cluster_{identifier(group)}" {{', f"    label={_label(group)}"]
            lines += [*opening, *(f"    {box}" for box in boxes), "  }"]
        else:
            lines += [f"  {box}" for box in boxes]
    for edge in edges:
        attributes = [f"label={_label(edge.label)}"] if edge.label else []
        attributes += ["style=dashed"] if edge.dashed else []
        suffix = f" [{', '.join(attributes)}]" if attributes else ""
        lines.append(f'  "{named.identifiers[edge.source]}" -> "{named.identifiers[edge.target]}"{suffix}')
    return "\n".join([*lines, "}", ""])


def _label(text: str) -> str:
    """A quoted string; Graphviz reads backslashes (`\\\\N` is the name of the node) and HTML entities in labels."""
    escaped = one_line(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
