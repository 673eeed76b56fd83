"""Parts of a schema: where a rule stands, and which branches a place in it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mlinfra.diagnostics.suggest import flow
from mlinfra.source.tree import Path

_MAX_ITEMS_SHOWN = 3
_ENTRY = 2  # section, entry: how deep the map of an entry lies


def rule_at(schema: Any, path: Iterable[str | int]) -> Any:
    """The node at a path."""
    for step in path:
        schema = schema[step]
    return schema


def path_in(document: Any, steps: Iterable[str | int]) -> Path:
    """The way to a place of a document, where the validator takes each step that is a figure for an index.

    >>> path_in({"inputs": {"007": ["a"]}}, ["inputs", 7, 0])
    ('inputs', '007', 0)
    """
    path: list[str | int] = []
    for step in steps:
        if isinstance(document, Mapping) and step not in document:
            step = next(key for key in document if key.lstrip("+").isdecimal() and int(key) == step)
        path.append(step)
        document = document[step]
    return tuple(path)


def union_at(schema: Mapping[str, Any], evaluation_path: Iterable[str | int]) -> Mapping[str, Any]:
    """Return the node that chose the schema of the map at the end of the path; empty where there was no choice."""
    node: Any = schema
    union: Mapping[str, Any] = {}
    for step in evaluation_path:
        if step in ("properties", "items", "additionalProperties"):
            union = {}
        node = resolved(schema, node) if step == "$ref" else node[step]
        if isinstance(node, Mapping) and ("x-keys" in node or choices(node)):
            union = node
    return union


def resolved(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node, or that of the definitions to which it refers."""
    found: Mapping[str, Any] = schema["$defs"][node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else node
    return found


def choices(node: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Return discriminator, the schema of its values and the branch, of every branch that a union has for a value."""
    return [
        (key, values, choice["then"])
        for choice in node.get("allOf", ())
        for key, values in choice["if"].get("properties", {}).items()
        if "then" in choice
    ]


def map_with(schema: Mapping[str, Any], rule: Mapping[str, Any], key: str) -> str | None:
    """The one field of the same map that is a map with such a field."""
    fields = rule.get("properties", {}).items()
    found = [name for name, field in fields if key in resolved(schema, field).get("properties", {})]
    return found[0] if len(found) == 1 else None


def entries_with(schema: Mapping[str, Any], rule: Mapping[str, Any], key: str) -> str | None:
    """The one field of the same map that holds entries by name, which have such a field."""
    fields = rule.get("properties", {}).items()
    held = ((name, resolved(schema, field).get("additionalProperties")) for name, field in fields)
    found = [name for name, each in held if isinstance(each, Mapping) and key in _fields_of(schema, each)]
    return found[0] if len(found) == 1 else None


def below(body: Mapping[str, Any], path: Sequence[str]) -> str:
    """What to write where the field at the end of a path stands beside the map at its beginning.

    >>> below({}, ("settings", "default_compute")), below({"settings": {}}, ("settings", "default_compute"))
    ('write settings: {default_compute: …}', 'move it into settings')
    """
    if isinstance(body.get(path[0]), Mapping):
        return f"move it into {'.'.join(path[:-1])}"
    return f"write {'{'.join(f'{step}: ' for step in path)}…{'}' * (len(path) - 1)}"


def _fields_of(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[str]:
    """The fields that a map may have, whichever of its types it is of."""
    node = resolved(schema, node)
    yield from (*node.get("properties", ()), *node.get("x-keys", ()))
    for branch in (*node.get("allOf", ()), *node.get("anyOf", ()), node.get("then"), node.get("else")):
        if branch:
            yield from _fields_of(schema, branch)


def depth_with(schema: Mapping[str, Any], evaluation_path: Sequence[str | int], key: str) -> int | None:
    """How deep the nearest map lies that has a field of that name, above the one at the end of the path."""
    node: Any = schema
    depth, found, is_name = 0, [], False
    for step in evaluation_path:
        node = resolved(schema, node) if step == "$ref" and not is_name else node[step]
        depth += is_name or step in ("additionalProperties", "items")
        is_name = not is_name and step in ("properties", "patternProperties")
        if not is_name and isinstance(node, Mapping) and key in node.get("properties", ()):
            found.append(depth)
    return next((each for each in reversed(found) if _ENTRY <= each < depth), None)


def map_of(schema: Mapping[str, Any], rule: Mapping[str, Any], name: str, value: Any) -> str | None:
    """What to write where a part stands in the place of the map, or of the list of maps, that it is a part of."""
    items = resolved(schema, rule["items"]) if isinstance(rule.get("items"), Mapping) else {}
    due: Sequence[str] = (items or rule).get("required", ())
    if not due and len(items.get("properties", ())) <= _MAX_ITEMS_SHOWN:
        due = list(items.get("properties", ()))
    if items and isinstance(value, Mapping):
        is_one = bool(value) and value.keys() <= items.get("properties", {}).keys()
        return f"write {name}: {flow([value if is_one else dict.fromkeys(due, '…')])}" if is_one or due else None
    if isinstance(value, str) and items and len(due) == 1:
        return f"write {name}: {flow([{due[0]: value}])}"
    fields: Mapping[str, Any] = rule.get("properties", {})
    if isinstance(value, str) and fields and due:
        shown = flow({due[0]: value} if len(due) == 1 else dict.fromkeys(due, "…"))
        return f"write {shown}" if name.endswith("]") else f"write {name}: {shown}"
    if isinstance(value, str) and "pypi" in fields:  # a library
        return f"write {flow({'pypi': {'package': value}})}"
    if isinstance(value, str) and {"notebook", "file"} <= fields.keys():  # of a pipeline's libraries
        return f"write {flow({'notebook': {'path': value}})}, or {flow({'file': {'path': value}})}"
    lists = [key for key, field in fields.items() if _is_list_of_texts(schema, field)]
    is_short = isinstance(value, list) and 0 < len(value) <= _MAX_ITEMS_SHOWN and all(isinstance(x, str) for x in value)
    if is_short and lists:
        return f"write {name}: {flow({'on_failure' if 'on_failure' in lists else lists[0]: value})}"
    return None


def _is_list_of_texts(schema: Mapping[str, Any], field: Mapping[str, Any]) -> bool:
    rule = resolved(schema, field)
    items = rule.get("items")
    if "array" not in rule.get("type", ()) or not isinstance(items, Mapping):
        return False
    return "string" in resolved(schema, items).get("type", ())


def list_beside(schema: Mapping[str, Any], rule: Mapping[str, Any], name: str, value: Any) -> str | None:
    """What to write where a mail stands in the place of a map, the only one beside a word, that holds mails."""
    maps = [resolved(schema, branch["then"]) for branch in rule.get("allOf", ()) if "then" in branch]
    if not isinstance(value, str) or "@" not in value or len(maps) != 1:
        return None
    lists = [key for key, field in maps[0].get("properties", {}).items() if _is_list_of_texts(schema, field)]
    return f"write {name}: {flow({lists[0]: [value]})}" if lists else None
