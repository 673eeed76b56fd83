"""How much a compute or an endpoint is used: what a person knows of it, for the cost alone."""

from __future__ import annotations

from typing import Any

USAGE: dict[str, Any] = {
    "type": "object",
    "description": "How much it is used, which only its cost rests on",
    "properties": {
        "hours_a_month": {
            "type": "number",
            "minimum": 0,
            "description": "Hours that its machines run, all of them added up; of a batch endpoint, those of the nodes "
            "that its runs take",
            "examples": [120],
        },
    },
    "required": ["hours_a_month"],
    "additionalProperties": False,
}
