"""Plain data of bodies by the paths of what stands in it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mlinfra.diagnostics.characters import quoted
from mlinfra.source.tree import Path
from mlinfra.source.tree import value_at as value_at

MAX_TEXT_SHOWN = 60  # characters of a wrong value


def put(body: Any, path: Path, value: Any) -> None:
    """Write a value at a path of lists and dicts that may be changed; nothing where there is no such place."""
    match value_at(body, path[:-1]), path[-1]:
        case dict() as above, key:
            above[key] = value
        case list() as items, int() as place:
            items[place] = value


def mapping(value: object) -> Mapping[str, Any]:
    """The value where it is a mapping, else an empty one: a wrong shape is the schema's to report."""
    return value if isinstance(value, dict) else {}


def read_json(text: str) -> Any:
    """What a text says as JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def copied(value: Any) -> Any:
    """The data as lists and dicts that may be changed."""
    if isinstance(value, str):  # most are, and to ask whether they are a Mapping takes the time
        return value
    if isinstance(value, Mapping):
        return {key: copied(below) for key, below in value.items()}
    return [copied(below) for below in value] if isinstance(value, list) else value


def without(body: Any, paths: Collection[Path]) -> Any:
    """The same plain data without what stands at these paths."""
    return _without(body, (), frozenset(paths)) if paths else body


def _without(value: Any, here: Path, paths: frozenset[Path]) -> Any:
    if isinstance(value, dict):
        kept = {key: below for key, below in value.items() if (*here, key) not in paths}
        return {key: _without(below, (*here, key), paths) for key, below in kept.items()}
    if isinstance(value, list):
        return [_without(below, (*here, place), paths) for place, below in enumerate(value)]
    return value


def texts(value: Any, path: Path, skip: Collection[str] = ()) -> Iterator[tuple[Path, str]]:
    """Each text below `value` with its path, depth first in written order."""
    found: list[tuple[Path, str]] = []
    if isinstance(value, str):
        found.append((path, value))
    elif isinstance(value, (dict, list)):
        _collect(value, path, skip, found)
    return iter(found)


def _collect(
    value: Mapping[str, Any] | list[Any],
    path: Path,
    skip: Collection[str],
    found: list[tuple[Path, str]],
) -> None:
    """A list is filled, as a generator in a generator for each level takes three times as long."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, str):
            if key not in skip:
                found.append(((*path, key), item))
        elif isinstance(item, (dict, list)) and key not in skip:
            _collect(item, (*path, key), skip, found)


def shown(value: Any) -> str:
    """A wrong value in a message."""
    match value:
        case None:
            return "empty"
        case Mapping():
            return "a map"
        case list():
            return "a list"
        case str() if len(value) > MAX_TEXT_SHOWN:
            return quoted(value[:MAX_TEXT_SHOWN] + "…")
    return quoted(value)
