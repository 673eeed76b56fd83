"""`--set` of a generic update, which azure-cli-core lays over what the getter of the command returned.

Source: `set_properties` and `shell_safe_json_parse` of azure-cli-core 2.91.0; test_generic_update.py compares them with
this. `create` reads --set otherwise: there each value stays a text.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any

_CASES = (re.compile("(.)([A-Z][a-z]+)"), re.compile("([a-z0-9])([A-Z])"))


class CannotSet(Exception):
    """What az says of a path that leads nowhere, and ends with 1."""


def lay_over(instance: Any, setting: str, *, is_text: bool) -> None:
    """One KEY=VALUE of --set; `is_text` where --force-string stands beside it."""
    key, _, value = setting.partition("=")
    *parents, last = key.split(".")
    for number, parent in enumerate(parents):
        below = _member(instance, parent, parents)
        if below is None and number == len(parents) - 1:
            below = "{}" if is_text else {}
            _set_member(instance, parent, below, key)
        instance = below
    _set_member(instance, last, value if is_text else read_value(value), key)


def read_value(text: str) -> Any:
    """JSON or a literal of Python, or else the text: one hash in 280 is a number."""
    try:
        return json.loads(text, strict=True)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _member(instance: Any, name: str, path: list[str]) -> Any:
    if isinstance(instance, dict):
        if name in instance:
            return instance[name]
    elif hasattr(instance, _snake(name)):
        return getattr(instance, _snake(name))
    raise _lost(instance, name, path)


def _set_member(instance: Any, name: str, value: Any, key: str) -> None:
    if isinstance(instance, dict):
        instance[name] = value
    elif not isinstance(instance, str) and hasattr(instance, _snake(name)):
        setattr(instance, _snake(name), value)
    else:
        raise _lost(instance, name, key.split("."))


def _lost(instance: Any, name: str, path: list[str]) -> CannotSet:
    parent = ".".join(path[:-1])
    said = f"Couldn't find '{name}' in '{parent}'."
    options = instance if isinstance(instance, dict) else getattr(instance, "__dict__", None)
    if isinstance(options, dict):
        return CannotSet(f"{said} Available options: {sorted(_camel(option) for option in options)}")
    return CannotSet(f"{said} '{parent}' does not support further indexing.")


def _snake(name: str) -> str:
    for pattern in _CASES:
        name = pattern.sub(r"\1_\2", name)
    return name.lower()


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first.lower() + "".join(part.capitalize() for part in others) if others else name
