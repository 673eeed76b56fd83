"""Plants faults into the data of a spec, and prints it so that each key has a line of its own."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from tests.faults.fault import Drop, Edit, Fault, Path, Put, Rename


def planted(data: Mapping[str, Any], faults: Iterable[Fault]) -> str:
    """The text of the spec with these faults in it."""
    edited = copy.deepcopy(dict(data))
    for fault in faults:
        for edit in fault.edits:
            _apply(edited, edit)
    return yaml.safe_dump(edited, sort_keys=False, allow_unicode=True, width=10_000)


def line_numbers(text: str) -> dict[Path, int]:
    """The line of each key and item of a text, from 1."""
    lines: dict[Path, int] = {(): 1}
    root = yaml.compose(text)
    assert root is not None  # a spec is a mapping
    _collect(root, (), lines)
    return lines


def _collect(node: yaml.Node, path: Path, lines: dict[Path, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*path, key.value)] = key.start_mark.line + 1
            _collect(value, (*path, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*path, index)] = item.start_mark.line + 1
            _collect(item, (*path, index), lines)


def _apply(data: Any, edit: Edit) -> None:
    holder: Any = data
    way: tuple[Any, ...] = edit.path
    *steps, key = way
    for step in steps:
        holder = holder[step] if isinstance(holder, list) else _below(holder, step)
    match edit:
        case Put(value=value) if isinstance(holder, list):
            holder[key:] = [copy.deepcopy(value)]
        case Put(value=value):
            holder[key] = copy.deepcopy(value)
        case Drop():
            del holder[key]
        case Rename(name=name):
            items = [(name if old == key else old, value) for old, value in holder.items()]
            holder.clear()
            holder.update(items)


def _below(holder: dict[str | int, Any], step: str | int) -> Any:
    """The mapping under a key, made where there is none."""
    if holder.get(step) is None:
        holder[step] = {}
    return holder[step]
