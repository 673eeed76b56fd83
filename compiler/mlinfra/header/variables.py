"""Variables: what is declared, and the value that each has in a target."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding
from mlinfra.diagnostics.characters import quoted
from mlinfra.diagnostics.meant_values import number_meant, truth_meant
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.secret_names import may_name_a_secret
from mlinfra.diagnostics.suggest import Known, closest_name, did_you_mean, listed
from mlinfra.header import codes
from mlinfra.header.lookups import FORM, LOOKUP, Wrong, looked_up, wrong_lookup
from mlinfra.header.model import Type, WrittenVariable
from mlinfra.source import tree
from mlinfra.source.secret_places import OF_A_VARIABLE
from mlinfra.source.secrets import secrets
from mlinfra.source.tree import Node, as_node, kind_of, plain
from mlinfra.source.yaml_errors import UNPRINTABLE
from mlinfra.source.yaml_scalars import plain_meaning

TYPES: dict[Type, tuple[str, Callable[[Any], bool]]] = {
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
    type: Type
    default: Node | None
    description: str | None
    allowed: tuple[Any, ...] | None  # None: every value of the type
    span: Span  # of the name where it is declared
    lookup: Node | None = None  # what Databricks looks up where no value is given: {<kind>: <name>}


def declared(written: Mapping[str, WrittenVariable], header: tree.Mapping) -> dict[str, Variable]:
    """The variables that the header declares."""
    variables = {}
    for name, declaration in written.items():
        place = tree.deepest(header, ("variables", name))
        default = tree.child(place, "default")
        allowed = None if declaration.allowed is None else tuple(declaration.allowed)
        span = tree.key_span(header, ("variables", name))
        lookup = tree.child(place, LOOKUP) if declaration.lookup is not None else None
        variables[name] = Variable(name, declaration.type, default, declaration.description, allowed, span, lookup)
    return variables


def check_declarations(variables: Mapping[str, Variable], header: tree.Mapping) -> Iterator[Diagnostic]:
    """Defaults and allowed values that are not of their variable's type, defaults that are not allowed, lookups."""
    for variable in variables.values():
        if variable.lookup is not None:
            yield from _check_lookup(variable, variable.lookup, header)
        if variable.default is not None:
            yield from _check_value(variable, variable.default)
        if variable.allowed is not None:
            place = ("variables", variable.name, "allowed")
            unlimited = Variable(variable.name, variable.type, None, None, None, tree.key_span(header, place))
            allowed = tree.deepest(header, place)
            for item in allowed.items if isinstance(allowed, tree.Sequence) else ():
                yield from _check_value(unlimited, item)


def _check_lookup(variable: Variable, lookup: Node, header: tree.Mapping) -> Iterator[Diagnostic]:
    """What is looked up is the text of an id, and has no other value where it is declared."""
    if wrong := wrong_lookup(lookup):
        yield _said(codes.DECLARATION, variable, wrong)
    place = ("variables", variable.name)
    beside = [key for key in ("default", "allowed") if tree.child(tree.deepest(header, place), key) is not None]
    for key in beside:
        message = f'variable "{variable.name}" has a lookup and {key}, of which only the lookup would count'
        yield finding(codes.DECLARATION, message, tree.key_span(header, (*place, key)), f"leave {key} or lookup out")
    if variable.type != "string":
        message = f'variable "{variable.name}" is looked up, and what is found is text'
        span = tree.deepest(header, (*place, "type")).span
        yield finding(codes.DECLARATION, message, span, "write type: string, or leave it out")


def _said(code: Code, variable: Variable, wrong: Wrong) -> Diagnostic:
    return finding(code, f'variable "{variable.name}": {wrong.message}', wrong.span, wrong.help)


def check_values(
    variables: Mapping[str, Variable], written: tree.Mapping | None, names: Collection[str] | None
) -> Iterator[Diagnostic]:
    """Values that a target gives to what is not declared, or of another type, or that are not allowed.

    `names` are those of variables that are declared wrong, too: of these nothing is said; None where nobody knows them.
    """
    known = places_of(variables)
    for name, field in written.fields.items() if written else ():
        if name in variables:
            yield from _check_value(variables[name], field.value)
        elif names is not None and name not in names:
            help, near = did_you_mean(name, known), of_nearly_the_name(name, known, "variables")
            yield finding(codes.UNKNOWN_VARIABLE, f'variable "{name}" is not declared', field.key, help, near)


def places_of(variables: Mapping[str, Variable]) -> Known[Span]:
    """Where each variable is written."""
    return Known({each.name: each.span for each in variables.values()})


def check_each_has_a_value(
    variables: Mapping[str, Variable], written: Mapping[str, tree.Mapping | None], given: Collection[str]
) -> Iterator[Diagnostic]:
    """Variables that have no value in a target; `written` holds those of each target, `given` the names of --var."""
    for variable in variables.values():
        if variable.default is not None or variable.lookup is not None or variable.name in given:
            continue
        without = [target for target, values in written.items() if not _holds(values, variable.name, variables)]
        if without:
            message = f'variable "{variable.name}" has no value in {listed(without)}'
            help = f"add `default:`, or `variables: {{{variable.name}: …}}` to the target"
            yield finding(codes.WITHOUT_VALUE, message, variable.span, help)


def values_in(
    variables: Mapping[str, Variable], written: tree.Mapping | None, given: Mapping[str, Node]
) -> dict[str, Node]:
    """The value that each variable has in a target: what is given, what the target writes, the default.

    That of one that is looked up is a mapping, `{lookup: {…}}`. A variable whose value is missing or wrong has none.
    """
    defaults = {name: default for name, variable in variables.items() if (default := _default(variable)) is not None}
    own = {name: field.value for name, field in written.fields.items() if name in variables} if written else {}
    values = {**defaults, **own, **given}
    return {name: value for name, value in values.items() if not any(_check_value(variables[name], value))}


def _default(variable: Variable) -> Node | None:
    if variable.lookup is None:
        return variable.default
    field = tree.Field(variable.lookup.span, variable.lookup)
    return tree.Mapping({LOOKUP: field}, variable.lookup.span)


def _check_value(variable: Variable, value: Node, is_given: bool = False) -> Iterator[Diagnostic]:
    """A value that is not of the variable's type, or not among those that it allows.

    A value that is given, by --var, is not repeated: it may come from the secrets of a pipeline.
    """
    is_shown = not is_given and not may_name_a_secret(variable.name)
    wording, fits = TYPES[variable.type]
    data = plain(value)
    related = (Related("it is declared here", variable.span),)
    lookup = looked_up(value) if variable.type == "string" and not is_given else None
    if lookup is not None and (variable.lookup is not None or wrong_lookup(lookup) is None):
        if wrong := wrong_lookup(lookup):
            yield _said(codes.VALUE, variable, wrong)
    elif not fits(data):
        help = "quote it if text is meant" if variable.type == "string" and isinstance(data, int | float) else None
        if variable.type in ("integer", "number") and str(data)[:1].isdecimal():
            help = number_meant(variable.name, data)
        if variable.type == "boolean" and isinstance(data, str):
            help = truth_meant(data)
        if variable.lookup is not None and isinstance(value, tree.Mapping):
            help = f"write the id, or {{{LOOKUP}: {FORM}}}"
        shown = data if isinstance(data, float) and is_shown else kind_of(value)
        message = f'variable "{variable.name}" takes {wording}, not {shown}'
        yield finding(codes.VALUE, message, value.span, help, related=related)
    elif variable.allowed is not None and not any(_equal(data, allowed) for allowed in variable.allowed):
        allowed = ", ".join(quoted(value) for value in variable.allowed)
        help = None if may_name_a_secret(variable.name) else f"allowed: {allowed}"
        what = quoted(data) if is_shown else "what is given"
        message = f'{what} is not a value that variable "{variable.name}" allows'
        yield finding(codes.VALUE, message, value.span, help, related=related)


def given_values(
    variables: Mapping[str, Variable], given: Mapping[str, str], place: Span
) -> tuple[dict[str, Node], Sequence[Diagnostic]]:
    """The values of --var, which win over what the spec says, read as the type of their variable.

    `place` is where a variable that is not declared would be.
    """
    values: dict[str, Node] = {}
    found: list[Diagnostic] = []
    known = places_of(variables)
    for name, text in given.items():
        variable = variables.get(name)
        if variable is None:
            message = f'--var {name}: variable "{name}" is not declared'
            help, near = did_you_mean(name, known), of_nearly_the_name(name, known, "variables")
            found.append(finding(codes.UNKNOWN_VARIABLE, message, place, help, near))
            continue
        data = _parsed(variable.type, text)
        wrong = list(_check_given(variable, data))
        if not wrong:
            values[name] = as_node(data, variable.span)
        found += wrong
    return values, found


def _check_given(variable: Variable, data: Any) -> Iterator[Diagnostic]:
    name = variable.name
    wording, fits = TYPES[variable.type]
    if not fits(data):
        message = f'--var {name}: variable "{name}" takes {wording}, not what is given'
        yield finding(codes.VALUE, message, variable.span)
    elif control := _control_character(data):
        message = f"--var {name}: the value holds the control character U+{ord(control):04X}"
        yield finding(codes.VALUE, message, variable.span, "leave the character out")
    elif secrets_given := secrets(as_node({name: data}, variable.span)):
        yield replace(secrets_given[0], message=f"--var {name}: {secrets_given[0].message}", help=OF_A_VARIABLE)
    else:
        yield from _check_value(variable, as_node(data, variable.span), is_given=True)


def _parsed(type_: Type, text: str) -> Any:
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


def _equal(one: Any, other: Any) -> bool:
    """Equal as data: `true` is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _holds(values: tree.Mapping | None, name: str, variables: Collection[str]) -> bool:
    """Whether a target has a value of a variable, or of one that is not declared and of nearly its name."""
    written = values.fields if values else {}
    return name in written or any(closest_name(key, variables) == name for key in written if key not in variables)
