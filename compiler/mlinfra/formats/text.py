"""Unicode text that every format has to treat with care.

The set is written out: `unicodedata` differs between versions of Python, and the same input has to give the same bytes.
"""

from __future__ import annotations

import re

# Control and format characters (bidirectional overrides, zero widths, byte order marks, tags), the separators of lines
# and paragraphs, and the two that are no characters: they hide from a reviewer, end lines, or are refused by readers.
INVISIBLE = (
    r"\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
_INVISIBLE_RUN = re.compile(rf"[{INVISIBLE}\s]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def one_line(text: str) -> str:
    """The text as one line for a comment or a label: white space and invisible characters become single blanks."""
    return _INVISIBLE_RUN.sub(" ", check_unicode(text)).strip()


def check_unicode(text: str) -> str:
    """The text itself; raises ValueError for half a character (a lone surrogate), which UTF-8 can't write."""
    if not text.isascii() and (found := _SURROGATE.search(text)):
        raise ValueError(f"U+{ord(found.group()):04X} is half a character: text with it can't be written as UTF-8")
    return text
