"""YAML files that a spec names: read as the spec itself is, and under the same bounds.

The Azure ML client reads them, too: what it may read otherwise is among the diagnostics.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlinfra.repository.files import Files
from mlinfra.source.tree import plain
from mlinfra.source.yaml_events import Document, read_yaml


def document_in(files: Files, path: Path) -> Document:
    """What a file holds, with the place of every key; raises Unreadable."""
    return files.once(path, _document)


def mapping_in(files: Files, path: Path) -> Mapping[str, Any] | None:
    """The mapping that a file holds; None where it holds another thing. Raises Unreadable."""
    return files.once(path, _mapping)


def _document(files: Files, path: Path) -> Document:
    return read_yaml(path.as_posix(), files.text(path), is_read_by_others=True)


def _mapping(files: Files, path: Path) -> Mapping[str, Any] | None:
    root = document_in(files, path).root
    return None if root is None else plain(root)
