"""The page of all sections: the keys of the platform's kinds, and what mlinfra adds to the bodies of Azure ML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.formats.markdown import markdown_code, markdown_table
from mlinfra.languages.azureml.sections import SECTIONS
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections import SECTIONS as OF_DATABRICKS
from mlinfra.languages.platform import editor

Node = Mapping[str, Any]

INTRODUCTION = """# Sections and their keys

Reference of every key, for those who write a spec. [language.md](language.md) explains the words. The page is generated
from the models by `pytest tests/test_docs.py --update`.

A key below another one is shown with its path: `subnets.<name>.route_table` is the key `route_table` of an entry of
`subnets`, under a name that you choose. `[]` stands for the items of a list.
"""
AZURE_ML = """## Azure Machine Learning

The bodies are those of the Azure ML CLI (v2), [key by key](https://learn.microsoft.com/azure/machine-learning/reference-yaml-overview).
The last column has what mlinfra adds. A section without output comes with a later release, and is an error today.
"""
DATABRICKS = """## Databricks

The bodies are those of the resources of bundles, [field by field](https://learn.microsoft.com/azure/databricks/dev-tools/bundles/resources).
[language.md](language.md#databricks) says what mlinfra adds.
"""
MAX_VALUES = 12  # of a key that are listed; more make a table unreadable, and `explain` lists them


def page() -> str:
    """The whole page, in Markdown."""
    schema = editor.editor_schema()
    kinds = (_kind(name, entry, schema["$defs"]) for name, entry in sorted(schema["sections"].items()))
    azure_ml, databricks = (AZURE_ML, f"{_azure_ml()}\n"), (DATABRICKS, str(_databricks()))
    return "\n".join((INTRODUCTION, *kinds, *azure_ml, *databricks)) + "\n"


def _kind(section: str, entry: Node, definitions: Mapping[str, Node]) -> str:
    rows = [
        (markdown_code(path), _value(value, definitions), _sentence(value, definitions, is_required))
        for path, value, is_required in _keys(_resolved(entry, definitions), definitions, "")
    ]
    return (
        f"## {section}\n\n{entry.get('description', '')}\n\n{markdown_table(('Key', 'Value', 'What it says'), rows)}\n"
    )


def _keys(body: Node, definitions: Mapping[str, Node], above: str) -> Iterator[tuple[str, Node, bool]]:
    """Each key of a body with its path and whether it is required, before those that stand below it."""
    for key, value in sorted(body.get("properties", {}).items()):
        path = f"{above}{key}"
        yield path, value, key in body.get("required", ())
        seen: list[Node] = []
        for steps, below in _below(value, definitions):
            if below not in seen:
                seen.append(below)
                yield from _keys(below, definitions, f"{path}{steps}.")


def _below(node: Node, definitions: Mapping[str, Node]) -> Iterator[tuple[str, Node]]:
    """The bodies that a value may hold, with the steps to them: names that you choose, or the items of a list."""
    if node.get("$ref", "").endswith(("/Reference", "/ForEach")):
        return
    body = _resolved(node, definitions)
    for option in (*body.get("anyOf", ()), *body.get("oneOf", ())):
        yield from _below(option, definitions)
    if "properties" in body:
        yield "", body
    named = body.get("additionalProperties")
    if isinstance(named, Mapping):
        yield from ((f".<name>{steps}", below) for steps, below in _below(named, definitions))
    if isinstance(body.get("items"), Mapping):
        yield from ((f"[]{steps}", below) for steps, below in _below(body["items"], definitions))


def _azure_ml() -> object:
    rows = [
        (
            markdown_code(section.name),
            "" if section.compiled_to == "unsupported yet" else section.compiled_to,
            ", ".join(section.additions),
        )
        for section in SECTIONS
    ]
    return markdown_table(("Section", "Becomes", "Keys beside those of Azure ML"), rows)


def _databricks() -> object:
    rows = [
        (markdown_code(row.name), row.described, _bundles(row), markdown_code(row.named_by)) for row in OF_DATABRICKS
    ]
    return markdown_table(("Section", "What it holds", "Bundle", "Its name"), rows)


def _bundles(row: Row) -> str:
    """The bundle that holds what is in a section, or both."""
    is_either = row.bundle == "platform" and (row.awaits or row.goes_with_what_it_names)
    return "`platform` or `serving`" if is_either else markdown_code(row.bundle)


def _resolved(node: Node, definitions: Mapping[str, Node]) -> Node:
    return definitions[node["$ref"].rpartition("/")[2]] if "$ref" in node else node


def _sentence(node: Node, definitions: Mapping[str, Node], is_required: bool) -> str:
    text = node.get("description") or _resolved(node, definitions).get("description", "")
    return f"{text} (required)" if is_required else text


def _value(node: Node, definitions: Mapping[str, Node]) -> str:
    return " or ".join(dict.fromkeys(_words(node, definitions)))


def _words(node: Node, definitions: Mapping[str, Node]) -> Iterator[str]:
    """Each form that a value takes, in words; expressions, which every value takes, are left out."""
    if node.get("$ref", "").endswith("/Reference"):
        return
    if "anyOf" in node or "oneOf" in node:
        for option in node.get("anyOf") or node["oneOf"]:
            yield from _words(option, definitions)
    elif "enum" in node:
        values = [str(value) for value in node["enum"]]
        yield ", ".join(values) if len(values) <= MAX_VALUES else f"one of {len(values)} words"
    elif "const" in node:
        yield str(node["const"])
    elif "$ref" in node:
        yield from _words(_resolved(node, definitions), definitions)
    elif node.get("type") == "array":
        yield f"list of {_value(node.get('items', {}), definitions) or 'values'}"
    elif node.get("type") != "null":
        yield _TYPES.get(str(node.get("type")), "any value")


_TYPES = {
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
    "object": "mapping",
    "string": "text",
}
