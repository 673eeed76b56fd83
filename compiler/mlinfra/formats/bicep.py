"""Bicep as data: the small part of the language that the output needs, printed by `bicep_printer`.

`bicep_reader` reads it back from what was printed: what is printed alike is equal here, so a comment is one line from
the start, and what two values would both be printed as is one of them and refused of the other (ValueError).

Bodies are plain data (mappings, lists, strings, numbers, booleans, None) in which a value may be an `Expression`, or be
wrapped in `Commented` or `Exempt`. Text of a spec enters as a string value or a comment, both of which the printer
escapes; what becomes code (symbols, functions, types) is checked here, and raises ValueError where it is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeAlias

from mlinfra.formats.text import one_line

Value: TypeAlias = object  # plain data with expressions inside; the printer raises TypeError for anything else
Body: TypeAlias = Mapping[Any, Value]  # keys are strings or `Interpolated`

MAX_IDENTIFIER_CHARACTERS = 255  # BCP024
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PROPERTY_PATH = re.compile(rf"{IDENTIFIER.pattern}(\[\d+\])*(\.{IDENTIFIER.pattern}(\[\d+\])*)*")
_FUNCTION = re.compile(rf"{IDENTIFIER.pattern}(\.{IDENTIFIER.pattern})?")
_TYPE = re.compile(rf"{IDENTIFIER.pattern}(\[\])*\??")
_RESOURCE_TYPE = re.compile(r"[A-Za-z0-9.]+(/[A-Za-z0-9]+)+")
_API_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-[a-z]+)?")
_RULE = re.compile(r"[A-Za-z0-9]+(-[a-z0-9]+)*")
LITERAL_KEYWORDS = frozenset({"true", "false", "null"})  # BCP022 as bare keys; other keywords have to stay bare
OWN_PROPERTIES = frozenset({"parent", "scope", "name", "dependsOn"})  # of a resource, beside its body
OF_FRACTIONS = "json"  # the function that a fraction is printed as a call of


def is_identifier(text: str) -> bool:
    """Whether Bicep takes the text as a name: letters of ASCII, digits and `_`, no digit first, not too many."""
    return len(text) <= MAX_IDENTIFIER_CHARACTERS and IDENTIFIER.fullmatch(text) is not None


# ---- expressions ----


class Expression:
    """What is evaluated by Azure: everything in a body that is no plain data."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Symbol(Expression):
    """A parameter, resource or module by its symbol."""

    name: str

    def __post_init__(self) -> None:
        _check(IDENTIFIER, self.name, "symbol")
        if self.name in LITERAL_KEYWORDS:
            raise ValueError(f'"{self.name}" is a value of Bicep')


@dataclass(frozen=True, slots=True)
class Ref(Expression):
    """A property of a resource or of what a call returns: `Ref(Symbol("vault"), "id")` is `vault.id`."""

    base: Symbol | Call
    path: str  # one property, or several with dots between; of a list, with the number in brackets

    def __post_init__(self) -> None:
        _check(_PROPERTY_PATH, self.path, "property")


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """A function applied to values, `Call("guid", ("a", "reader"))`, or one of a resource: `vault.getSecret`.

    A list or an object that is not empty may be the only argument, as in `string({ … })`, else the last one.
    """

    function: str
    arguments: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        _check(_FUNCTION, self.function, "function")
        if self.function == OF_FRACTIONS:
            raise ValueError(f"a call of {OF_FRACTIONS} is a number of Bicep")


@dataclass(frozen=True, slots=True)
class Interpolated(Expression):
    """Text with expressions inside, `'${identity.id}'`; the one expression that may also be a key of an object."""

    parts: tuple[str | Expression, ...]

    def __post_init__(self) -> None:
        if all(isinstance(part, str) for part in self.parts):
            raise ValueError("a text without an expression is a string")
        object.__setattr__(self, "parts", tuple(_merged(self.parts)))


@dataclass(frozen=True, slots=True)
class Choice(Expression):
    """Fields where a condition holds, and none where it does not: `contains(made, 'a') ? { … } : {}`."""

    condition: Ref | Call  # one that fits into its line
    fields: Body

    def __post_init__(self) -> None:
        if not self.fields:
            raise ValueError("without fields nothing is chosen")


# ---- values with something to say ----


@dataclass(frozen=True, slots=True)
class Commented:
    """A value with a comment behind it on its (last) line."""

    value: Value
    comment: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "comment", _said(self.comment))


@dataclass(frozen=True, slots=True)
class DisabledRule:
    """A linter rule (or a diagnostic, BCP…) that is off for the first line of what follows, and why: printed above."""

    rule: str
    reason: str

    def __post_init__(self) -> None:
        _check(_RULE, self.rule, "rule")
        object.__setattr__(self, "reason", _said(self.reason))


@dataclass(frozen=True, slots=True)
class Exempt:
    """A value for which a rule is off."""

    value: Value
    disabled: DisabledRule


# ---- declarations; `made_by` says which addresses made one, and is no part of its text ----


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
    because: tuple[str, ...] = ()  # comment lines: what caused a derived resource
    disabled_rules: tuple[DisabledRule, ...] = ()
    made_by: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        _check(IDENTIFIER, self.symbol, "symbol")
        twice = self.body.keys() & OWN_PROPERTIES
        if twice:
            raise ValueError(f"a body has no {', '.join(sorted(twice))}: a resource has it already")
        object.__setattr__(self, "because", tuple(filter(None, map(one_line, self.because))))
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
    made_by: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        _check(IDENTIFIER, self.symbol, "symbol")


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
    made_by: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        _check(IDENTIFIER, self.name, "parameter")
        _check(_TYPE, self.type, "type")


@dataclass(frozen=True, slots=True)
class Import:
    """Names exported by another Bicep file."""

    names: tuple[str, ...]
    path: str
    made_by: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not self.names:
            raise ValueError("an import of Bicep has a name")
        for name in self.names:
            _check(IDENTIFIER, name, "import")


@dataclass(frozen=True, slots=True)
class TypeProperty:
    """What an object type says of its properties."""

    type: str
    description: str

    def __post_init__(self) -> None:
        _check(_TYPE, self.type, "type")


@dataclass(frozen=True, slots=True)
class TypeDeclaration:
    """An object type for parameters of other files: every property, whatever its name, is one of `others`."""

    name: str
    description: str
    others: TypeProperty
    made_by: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        _check(IDENTIFIER, self.name, "type")


Declaration: TypeAlias = Import | Param | TypeDeclaration | Resource | Module


@dataclass(frozen=True, slots=True)
class File:
    """A .bicep file; `header` is the comment of its first line."""

    header: str
    description: str
    declarations: tuple[Declaration, ...]
    target_scope: str | None = None  # for a file that is deployed by itself: "resourceGroup"

    def __post_init__(self) -> None:
        object.__setattr__(self, "header", one_line(self.header))


@dataclass(frozen=True, slots=True)
class ParamsFile:
    """A .bicepparam file: the Bicep file that it belongs to, and the values of its parameters."""

    header: str
    using: str
    params: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.params:
            _check(IDENTIFIER, name, "parameter")
        object.__setattr__(self, "header", one_line(self.header))


def _merged(parts: Iterable[str | Expression]) -> Iterator[str | Expression]:
    """The parts of a text with one string between two expressions, and none that is empty."""
    for is_text, group in groupby(parts, lambda part: isinstance(part, str)):
        if is_text:
            text = "".join(part for part in group if isinstance(part, str))
            yield from [text] if text else []
        else:
            yield from group


def _said(comment: str) -> str:
    line = one_line(comment)
    if not line:
        raise ValueError("a comment of Bicep says something")
    return line


def _check(pattern: re.Pattern[str], text: str, what: str) -> None:
    if pattern.fullmatch(text) is None:
        raise ValueError(f'"{text}" is no {what} of Bicep')
