"""XML, for pictures in SVG: elements whose texts and attributes are escaped, whatever they hold."""

from __future__ import annotations

import re

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.text import one_line

_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_SPECIAL = re.compile("[&<>\"']")
_NO_CHARACTERS = re.compile("[\ud800-\udfff]")  # halves of one, which UTF-8 can't write; `one_line` names the others


def escaped(text: str) -> str:
    """A text in which nothing is markup, between tags and in quotes."""
    return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], text)


def xml_text(text: str) -> Fragment:
    """A text in one line, as it stands between tags and in attributes; it holds no markup.

    >>> xml_text("<a b='c'> & d")
    '&lt;a b=&#39;c&#39;&gt; &amp; d'
    """
    return Fragment(escaped(_NO_CHARACTERS.sub("\ufffd", one_line(text))))


def xml_comment(text: str) -> Fragment:
    """A text as a comment, which it can't end."""
    return Fragment(f"<!-- {xml_text(text).replace('--', '- -')} -->")


def element(name: str, *content: str, **attributes: object) -> Fragment:
    """An element. What it holds is text, unless it is a `Fragment`; `class_` is the attribute class, `_` is `-`.

    An attribute that is None is left out.

    >>> element("text", "a < b", x=1, class_="kd")
    '<text x="1" class="kd">a &lt; b</text>'
    """
    written = "".join(
        f' {_attribute(key)}="{xml_text(str(value))}"' for key, value in attributes.items() if value is not None
    )
    inside = "".join(each if isinstance(each, Fragment) else xml_text(each) for each in content)
    return Fragment(f"<{name}{written}>{inside}</{name}>" if content else f"<{name}{written}/>")


def joined(parts: list[Fragment]) -> Fragment:
    """Elements below each other."""
    return Fragment("\n".join(parts))


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
