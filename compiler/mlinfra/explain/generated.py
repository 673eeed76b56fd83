"""A file of the output, or a line of it: which lines of the spec made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlinfra.diagnostics import Span
from mlinfra.diagnostics.characters import one_line
from mlinfra.emit.bicep import bicep_files
from mlinfra.explain.places import place, shown
from mlinfra.formats.bicep_printer import declared_at, print_file
from mlinfra.formats.bicep_reader import NotPrinted, read_file
from mlinfra.graph import Entry
from mlinfra.header import Header
from mlinfra.output.manifest import ListedFile, Manifest
from mlinfra.plan import Plan
from mlinfra.source import tree
from mlinfra.source.tree import Path as BodyPath
from mlinfra.source.tree import child, deepest, key_span
from mlinfra.source.yaml_events import read_yaml

MAX_READ_CHARACTERS = 2_000_000  # of a Bicep file, whose lines are explained; five seconds
MAX_PARSED_CHARACTERS = 500_000  # of a YAML file, whose lines are explained; a second. A body of a spec has less


def document(
    path: str, line: int | None, text: str, manifest: Manifest, header: Header, plans: Sequence[Plan], here: Path
) -> dict[str, Any]:
    """What made a file that the manifest lists, or the manifest, or the line of it; `text` is what the file holds."""
    file = manifest.files.get(path)  # which lists itself not
    target = file.target if file else None
    plan = next((plan for plan in plans if plan.graph.target.name == target), plans[0])
    causes = _causes(file, line, text, header, plan) if file else ()
    return {
        "path": path,
        "line": line,
        "target": target,
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


def _causes(file: ListedFile, line: int | None, text: str, header: Header, plan: Plan) -> Iterator[tuple[str, Span]]:
    """Addresses with the places where they are written; what is derived stands where its cause is written."""
    entries = plan.graph.entries
    addresses: Sequence[str] = file.sources
    if line is not None and file.path.endswith(".bicep"):
        addresses = _of_bicep_line(file.path, line, text, plan) or addresses
    if line is not None and len(addresses) == 1 and file.path.endswith(".yml") and addresses[0] in entries:
        yield addresses[0], _in_body(entries[addresses[0]], _path_at(text, line))
        return
    for address in dict.fromkeys(addresses):
        if address in header.keys:
            yield address, header.keys[address]
        elif address in entries:
            yield address, entries[address].key


def _of_bicep_line(path: str, line: int, text: str, plan: Plan) -> tuple[str, ...]:
    """What makes the declaration in which a line stands, by its name; nothing where it is none that is printed."""
    compiled = next((file for file in bicep_files(plan, "") if file.path == path), None)
    if compiled is None or len(text) > MAX_READ_CHARACTERS:
        return ()
    try:
        lies_there = print_file(read_file(text.replace("\r\n", "\n"))).lines
    except NotPrinted:
        return ()
    declared = declared_at(lies_there, line)
    by_name = {lines.declares: lines.made_by for lines in compiled.lines}
    return by_name.get(declared.declares, ()) if declared else ()


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
