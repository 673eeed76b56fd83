"""Graphs in Mermaid, for READMEs."""

from __future__ import annotations

import re
from typing import Literal

from mlinfra.formats.graphs import Edge, Named, Node, identifier, name, parts
from mlinfra.formats.text import one_line

_GROUP = "group_x_"  # before the name of a box around others; no name of a node starts so
# Everything else below U+00A0 means something to Mermaid, to Markdown or to the HTML that labels become.
_NOT_PLAIN = re.compile(r"(?![A-Za-z0-9 ./_\-])[\x00-\x9f]")


def flowchart(nodes: tuple[Node, ...], edges: tuple[Edge, ...], direction: Literal["LR", "TB"] = "LR") -> str:
    """The graph as text of Mermaid; raises ValueError for two nodes of one key, KeyError for an edge to no node."""
    named = name(nodes)
    lines = [f"flowchart {direction}"]
    for group, members in named.groups.items():
        boxes = [line for within, nodes in parts(members) for line in _boxed(within, group, _boxes(named, nodes))]
        lines += [f"  {line}" for line in _boxed(group, "", boxes)]
    for edge in edges:
        arrow = "-.->" if edge.dashed else "-->"
        label = f'|"{_label(edge.label)}"|' if edge.label else ""
        lines.append(f"  {named.identifiers[edge.source]} {arrow}{label} {named.identifiers[edge.target]}")
    return "\n".join([*lines, ""])


def _boxes(named: Named, nodes: list[Node]) -> list[str]:
    return [f'{named.identifiers[node.key]}["{_label(node.label)}"]' for node in nodes]


def _boxed(name: str, around: str, lines: list[str]) -> list[str]:
    """Lines with a box around them, which has a name; without one as they are."""
    if not name:
        return lines
    identified = "".join(f"{identifier(each)}_x_" for each in (around,) if each) + identifier(name)
    return [f'subgraph {_GROUP}{identified}["{_label(name)}"]', *(f"  {line}" for line in lines), "end"]


def _label(text: str) -> str:
    """Mermaid's own character codes, `#34;`; a label can't be empty."""
    return _NOT_PLAIN.sub(lambda found: f"#{ord(found.group())};", one_line(text)) or " "
