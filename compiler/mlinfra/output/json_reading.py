"""JSON that lies in an output folder, read as if somebody else had written it: bounded, and with no trust in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from mlinfra.emit.output_file import stays_below

MAX_CHARACTERS = 32 * 2**20  # three times the manifest of 10,000 entries
MAX_VALUES = 500_000  # objects and lists; that manifest has a tenth, and each takes 250 bytes of memory
MAX_TEXT_CHARACTERS = 2_000  # an Azure id has at most some 1,000
_PLAIN = re.compile(r"[A-Za-z0-9_./ -]{1,100}")  # what is read from a file and repeated in a message

T = TypeVar("T")


class NotWritten(Exception):
    """The text is none that mlinfra wrote; the message says what is wrong with it."""


def loaded(text: str) -> Any:
    """What a JSON text says; raises NotWritten, also where it is too long, too deep, or has too long a number."""
    if len(text) > MAX_CHARACTERS or text.count("{") + text.count("[") > MAX_VALUES:
        raise NotWritten("it is longer than any that mlinfra writes")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:  # its words are others from Python 3.13 on
        raise NotWritten(f"it is not JSON from line {error.lineno} on") from error
    except RecursionError as error:
        raise NotWritten("it is nested deeper than any that mlinfra writes") from error
    except ValueError as error:  # Python reads no number of more than 4,300 digits
        raise NotWritten("it holds a longer number than any that mlinfra writes") from error


def text_in(item: Mapping[str, Any], key: str) -> str:
    """A text of one printable line that forms no command in a log; raises KeyError or TypeError."""
    return line_of(item[key])


def line_of(value: Any, max_characters: int = MAX_TEXT_CHARACTERS) -> str:
    """A text of one printable line that forms no command in a log; raises TypeError."""
    is_one = isinstance(value, str) and value.isprintable() and "##" not in value and len(value) <= max_characters
    if not is_one:
        raise TypeError("a text of one line")
    return str(value)


def list_of(value: Any, kind: type[T]) -> list[T]:
    """A list of values of one type; raises TypeError."""
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise TypeError(kind.__name__)
    return value


def path_in(value: Any) -> str:
    """A path below the folder that it counts from; raises NotWritten."""
    if not isinstance(value, str) or not stays_below(value):
        raise NotWritten(f"it lists {shown(value)}, which is no path below its folder")
    return value


def path_elsewhere(value: Any) -> str:
    """A path that a folder of the user may have given any character to; raises TypeError where no system has it."""
    if not isinstance(value, str) or len(value) > MAX_TEXT_CHARACTERS or not _is_a_path(value):
        raise TypeError("path")
    return value


def shown(value: Any) -> str:
    """What stands in a file, as a message repeats it: a short text of plain characters, or that it is none."""
    return f'"{value}"' if isinstance(value, str) and is_plain(value) else "something else"


def is_plain(text: str) -> bool:
    """Whether a text can be repeated in a message: one short line that shows what it is, and no command of a log."""
    return _PLAIN.fullmatch(text) is not None


def _is_a_path(text: str) -> bool:
    """Whether a system has a path of that name: one of bytes that are no UTF-8 too, as Python spells those."""
    try:
        return b"\0" not in text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return False
