"""The one JSON writer: data in, text out that any log and any reviewer can be shown."""

from __future__ import annotations

import json
import re

from mlinfra.diagnostics.characters import INVISIBLE, ORDER

# Besides the invisible: half characters, which UTF-8 can't write, and what a build agent takes for a command to it.
_ESCAPED = re.compile(rf"(?!\n)[{INVISIBLE}]|[\ud800-\udfff]|{ORDER}", re.IGNORECASE)


def to_json(document: object) -> str:
    """The document as JSON, indented by 2, with a final newline; what nobody sees is written as an escape.

    >>> to_json({"a": "b\\u202ec ##vso[x]"})
    '{\\n  "a": "b\\\\u202ec \\\\u0023#vso[x]"\\n}\\n'
    """
    return _ESCAPED.sub(_escape, json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _escape(found: re.Match[str]) -> str:
    """Escapes of JSON are units of UTF-16: two for a character beyond the first plane."""
    units = found.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
