"""Expressions of Azure Pipelines, as far as the generated pipelines use them; anything else is an error.

Source: "Expressions" and "Specify conditions" of the documentation of Azure Pipelines. Texts are compared without
case; the right side is converted to the type of the left; what a map does not hold is null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

Value: TypeAlias = "str | bool | float | Mapping[str, Value] | None"
Status: TypeAlias = Callable[[], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)|(?P<sign>[(),.\[\]]))"
)


class Unknown(Exception):
    """An expression that nothing here can evaluate: the test fails."""


def evaluate(expression: str, context: Mapping[str, Value], status: Mapping[str, Status] | None = None) -> Value:
    """The value of an expression; `context` holds what it may name, `status` functions such as succeeded().

    Raises Unknown on a function, a name or a form that isn't known here.
    """
    reader = _Reader(expression, context, status or {})
    value = reader.value()
    reader.end()
    return value


def is_true(value: Value) -> bool:
    """As a boolean: an empty text, 0 and null are false, each other text is true, "False" too."""
    return bool(value)


def text_of(value: Value) -> str:
    """As a text, which is what stands in the place of an expression."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        raise Unknown("a map is no text")
    return value or ""


class _Reader:
    def __init__(self, expression: str, context: Mapping[str, Value], status: Mapping[str, Status]) -> None:
        self._expression = expression
        self._tokens = _tokens(expression)
        self._context = context
        self._status = status

    def value(self) -> Value:
        kind, token = self._next()
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind == "number":
            return float(token)
        if kind != "name":
            raise Unknown(f"{self._expression}: {token!r}")
        if self._peek() == "(":
            return self._call(token)
        if token.lower() in ("true", "false"):
            return token.lower() == "true"
        if token not in self._context:
            raise Unknown(f"{self._expression}: there is no {token} here")
        return self._parts_of(self._context[token])

    def end(self) -> None:
        if self._tokens:
            raise Unknown(f"{self._expression}: {self._tokens[0][1]!r} is too much")

    def _parts_of(self, value: Value) -> Value:
        while self._peek() in (".", "["):
            if self._next()[1] == ".":
                _, key = self._next()
            else:
                key = text_of(self.value())
                self._expect("]")
            value = _part(value, key)
        return value

    def _call(self, name: str) -> Value:
        self._expect("(")
        arguments: list[Value] = []
        while self._peek() != ")":
            if arguments:
                self._expect(",")
            arguments.append(self.value())
        self._expect(")")
        if name in self._status:
            if arguments:
                raise Unknown(f"{self._expression}: {name} with names of jobs")
            return self._status[name]()
        least, most, function = _FUNCTIONS.get(name, (0, -1, _nothing))
        if not least <= len(arguments) <= most:
            raise Unknown(f"{self._expression}: {name} of {len(arguments)}")
        return function(arguments)

    def _peek(self) -> str:
        return self._tokens[0][1] if self._tokens else ""

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise Unknown(f"{self._expression}: it ends too early")
        return self._tokens.pop(0)

    def _expect(self, sign: str) -> None:
        kind, token = self._next()
        if (kind, token) != ("sign", sign):
            raise Unknown(f"{self._expression}: {token!r} where {sign!r} belongs")


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens, place, text = [], 0, expression.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise Unknown(f"{expression}: nothing is known that begins with {text[place:]!r}")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return tokens


def _part(value: Value, key: str) -> Value:
    """Of null any part is null; the keys of a map are found without case."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise Unknown(f"{value!r} has no part {key}")
    return next((part for name, part in value.items() if name.lower() == key.lower()), None)


def _equal(left: Value, right: Value) -> bool:
    if left is None:
        return right is None or right == ""
    if isinstance(left, bool):
        return left == is_true(right)
    if isinstance(left, str):
        return left.lower() == text_of(right).lower()
    raise Unknown(f"{left!r} is compared with {right!r}")


def _nothing(arguments: list[Value]) -> Value:
    raise Unknown(f"no such function of {arguments}")


_MANY = 100
_FUNCTIONS: Mapping[str, tuple[int, int, Callable[[list[Value]], Value]]] = {
    "and": (2, _MANY, lambda all_of: all(map(is_true, all_of))),
    "or": (2, _MANY, lambda any_of: any(map(is_true, any_of))),
    "not": (1, 1, lambda one: not is_true(one[0])),
    "eq": (2, 2, lambda pair: _equal(*pair)),
    "ne": (2, 2, lambda pair: not _equal(*pair)),
    "in": (1, _MANY, lambda words: any(_equal(words[0], other) for other in words[1:])),
    "iif": (3, 3, lambda three: three[1] if is_true(three[0]) else three[2]),
    "startsWith": (2, 2, lambda pair: text_of(pair[0]).lower().startswith(text_of(pair[1]).lower())),
    "replace": (3, 3, lambda three: text_of(three[0]).replace(text_of(three[1]), text_of(three[2]))),
}
