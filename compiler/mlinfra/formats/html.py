"""HTML, for pages: text that can't become markup, wherever a template puts it, and what a page may load."""

from __future__ import annotations

import base64
import hashlib
import re

from mlinfra.diagnostics.characters import named
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.text import check_unicode
from mlinfra.formats.xml import escaped

_ENDS = re.compile(r"</|<!--|\]\]>", re.IGNORECASE)


def html_text(value: object) -> Fragment:
    """A value as text between tags, and in attributes with quotes around them; what nobody sees is named.

    >>> html_text("<a b='c'> & d")
    '&lt;a b=&#39;c&#39;&gt; &amp; d'
    """
    text = check_unicode(named(str(value), kept="\n"))
    return Fragment(escaped(text).replace("`", "&#96;"))


def fixed(text: str) -> Fragment:
    """A style or a script that is ours, as it stands; raises ValueError where it would end its element."""
    if found := _ENDS.search(text):
        raise ValueError(f"a style or script holds {found[0]}, which ends it")
    return Fragment(text)


def source_of(text: str) -> str:
    """What a Content-Security-Policy names a style or script by: the hash of its text (CSP Level 3, 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
