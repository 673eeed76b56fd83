"""Reads Bicep back into its syntax: exactly what `bicep_printer` prints, of which it is the inverse.

>>> read_params("// A header\\nusing './main.bicep'\\n\\nparam location = 'westeurope'\\n")
ParamsFile(header='A header', using='./main.bicep', params={'location': 'westeurope'})
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from mlinfra.formats.bicep import (
    IDENTIFIER,
    LITERAL_KEYWORDS,
    OF_FRACTIONS,
    REQUIRED,
    Call,
    Choice,
    Commented,
    Declaration,
    DisabledRule,
    Exempt,
    Expression,
    File,
    Import,
    Interpolated,
    Module,
    Param,
    ParamsFile,
    Ref,
    Resource,
    Symbol,
    TypeDeclaration,
    TypeProperty,
    Value,
)
from mlinfra.formats.bicep_printer import HARDCODED_HOST, LONG_NAME, print_file, print_params

MAX_CHARACTERS = 16 * 2**20  # of a file; one of the 800 resources that a deployment takes has at most a tenth

_BLANK = re.compile(r"[ \n]*")
_COMMENT = re.compile(r"// ([^\n]*)\n *")
_DIRECTIVE = re.compile(r"#disable-next-line ([^\n]*)\n *")
_TRAILING = re.compile(r" // ([^\n]*)")
_PATH = re.compile(rf"{IDENTIFIER.pattern}(?:\[\d+\])*(?:\.{IDENTIFIER.pattern}(?:\[\d+\])*)*")
_TYPE = re.compile(rf"{IDENTIFIER.pattern}[\[\]]*\??")
_CHOICE, _OTHERWISE = re.compile(r"\s+\? "), re.compile(r"\s+: \{\}")
_INTEGER = re.compile(r"-?[0-9]+")
_PLAIN = re.compile(r"(?:[^\\'$]|\$(?!\{))+")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|(.))")
_ESCAPES = {"\\": "\\", "'": "'", "$": "$", "n": "\n", "r": "\r", "t": "\t"}

T = TypeVar("T")


class NotPrinted(Exception):
    """The text is none that the printer printed."""


def read_file(text: str) -> File:
    """What a .bicep file declares; raises NotPrinted, whatever the text is."""
    return _inverse(text, _Reader.file, lambda file: print_file(file).text)


def read_params(text: str) -> ParamsFile:
    """What a .bicepparam file gives; raises NotPrinted, whatever the text is."""
    return _inverse(text, _Reader.params, print_params)


def _inverse(text: str, read: Callable[[_Reader], T], printed: Callable[[T], str]) -> T:
    try:
        if len(text) <= MAX_CHARACTERS:
            found = read(_Reader(text))
            if printed(found) == text:
                return found
    except (ValueError, TypeError, RecursionError) as error:  # of the syntax, which takes no text for code
        raise NotPrinted("it is no Bicep that mlinfra prints") from error
    raise NotPrinted("it is no Bicep that mlinfra prints")


@dataclass(frozen=True, slots=True)
class _Above:
    """What stands above a line: comments, and rules that are off for it, each with the comment that is its reason."""

    comments: tuple[str, ...]
    rules: tuple[DisabledRule, ...]

    def around(self, value: Value) -> Value:
        for rule in reversed(self.rules):
            value = Exempt(value, rule)
        return value


class _Reader:
    """A text and how far it is read. What it does not look at, `_inverse` does: it only has to tell values apart."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def file(self) -> File:
        header = self._header()
        self._expect("metadata description = ")
        description = self._string()
        scope = self._target_scope()
        return File(header, description, tuple(self._declarations()), scope)

    def _target_scope(self) -> str | None:
        start = self._at
        self._above()
        if self._took("targetScope = "):
            return self._string()
        self._at = start  # what stands above is that of a declaration
        return None

    def params(self) -> ParamsFile:
        header = self._header()
        self._expect("using ")
        using = self._string()
        params: dict[str, Value] = {}
        while not self._ends():
            above = self._above()
            self._expect("param ")
            name = self._match(IDENTIFIER)
            self._expect(" = ")
            params[name] = self._value_of_line(above)
        return ParamsFile(header, using, params)

    def _header(self) -> str:
        return " ".join(self._above().comments)

    # ---- declarations ----

    def _declarations(self) -> Iterator[Declaration]:
        while not self._ends():
            yield self._declaration()

    def _declaration(self) -> Declaration:
        if self._took("@export()\n"):
            return self._type()
        if self._took("@description("):
            return self._param()
        above = self._above()
        if self._took("import { "):
            return self._import()
        if self._took("module "):
            return self._module()
        self._expect("resource ")
        return self._resource(above)

    def _import(self) -> Import:
        names = [self._match(IDENTIFIER)]
        while self._took(", "):
            names.append(self._match(IDENTIFIER))
        self._expect(" } from ")
        return Import(tuple(names), self._string())

    def _param(self) -> Param:
        description = self._string()
        self._expect(")\n")
        secure = self._took("@secure()\n")
        above = self._above()
        self._expect("param ")
        name = self._match(IDENTIFIER)
        self._expect(" ")
        type = self._match(_TYPE)
        default = self._value_of_line(above) if self._took(" = ") else REQUIRED
        return Param(name, type, description, default, secure)

    def _type(self) -> TypeDeclaration:
        self._expect("@description(")
        description = self._string()
        self._expect(")\ntype ")
        name = self._match(IDENTIFIER)
        self._expect(" = {\n  @description(")
        of_others = self._string()
        self._expect(")\n  *: ")
        others = TypeProperty(self._match(_TYPE), of_others)
        self._expect("\n}")
        return TypeDeclaration(name, description, others)

    def _resource(self, above: _Above) -> Resource:
        symbol = self._match(IDENTIFIER)
        self._expect(" ")
        type, _, version = self._string().partition("@")
        existing = self._took(" existing")
        self._expect(" = ")
        properties = self._object()
        return Resource(
            symbol,
            type,
            version,
            parent=_expression(properties.pop("parent", None)),
            scope=_expression(properties.pop("scope", None)),
            name=properties.pop("name", None),
            depends_on=_expressions(properties.pop("dependsOn", [])),
            body=properties,
            existing=existing,
            because=above.comments,
            disabled_rules=above.rules,
        )

    def _module(self) -> Module:
        symbol = self._match(IDENTIFIER)
        self._expect(" ")
        path = self._string()
        self._expect(" = ")
        properties = self._object()
        params = properties.pop("params", {})
        if not isinstance(params, dict):
            _refuse()
        return Module(
            symbol,
            path,
            params,
            scope=_expression(properties.pop("scope", None)),
            depends_on=_expressions(properties.pop("dependsOn", [])),
        )

    # ---- values ----

    def _value_of_line(self, above: _Above) -> Value:
        """A value that ends its line, with the comment behind it and what stands above it."""
        value = self._value()
        trailing = _TRAILING.match(self._text, self._at)
        if trailing:
            self._at = trailing.end()
            value = Commented(value, trailing[1])
        return above.around(value)

    def _value(self) -> Value:
        match self._text[self._at : self._at + 1]:
            case "{":
                return self._object()
            case "[":
                return self._list()
            case "'":
                return self._text_or_interpolated()
            case first if first == "-" or first.isdecimal():
                return int(self._match(_INTEGER))
        return self._expression()

    def _object(self) -> dict[str | Interpolated, Value]:
        self._expect("{")
        found: dict[str | Interpolated, Value] = {}
        while not self._closed("}"):
            above = self._above()
            key = self._key()
            self._expect(": ")
            found[key] = self._value_of_line(above)
        return found

    def _key(self) -> str | Interpolated:
        if self._text.startswith("'", self._at):
            return self._text_or_interpolated()
        return self._match(IDENTIFIER)

    def _list(self) -> list[Value]:
        self._expect("[")
        found: list[Value] = []
        while not self._closed("]"):
            found.append(self._value_of_line(self._above()))
        return found

    def _expression(self) -> Value:
        found = self._condition_or_value()
        choice = _CHOICE.match(self._text, self._at)
        if choice is None:
            return found
        self._at = choice.end()
        if not isinstance(found, Ref | Call):
            _refuse()
        fields = self._object()
        self._match(_OTHERWISE)
        return Choice(found, fields)

    def _condition_or_value(self) -> Value:
        path = self._match(_PATH)
        if not self._took("("):
            return {"true": True, "false": False, "null": None}[path] if path in LITERAL_KEYWORDS else _reference(path)
        arguments = tuple(self._arguments())
        if path == OF_FRACTIONS:
            return float(*map(str, arguments))
        call = Call(path, arguments)
        return Ref(call, self._match(_PATH)) if self._took(".") else call

    def _arguments(self) -> Iterator[Value]:
        while not self._closed(")"):
            self._above()  # of an argument with a host, which the printer finds by itself
            yield self._value()
            self._took(",")

    def _string(self) -> str:
        found = self._text_or_interpolated()
        return found if isinstance(found, str) else _refuse()

    def _text_or_interpolated(self) -> str | Interpolated:
        self._expect("'")
        parts: list[str | Expression] = []
        while not self._took("'"):
            if self._took("${"):
                parts.append(_expression(self._value()) or _refuse())
                self._expect("}")
            else:
                parts.append(self._characters())
        return "".join(map(str, parts)) if all(isinstance(part, str) for part in parts) else Interpolated(tuple(parts))

    def _characters(self) -> str:
        plain = _PLAIN.match(self._text, self._at)
        if plain:
            self._at = plain.end()
            return plain[0]
        escape = _ESCAPE.match(self._text, self._at)
        if escape is None:
            _refuse()
        self._at = escape.end()
        return chr(int(escape[1], 16)) if escape[1] else _ESCAPES.get(escape[2]) or _refuse()

    # ---- what stands between ----

    def _above(self) -> _Above:
        self._blank()
        comments: list[str] = []
        while found := _COMMENT.match(self._text, self._at):
            comments.append(found[1])
            self._at = found.end()
        directive = _DIRECTIVE.match(self._text, self._at)
        if directive is None:
            return _Above(tuple(comments), ())
        self._at = directive.end()
        rules = directive[1].split(" ")
        first = len(comments) - len(rules)
        off = tuple(map(DisabledRule, rules, comments[first:]))
        return _Above(tuple(comments[:first]), tuple(rule for rule in off if rule not in (HARDCODED_HOST, LONG_NAME)))

    def _closed(self, bracket: str) -> bool:
        self._blank()
        return self._took(bracket)

    def _ends(self) -> bool:
        self._blank()
        return self._at == len(self._text)

    def _blank(self) -> None:
        self._at = _end(_BLANK.match(self._text, self._at))

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        self._at = _end(found)
        return found[0] if found else _refuse()

    def _expect(self, literal: str) -> None:
        if not self._took(literal):
            _refuse()

    def _took(self, literal: str) -> bool:
        if not self._text.startswith(literal, self._at):
            return False
        self._at += len(literal)
        return True


def _reference(path: str) -> Symbol | Ref:
    symbol, _, properties = path.partition(".")
    return Ref(Symbol(symbol), properties) if properties else Symbol(symbol)


def _expression(value: Value) -> Expression | None:
    return value if value is None or isinstance(value, Expression) else _refuse()


def _expressions(value: Value) -> tuple[Expression, ...]:
    if not isinstance(value, list):
        _refuse()
    return tuple(item if isinstance(item, Expression) else _refuse() for item in value)


def _end(found: re.Match[str] | None) -> int:
    return found.end() if found else _refuse()


def _refuse() -> NoReturn:
    raise ValueError("not as it is printed")
