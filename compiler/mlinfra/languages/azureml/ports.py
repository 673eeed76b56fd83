"""Inputs and outputs of jobs and components: what is declared, and which value or output an input takes.

Types as in the CLI v2 schemas of jobs and components. What the service takes at an input beyond equal types is nowhere
documented as a table; `TAKEN_BY` holds what can work: the same kind of thing, a folder where a folder's format can't be
seen, a model where any model is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from mlinfra.languages.azureml.expressions import has_expression, whole_reference
from mlinfra.schemas.flows import OpenInputs
from mlinfra.schemas.values import mapping as mapping
from mlinfra.source.tree import UNKNOWN

PRIMITIVE_TYPES: Final = frozenset({"string", "integer", "number", "boolean"})
DEFAULT_OUTPUT_TYPE: Final = "uri_folder"  # azure-ai-ml, Output.type

TAKEN_BY: Final[Mapping[str, frozenset[str]]] = {
    "uri_file": frozenset({"uri_file", "custom_model"}),
    "uri_folder": frozenset({"uri_folder", "mltable", "custom_model", "mlflow_model", "triton_model"}),
    "mltable": frozenset({"mltable", "uri_folder"}),
    "custom_model": frozenset({"custom_model", "uri_file", "uri_folder"}),
    "mlflow_model": frozenset({"mlflow_model", "custom_model", "uri_folder"}),
    "triton_model": frozenset({"triton_model", "custom_model", "uri_folder"}),
    "string": frozenset({"string"}),
    "integer": frozenset({"integer", "number", "string"}),
    "number": frozenset({"number", "string"}),
    "boolean": frozenset({"boolean", "string"}),
}
"""Type of what is given → types of the inputs that take it."""
PATH_TYPES: Final = TAKEN_BY.keys() - PRIMITIVE_TYPES


class Port(NamedTuple):
    """An input or output as far as its body says it."""

    type: str | None  # None: it follows from elsewhere
    is_optional: bool = False
    has_default: bool = False
    literal: object = None  # the value itself, where one is written
    minimum: object = None
    maximum: object = None
    allowed: tuple[str, ...] = ()


class UnknownPorts(dict[str, Port]):
    """The ports in a body that says them wrong: one of any name, so that nothing is said of those that use them."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Port:
        return Port(None)

    def get(self, name: str, default: object = None) -> Port:
        return Port(None)


class OpenPorts(dict[str, Port]):
    """The inputs of what takes any others, too: the column of data, or the word, that each is given."""

    def __contains__(self, name: object) -> bool:
        return True

    def get(self, name: str, default: object = None) -> Port:
        return self[name] if name in self.keys() else Port(None, is_optional=True)


def declared_ports(declarations: object, *, default_type: str | None = None) -> dict[str, Port]:
    """Return the inputs or outputs that a component, or the outputs that a job, declares."""
    if declarations is UNKNOWN:
        return UnknownPorts()
    ports = {name: _declared(value, default_type) for name, value in mapping(declarations).items()}
    return OpenPorts(ports) if isinstance(declarations, OpenInputs) else ports


def given_ports(values: object) -> dict[str, Port]:
    """Return the inputs of a job or step: each is a literal, a mapping with `path` or `value`, or a binding."""
    if values is UNKNOWN:
        return UnknownPorts()
    return {name: Port(None) if value is UNKNOWN else _given(value) for name, value in mapping(values).items()}


def is_taken(given_type: str | None, wanted_type: str | None) -> bool:
    """Whether an input of `wanted_type` takes what has `given_type`; a type that is not known fits."""
    if given_type is None or wanted_type is None or given_type == wanted_type:
        return True
    if given_type not in TAKEN_BY or wanted_type not in TAKEN_BY:
        return True
    return wanted_type in TAKEN_BY[given_type]


def are_paths(*types: str | None) -> bool:
    """Whether each is the type of a file, a folder or a model: to Azure ML all of these are paths."""
    return PATH_TYPES.issuperset(types)


def literal_fault(port: Port, value: object) -> str | None:
    """Return what is wrong with a literal at an input, as "must be …", or None.

    Text is read as the service reads it: "10" and 10.0 are an integer, "true" is a boolean, and everything is a string.

    >>> literal_fault(Port("integer", maximum=10), "11")
    'must be at most 10'
    """
    if port.type in PRIMITIVE_TYPES:
        return _primitive_fault(port, value)
    if port.type in TAKEN_BY and not isinstance(value, str):
        return f"must be a path or a binding, for its type is {port.type}"
    return None


def list_fault(port: Port, value: object) -> str | None:
    """Return that a text is none of those which its input lists, as "not one of …", or None.

    The service compares what a value becomes as text.

    >>> list_fault(Port("string", allowed=("true", "3")), True), list_fault(Port("string", allowed=("3",)), 224)
    (None, 'not one of 3')
    """
    if port.type != "string" or not port.allowed or _is_listed(port, value):
        return None
    return f"not one of {', '.join(port.allowed)}"


def _is_listed(port: Port, value: object) -> bool:
    if isinstance(value, bool):
        return str(value).lower() in map(str.lower, port.allowed)
    return str(value) in port.allowed


def _declared(value: object, default_type: str | None) -> Port:
    body = mapping(value)
    written_type = body.get("type", default_type)
    enum = body.get("enum")
    return Port(
        type=written_type.lower() if isinstance(written_type, str) else None,
        is_optional=body.get("optional") is True or UNKNOWN in (value, body.get("optional")),
        has_default=body.get("default") is not None,
        literal=body.get("default"),
        minimum=body.get("min"),
        maximum=body.get("max"),
        allowed=tuple(str(item) for item in enum) if isinstance(enum, list) else (),
    )


def _given(value: object) -> Port:
    match value:
        case bool():
            return Port("boolean", literal=value)
        case int():
            return Port("integer", literal=value)
        case float():
            return Port("number", literal=value)
        case str():
            return _given_text(value)
        case Mapping() if "value" in value:
            return _given(value["value"])
        case Mapping():
            return _declared(value, None)
        case _:
            return Port(None)


def _given_text(text: str) -> Port:
    if whole_reference(text) is not None or has_expression(text):
        return Port(None)
    return Port("string", literal=text)


def _primitive_fault(port: Port, value: object) -> str | None:
    if port.type == "string":
        return None
    if port.type == "boolean":
        return None if str(value).lower() in ("true", "false") else "must be true or false"
    number = as_number(value)
    if number is None:
        return "must be an integer" if port.type == "integer" else "must be a number"
    if port.type == "integer" and not number.is_integer():
        return "must be an integer"
    return _bound_fault(port, number)


def _bound_fault(port: Port, number: float) -> str | None:
    minimum, maximum = as_number(port.minimum), as_number(port.maximum)
    if minimum is not None and number < minimum:
        return f"must be at least {port.minimum}"
    if maximum is not None and number > maximum:
        return f"must be at most {port.maximum}"
    return None


def as_number(value: object) -> float | None:
    """Return the number that a scalar holds, as a number or as text, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
