"""A code of a diagnostic: what it is about, why it matters, and what would be right."""

from __future__ import annotations

import textwrap
from typing import Any

from mlinfra.diagnostics import Code

WIDTH = 100  # columns; sentences of the catalogue are wrapped for a terminal


def document(code: Code) -> dict[str, Any]:
    return {
        "code": code.id,
        "severity": code.severity,
        "title": code.title,
        "why": code.why,
        "fix": code.fix,
        "source": code.source,
    }


def text(document: dict[str, Any]) -> str:
    lines = [f"{document['code']} ({document['severity']}): {document['title']}", ""]
    for label in ("why", "fix", "source"):
        first = f"  {label + ':':8}"
        lines += textwrap.wrap(document[label], WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
    return "\n".join([*lines, ""])
