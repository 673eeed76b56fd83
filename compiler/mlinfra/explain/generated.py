"""A file of the output, or a line of it: which lines of the spec made it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlinfra.diagnostics import Span
from mlinfra.diagnostics.characters import one_line
from mlinfra.diagnostics.lines import split_lines
from mlinfra.emit.symbols import symbol
from mlinfra.explain.places import place, shown
from mlinfra.graph import Entry
from mlinfra.header import Header
from mlinfra.output.manifest import ListedFile, Manifest
from mlinfra.plan import Plan
from mlinfra.source import tree
from mlinfra.source.tree import Path as BodyPath
from mlinfra.source.tree import child, deepest, key_span
from mlinfra.source.yaml_events import read_yaml

_DECLARATION = re.compile(r"(resource|module) (\w+) '([^'@]*)")  # the type without its version
_START = re.compile(r"[A-Za-z]")  # of a declaration; comments and decorators above it belong to it
_ABOVE = re.compile(r"//|@|#")
MAX_PARSED_CHARACTERS = 500_000  # of a YAML file, whose lines are explained; a second. A body of a spec has less


def document(
    path: str, line: int | None, text: str, manifest: Manifest, header: Header, plans: Sequence[Plan], here: Path
) -> dict[str, Any]:
    """What made a file that the manifest lists, or the line of it; `text` is what the file holds."""
    file = manifest.files[path]
    plan = next((plan for plan in plans if plan.graph.target.name == file.target), plans[0])
    causes = _causes(file, line, text, manifest, header, plan)
    return {
        "path": path,
        "line": line,
        "target": file.target,
        "from": [{"address": address, **place(span, here)} for address, span in causes],
    }


def text(document: dict[str, Any], texts: Mapping[str, str]) -> str:
    where = document["path"] if document["line"] is None else f"{document['path']}:{document['line']}"
    by_place: dict[str, list[str]] = {}
    for cause in document["from"]:
        by_place.setdefault(shown(cause, texts), []).append(cause["address"])
    lines = [where]
    for written, addresses in by_place.items():
        lines += [f"  {written}", *(f"      {address}" for address in addresses)]
    if not by_place:
        lines.append("  made of the spec as a whole")
    return "".join(f"{one_line(line)}\n" for line in lines)


def _causes(
    file: ListedFile, line: int | None, text: str, manifest: Manifest, header: Header, plan: Plan
) -> Iterator[tuple[str, Span]]:
    """Addresses with the places where they are written; what is derived stands where its cause is written."""
    entries = plan.graph.entries
    addresses: Sequence[str] = file.sources
    if line is not None and file.path.endswith(".bicep"):
        addresses = tuple(of_bicep_line(file, line, text, manifest, plan)) or addresses
    if line is not None and len(addresses) == 1 and file.path.endswith(".yml") and addresses[0] in entries:
        yield addresses[0], _in_body(entries[addresses[0]], _path_at(text, line))
        return
    for address in dict.fromkeys(addresses):
        if address in header.keys:
            yield address, header.keys[address]
        elif address in entries:
            yield address, entries[address].key


def of_bicep_line(file: ListedFile, line: int, text: str, manifest: Manifest, plan: Plan) -> Iterator[str]:
    """The entries that own the declaration in which a line stands; of a module, those of its file."""
    found = _DECLARATION.match(_declaration_at(split_lines(text), line))
    if found is None:
        return
    keyword, name, type = found.groups()
    if keyword == "module":
        module = manifest.files.get(f"{file.path.rpartition('/')[0]}/{type}")
        yield from module.sources if module else ()
        return
    symbols = (name, name.rstrip("0123456789"))  # a figure is added to what another declaration has
    owners = {entry.address: entry.address for entry in plan.graph.entries.values() if entry.existing}
    owners |= {item.resource.address: item.resource.owner for item in plan.resources if item.resource.type == type}
    for address, owner in owners.items():
        if symbol(address) in symbols:
            yield owner


def _declaration_at(lines: Sequence[str], line: int) -> str:
    """The first line of the declaration in which a line stands, comments and decorators above it included."""
    index = min(line, len(lines)) - 1
    if index >= 0 and _ABOVE.match(lines[index]):
        below = (text for text in lines[index:] if _START.match(text))
        return next(below, "")
    above = (text for text in reversed(lines[: index + 1]) if _START.match(text))
    return next(above, "")


def _path_at(text: str, line: int) -> BodyPath:
    """The keys that lead to what stands in a line of a YAML file; none in one of a size that nobody reads."""
    if len(text) > MAX_PARSED_CHARACTERS:
        return ()
    node: tree.Node | None = read_yaml("", text).root
    path: list[str | int] = []
    while node is not None:
        above = [(key, value) for key, starts, value in _below(node) if starts <= line]
        if not above:
            break
        key, node = above[-1]
        path.append(key)
    return tuple(path)


def _below(node: tree.Node) -> list[tuple[str | int, int, tree.Node]]:
    """The children of a node with their keys and the lines in which they start."""
    if isinstance(node, tree.Mapping):
        return [(key, field.key.line, field.value) for key, field in node.fields.items()]
    if isinstance(node, tree.Sequence):
        return [(index, item.span.line, item) for index, item in enumerate(node.items)]
    return []


def _in_body(entry: Entry, path: BodyPath) -> Span:
    """The place in an entry's body of what a path leads to, or of the deepest part of it that is written there."""
    depth = 0
    while depth < len(path) and child(deepest(entry.tree, path[:depth]), path[depth]) is not None:
        depth += 1
    return key_span(entry.tree, path[:depth]) if depth else entry.key
