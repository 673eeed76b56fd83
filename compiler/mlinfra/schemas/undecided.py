"""Bodies of which nobody knows which kind they are: a value is kept where one of the kinds takes it.

A schema judges the fields of a map only once `type`, or another key that decides, says which kind it is. Where that key
is wrong, whoever reads the body would meet values that nothing has judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from mlinfra.schemas.nodes import choices, resolved
from mlinfra.source.tree import UNKNOWN, Path

Node: TypeAlias = Mapping[str, Any]

_ANYTHING: Node = {}
_BRANCHES = ("then", "else")


@dataclass(frozen=True, eq=False)
class Kinds:
    """What each place of the bodies of one schema may hold, whichever kind the body is."""

    schema: Node
    _places: dict[tuple[int, ...], _Place] = field(default_factory=dict)

    def fitting(self, section: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body of an entry with UNKNOWN in the place of each value that no kind takes."""
        place = self._of_section(section)
        return {key: self._fitting(place.below(key), value) for key, value in body.items()}

    def deciding(self, section: str, body: Mapping[str, Any]) -> Iterator[Path]:
        """The places of the keys that say which kind a map is."""
        return self._deciding(self._of_section(section), body, ())

    def _of_section(self, section: str) -> _Place:
        return self._place((self.schema["properties"][section]["additionalProperties"],))

    def _fitting(self, nodes: tuple[Node, ...], value: Any) -> Any:
        place = self._place(nodes)
        if not place.takes(value):
            return UNKNOWN
        if isinstance(value, dict):
            return {key: self._fitting(place.below(key), below) for key, below in value.items()}
        if isinstance(value, list):
            return [self._fitting(place.items, below) for below in value]
        return value

    def _deciding(self, place: _Place, value: Any, path: Path) -> Iterator[Path]:
        for key, below in value.items() if isinstance(value, dict) else ():
            if key in place.deciders:
                yield (*path, key)
            yield from self._deciding(self._place(place.below(key)), below, (*path, key))
        for index, item in enumerate(value) if isinstance(value, list) else ():
            yield from self._deciding(self._place(place.items), item, (*path, index))

    def _place(self, nodes: tuple[Node, ...]) -> _Place:
        key = tuple(map(id, nodes))  # the nodes of one schema stay where they are
        if key not in self._places:
            self._places[key] = _Place(tuple(self._all(nodes)))
        return self._places[key]

    def _all(self, nodes: tuple[Node, ...]) -> Iterator[Node]:
        """The nodes and the branches that they lead to, without the conditions on which they do."""
        for node in nodes:
            node = resolved(self.schema, node)
            yield node
            branches = [node[key] for key in _BRANCHES if key in node]
            yield from self._all((*branches, *node.get("allOf", ())))


@dataclass(frozen=True, eq=False)
class _Place:
    """The nodes that may judge one value."""

    nodes: tuple[Node, ...]

    def takes(self, value: Any) -> bool:
        return value is not UNKNOWN and (not self._types or not self._types.isdisjoint(_types_of(value)))

    def below(self, key: str) -> tuple[Node, ...]:
        """The nodes that may judge what stands under a key; none where no kind has it."""
        return self._fields.get(key) or self._found_below(key)

    @cached_property
    def _fields(self) -> dict[str, tuple[Node, ...]]:
        names = dict.fromkeys(name for node in self.nodes for name in node.get("properties", ()))
        return {name: self._found_below(name) for name in names}

    def _found_below(self, key: str) -> tuple[Node, ...]:
        found = tuple(node for holder in self.nodes for node in _below(holder, key))
        return found or (() if self._is_closed else (_ANYTHING,))

    @cached_property
    def items(self) -> tuple[Node, ...]:
        return tuple(node["items"] for node in self.nodes if isinstance(node.get("items"), Mapping)) or (_ANYTHING,)

    @cached_property
    def deciders(self) -> frozenset[str]:
        return frozenset(key for node in self.nodes for key, _, _ in choices(node))

    @cached_property
    def _is_closed(self) -> bool:
        return any(node.get("additionalProperties") is False for node in self.nodes)

    @cached_property
    def _types(self) -> frozenset[str]:
        """The types of JSON that a value may have; none where it may have any."""
        if not self.nodes:
            return frozenset({"nothing"})
        named = [node["type"] for node in self.nodes if "type" in node]
        return frozenset(name for each in named for name in ([each] if isinstance(each, str) else each))


def _below(node: Node, key: str) -> Iterator[Node]:
    if key in node.get("properties", ()):
        named = node["properties"][key]  # where it is False, nothing may stand there
        yield from () if named is False else (named,)
    elif any(re.search(pattern, key) for pattern in node.get("patternProperties", ())):
        yield _ANYTHING
    elif isinstance(others := node.get("additionalProperties"), Mapping):
        yield others


def _types_of(value: Any) -> tuple[str, ...]:
    match value:
        case None:
            return ("null",)
        case bool():
            return ("boolean",)
        case int():
            return ("integer", "number")
        case float():
            return ("integer", "number") if value.is_integer() else ("number",)
        case str():
            return ("string",)
    return ("object",) if isinstance(value, Mapping) else ("array",)
