"""A key that stands twice in a mapping: what to do about it, and what is read of both."""

from __future__ import annotations

from mlinfra.diagnostics.suggest import listed
from mlinfra.source.tree import Field, Mapping, Node, Scalar, Sequence


def of_both(key: str, first: Node, second: Node) -> str:
    """What to do: neither of the two may say what the other one says, too."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        both = [name for name in second.fields if name in first.fields]
        if both:
            return f'both have {listed(both)}: delete one "{key}", or give it another name'
        if not second.fields:
            return "delete this one, which is empty"
        return f'move {listed(second.fields)} under the first "{key}", and delete this one'
    if isinstance(first, Sequence) and isinstance(second, Sequence):
        return "move the items to the first list, and delete this one"
    return "delete one of the two"


def together(first: Node, second: Node) -> Node:
    """What is read of both, so that what only the second one holds is there for whoever names it.

    Two bodies that contradict each other are two things: of these the first one is read.
    """
    if not isinstance(first, Mapping) or not isinstance(second, Mapping) or _contradict(first, second):
        return first
    fields = dict(first.fields)
    for name, field in second.fields.items():
        before = fields.get(name)
        fields[name] = field if before is None else Field(before.key, together(before.value, field.value))
    return first._replace(fields=fields)


def _contradict(first: Mapping, second: Mapping) -> bool:
    both = ((first.fields[name].value, field.value) for name, field in second.fields.items() if name in first.fields)
    return any(isinstance(one, Scalar) or isinstance(other, Scalar) for one, other in both)
