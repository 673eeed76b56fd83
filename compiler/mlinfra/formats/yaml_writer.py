"""The one YAML writer: plain data in, text out that every reader of YAML 1.1 and 1.2 reads as that data.

PyYAML's own emitter is not used: it is slow (some 25 µs a line), folds long lines, and leaves bare what readers other
than itself take for numbers or booleans.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from mlinfra.formats.text import INVISIBLE, check_unicode, one_line

INDENT = "  "

MAX_SIMPLE_KEY_CHARACTERS = 1000  # YAML 1.1 and 1.2 stop looking for the `:` of a key after 1024

# A plain scalar starts with nothing that means something there, and holds no `: `, ` #`, invisible or outer blank.
_PLAIN = re.compile(
    rf"(?!-(?:\ |$)|---|\.\.\.)[^\s{INVISIBLE}!\"#%&'*,:>?@\[\]`{{|}}~]"
    rf"(?:[^\s{INVISIBLE}:#]|:(?=\S)|(?<=\S)#|\ (?=\S))*"
)
_WORDS_THAT_MEAN_OTHER = frozenset(
    variant
    for word in ("null", "true", "false", "yes", "no", "on", "off", "y", "n")
    for variant in (word, word.capitalize(), word.upper())
) | {"=", "<<"}
_NUMBER = re.compile(
    r"""[-+]?(?:
        0b[01_]+ | 0o[0-7_]+ | 0x[0-9a-fA-F_]+              # binary, octal, hexadecimal
      | [0-9_]+(?::[0-5]?[0-9])+(?:\.[0-9_]*)?         # sexagesimal
      | [0-9_]+(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?      # decimal, octal of YAML 1.1
      | \.[0-9_]+(?:[eE][-+]?[0-9]+)?
      | \.(?:inf|Inf|INF|nan|NaN|NAN)
    )""",
    re.VERBOSE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:.*)?")
_STARTS_NUMBER_OR_DATE = frozenset("+-.0123456789")

# What a block scalar can't hold exactly, or only with an indentation indicator.
_NO_BLOCK = re.compile(rf"\A[ \t\n]|^[ \t]+$|(?![\t\n])[{INVISIBLE}]", re.MULTILINE)
_ESCAPED = re.compile(rf'[{INVISIBLE}"\\]')
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def to_yaml(data: object, header: str) -> str:
    """The data as a YAML document under a comment line: keys in their order, LF line ends, a final newline.

    Data are mappings with string keys, lists or tuples, strings, numbers, booleans and None. Equal parts are written
    out each time, never as aliases. Raises TypeError for anything else, ValueError for text with half a character.
    """
    lines = [f"# {one_line(header)}"] if header else []
    if _is_filled_collection(data):
        _write_collection(lines, "", data, "")
    else:
        lines.append(_quoted(data) if isinstance(data, str) and "\n" in data else _scalar(data))
    return "\n".join([*lines, ""])


def _write_collection(lines: list[str], opening: str, data: object, indent: str) -> None:
    """Writes a filled list or mapping; its first line starts with `opening`, the others with `indent`."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            _write_entry(lines, opening, key, value, indent)
            opening = indent
    elif isinstance(data, Sequence):
        for value in data:
            if _is_filled_collection(value):
                _write_collection(lines, f"{opening}- ", value, indent + INDENT)
            else:
                _write_scalar(lines, f"{opening}- ", value, indent + INDENT)
            opening = indent


def _write_entry(lines: list[str], opening: str, key: object, value: object, indent: str) -> None:
    if not isinstance(key, str):
        raise TypeError(f"{key!r} is no text: a key of the output has to be")
    name = _key(key)
    if len(name) > MAX_SIMPLE_KEY_CHARACTERS:
        lines.append(f"{opening}? {name}")
        name, opening = "", indent
    if _is_filled_collection(value):
        lines.append(f"{opening}{name}:")
        _write_collection(lines, indent + INDENT, value, indent + INDENT)
    else:
        _write_scalar(lines, f"{opening}{name}: ", value, indent + INDENT)


def _write_scalar(lines: list[str], opening: str, value: object, indent: str) -> None:
    if isinstance(value, str) and "\n" in value and not _NO_BLOCK.search(value):
        _write_block(lines, opening, check_unicode(value), indent)
    else:
        lines.append(opening + _scalar(value))


def _write_block(lines: list[str], opening: str, text: str, indent: str) -> None:
    content = text.rstrip("\n")
    newlines = len(text) - len(content)
    chomping = ("-", "", "+")[min(newlines, 2)]
    lines.append(f"{opening}|{chomping}")
    lines += [indent + line if line else "" for line in content.split("\n")]
    lines += [""] * (newlines - 1)


def _is_filled_collection(value: object) -> bool:
    return not isinstance(value, str) and isinstance(value, Mapping | list | tuple) and bool(value)


def _scalar(value: object) -> str:
    match value:
        case str():
            return _text(value)
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int():
            return str(value)
        case float():
            return _float(value)
        case Mapping():
            return "{}"
        case list() | tuple():
            return "[]"
    raise TypeError(f"{value!r} is no plain data")


@lru_cache(maxsize=20_000)
def _text(text: str) -> str:
    return text if _is_plain(text) else _quoted(text)


_key = _text


def _is_plain(text: str) -> bool:
    """Whether all readers take the bare text for a string, and for this one."""
    if _PLAIN.fullmatch(text) is None or text in _WORDS_THAT_MEAN_OTHER:
        return False
    if text[0] in _STARTS_NUMBER_OR_DATE and (_NUMBER.fullmatch(text) or _DATE.fullmatch(text)):
        return False
    check_unicode(text)
    return True


def _quoted(text: str) -> str:
    return f'"{_ESCAPED.sub(_escape, check_unicode(text))}"'


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _float(number: float) -> str:
    """YAML 1.1 wants a dot in what is a float, and a sign in its exponent."""
    if math.isnan(number):
        return ".nan"
    if math.isinf(number):
        return ".inf" if number > 0 else "-.inf"
    text = repr(number)
    mantissa, exponent, power = text.partition("e")
    return f"{mantissa}.0e{power}" if exponent and "." not in mantissa else text
