"""How much a value of a variable holds, and how much of that a target takes."""

from __future__ import annotations

from mlinfra.source.tree import Mapping, Node, Scalar, Sequence

MAX_FILLED_CHARACTERS = 4_000_000  # that values add to the texts of a target; a spec as a whole has fewer
MAX_FILLED_NODES = 100_000  # that lists and mappings of variables add to a target, as for aliases of a file


def size(node: Node) -> tuple[int, int]:
    """How many values a node has, and how many characters they have together."""
    if isinstance(node, Scalar):
        return 1, len(str(node.value))
    below = node.items if isinstance(node, Sequence) else [field.value for field in node.fields.values()]
    keys = sum(map(len, node.fields)) if isinstance(node, Mapping) else 0
    sizes = [size(item) for item in below]
    return 1 + sum(nodes for nodes, _ in sizes), keys + sum(characters for _, characters in sizes)
