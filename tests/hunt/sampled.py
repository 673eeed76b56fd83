"""A body of a kind of ours, made from the schema that editors get."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

from mlinfra.editor_schema import editor_schema

MAX_DEPTH = 5
TEXTS = (  # of which one fits each pattern that is no name of something else
    *("a", "abc", "churn-1", "P1D", "PT1H", "2026-01-31", "westeurope", "a@contoso.com", "203.0.113.0/24"),
    *("33333333-3333-3333-3333-333333333333", "203.0.113.7", "https://a.example", "*.a.example", "Reader"),
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/s",
)
FIELDS = {  # what a field names -> the section that has it
    "account": "storage_accounts",
    "container_registry": "container_registries",
    "identity": "identities",
    "key_vault": "key_vaults",
    "log_analytics": "log_analytics",
    "principal": "principals",
    "storage_account": "storage_accounts",
    "workspace": "workspaces",
    "workspaces": "workspaces",
}
ALWAYS: dict[str, dict[str, Any]] = {  # what validators and rules ask for
    "principals": {"object_id": "44444444-4444-4444-4444-444444444444", "mail": None},
    "role_assignments": {
        "identity": "worker",
        "role": "Reader",
        "scope": "storage_accounts.lake",
        **dict.fromkeys(("object_id", "principal", "principal_type")),
    },
}
NOT_DRAWN = frozenset({"azure_name", "existing", "id", "resource_group", "subscription", "properties", "targets"})


@cache
def _schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = editor_schema()
    return schema


def pairs(section: str) -> list[tuple[str, ...]]:
    """Each pair of the optional keys of a section's bodies; all of them where these are no two."""
    optional = _optional(_resolved(_schema()["properties"][section]["additionalProperties"]))
    return [*combinations(optional, 2)] or [tuple(optional)]


def body_of(section: str, random: Random, named: Mapping[str, str], pair: tuple[str, ...]) -> dict[str, Any]:
    """A body with what is required and these options."""
    node = _resolved(_schema()["properties"][section]["additionalProperties"])
    made = _object(node, random, 0, named, pair)
    made |= ALWAYS.get(section, {})
    return {key: value for key, value in made.items() if value is not None}


def _resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        node = _schema()["$defs"][node["$ref"].removeprefix("#/$defs/")]
    return node


def _made(node: Mapping[str, Any], random: Random, depth: int, key: str, named: Mapping[str, str]) -> Any:
    node = _resolved(node)
    if key in FIELDS and depth:
        return named[FIELDS[key]]
    if "const" in node:
        return node["const"]
    if choices := node.get("enum"):
        return random.choice(choices)
    for union in ("anyOf", "oneOf"):
        if choices := [choice for choice in node.get(union, ()) if choice.get("type") != "null" and _can_be(choice)]:
            return _made(random.choice(choices), random, depth, key, named)
    if node.get("examples") and depth and random.random() < 0.7:
        return random.choice(node["examples"])
    types = [node["type"]] if isinstance(node.get("type"), str) else node.get("type", ["string"])
    match random.choice([name for name in types if name != "null"] or ["null"]):
        case "object":
            return _object(node, random, depth, named)
        case "array":
            count = random.randint(node.get("minItems", 0), 2) if depth < MAX_DEPTH else node.get("minItems", 0)
            items = [_made(node.get("items", {}), random, depth + 1, "", named) for _ in range(count)]
            return items[:1] if node.get("uniqueItems") else items
        case "string":
            return _text(node, random)
        case "integer" | "number":
            low, high = node.get("minimum", 1), node.get("maximum", 90)
            return random.choice((low, high, max(low, min(high, 30))))
        case "boolean":
            return random.choice((True, False))
    return None


def _optional(node: Mapping[str, Any]) -> list[str]:
    required = node.get("required", ())
    return [key for key in sorted(node.get("properties", {})) if key not in required and key not in NOT_DRAWN]


def _object(
    node: Mapping[str, Any],
    random: Random,
    depth: int,
    named: Mapping[str, str],
    drawn: tuple[str, ...] | None = None,
) -> dict[str, Any]:
    properties = node.get("properties", {})
    required = list(node.get("required", ()))
    if drawn is None:
        optional = _optional(node)
        drawn = random.choice([*combinations(optional, 2)] or [tuple(optional)]) if depth < MAX_DEPTH else ()
    made = {key: _made(properties[key], random, depth + 1, key, named) for key in (*required, *drawn)}
    extra = node.get("additionalProperties")
    if not properties and isinstance(extra, Mapping) and depth < MAX_DEPTH:
        made = {"abc": _made(extra, random, depth + 1, "", named)}
    return {key: value for key, value in made.items() if value is not None}


def _can_be(choice: Mapping[str, Any]) -> bool:
    """Whether one of the texts fits a choice that is a text of some form: an expression is none of them."""
    pattern = _resolved(choice).get("pattern")
    return pattern is None or any(re.search(pattern, text) for text in TEXTS)


def _text(node: Mapping[str, Any], random: Random) -> str:
    pattern = node.get("pattern")
    fitting = [text for text in TEXTS if pattern is None or re.search(pattern, text)]
    return random.choice(fitting or ["abc"])
