"""Plain data that remembers where it was written: what `load` makes of YAML and every later message points into."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any, NamedTuple, TypeAlias

from mlinfra.diagnostics import Related, Span
from mlinfra.diagnostics.characters import UNKNOWN_MARK

_NOTHING: dict[Any, Any] = {}


class Unknown:
    """Stands in data for what is wrong and was said to be: nothing is said of it, or because of it, again.

    It is there, and neither a text nor a number, list or mapping; it holds nothing, what is taken out of it is as
    unknown, and it is not less or more than anything. A sentence that shows it is said to nobody.
    """

    def __repr__(self) -> str:
        return UNKNOWN_MARK

    def __getitem__(self, key: object) -> Unknown:
        return self

    def get(self, key: object, default: Any = None) -> Any:
        return default

    def keys(self) -> KeysView[Any]:
        return _NOTHING.keys()

    def values(self) -> ValuesView[Any]:
        return _NOTHING.values()

    def items(self) -> ItemsView[Any, Any]:
        return _NOTHING.items()

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __lt__(self, other: object) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__


UNKNOWN = Unknown()

Value: TypeAlias = str | int | float | bool | Unknown | None
Path: TypeAlias = tuple[str | int, ...]


class Scalar(NamedTuple):
    value: Value
    span: Span
    used_at: Span | None = None  # where it takes effect, if written elsewhere: a variable, an override, an alias
    written: str | None = None  # what was read as a number or a truth, where that is written otherwise: 1.10, no, 12:30
    made_of: tuple[Related, ...] = ()  # where the values are written that fill parts of a text


class Sequence(NamedTuple):
    items: tuple[Node, ...]
    span: Span
    used_at: Span | None = None


class Field(NamedTuple):
    key: Span
    value: Node


class Mapping(NamedTuple):
    fields: dict[str, Field]  # in authored order; never changed after it was built
    span: Span
    used_at: Span | None = None


Node: TypeAlias = Scalar | Sequence | Mapping


def plain(node: Node) -> Any:
    """The data of a node without positions: dict, list, str, int, float, bool or None."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {
            key: below.value if type(below := field.value) is Scalar else plain(below)  # most are, and calls cost
            for key, field in node.fields.items()
        }
    return [plain(item) for item in node.items]


def as_node(data: Any, span: Span) -> Node:
    """Plain data as a tree that is written in one place."""
    if isinstance(data, dict):
        return Mapping({key: Field(span, as_node(value, span)) for key, value in data.items()}, span)
    if isinstance(data, list):
        return Sequence(tuple(as_node(item, span) for item in data), span)
    return Scalar(data, span)


def as_text(value: Value) -> str:
    """A value that is part of a text, as YAML writes it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def kind_of(node: Node) -> str:
    """What a person calls the type of a value: `a list`, `true or false`, …"""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    match node.value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case str():
            return "text"
        case _:
            return "a number"


def known(data: Any) -> Any:
    """Plain data with nothing in the place of what is unknown, for judges that take nothing else.

    The very same object where nothing is.
    """
    return _without_unknown(data) if holds_unknown(data) else data


def _without_unknown(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_unknown(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_without_unknown(item) for item in data]
    return None if data is UNKNOWN else data


def is_unknown(data: Any, path: Path) -> bool:
    """Whether something unknown stands at a path of plain data, or above it.

    >>> is_unknown({"size": UNKNOWN, "tags": {}}, ("size",)), is_unknown({"size": UNKNOWN, "tags": {}}, ("tags",))
    (True, False)
    """
    for key in path:
        if data is UNKNOWN:
            return True
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return False
    return data is UNKNOWN


def with_value(data: Any, path: Path, value: Any) -> Any:
    """The same plain data with another value at a path; what a path leads through is made where it is missing.

    >>> with_value({"a": [1, 2]}, ("a", 1), 3)
    {'a': [1, 3]}
    """
    if not path:
        return value
    key, *rest = path
    if isinstance(data, list) and isinstance(key, int):
        return [with_value(item, tuple(rest), value) if place == key else item for place, item in enumerate(data)]
    below = data if isinstance(data, dict) else {}
    return {**below, key: with_value(below.get(key), tuple(rest), value)}


def only_known(data: Any) -> Any:
    """The same plain data without what is unknown, for models that take nothing in its place.

    >>> only_known({"size": UNKNOWN, "zones": ["1", UNKNOWN]})
    {'zones': ['1']}
    """
    if isinstance(data, dict):
        return {key: only_known(value) for key, value in data.items() if value is not UNKNOWN}
    if isinstance(data, list):
        return [only_known(item) for item in data if item is not UNKNOWN]
    return data


def holds_unknown(data: Any) -> bool:
    """Whether something unknown stands anywhere in plain data."""
    below = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for value in below:
        if type(value) is not str and holds_unknown(value):  # most are texts
            return True
    return data is UNKNOWN


def holds_key(data: Any, key: str) -> bool:
    """Whether a key stands anywhere in a mapping or list of plain data, asked in a quarter of what its place takes.

    >>> holds_key({"a": [{"b": 1}]}, "b"), holds_key({"a": "b"}, "b")
    (True, False)
    """
    is_map = isinstance(data, dict)
    if is_map and key in data:
        return True
    for below in data.values() if is_map else data:
        if isinstance(below, (dict, list)) and holds_key(below, key):
            return True
    return False


def value_at(data: Any, path: Path) -> Any:
    """The value at a path of plain data, None where the path ends before."""
    for key in path:
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return None
    return data


def without_key(data: Any, path: Path) -> Any:
    """The same plain data without the key or item at a path.

    >>> without_key({"a": {"b": 1, "c": 2}}, ("a", "b"))
    {'a': {'c': 2}}
    """
    if not path:
        return data
    key, *rest = path
    if isinstance(data, dict) and key in data:
        if not rest:
            return {name: value for name, value in data.items() if name != key}
        return {**data, key: without_key(data[key], tuple(rest))}
    if isinstance(data, list) and isinstance(key, int):
        if not rest:
            return [item for place, item in enumerate(data) if place != key]
        return [without_key(item, tuple(rest)) if place == key else item for place, item in enumerate(data)]
    return data


def renamed(node: Node, path: Path, name: str) -> Node:
    """The same node with a key called otherwise, where it stands."""
    key, *rest = path
    if isinstance(node, Mapping) and key in node.fields:
        fields = {}
        for old, field in node.fields.items():
            if old != key:
                fields[old] = field
            elif rest:
                fields[old] = field._replace(value=renamed(field.value, tuple(rest), name))
            else:
                fields[name] = field
        return node._replace(fields=fields)
    if isinstance(node, Sequence) and isinstance(key, int):
        items = [renamed(item, tuple(rest), name) if place == key else item for place, item in enumerate(node.items)]
        return node._replace(items=tuple(items))
    return node


def replaced(node: Node, path: Path, value: Node) -> Node:
    """The same node with another one at a path, which leads somewhere.

    >>> at = Span("", 1, 1, 1, 1)
    >>> plain(replaced(as_node({"a": [1, 2]}, at), ("a", 1), Scalar(3, at)))
    {'a': [1, 3]}
    """
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(node, Mapping) and isinstance(key, str):
        field = node.fields[key]
        return node._replace(fields={**node.fields, key: field._replace(value=replaced(field.value, rest, value))})
    if isinstance(node, Sequence):
        items = (replaced(item, rest, value) if place == key else item for place, item in enumerate(node.items))
        return node._replace(items=tuple(items))
    return node


def child(node: Node, key: str | int) -> Node | None:
    """The value under a key or an index, None where there is none."""
    if isinstance(node, Mapping) and isinstance(key, str):
        field = node.fields.get(key)
        return field.value if field else None
    if isinstance(node, Sequence) and isinstance(key, int):
        return node.items[key] if key < len(node.items) else None
    return None


def is_nothing(node: Node) -> bool:
    """Whether it is null, or nothing is written there."""
    return isinstance(node, Scalar) and node.value is None


def is_blank(node: Node) -> bool:
    """Whether nothing at all is written there, no null either."""
    return is_nothing(node) and node.span[1:3] == node.span[3:5]


def is_there(node: Node, path: Path) -> bool:
    """Whether something is written at a path, null included."""
    for key in path:
        below = child(node, key)
        if below is None:
            return False
        node = below
    return True


def deepest(node: Node, path: Path) -> Node:
    """The node at a path, or its deepest parent that exists."""
    for key in path:
        below = child(node, key)
        if below is None:
            return node
        node = below
    return node


def key_span(node: Node, path: Path) -> Span:
    """Where the last key of a path is written; of an item of a list, the item itself; else the deepest parent."""
    if not path:
        return node.span
    parent = deepest(node, path[:-1])
    if isinstance(parent, Mapping) and isinstance(path[-1], str) and path[-1] in parent.fields:
        return parent.fields[path[-1]].key
    return deepest(parent, path[-1:]).span


def scalars(node: Node, path: Path = ()) -> Iterator[tuple[Path, Scalar]]:
    """Every scalar below a node with its path, in authored order."""
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Mapping):
        for key, field in node.fields.items():
            yield from scalars(field.value, (*path, key))
    else:
        for index, item in enumerate(node.items):
            yield from scalars(item, (*path, index))


def used(node: Node, at: Span) -> Node:
    """The same data, written where it was and taking effect at another place."""
    if isinstance(node, Scalar):
        return node._replace(used_at=at)
    if isinstance(node, Mapping):
        fields = {key: Field(field.key, used(field.value, at)) for key, field in node.fields.items()}
        return Mapping(fields, node.span, at)
    return Sequence(tuple(used(item, at) for item in node.items), node.span, at)


def other_places(node: Node) -> tuple[Related, ...]:
    """Where a value takes effect that is written elsewhere, and where what a text is made of is written."""
    made_of = node.made_of if isinstance(node, Scalar) else ()
    return (Related("used here", node.used_at), *made_of) if node.used_at and node.used_at != node.span else made_of


def without_item(node: Node, path: Path) -> Node:
    """The same data without what stands at a path, which leads somewhere.

    >>> at = Span("", 1, 1, 1, 1)
    >>> plain(without_item(Mapping({"a": Field(at, Sequence((Scalar(1, at), Scalar(2, at)), at))}, at), ("a", 0)))
    {'a': [2]}
    """
    step, *rest = path
    if isinstance(node, Sequence):
        assert isinstance(step, int)  # the path leads through this list
        new = (without_item(node.items[step], tuple(rest)),) if rest else ()
        return node._replace(items=(*node.items[:step], *new, *node.items[step + 1 :]))
    assert isinstance(node, Mapping)  # the path leads through it
    field = node.fields[str(step)]
    if not rest:
        return node._replace(fields={key: below for key, below in node.fields.items() if key != step})
    return node._replace(fields=node.fields | {str(step): field._replace(value=without_item(field.value, tuple(rest)))})
