"""Rule of `properties:` that replaces what would stand in a resource: no field says so, so that nobody looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.derive.altered import what_it_becomes
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.characters import quoted
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.resource import Merged, Replaced
from mlinfra.languages.settings import PROPERTIES
from mlinfra.rules.rule import over_graph
from mlinfra.source.tree import Field, plain
from mlinfra.source.tree import Mapping as Tree
from mlinfra.validate.settings import CONTRADICTS

REPLACES = Code(
    "MLI896",
    "warning",
    "Property that replaces a default in production",
    "What stands under properties goes over what is secure unless it is written otherwise, and over what follows from "
    "the rest of the spec; whoever reviews production wants to know why",
    "Write the field that says it, where there is one, or leave the property out; where it has to be, say why: "
    "# mlinfra: ignore MLI896 because …",
    "docs/language.md#bodies",
)
MIN_TELLING_CHARACTERS = 4  # of a text that stands in a field and in a resource, so that the one sets the other


def _written_properties_replace_nothing(graph: Graph) -> Iterator[Diagnostic]:
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.compiled_to == "bicep" and not row.nested_in else ():
            for resource in (what_it_becomes(graph, entry) or ()) if _has_properties(entry.tree) else ():
                yield from _of_a_body(resource.body, graph.entries.get(resource.address, entry), graph)


def _has_properties(tree: Tree) -> bool:
    """Whether an entry, or what is nested in it, has `properties:` of its own."""
    return PROPERTIES[0] in tree.fields or any(
        isinstance(field.value, Tree) and _has_properties(field.value) for field in tree.fields.values()
    )


def _of_a_body(body: Any, entry: Entry, graph: Graph) -> Iterator[Diagnostic]:
    """What is said of the resource of an entry, and of what stands in it by the names of nested entries."""
    for name, part in body.items():
        if name == PROPERTIES[0] and isinstance(part, Merged):
            yield from (said for each in part.replaced for said in _said_of(each, entry, graph))
        if isinstance(part, dict):
            yield from _of_a_body(part, entry, graph)
        for item in part if isinstance(part, list) else ():
            if isinstance(item, dict):
                yield from _of_a_body(item, _nested(entry, item, graph), graph)


def _nested(entry: Entry, item: Any, graph: Graph) -> Entry:
    """The entry in this one of which an item of a list is made, or this one itself."""
    name = item.get("name")
    return graph.once(_inside).get(entry.address, {}).get(name, entry) if isinstance(name, str) else entry


def _inside(graph: Graph) -> Mapping[str, Mapping[str, Entry]]:
    """What lies in each entry, by its name on Azure."""
    found: dict[str, dict[str, Entry]] = {}
    for address, entry in graph.entries.items():
        holder = address
        while "." in (holder := holder.rpartition(".")[0]):
            found.setdefault(holder, {}).setdefault(entry.azure_name, entry)
    return found


def _said_of(replaced: Replaced, entry: Entry, graph: Graph) -> Iterator[Diagnostic]:
    path, shown = (*PROPERTIES, *replaced.path), ".".join(replaced.path)
    if any(insecure.field == path for insecure in ROWS[entry.section].insecure):
        return
    if said := _field_that_says(replaced.value, entry.tree):
        name, field = said
        message, related = (
            f"{shown} under properties contradicts {name}",
            (Related("the field is written here", field.key),),
        )
        yield finding(CONTRADICTS, message, at(entry, path, on_key=True), f"write {name} alone", related)
    elif graph.target.mode == "production":
        message = f"{shown} under properties of {entry.address} replaces {_shown(replaced.value)}"
        help = "write the field that says it, where there is one, or say why it has to be"
        yield finding(REPLACES, message, at(entry, path, on_key=True), help)


def _field_that_says(value: Any, tree: Tree) -> tuple[str, Field] | None:
    """The field that is written with this very value, where the value is one that no two fields have by chance."""
    telling = isinstance(value, list) or (isinstance(value, str) and len(value) >= MIN_TELLING_CHARACTERS)
    fields = ((name, field) for name, field in tree.fields.items() if name != PROPERTIES[0]) if telling else ()
    return next(((name, field) for name, field in fields if plain(field.value) == value), None)


def _shown(value: Any) -> str:
    return quoted(value) if isinstance(value, bool | int | str) else "what is there without it"


RULES = (over_graph(REPLACES, _written_properties_replace_nothing),)
