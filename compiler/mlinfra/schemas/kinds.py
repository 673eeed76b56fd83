"""Which of several kinds a map is that does not say it: its fields tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from mlinfra.diagnostics.suggest import is_slip
from mlinfra.schemas.nodes import choices, resolved


class Kind(NamedTuple):
    """A key that is missing, the word that is meant by its absence, and the fields that go with that word alone."""

    key: str
    word: str
    fields: tuple[str, ...]

    @property
    def message(self) -> str:
        *others, last = self.fields
        fields = f"{', '.join(others)} and {last} go" if others else f"{last} goes"
        return f"{self.key} is required here: {fields} with {self.key}: {self.word}"


def likeliest(
    schema: Mapping[str, Any], union: Mapping[str, Any], body: Mapping[str, Any], key: str
) -> list[list[str]]:
    """The words of a key that is not written, and decides what a map may hold, which know the most of what it holds,
    branch by branch; none where none knows anything."""
    known: dict[int, list[list[str]]] = {}
    for words, fields in _kinds(schema, union, key):
        known.setdefault(len(_held(schema, fields, body)), []).append(words)
    most = max(known, default=0)
    return known[most] if most else []


def missing_kind(
    schema: Mapping[str, Any],
    union: Mapping[str, Any],
    body: Mapping[str, Any],
    keys: Collection[str],
    known: AbstractSet[str],
) -> Kind | None:
    """The kind of a map in which none of the keys that decide is written, where it has more of the fields of one kind
    than of those that are `known` by default."""
    for key in (each for each in keys if each not in body and not any(is_slip(name, each) for name in body)):
        meant = likeliest(schema, union, body, key)
        fields = next((fields for words, fields in _kinds(schema, union, key) if [words] == meant), {})
        held = _held(schema, fields, body)
        if len(held) > len(body.keys() & known):
            return Kind(key, meant[0][0], tuple(sorted(name for name in held if name not in known)))
    return None


def _kinds(
    schema: Mapping[str, Any], union: Mapping[str, Any], key: str
) -> Iterator[tuple[list[str], Mapping[str, Mapping[str, Any]]]]:
    """By the words of a key that decides, the fields that a map has then."""
    for discriminator, values, branch in choices(union):
        if discriminator == key:
            words = values.get("x-enum") or values.get("enum") or ()
            yield [str(word) for word in words], resolved(schema, branch).get("properties", {})


def _held(schema: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]], body: Mapping[str, Any]) -> list[str]:
    """Those of the fields that a map has: a map where one is due, with some of its fields, and none for a text."""
    return [name for name, value in body.items() if name in fields and _may_be(schema, fields[name], value)]


def _may_be(schema: Mapping[str, Any], field: Mapping[str, Any], value: Any) -> bool:
    rule = resolved(schema, field)
    if not isinstance(value, Mapping):
        return rule.get("type") != "object"
    inside = rule.get("properties")
    return rule.get("type") != "string" and (not inside or not value or not inside.keys().isdisjoint(value))
