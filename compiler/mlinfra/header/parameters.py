"""Parameters of training: what a person is asked who starts it, in the form that nothing on its way takes for code.

A value goes through Azure Pipelines, a shell and az. None of these finds a variable, a file, an option or a command in
it, because it holds only letters, digits and a few signs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import Form, contrary, malformed

ParameterType: TypeAlias = Literal["string", "integer", "number", "boolean"]
MAX_PARAMETERS = 10  # each is a tag of a model, beside its numbers and data: Azure ML takes 50
OWN = ("reason", "jobs")  # what every person is asked
TEXT = r"[A-Za-z0-9](?:[A-Za-z0-9 ._:/+,=@~-]{0,198}[A-Za-z0-9._:/+,=@~-])?"
TEXT_WORDS = "a text of letters, digits, blanks and . _ : / + , = @ ~ -, a letter or digit first"
NUMBER = r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?"  # as scripts take it
_WORDS: Mapping[ParameterType, str] = {
    "string": TEXT_WORDS,
    "integer": "a whole number of at most 15 digits",
    "number": "a number of at most 15 digits before its point and 15 behind it",
    "boolean": "true or false",
}
Name: TypeAlias = Annotated[
    str,
    Form("[A-Za-z][A-Za-z0-9_]{0,29}", "the name of a parameter: letters, digits and _, a letter first, at most 30"),
]


class Parameter(Body):
    """What a person is asked who starts training; a run that nobody starts has the default."""

    type: Annotated[ParameterType, Field(description="The type of its values")]
    default: Annotated[
        Any, Field(description="The value in a run that a change or a schedule starts, or where a person leaves it")
    ]
    values: Annotated[
        Annotated[list[Any], Field(min_length=1)] | None,
        Field(description="The values that it may have; any of its type unless they are written"),
    ] = None

    @field_validator("default")
    @classmethod
    def _default_fits(cls, value: Any, info: ValidationInfo) -> Any:
        return _fitting(value, info.data.get("type"))

    @field_validator("values")
    @classmethod
    def _values_fit(cls, values: list[Any] | None, info: ValidationInfo) -> list[Any] | None:
        type_, default = info.data.get("type"), info.data.get("default")
        if values is None or type_ is None:
            return values
        if type_ == "boolean":
            raise contrary("is of a parameter that is true or false, and takes no others", "leave values out")
        for value in values:
            _fitting(value, type_)
        texts = [as_text(value) for value in values]
        if len(set(texts)) < len(texts):
            raise contrary("names a value twice")
        if default is not None and as_text(default) not in texts:
            raise contrary(f"lacks the default, {as_text(default)}", "add it, or write another default")
        return values


def _fitting(value: Any, type_: ParameterType | None) -> Any:
    if type_ is None:
        return value
    match type_:
        case "string":
            fits = isinstance(value, str) and re.fullmatch(TEXT, value) is not None
        case "boolean":
            fits = isinstance(value, bool)
        case _:
            numbers: tuple[type, ...] = (int,) if type_ == "integer" else (int, float)
            is_one = isinstance(value, numbers) and not isinstance(value, bool)
            fits = is_one and re.fullmatch(NUMBER, as_text(value)) is not None
    if not fits:
        raise malformed(_WORDS[type_])
    return value


def as_text(value: Any) -> str:
    """A value as pipelines and scripts write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_names(parameters: Mapping[str, Parameter]) -> Mapping[str, Parameter]:
    known: set[str] = set()
    for name in parameters:
        if name.lower() in OWN:
            raise contrary(f"calls one {name}, which every person is asked already", "call it otherwise")
        if name.lower() in known:
            raise contrary(f"names {name} twice: upper and lower case are the same to Azure Pipelines")
        known.add(name.lower())
    return parameters


Parameters: TypeAlias = Annotated[dict[Name, Parameter], Field(max_length=MAX_PARAMETERS), AfterValidator(_check_names)]
