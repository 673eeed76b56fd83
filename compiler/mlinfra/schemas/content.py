"""`version: auto`: a version that follows from what a body says and names, the same on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mlinfra.repository.uploads import LocalFile
from mlinfra.schemas.problems import BodyPath

AUTO: Final = "auto"
VERSION_HEX_DIGITS: Final = 12  # language.md, "Versions and models"
LEFT_OUT_KEYS: Final = frozenset(
    {"$schema", "name", "version", "azure_name", "feature_store", "registry", "targets", "workspace"}
)
"""Keys of an entry that say what it is called and where it lives, not what it is."""


def content_version(
    body: Mapping[str, Any], references: Mapping[BodyPath, str], files: Mapping[BodyPath, Sequence[LocalFile]]
) -> str:
    """Return the version of an asset: 12 hex digits of SHA-256 over everything it consists of.

    `body` is the entry before target-specific rewriting; `references` gives for each place that names another asset
    its `name@version`, `files` for each place that names a local path what `local_files` found there. Neither the order
    of keys nor where a folder lies counts.
    """
    places = {*references, *files}
    own = {key: value for key, value in body.items() if key not in LEFT_OUT_KEYS and not key.startswith("x-")}
    document = {
        "body": _without(own, (), places),
        "references": _sorted([list(path), reference] for path, reference in references.items()),
        "files": _sorted([list(path), sorted(map(list, found))] for path, found in files.items()),
    }
    return hashlib.sha256(_canonical(document).encode()).hexdigest()[:VERSION_HEX_DIGITS]


def _without(value: Any, path: BodyPath, places: set[BodyPath]) -> Any:
    """Return `value` with null at the places whose content is given beside it."""
    if path in places:
        return None
    if isinstance(value, dict):
        return {key: _without(item, (*path, key), places) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, (*path, index), places) for index, item in enumerate(value)]
    return value


def _sorted(items: Iterable[Any]) -> list[Any]:
    return sorted(items, key=_canonical)


_canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
