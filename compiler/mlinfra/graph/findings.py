"""Where a finding about a body is shown: the line that was written, and where it takes effect if that is elsewhere."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from pathlib import Path as FilePath

from mlinfra.diagnostics import Diagnostic, Related, Span, Where
from mlinfra.graph import Entry, InFile
from mlinfra.schemas.addresses import FILE_PREFIX
from mlinfra.source.tree import Mapping, Node, Path, deepest, is_unknown, key_span, other_places


def at(entry: Entry, path: Path = (), on_key: bool = False) -> Where:
    """A path of a body: its value, or its key; where it isn't written, the parent's key."""
    node = deepest(entry.tree, path)
    holder = entry.body if path and path[0] in entry.body else entry.additions  # either may be large: no copy of both
    is_said = entry.is_unknown or is_unknown(holder, path)
    return Where(_span(entry, node, path, on_key), entry.address, other_places(node), is_said)


def in_file(said: Diagnostic, place: InFile) -> Diagnostic:
    """A finding of a reference in a file: it is shown where the file is named, with the line that is wrong."""
    here = Related("it is written here", place.span)
    return replace(said, message=f'"{place.file.name}": {said.message}', related=(here, *said.related))


def _span(entry: Entry, node: Node, path: Path, on_key: bool) -> Span:
    exists = _depth(entry.tree, path)
    if not exists:
        return entry.key
    if on_key or exists < len(path) or isinstance(node, Mapping):
        return key_span(entry.tree, path[:exists])
    return node.span


def _depth(node: Node, path: Path) -> int:
    """How many keys of a path are written."""
    for depth in range(len(path), 0, -1):
        if deepest(node, path[:depth]) is not deepest(node, path[: depth - 1]):
            return depth
    return 0


def path_of(entry: Entry, path: Path, written: str) -> FilePath:
    """Where a path that is written at a place of an entry's body leads: it counts from the file in which it stands.

    `file:` may stand before it.
    """
    return FilePath(way_of(entry, path, written))


def way_of(entry: Entry, path: Path, written: str) -> str:
    """The same, for whoever asks of thousands whether they are there."""
    folder = posixpath.dirname(deepest(entry.tree, path).span.file)
    return posixpath.normpath(posixpath.join(folder, written.removeprefix(FILE_PREFIX)))
