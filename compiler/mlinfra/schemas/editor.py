"""A language's schema for editors: the same, rendered for the engines that they have."""

from typing import Any

from mlinfra.schemas.judge import Schema

REFERENCE = r"\$\{"  # ${var.rate}, ${workspaces.main.id}: allowed wherever a value is
REFERENCE_TEXT = {"type": "string", "pattern": REFERENCE}
VALUE_TYPES = frozenset({"integer", "number", "boolean"})
VAULT_SECRET = {
    "type": "object",
    "description": "A secret of a vault, put there by a person",
    "properties": {
        "vault": {"type": "string", "description": "An entry of key_vaults"},
        "secret": {"type": "string", "description": "The name of the secret"},
    },
    "required": ["vault", "secret"],
    "additionalProperties": False,
}
NOT_ECMA = "(?i:"  # editors read patterns as ECMAScript does, which has no flags inside them


def entry(schema: Schema, section: str) -> dict[str, Any]:
    """The schema of an entry of a section, which may be empty where nothing is required of it."""
    body = {"$ref": f"#/$defs/entries.{section}"}
    return {"anyOf": [body, {"type": "null"}]} if schema.judge({section: {"a": {}}}) == [] else body


def for_editors(node: Any) -> Any:
    """A node of a schema as JSON Schema alone: enumerations are `enum`, `${…}` may stand where a value is due."""
    if not isinstance(node, dict):
        return node
    rendered = {key: value for key, value in _inside(node).items() if not key.startswith("x-")}
    if values := node.get("x-enum") or node.get("enum"):
        rest = {key: value for key, value in rendered.items() if key not in ("pattern", "enum", "type")}
        others = [name for name in _types(node) if name != "string"]
        return rest | {"anyOf": [{"enum": values}, REFERENCE_TEXT, *([{"type": others}] if others else [])]}
    if NOT_ECMA in rendered.get("pattern", ""):
        del rendered["pattern"]
    elif "pattern" in rendered:
        rendered["pattern"] += f"|{REFERENCE}"
    return _or_reference(rendered)


def with_secret(rendered: dict[str, Any], field: str | None) -> dict[str, Any]:
    """The definition with `{vault: …, secret: …}` beside text, where it has a field that is a secret."""
    if field is None or field not in rendered["properties"]:
        return rendered
    either = {field: {"anyOf": [VAULT_SECRET, rendered["properties"][field]]}}
    return rendered | {"properties": rendered["properties"] | either}


def _inside(node: dict[str, Any]) -> dict[str, Any]:
    """Return the node with every schema in it rendered; a condition tests for values alone, not for references."""
    rendered = dict(node)
    for key in ("items", "additionalProperties", "propertyNames", "then", "else"):
        if key in node:
            rendered[key] = for_editors(node[key])
    if "if" in node:
        rendered["if"] = _condition(node["if"])
    if "properties" in node:
        rendered["properties"] = {key: for_editors(value) for key, value in node["properties"].items()}
    if "patternProperties" in node:
        rendered["patternProperties"] = {key: for_editors(value) for key, value in node["patternProperties"].items()}
    if "allOf" in node:
        rendered["allOf"] = [for_editors(part) for part in node["allOf"]]
    return rendered


def _condition(node: Any) -> Any:
    if isinstance(node, list):
        return [_condition(part) for part in node]
    if not isinstance(node, dict):
        return node
    if values := node.get("x-enum"):
        return {"enum": values}
    return {key: _condition(value) for key, value in node.items()}


def _or_reference(node: dict[str, Any]) -> dict[str, Any]:
    types = _types(node)
    if not VALUE_TYPES & set(types) or "string" in types:
        return node
    return node | {"type": [*types, "string"], "pattern": REFERENCE}


def _types(node: dict[str, Any]) -> list[str]:
    types: str | list[str] = node.get("type", [])
    return [types] if isinstance(types, str) else types
