"""models.json, which a run of training publishes: of each model the version, the run, and what that was made of.

Its form is `mlinfra/models/v1`. It is read as something that anybody may have written: bounded, each value checked.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from mlinfra.diagnostics.secrecy import masked

SCHEMA = "mlinfra/models/v1"
MAX_BYTES = 1 << 20  # of a file; a model has some kilobytes at most
MAX_ITEMS = 100  # models of a file; parameters, data or metrics of a model
MAX_CHARACTERS = 1_000  # of a text, as Azure ML's tags have at most
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")
_FORMS = {  # of what may stand in a command that a person types
    "version": (_NAME, "the plain name of a version"),
    "job": (_NAME, "the plain name of a job"),
    "commit": (re.compile(r"[0-9a-f]{40}"), "40 hexadecimal digits"),
    "build": (_NAME, "the plain name of a build"),
    "reason": (re.compile(r"change|schedule|person"), "change, schedule or person"),
}
_OF_DATA = ("name", "version", "path", "at")


class NotModels(Exception):
    """A file that is no models.json; the text says why, as what follows its name."""


@dataclass(frozen=True)
class ModelRecord:
    """One model: its version, the job on Azure that made it, and what a person asks next; empty where nobody knows."""

    version: str
    job: str
    commit: str
    build: str
    reason: str
    parameters: Mapping[str, str | float | bool]
    data: tuple[Mapping[str, str], ...]  # name, version, path, at
    metrics: Mapping[str, float]


def read_models(content: bytes) -> dict[str, ModelRecord]:
    """The records of a file by the names of their entries; raises NotModels."""
    if len(content) > MAX_BYTES:
        raise NotModels(f"has {len(content):,} bytes; at most {MAX_BYTES:,} are read")
    document = _parsed(content)
    if not isinstance(document, dict) or "schema" not in document:
        raise NotModels(f'does not say "schema": "{SCHEMA}": take the file that a run of training has published')
    if document["schema"] != SCHEMA:
        raise NotModels(f'says "schema": {_shown(document["schema"])}, and this release reads "{SCHEMA}"')
    models = _mapping(document.get("models"), '"models"')
    return {masked(name): _record(name, record) for name, record in models.items()}


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        # Python's own words for it, and the column, are others from 3.13 on
        raise NotModels(f"is no JSON from line {error.lineno} on") from None
    except UnicodeDecodeError:
        raise NotModels("is no JSON: it is not UTF-8") from None
    except RecursionError:
        raise NotModels("is no JSON that is read: it is nested too deeply") from None
    except ValueError as error:
        raise NotModels(f"is no JSON: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {_shown(key)} stands twice in one object")
        found[key] = value
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _record(name: str, record: Any) -> ModelRecord:
    where = f"model {_shown(name)}"
    fields = _mapping(record, where)
    texts = {key: _plain(key, fields.get(key, ""), where) for key in _FORMS}
    if not texts["version"]:
        raise NotModels(f"names no version of {where}")
    return ModelRecord(
        **texts,
        parameters=_values(fields.get("parameters"), f"parameters of {where}"),
        data=_data(fields.get("data"), f"data of {where}"),
        metrics=_metrics(fields.get("metrics"), f"metrics of {where}"),
    )


def _data(value: Any, where: str) -> tuple[Mapping[str, str], ...]:
    if value is not None and (not isinstance(value, list) or len(value) > MAX_ITEMS):
        raise NotModels(f"has as {where} no list of at most {MAX_ITEMS}")
    found = (_mapping(item, where) for item in value or ())
    return tuple({key: _text(item.get(key, ""), f"{key} in {where}") for key in _OF_DATA} for item in found)


def _values(value: Any, where: str) -> dict[str, str | float | bool]:
    found: dict[str, str | float | bool] = {}
    for key, given in _mapping(value or {}, where).items():
        found[masked(key)] = given if isinstance(given, bool | int | float) else _text(given, f"{key} in {where}")
    return found


def _metrics(value: Any, where: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, number in _mapping(value or {}, where).items():
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise NotModels(f"has as {_shown(key)} in {where} no number but {_shown(number)}")
        found[masked(key)] = number
    return found


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > MAX_ITEMS:
        raise NotModels(f"has as {where} no object of at most {MAX_ITEMS} fields")
    if any(len(key) > MAX_CHARACTERS for key in value):
        raise NotModels(f"has in {where} a name of more than {MAX_CHARACTERS:,} characters")
    return value


def _plain(key: str, value: Any, where: str) -> str:
    form, what = _FORMS[key]
    if not isinstance(value, str) or (value and not form.fullmatch(value)):
        raise NotModels(f"has as {key} of {where} {_shown(value)}, which is not {what}")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_CHARACTERS:
        raise NotModels(f"has as {where} no text of at most {MAX_CHARACTERS:,} characters")
    return masked(value)


def _shown(value: Any) -> str:
    """A value of the file within a sentence; what is long is cut."""
    text = masked(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= 40 else f"{text[:39]}…"
