"""Characters that nobody sees: which they are, and how text that may hold them is shown.

The set is written out: `unicodedata` differs between versions of Python, and the same input has to give the same bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

# Control and format characters (bidirectional overrides, zero widths, byte order marks, tags), the separators of lines
# and paragraphs, what Unicode lets every font leave out (Default_Ignorable_Code_Point), and the two that are no
# characters: they hide from a reviewer, end lines, or are refused by readers.
INVISIBLE = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# A `#` that begins what build agents take for an order, anywhere in a line. What is not ASCII counts as nothing in it:
# comparing by a culture, as .NET does, leaves out hundreds of characters.
_SKIPPED = r"[^\x00-\x7f]*"
ORDER = rf"#(?={_SKIPPED}#{_SKIPPED}(?:v{_SKIPPED}s{_SKIPPED}o{_SKIPPED})?\[)"

# What joins or varies the visible character before it is part of how people write: emoji, Persian, Indian scripts.
_VARIANTS = r"\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_JOINERS = r"\u200c\u200d"
# The flags of England, Scotland and Wales, and others of parts of a country: Unicode, emoji tag sequences.
_FLAG = r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
_IN_PLACE = rf"{_FLAG}|[^\x00-\x7f{INVISIBLE}][{_VARIANTS}]?[{_JOINERS}]?|[0-9#*]\ufe0f\u20e3"
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Stands behind a `$` that begins no expression, from the phase that reads `$${` to the one that completes texts. No
# text of a spec holds it.
LITERAL_MARK = "\0"
# Stands in a sentence where something is shown that is wrong itself, and was said to be.
UNKNOWN_MARK = "\0?\0"


def quoted(value: Any) -> str:
    """Return a value of a spec as JSON, for a message: a text as it is meant, without the mark of a literal `${`.

    >>> quoted("a$\\0{b}")
    '"a${b}"'
    """
    written = value.replace(LITERAL_MARK, "") if isinstance(value, str) else value
    return json.dumps(written, ensure_ascii=False, default=str).replace(json.dumps(UNKNOWN_MARK), UNKNOWN_MARK)


def visible(character: str) -> str:
    """Return what to show for a character; what has no shape of its own is named.

    >>> [visible(character) for character in ("a", "\\x00", "\\u202e")]
    ['a', '␀', '<U+202E>']
    """
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the block "Control Pictures"
    if code == 0x7F:
        return "␡"
    if unicodedata.category(character) in _WITHOUT_SHAPE or _INVISIBLE_CHARACTER.match(character):
        return f"<U+{code:04X}>"
    return character


_WITHOUT_SHAPE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_INVISIBLE_CHARACTER = re.compile(rf"[{INVISIBLE}]")


def named(text: str, kept: str = "") -> str:
    """Return a text with everything named that has no shape of its own, but for the characters `kept`.

    A joiner or a variation selector stays where it belongs to the character before it.

    >>> named("a\\u202eb\\u200d"), named("\\u2764\\ufe0f")
    ('a<U+202E>b<U+200D>', '❤️')
    """
    if text.isascii() and text.isprintable():
        return text
    shown = ""
    start = 0
    for match in re.finditer(_IN_PLACE, text):
        shown += _each_named(text[start : match.start()], kept)
        shown += visible(match.group()[0]) + match.group()[1:]
        start = match.end()
    return shown + _each_named(text[start:], kept)


def _each_named(text: str, kept: str) -> str:
    return _NOT_PLAIN.sub(lambda match: match.group() if match.group() in kept else visible(match.group()), text)


_NOT_PLAIN = re.compile(r"[^\x20-\x7e]")


def one_line(text: str) -> str:
    """Return a text as one line without anything invisible in it."""
    if text.isascii() and text.isprintable():
        return text
    return named("".join(_NAMED.get(character, character) for character in text))


def hidden(text: str) -> list[tuple[int, str]]:
    """Return the runs of characters in a text that nobody sees where they stand, each with its offset.

    Line ends, tabs, and joiners and variation selectors that belong to the character before them are no such.

    >>> hidden("a\\u202eb\\r\\n\\u2764\\ufe0f \\u200d")
    [(1, '\\u202e'), (8, '\\u200d')]
    """
    return [(match.start(), match.group()) for match in _HIDDEN_IN_A_FILE.finditer(text) if match.lastgroup == "hidden"]


_HIDDEN_IN_A_FILE = re.compile(rf"(?P<in_place>{_IN_PLACE}|\r\n|[\n\t])|(?P<hidden>(?:(?!\r\n|[\n\t])[{INVISIBLE}])+)")
