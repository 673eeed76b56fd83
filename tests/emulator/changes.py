"""What becomes of a resource when it is put again with other properties: what the rows of the compiler say of that."""

from __future__ import annotations

import json
from typing import Any

from mlinfra.languages import SECTIONS
from mlinfra.languages.changes import Change
from tests.emulator.protocol import Json, refuse

_CHANGES: dict[str, tuple[Change, ...]] = {
    row.resource_type.lower(): row.changes for row in SECTIONS if row.resource_type
}
_REFUSED = ("refused", "create_only", "irreversible")


def settle_changes(resource_type: str, before: Json | None, after: Json) -> Json:
    """What Azure makes of `after` where `before` was put already: refuses what can't change, or keeps it as it was.

    Where the sources leave open whether a property of a new value is refused or passed over, it is refused: a script
    that lives with the refusal lives with both.
    """
    if before is None:
        return after
    _require_same(resource_type, "location", before, after)
    settled: Json = json.loads(json.dumps(after))
    for change in _CHANGES.get(resource_type.lower(), ()):
        old, new = _at(before, change.path), _at(after, change.path)
        if old is None or old == new:
            continue
        if change.effect == "ignored":
            _put(settled, change.path, old)
        elif change.effect in _REFUSED and _is_meant(change, old, new):
            _refuse(resource_type, change.path, old, new)
    return settled


def _is_meant(change: Change, old: Any, new: Any) -> bool:
    """Whether it is about these values: from what is irreversible there is no way back, to the rest no way there."""
    value = old if change.effect == "irreversible" else new
    text = value if isinstance(value, str) else json.dumps(value)
    return not change.towards or text == change.towards


def _require_same(resource_type: str, path: str, before: Json, after: Json) -> None:
    old, new = before.get(path), after.get(path)
    if old and new and old.replace(" ", "").lower() != new.replace(" ", "").lower():
        refuse(409, "InvalidResourceLocation", f"The {resource_type} already exists in location '{old}', not '{new}'.")


def _refuse(resource_type: str, path: str, old: Any, new: Any) -> None:
    message = f"Changing property '{path}' of {resource_type} is not allowed: it is {old!r}, asked for was {new!r}."
    refuse(409, "PropertyChangeNotAllowed", message)


def _at(body: Json, path: str) -> Any:
    value: Any = body
    for word in path.split("."):
        value = value.get(word) if isinstance(value, dict) else None
    return value


def _put(body: Json, path: str, value: Any) -> None:
    *words, last = path.split(".")
    for word in words:
        body = body.setdefault(word, {})
    body[last] = value
