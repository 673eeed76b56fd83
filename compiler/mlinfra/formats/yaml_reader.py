"""YAML files that a spec names: read as the SDK reads them, where their positions do not matter."""

from __future__ import annotations

from typing import Any

import yaml


def mapping_in(text: str) -> dict[str, Any] | None:
    """The mapping that a text holds; None where it holds another thing, or nothing that can be read."""
    try:
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):  # a day that no month has; brackets without end
        return None
    return data if isinstance(data, dict) else None
