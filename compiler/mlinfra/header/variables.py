"""Variables: what is declared, and the value that each has in a target."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from mlinfra.diagnostics import Related, Span
from mlinfra.diagnostics.secrecy import may_name_a_secret
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.header import codes
from mlinfra.header.reading import Reading, Rule, first_key, is_written
from mlinfra.source import tree
from mlinfra.source.tree import Node, Scalar, Sequence, kind_of, plain
from mlinfra.source.yaml_errors import UNPRINTABLE
from mlinfra.source.yaml_scalars import plain_meaning

NAME = Rule(re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}"), "letters, digits, - and _, a letter first", "min_auc")
_KEYS = ("type", "default", "description", "allowed")
TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("text", lambda value: isinstance(value, str)),
    "integer": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "number": ("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "list": ("a list", lambda value: isinstance(value, list)),
    "map": ("a mapping", lambda value: isinstance(value, dict)),
}


@dataclass(frozen=True)
class Variable:
    name: str
    type: str  # string, integer, number, boolean, list, map
    default: Node | None
    description: str | None
    allowed: tuple[Any, ...] | None  # None: every value of the type
    span: Span  # of the name where it is declared


def declared_variables(reading: Reading, header: tree.Mapping) -> dict[str, Variable]:
    """The variables that the header declares; what is declared wrong is reported and left out."""
    declared = reading.mapping(header, "variables")
    variables = {}
    for name, field in (declared.fields if declared else {}).items():
        variable = _declared(reading, name, field)
        if variable:
            variables[name] = variable
    return variables


def _declared(reading: Reading, name: str, field: tree.Field) -> Variable | None:
    if not NAME.pattern.fullmatch(name):
        reading.report(codes.DECLARATION, f'"{name}" can\'t be the name of a variable', field.key, NAME.help)
    if not isinstance(field.value, tree.Mapping):
        help = f"write {name}: {{type: {_type_of(field.value)}, default: …}}"
        reading.report(codes.DECLARATION, f'variable "{name}" is declared by a mapping', field.key, help)
        return None
    body = field.value
    reading.known_keys(body, _KEYS, f' in variable "{name}"')
    if not is_written(body, "type"):
        help = f"add `type`, one of {', '.join(TYPES)}"
        reading.report(codes.DECLARATION, f'variable "{name}" has no type', field.key, help)
    type_ = reading.text(body, "type", choices=TYPES)
    if type_ is None:
        return None
    allowed = _allowed(reading, name, type_, body)
    default = body.fields.get("default")
    variable = Variable(
        name, type_, default.value if default else None, reading.text(body, "description"), allowed, field.key
    )
    if default:
        check_value(reading, variable, default.value)
    return variable


def _allowed(reading: Reading, name: str, type_: str, body: tree.Mapping) -> tuple[Any, ...] | None:
    field = body.fields.get("allowed")
    if field is None:
        return None
    if not isinstance(field.value, Sequence) or not field.value.items:
        reading.report(codes.DECLARATION, f'allowed of variable "{name}" takes a list of values', field.value.span)
        return None
    unlimited = Variable(name, type_, None, None, None, field.key)
    for item in field.value.items:
        check_value(reading, unlimited, item)
    return tuple(plain(item) for item in field.value.items)


def check_value(reading: Reading, variable: Variable, value: Node, is_given: bool = False) -> None:
    """Report a value that is not of the variable's type, or not among those that it allows.

    A value that is given, by --var, is not repeated: it may come from the secrets of a pipeline.
    """
    is_shown = not is_given and not may_name_a_secret(variable.name)
    wording, fits = TYPES[variable.type]
    data = plain(value)
    if not fits(data):
        related = (Related("it is declared here", variable.span),)
        help = "quote it if text is meant" if variable.type == "string" and isinstance(data, int | float) else None
        shown = data if isinstance(data, float) and is_shown else kind_of(value)
        message = f'variable "{variable.name}" takes {wording}, not {shown}'
        reading.report(codes.VALUE, message, value.span, help, related)
    elif variable.allowed is not None and not any(_equal(data, allowed) for allowed in variable.allowed):
        allowed = ", ".join(json.dumps(value, ensure_ascii=False) for value in variable.allowed)
        help = None if may_name_a_secret(variable.name) else f"allowed: {allowed}"
        what = json.dumps(data, ensure_ascii=False) if is_shown else "what is given"
        message = f'{what} is not a value that variable "{variable.name}" allows'
        related = (Related("it is declared here", variable.span),)
        reading.report(codes.VALUE, message, value.span, help, related)


def given_values(
    reading: Reading, variables: Mapping[str, Variable], header: tree.Mapping, given: Mapping[str, str]
) -> dict[str, Node]:
    """The values of --var, which win over what the spec says, read as the type of their variable."""
    values: dict[str, Node] = {}
    for name, text in given.items():
        variable = variables.get(name)
        if variable is None:
            place = header.fields["variables"].key if "variables" in header.fields else first_key(header)
            help = did_you_mean(name, variables)
            reading.report(codes.UNKNOWN_VARIABLE, f'--var {name}: variable "{name}" is not declared', place, help)
            continue
        data = _parsed(variable.type, text)
        wording, fits = TYPES[variable.type]
        if not fits(data):
            message = f'--var {name}: variable "{name}" takes {wording}, not what is given'
            reading.report(codes.VALUE, message, variable.span)
            continue
        if control := _control_character(data):
            message = f"--var {name}: the value holds the control character U+{ord(control):04X}"
            reading.report(codes.VALUE, message, variable.span, "leave the character out")
            continue
        values[name] = _as_node(data, variable.span)
        check_value(reading, variable, values[name], is_given=True)
    return values


def target_values(
    reading: Reading, variables: Mapping[str, Variable], body: tree.Mapping, given: Mapping[str, Node]
) -> dict[str, Node]:
    """The value that each variable has in the target with this body; one without a value is left out."""
    written = reading.mapping(body, "variables")
    values = {name: variable.default for name, variable in variables.items() if variable.default is not None}
    for name, field in (written.fields if written else {}).items():
        variable = variables.get(name)
        if variable is None:
            help = did_you_mean(name, variables)
            reading.report(codes.UNKNOWN_VARIABLE, f'variable "{name}" is not declared', field.key, help)
            continue
        check_value(reading, variable, field.value)
        values[name] = field.value
    return {**values, **given}


def _parsed(type_: str, text: str) -> Any:
    if type_ == "string":
        return text
    if type_ in ("list", "map"):
        try:
            return json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return None
    return plain_meaning(text).value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _control_character(data: Any) -> str | None:
    """The first character in the texts and keys of a value that no file could hold."""
    if isinstance(data, str):
        match = UNPRINTABLE.search(data)
        return match.group() if match else None
    parts = [*data, *data.values()] if isinstance(data, dict) else data if isinstance(data, list) else ()
    return next((found for part in parts if (found := _control_character(part))), None)


def _as_node(data: Any, span: Span) -> Node:
    if isinstance(data, dict):
        return tree.Mapping({key: tree.Field(span, _as_node(value, span)) for key, value in data.items()}, span)
    if isinstance(data, list):
        return Sequence(tuple(_as_node(item, span) for item in data), span)
    return Scalar(data, span)


def _equal(one: Any, other: Any) -> bool:
    """Equal as data: `true` is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _type_of(node: Node) -> str:
    data = plain(node)
    return next((name for name, (_, fits) in TYPES.items() if fits(data)), "string")
