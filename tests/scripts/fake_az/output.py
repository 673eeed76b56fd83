"""Prints a result as az does: --query, then JSON with sorted keys, or tab-separated values."""

from __future__ import annotations

import json
from typing import Any

import jmespath

from tests.scripts.fake_az.parse import Call, Refused


def render(call: Call, result: Any) -> str:
    """The text for stdout; a result of None prints nothing."""
    if call.query is not None and result is not None:
        try:
            result = jmespath.search(call.query, result)
        except jmespath.exceptions.JMESPathError as error:
            raise Refused(f"{call.name}: --query {call.query!r}: {error}") from error
    if result is None or call.output == "none":
        return ""
    if call.output == "json":
        return json.dumps(result, indent=2, sort_keys=True, ensure_ascii=False, separators=(",", ": ")) + "\n"
    rows = result if isinstance(result, list) else [result]
    return "".join(_row(row) + "\n" for row in rows)


def _row(row: Any) -> str:
    if isinstance(row, list):
        return "\t".join(_cell(cell) for cell in row)
    if isinstance(row, dict):
        return "\t".join(_cell(cell) for _, cell in sorted(row.items()))
    return _cell(row)


def _cell(cell: Any) -> str:
    if isinstance(cell, list):
        return str(len(cell))
    if isinstance(cell, dict):
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
