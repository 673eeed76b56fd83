"""`python judged_by_bundles.py`: what the classes of databricks-bundles say of bodies, one a line, read from stdin.

It runs in the environment of databricks-bundles, and imports nothing of this repository. A line in is
`{"section": "jobs", "body": {…}}`; a line out what is wrong first, empty where nothing is, or null where the package
has no such section. The loader of the package takes any scalar where a class says another one, so types are compared.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import json
import re
import sys
import types
import typing
from functools import cache
from typing import Any

VARIABLE = re.compile(r"\$\{[^}]+\}")
SCALARS = {int: (int,), float: (int, float), bool: (bool,)}


class Wrong(Exception):
    pass


@cache
def class_of(section: str) -> Any:
    """The class of the bodies of a section; None where the package has none."""
    resource = importlib.import_module("databricks.bundles.core._resource").Resource

    try:
        module = importlib.import_module(f"databricks.bundles.{section}")
    except ImportError:
        return None
    found = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, resource)]
    return next(each for each in found if each is not resource)


@cache
def hints(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def judge(annotation: Any, value: Any, path: str) -> None:
    if isinstance(value, str) and VARIABLE.fullmatch(value):
        return
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        judge_any([each for each in arguments if each is not type(None)], value, path)
    elif origin is list:
        if not isinstance(value, list):
            raise Wrong(f"{path}: no list")
        for place, item in enumerate(value):
            judge(arguments[0], item, f"{path}.{place}")
    elif origin is dict:
        if not isinstance(value, dict):
            raise Wrong(f"{path}: no map")
        for key, item in value.items():
            judge(arguments[1], item, f"{path}.{key}")
    elif getattr(origin, "__name__", "") == "Variable":
        raise Wrong(f"{path}: no variable")
    elif dataclasses.is_dataclass(annotation):
        judge_class(annotation, value, path)
    else:
        judge_scalar(annotation, value, path)


def judge_scalar(annotation: Any, value: Any, path: str) -> None:
    if isinstance(annotation, enum.EnumMeta):
        words: list[Any] = list(annotation)
        if value not in [each.value for each in words]:
            raise Wrong(f"{path}: no word")
    elif annotation is str:
        if isinstance(value, (list, dict)):  # a number is its text
            raise Wrong(f"{path}: no text")
    elif annotation in SCALARS:
        is_right = isinstance(value, SCALARS[annotation]) and (annotation is bool or not isinstance(value, bool))
        if not is_right and not (annotation is int and isinstance(value, float) and value.is_integer()):
            raise Wrong(f"{path}: no {annotation.__name__}")


def judge_any(annotations: list[Any], value: Any, path: str) -> None:
    said = []
    for annotation in annotations:
        try:
            return judge(annotation, value, path)
        except Wrong as wrong:
            said.append(str(wrong))
    raise Wrong(max(said, key=len))


def judge_class(cls: Any, value: Any, path: str) -> None:
    if not isinstance(value, dict):
        raise Wrong(f"{path}: no map")
    known = hints(cls)
    for key, item in value.items():
        if key not in known:
            raise Wrong(f"{path}.{key}: unknown")
        judge(known[key], item, f"{path}.{key}")
    missing = dataclasses.MISSING
    for field in dataclasses.fields(cls):
        if field.default is field.default_factory is missing and field.name not in value:
            raise Wrong(f"{path}.{field.name}: missing")


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        cls = class_of(asked["section"])
        said: str | None = "" if cls else None
        try:
            if cls:
                judge(cls, asked["body"], "")
        except Wrong as wrong:
            said = str(wrong)
        sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
