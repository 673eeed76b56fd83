"""Plain data of bodies by the paths of what stands in it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from mlinfra.source.tree import Path
from mlinfra.source.tree import value_at as value_at


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
