"""What databricks-sdk makes of a body: each part is read by its class, and written again."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import typing
from collections.abc import Mapping
from typing import Any

from mlinfra.languages.databricks.row import Row
from tools.databricks_schema import overlay
from tools.databricks_schema.read import source

OF_BUNDLES = ("lifecycle", "permissions", "grants")


def round_trip(row: Row, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body once the SDK has read and written it; what only bundles have is left out before.

    Raises KeyError for a field that the SDK doesn't have, ValueError for a word that it doesn't know.
    """
    hints = typing.get_type_hints(source(row.creates)) if row.creates else {}
    return {key: _round(hints[key], value) for key, value in judged_part(row, body).items()}


def judged_part(row: Row, body: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a body that `round_trip` looks at."""
    only_in_bundles = {*OF_BUNDLES, *overlay.BUNDLE_ONLY.get(row.name, ()), *row.as_json}
    part: dict[str, Any] = _with_numbers({key: value for key, value in body.items() if key not in only_in_bundles})
    return part


def _with_numbers(value: Any) -> Any:
    """The same with a number for each expression that says an id of a job, which is one."""
    if isinstance(value, dict):
        return {
            key: 1 if key == "job_id" and isinstance(below, str) else _with_numbers(below)
            for key, below in value.items()
        }
    return [_with_numbers(below) for below in value] if isinstance(value, list) else value


def _round(annotation: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Union:
        return _round(next(each for each in arguments if each is not type(None)), value)
    if origin is list:
        return [_round(arguments[0], item) for item in value]
    if origin is dict:
        return {key: _round(arguments[1], below) for key, below in value.items()}
    if inspect.isclass(annotation) and issubclass(annotation, enum.Enum):
        return annotation(value).value
    if dataclasses.is_dataclass(annotation):
        of: Any = annotation  # of the SDK, whose classes all have these
        return of.from_dict(value).as_dict()
    return value
