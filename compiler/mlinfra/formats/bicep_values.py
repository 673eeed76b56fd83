"""The text of Bicep's values: literals, keys and comments, and where the formatter breaks an expression."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from mlinfra.formats.bicep import (
    LITERAL_KEYWORDS,
    OF_FRACTIONS,
    Call,
    Choice,
    Commented,
    Exempt,
    Expression,
    Interpolated,
    Ref,
    Symbol,
    Value,
    is_identifier,
)
from mlinfra.formats.text import INVISIBLE, check_unicode

WIDTH = 120  # columns (UTF-16 units), past which the formatter breaks calls; default of `bicep format`
# UTF-16 units: over 131,072 in a literal `bicep build` crashes, and it puts one before a text in square brackets.
MAX_STRING_CHARACTERS = 131_071
INTEGERS = range(-(2**63), 2**63)  # Bicep integers are signed and have 64 bits
INDENT = "  "

_PLAIN_TEXT = re.compile(r"[ !#%&(-\[\]-~]*")  # printable ASCII without quote, backslash and dollar
_SHORT_ESCAPES = {"\\": "\\\\", "'": "\\'", "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(rf"[{INVISIBLE}\\']|\$(?={{)")


def string_literal(text: str) -> str:
    """A text as a single-quoted Bicep string; raises ValueError for one that is too long or holds half a character."""
    if width(check_unicode(text)) > MAX_STRING_CHARACTERS:
        raise ValueError(
            f"a text of {len(text)} characters is longer than the {MAX_STRING_CHARACTERS} that Bicep can hold"
        )
    return f"'{_escaped(text)}'"


def key_literal(key: object) -> str:
    """The key of an object: bare where Bicep takes it so, else quoted."""
    match key:
        case str():
            return key if is_identifier(key) and key not in LITERAL_KEYWORDS else string_literal(key)
        case Interpolated():
            return _flat_expression(key)
    raise TypeError(f"{key!r} is no key of a Bicep object")


def layout(value: Value, opening: str, indent: str) -> list[str]:
    """The lines of a value that starts behind `opening`, in a line that is indented by `indent`.

    What fits into the width stays on its line. Like the formatter, it does not count what follows an expression.
    """
    match value:
        case Mapping() if value:
            return _layout_object(value, opening, indent)
        case list() | tuple() if value:
            items = [line for item in value for line in layout(item, indent + INDENT, indent + INDENT)]
            return [f"{opening}[", *items, f"{indent}]"]
        case Call() if len(value.arguments) == 1:
            *lines, last = layout(value.arguments[0], f"{opening}{value.function}(", indent)
            return [*lines, f"{last})"]
        case Call() if value.arguments and not _fits(value, opening):
            return _layout_broken_call(value, opening, indent)
        case Ref(base=Call() as call, path=path):
            *lines, last = layout(call, opening, indent)
            return [*lines, f"{last}.{path}"]
        case Choice(condition=condition, fields=fields):
            inner = indent + INDENT
            return [opening + _flat(condition), *layout(fields, f"{inner}? ", inner + INDENT), f"{inner}: {{}}"]
    return [opening + _flat(value)]


def _layout_object(value: Mapping[object, Value], opening: str, indent: str) -> list[str]:
    inner = indent + INDENT
    properties = [line for key, item in value.items() for line in layout(item, f"{inner}{key_literal(key)}: ", inner)]
    return [f"{opening}{{", *properties, f"{indent}}}"]


def _layout_broken_call(call: Call, opening: str, indent: str) -> list[str]:
    *first_arguments, last_argument = call.arguments
    if _is_collection(last_argument) and not any(map(_breaks, first_arguments)):
        hugged = f"{opening}{call.function}({', '.join(map(_flat, first_arguments))}, "
        if width(hugged) + 1 <= WIDTH:
            *lines, last = layout(last_argument, hugged, indent)
            return [*lines, f"{last})"]
    inner = indent + INDENT
    lines = [f"{opening}{call.function}("]
    for argument in first_arguments:
        *argument_lines, last = layout(argument, inner, inner)
        lines += [*argument_lines, f"{last},"]
    return [*lines, *layout(last_argument, inner, inner), f"{indent})"]


def _fits(value: Call, opening: str) -> bool:
    if _breaks(value):
        return False
    if width(opening) + width(_flat(value)) <= WIDTH:
        return True
    offset = _empty_tail_offset(value)
    return offset is not None and width(opening) + offset < WIDTH


def _empty_tail_offset(value: Value) -> int | None:
    """Where in the flat text several arguments end with an empty collection: the formatter counts no further."""
    match value:
        case Ref(base=Call() as call):
            return _empty_tail_offset(call)
        case Call(function=function, arguments=arguments):
            offset = width(f"{function}(")
        case _:
            return None
    for index, argument in enumerate(arguments):
        if 0 < index == len(arguments) - 1 and isinstance(argument, Mapping | list | tuple):
            return offset
        inner = _empty_tail_offset(argument)
        if inner is not None:
            return offset + inner
        offset += width(_flat(argument)) + len(", ")
    return None


def _breaks(value: Value) -> bool:
    """Whether a value holds a collection that is not empty: those are printed one item a line."""
    return any(_collections(value))


def _collections(value: Value) -> Iterator[Mapping[object, Value] | Sequence[Value]]:
    """The outermost lists and objects of an expression."""
    match value:
        case Mapping() | list() | tuple():
            yield value
        case Call():
            for argument in value.arguments:
                yield from _collections(argument)
        case Ref(base=Call() as call):
            yield from _collections(call)
        case Choice(fields=fields):
            yield fields


def _is_collection(value: Value) -> bool:
    return isinstance(value, Mapping | list | tuple) and bool(value)


def width(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _flat(value: Value) -> str:
    """A value on one line; raises ValueError for a number that Bicep can't hold, TypeError for what is no data."""
    match value:
        case str():
            return string_literal(value)
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int() | float():
            return _number_literal(value)
        case Expression():
            return _flat_expression(value)
        case Mapping():
            return "{}" if not value else _refuse_collection()
        case list() | tuple():
            return "[]" if not value else _refuse_collection()
        case Commented() | Exempt():
            raise TypeError("a comment can only stand at a property or an item of the body, not in an expression")
    raise TypeError(f"{value!r} is no value of Bicep")


def _number_literal(number: float) -> str:
    if isinstance(number, int):
        if number not in INTEGERS:
            raise ValueError(f"{number} does not fit into the 64 bits of a Bicep integer")
        return str(number)
    if not math.isfinite(number):
        raise ValueError(f"{number} is no number of JSON")
    return f"{OF_FRACTIONS}('{number!r}')"  # Bicep has no literal for fractions


def _refuse_collection() -> NoReturn:
    raise ValueError("a list or an object can't stand in a string of Bicep or between other arguments")


def _flat_expression(expression: Expression) -> str:
    match expression:
        case Symbol():
            return expression.name
        case Ref(base=base, path=path):
            return f"{_flat_expression(base)}.{path}"
        case Call():
            return f"{expression.function}({', '.join(map(_flat, expression.arguments))})"
        case Interpolated():
            return f"'{''.join(map(_interpolated_part, expression.parts))}'"
    raise TypeError(f"{expression!r} is no expression that can be printed")


def _interpolated_part(part: str | Expression) -> str:
    if isinstance(part, Expression):
        for _ in _collections(part):  # even empty ones: the formatter loses its indentation behind them
            _refuse_collection()
        return f"${{{_flat_expression(part)}}}"
    escaped = _escaped(part)
    return f"{escaped[:-1]}\\$" if escaped.endswith("$") else escaped  # a brace may follow in the next part


def _escaped(text: str) -> str:
    return text if _PLAIN_TEXT.fullmatch(text) else _ESCAPED.sub(_escape, check_unicode(text))


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    return _SHORT_ESCAPES.get(character) or f"\\u{{{ord(character):x}}}"
