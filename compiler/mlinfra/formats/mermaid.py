"""Graphs in Mermaid, for READMEs."""

from __future__ import annotations

import re
from typing import Literal

from mlinfra.formats.graphs import Edge, Node, identifier, name
from mlinfra.formats.text import one_line

_GROUP = "group_x_"  # before the name of a box around others; no name of a node starts so
# Everything else below U+00A0 means something to Mermaid, to Markdown or to the HTML that labels become.
_NOT_PLAIN = re.compile(r"(?![A-Za-z0-9 ./_\-])[\x00-\x9f]")


def flowchart(nodes: tuple[Node, ...], edges: tuple[Edge, ...], direction: Literal["LR", "TB"] = "LR") -> str:
    """The graph as text of Mermaid; raises ValueError for two nodes of one key, KeyError for an edge to no node."""
    named = name(nodes)
    lines = [f"flowchart {direction}"]
    for group, members in named.groups.items():
        boxes = [f'{named.identifiers[node.key]}["{_label(node.label)}"]' for node in members]
        if group:
            lines += [
                f'  subgraph {_GROUP}{identifier(group)}["{_label(group)}"]',
                *(f"    {box}" for box in boxes),
                "  end",
            ]
        else:
            lines += [f"  {box}" for box in boxes]
    for edge in edges:
        arrow = "-.->" if edge.dashed else "-->"
        label = f'|"{_label(edge.label)}"|' if edge.label else ""
        lines.append(f"  {named.identifiers[edge.source]} {arrow}{label} {named.identifiers[edge.target]}")
    return "\n".join([*lines, ""])


def _label(text: str) -> str:
    """Mermaid's own character codes, `#34;`; a label can't be empty."""
    return _NOT_PLAIN.sub(lambda found: f"#{ord(found.group())};", one_line(text)) or " "
