"""All that an emulated Azure knows, in one place that can be kept and put back."""

from __future__ import annotations

import json
from typing import Any


class State:
    """Tables by name, of plain JSON; each service has its own: `state.table("devops", "projects")`."""

    def __init__(self) -> None:
        self._tables: dict[str, Any] = {}

    def table(self, *keys: str) -> dict[str, Any]:
        """The nested table at these keys, made where it is missing."""
        table = self._tables
        for key in keys:
            table = table.setdefault(key, {})
        return table

    def dump(self) -> str:
        """The state as JSON."""
        return json.dumps(self._tables, indent=1, sort_keys=True)

    def load(self, text: str) -> None:
        """Becomes what was dumped."""
        self._tables = json.loads(text)
