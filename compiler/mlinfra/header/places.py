"""Where in the text of a spec its header says something."""

from __future__ import annotations

from mlinfra.source import tree
from mlinfra.source.tree import Node, Path

TARGETS = "targets"


def names_in(header: tree.Mapping, *path: str) -> tuple[str, ...]:
    """The names under `targets` or `variables`, also of what is left out because something is wrong with it."""
    named = mapping_at(header, path)
    return tuple(named.fields) if named else ()


def mapping_at(header: tree.Mapping, path: Path) -> tree.Mapping | None:
    """The mapping at a path, None where there is none."""
    node = _at(header, path)
    return node if isinstance(node, tree.Mapping) else None


def is_written(header: tree.Mapping, path: Path) -> bool:
    """Whether there is a value at a path; nothing after the colon is none."""
    node = _at(header, path)
    return node is not None and not (isinstance(node, tree.Scalar) and node.value is None)


def are_read(header: tree.Mapping, key: str) -> bool:
    """Whether nothing is written under a key that holds names, or names are."""
    return not is_written(header, (key,)) or mapping_at(header, (key,)) is not None


def _at(header: tree.Mapping, path: Path) -> Node | None:
    node: Node | None = header
    for step in path:
        node = tree.child(node, step) if node is not None else None
    return node
