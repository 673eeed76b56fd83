"""Where in a generated YAML file something stands: tools that judge data name a path, readers want a line."""

from __future__ import annotations

from mlinfra.source.tree import Path as DataPath
from mlinfra.source.tree import key_span
from mlinfra.source.yaml_events import read_yaml


def line_of(text: str, path: DataPath) -> int | None:
    """The line of the last key of a path, or of its deepest parent; None where the text does not parse."""
    root = read_yaml("", text).root
    return None if root is None else key_span(root, path).line
