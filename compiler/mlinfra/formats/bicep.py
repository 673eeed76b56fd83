"""Bicep as data: the small part of the language that the output needs, printed by `bicep_printer`.

Bodies are plain data (mappings, lists, strings, numbers, booleans, None) in which a value may be an `Expression`, or be
wrapped in `Commented` or `Exempt`. Text of a spec enters as a string value or a comment, both of which the printer
escapes; what becomes code (symbols, functions, types) is checked here, and raises ValueError where it is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Value: TypeAlias = object  # plain data with expressions inside; the printer raises TypeError for anything else
Body: TypeAlias = Mapping[Any, Value]  # keys are strings or `Interpolated`

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SYMBOL = re.compile(rf"{_IDENTIFIER.pattern}(::{_IDENTIFIER.pattern})*")
_PROPERTY_PATH = re.compile(rf"{_IDENTIFIER.pattern}(\.{_IDENTIFIER.pattern})*")
_FUNCTION = re.compile(rf"{_IDENTIFIER.pattern}(\.{_IDENTIFIER.pattern})?")
_TYPE = re.compile(rf"{_IDENTIFIER.pattern}(\[\])*\??")
_RESOURCE_TYPE = re.compile(r"[A-Za-z0-9.]+(/[A-Za-z0-9]+)+")
_API_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-[a-z]+)?")
_RULE = re.compile(r"[A-Za-z0-9]+(-[a-z0-9]+)*")


def is_identifier(text: str) -> bool:
    """Whether Bicep takes the text as a name: letters of ASCII, digits and `_`, no digit first."""
    return _IDENTIFIER.fullmatch(text) is not None


# ---- expressions ----


class Expression:
    """What is evaluated by Azure: everything in a body that is no plain data."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Symbol(Expression):
    """A parameter, variable, resource or module by its symbol; `main::blobs` is a nested resource."""

    name: str

    def __post_init__(self) -> None:
        _check(_SYMBOL, self.name, "symbol")


@dataclass(frozen=True, slots=True)
class Ref(Expression):
    """A property of a resource or of what a call returns: `Ref("vault", "id")` is `vault.id`."""

    base: str | Symbol | Call
    path: str  # one property, or several with dots between

    def __post_init__(self) -> None:
        if isinstance(self.base, str):
            _check(_SYMBOL, self.base, "symbol")
        _check(_PROPERTY_PATH, self.path, "property")


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function applied to values: `Call("guid", (Ref("vault", "id"), "reader"))`; of a resource: `vault.getSecret`.

    A list or an object that is not empty may be the only argument, as in `string({ … })`, else the last one.
    """

    function: str
    arguments: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        _check(_FUNCTION, self.function, "function")


@dataclass(frozen=True, slots=True)
class Interpolated(Expression):
    """Text with expressions inside, `'${identity.id}'`; the one expression that may also be a key of an object."""

    parts: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Ternary(Expression):
    """One of two values: `condition ? if_true : if_false`."""

    condition: Symbol | Ref | Call
    if_true: Value
    if_false: Value


# ---- values with something to say ----


@dataclass(frozen=True, slots=True)
class Commented:
    """A value with a comment behind it on its (last) line."""

    value: Value
    comment: str


@dataclass(frozen=True, slots=True)
class Exempt:
    """A value on whose first line a linter rule (or a diagnostic, BCP…) is off; the reason is printed above it."""

    value: Value
    rule: str
    reason: str

    def __post_init__(self) -> None:
        _check(_RULE, self.rule, "rule")


# ---- declarations ----


@dataclass(frozen=True, slots=True)
class DisabledRule:
    """A linter rule (or a diagnostic, BCP…) that is off for the first line of a declaration, and why."""

    rule: str
    reason: str

    def __post_init__(self) -> None:
        _check(_RULE, self.rule, "rule")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource, with `existing` one that is declared elsewhere; `body` is printed in its order, behind the name."""

    symbol: str
    type: str  # Microsoft.Storage/storageAccounts
    api_version: str
    name: Value
    body: Body = field(default_factory=dict)
    parent: Expression | None = None
    scope: Expression | None = None
    existing: bool = False
    depends_on: tuple[Expression, ...] = ()
    description: str | None = None
    because: tuple[str, ...] = ()  # comment lines: what caused a derived resource
    disabled_rules: tuple[DisabledRule, ...] = ()

    def __post_init__(self) -> None:
        _check(_IDENTIFIER, self.symbol, "symbol")
        _check(_RESOURCE_TYPE, self.type, "resource type")
        _check(_API_VERSION, self.api_version, "API version")


@dataclass(frozen=True, slots=True)
class Module:
    """Another Bicep file, deployed into `scope` or the same resource group."""

    symbol: str
    path: str
    params: Body = field(default_factory=dict)
    scope: Expression | None = None
    depends_on: tuple[Expression, ...] = ()
    description: str | None = None
    because: tuple[str, ...] = ()
    disabled_rules: tuple[DisabledRule, ...] = ()

    def __post_init__(self) -> None:
        _check(_IDENTIFIER, self.symbol, "symbol")


class Required:
    """The default of a parameter that has none."""


REQUIRED = Required()


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a file; without a default the caller has to give it. Of what is secure Azure keeps no log."""

    name: str
    type: str
    description: str
    default: Value = REQUIRED
    secure: bool = False

    def __post_init__(self) -> None:
        _check(_IDENTIFIER, self.name, "parameter")
        _check(_TYPE, self.type, "type")


@dataclass(frozen=True, slots=True)
class Variable:
    """A value with a name."""

    name: str
    value: Value
    description: str

    def __post_init__(self) -> None:
        _check(_IDENTIFIER, self.name, "variable")


@dataclass(frozen=True, slots=True)
class Output:
    """What a deployment gives back."""

    name: str
    type: str
    value: Value
    description: str

    def __post_init__(self) -> None:
        _check(_IDENTIFIER, self.name, "output")
        _check(_TYPE, self.type, "type")


@dataclass(frozen=True, slots=True)
class Import:
    """Names exported by another Bicep file."""

    names: tuple[str, ...]
    path: str

    def __post_init__(self) -> None:
        for name in self.names:
            _check(_IDENTIFIER, name, "import")


@dataclass(frozen=True, slots=True)
class TypeProperty:
    """One property of an object type."""

    type: str
    description: str

    def __post_init__(self) -> None:
        _check(_TYPE, self.type, "type")


@dataclass(frozen=True, slots=True)
class TypeDeclaration:
    """An object type for parameters; `others` is the type of every property that is not listed."""

    name: str
    description: str
    properties: Mapping[str, TypeProperty] = field(default_factory=dict)
    others: TypeProperty | None = None
    exported: bool = True

    def __post_init__(self) -> None:
        _check(_IDENTIFIER, self.name, "type")


Declaration: TypeAlias = Import | Param | Variable | TypeDeclaration | Resource | Module | Output


@dataclass(frozen=True, slots=True)
class File:
    """A .bicep file; `header` is the comment of its first line."""

    header: str
    description: str
    declarations: tuple[Declaration, ...]
    target_scope: str | None = None  # for a file that is deployed by itself: "resourceGroup"


@dataclass(frozen=True, slots=True)
class ParamsFile:
    """A .bicepparam file: the Bicep file that it belongs to, and the values of its parameters."""

    header: str
    using: str
    params: Body = field(default_factory=dict)


def _check(pattern: re.Pattern[str], text: str, what: str) -> None:
    if pattern.fullmatch(text) is None:
        raise ValueError(f'"{text}" is no {what} of Bicep')
