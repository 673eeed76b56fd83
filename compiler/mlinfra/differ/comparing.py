"""Two bodies set against each other, property by property."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_NAMES = (
    "name",
    "address",
    "key",
    "location",
    "task_key",
    "job_cluster_key",
    "label",
)  # the fields that tell items of a list apart


class Differing(NamedTuple):
    """A property, by its path, with what it was and what it is; None where it is not there."""

    path: str
    before: Any
    after: Any


def differing(before: Any, after: Any, path: str = "") -> Iterator[Differing]:
    """The innermost properties that differ, in the order of their paths."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}, key=str):
            if "/" in str(key) and (key in before) != (key in after):  # an id among others, whatever stands beside it
                yield Differing(f"{path}[{key}]", *(key if key in side else None for side in (before, after)))
                continue
            yield from differing(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list) and (names := _named(before, after)):
        old, new = ({str(item[names]): item for item in items} for items in (before, after))
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differing(old.get(key), new.get(key), f"{path}[{key}]")
    elif before != after and not (_is_nothing(before) and _is_nothing(after)):
        yield from _below(before, after, path)


def _below(before: Any, after: Any, path: str) -> Iterator[Differing]:
    """A mapping that is new or gone is said leaf by leaf, so that each property finds what is known of it."""
    for side in (before, after):
        if isinstance(side, Mapping) and side and (before is None or after is None) and "[" not in path:
            for key, value in side.items():
                old, new = (value, None) if side is before else (None, value)
                yield from differing(old, new, f"{path}.{key}")
            return
    yield Differing(path, before, after)


def _named(before: list[Any], after: list[Any]) -> str:
    items = [*before, *after]
    if not items or not all(isinstance(item, Mapping) for item in items):
        return ""
    for name in _NAMES:
        if all(name in item for item in items) and all(
            len({str(item[name]) for item in side}) == len(side) for side in (before, after)
        ):
            return name
    return ""


def _is_nothing(value: Any) -> bool:
    return value is None or value == {} or value == []
