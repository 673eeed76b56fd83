"""A code of a diagnostic: what it is about, why it matters, what would be right, and an example of both."""

from __future__ import annotations

import textwrap
from typing import Any

from mlinfra.diagnostics import Code
from mlinfra.explain.example import Example, example_of, marked

WIDTH = 100  # columns; sentences of the catalogue are wrapped for a terminal


def document(code: Code) -> dict[str, Any]:
    example = example_of(code.id)
    return {
        "code": code.id,
        "severity": code.severity,
        "title": code.title,
        "why": code.why,
        "fix": code.fix,
        "source": code.source,
        "example": None if example is None else _shown(example),
    }


def _shown(example: Example) -> dict[str, Any]:
    return {"wrong": example.wrong, "line": example.line, "right": example.right}


def text(document: dict[str, Any]) -> str:
    lines = [f"{document['code']} ({document['severity']}): {document['title']}", ""]
    for label in ("why", "fix", "source"):
        first = f"  {label + ':':8}"
        lines += textwrap.wrap(
            document[label], WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False
        )
    if example := document["example"]:
        lines += ["", "  wrong:", *marked(example["wrong"], example["line"])]
        lines += ["  right:", *marked(example["right"], None)]
    return "\n".join([*lines, ""])
