"""What stands in a pipeline's text in the place of something else: ${{ … }} before a run, $(…) and $[ … ] in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from tests.loop.expressions import Unknown, Value, evaluate, text_of

Parameter: TypeAlias = "str | bool"

_TEMPLATE = re.compile(r"\$\{\{(.*?)\}\}")
_MACRO = re.compile(r"\$\(([A-Za-z0-9_.]+)\)")
_EXPRESSION = re.compile(r"\$\[(.*)\]")


def parameters_of(document: Mapping[str, Any], given: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Each parameter of a pipeline with its value: what is given, or the default; both have to be possible."""
    declared = {each["name"]: each for each in document.get("parameters", ())}
    if unknown := given.keys() - declared.keys():
        raise Unknown(f"no parameters {unknown}")
    values: dict[str, Parameter] = {}
    for name, each in declared.items():
        value = given.get(name, each["default"])
        if each["type"] == "boolean" and not isinstance(value, bool):
            value = {"true": True, "false": False}[value]
        if value not in each.get("values", [value]):
            raise Unknown(f"parameter {name} can't be {value!r}")
        values[name] = value
    return values


def written(text: str, parameters: Mapping[str, Parameter]) -> str:
    """With the values of template expressions in their places."""
    return _TEMPLATE.sub(lambda match: text_of(evaluate(match[1].strip(), {"parameters": parameters})), text)


def bound(text: str, parameters: Mapping[str, Parameter], context: Mapping[str, Value]) -> str:
    """The value of a variable, which may be one runtime expression."""
    text = written(text, parameters)
    match = _EXPRESSION.fullmatch(text)
    return text_of(evaluate(match[1].strip(), context)) if match else text


def filled(text: str, variables: Mapping[str, str]) -> str:
    """With the values of variables in the place of $(…), as often as they hold others; one that isn't set stays."""
    by_name = {name.lower(): value for name, value in variables.items()}
    for _ in range(3):
        text = _MACRO.sub(lambda match: by_name.get(match[1].lower(), match[0]), text)
    return text


def words(arguments: str) -> list[str]:
    """As the library of the tasks of Azure Pipelines splits arguments: by blanks outside of double quotes."""
    found: list[str] = []
    word, quoted, begun = "", False, False
    for character in arguments:
        if character == " " and not quoted:
            if begun:
                found.append(word)
            word, begun = "", False
            continue
        begun = True
        if character == '"':
            quoted = not quoted
        elif character == "\\":
            raise Unknown(f"a backslash in {arguments!r}")
        else:
            word += character
    return [*found, word] if begun else found
