"""Rules of what someone else owns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.azure.ids import is_resource_id, type_of
from mlinfra.bodies.fields import MADE_IN
from mlinfra.diagnostics import ITSELF, Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.zones import PRIVATE_DNS_ZONES
from mlinfra.languages import ROWS, SECTIONS, nested_in
from mlinfra.languages.platform.kind import InfrastructureBody, NestedBody
from mlinfra.resolve.naming import resource_group_of
from mlinfra.rules.rule import over_graph
from mlinfra.validate.forgotten import ONLY_EXISTING, PLACES, SAID_OF_OTHERS
from mlinfra.versions import has_versions_elsewhere

UNNAMED = Code(
    "MLI455",
    "error",
    "Existing resource without its Azure name",
    "The naming rules make names for what is created; what someone else made has a name of its own",
    "Write azure_name, or id",
    "docs/language.md#what-already-exists",
    misses=(ITSELF,),
)
OTHER_ID = Code(
    "MLI456",
    "error",
    "Resource id that contradicts its entry",
    "An id says what kind of resource it is, where it lives and what it is called; another kind, name or place beside"
    " it leaves open which of them is meant",
    "Write the id of a resource of that kind, and azure_name, resource_group and subscription only instead of it",
    "docs/language.md#what-already-exists",
)

OTHERS_PROPERTY = Code(
    "MLI422",
    "error",
    "Property written on a resource that someone else owns",
    "What exists is read and never changed: a property that is written here would not be so there",
    "Leave it out, or let the platform own the resource",
    "docs/language.md#what-already-exists",
)

ONLY_READ = Code(
    "MLI836",
    "error",
    "Service that no platform makes",
    "Services of this kind are named, so that endpoints, rules, connections and roles lead to them; others make them",
    "Write existing: true, with azure_name or id",
    "docs/language.md#what-already-exists",
)


def _only_what_exists_lies_elsewhere(graph: Graph) -> Iterator[Diagnostic]:
    for entry, fields in _resources(graph):
        for key in PLACES if not entry.existing else ():
            if fields.get(key) is not None:
                message = f"{key} is for what exists already, and {entry.address} is created"
                yield finding(
                    ONLY_EXISTING, message, at(entry, (key,), on_key=True), "write existing: true, or leave it out"
                )


def _what_is_only_read_exists(graph: Graph) -> Iterator[Diagnostic]:
    for row in (row for row in SECTIONS if row.is_only_read):
        for entry in graph.section(row.name):
            if not entry.existing and not entry.made_in:
                message = f"{entry.address} is not said to exist, and none is made here"
                help = "write existing: true, with azure_name or id"
                yield finding(ONLY_READ, message, at(entry, (), on_key=True), help)


def _what_exists_has_a_name(graph: Graph) -> Iterator[Diagnostic]:
    for entry, fields in _resources(graph):
        says = any(fields.get(key) is not None for key in ("azure_name", "id", MADE_IN))
        is_named = has_versions_elsewhere(entry) or says or ROWS[entry.section].is_looked_up
        if entry.existing and not is_named:
            message = f"{entry.address} exists already, under a name that is not written"
            help = "write azure_name or id"
            if entry.section == PRIVATE_DNS_ZONES:
                help = "write azure_name: <its DNS name>, subscription and resource_group, or id"
            yield finding(UNNAMED, message, at(entry, ("existing",), on_key=True), help)


def _the_id_is_that_of_the_entry(graph: Graph) -> Iterator[Diagnostic]:
    for entry, fields in _resources(graph):
        identifier = fields.get("id")
        if not entry.existing or not isinstance(identifier, str) or not is_resource_id(identifier):
            continue
        kind = ROWS[entry.section].resource_type
        if type_of(identifier).casefold() != kind.casefold():
            message = f"id is that of a resource of the type {type_of(identifier)}"
            yield finding(OTHER_ID, message, at(entry, ("id",)), f"{entry.section} are of the type {kind}")
        subscription, group = resource_group_of(entry, graph.target)
        said = {"azure_name": identifier.rpartition("/")[2], "resource_group": group, "subscription": subscription}
        for key, value in said.items():
            written = fields.get(key)
            if written is not None and str(written).casefold() != value.casefold():
                message = f'{key} of {entry.address} is "{written}", and its id says "{value}"'
                yield finding(OTHER_ID, message, at(entry, (key,)), "leave it out: the id says it")


def _what_exists_is_not_changed(graph: Graph) -> Iterator[Diagnostic]:
    for entry, fields in _resources(graph):
        if entry.existing and isinstance(entry.model, InfrastructureBody):
            parts = (row for row in nested_in(entry.section) if row.goes_into_others)
            made_inside = (row.nested_in[1] for row in parts if row.nested_in)
            known = (*SAID_OF_OTHERS, *ROWS[entry.section].known_of_others, *made_inside)
            for key in fields:
                if key not in known and not key.startswith("x-"):
                    message = f"{key} is not set on {entry.address}, which exists already"
                    yield finding(OTHERS_PROPERTY, message, at(entry, (key,), on_key=True), "leave it out")
    for entry in filter(has_versions_elsewhere, graph.entries.values()):
        for key in (key for key in entry.body if key not in ROWS[entry.section].known_of_others):
            message = f"{key} is not set on {entry.address}, which something else versions"
            read = (
                "the newest version, unless a place names" if ROWS[entry.section].is_read_newest else "the version in"
            )
            help = f"leave it out: what is read is {read} azureml:{entry.azure_name}:…"
            yield finding(OTHERS_PROPERTY, message, at(entry, (key,), on_key=True), help)
    for entry in graph.entries.values():
        if entry.parent and graph.entries[entry.parent].existing and isinstance(entry.model, NestedBody):
            yield from _of_what_is_inside(entry, graph.entries[entry.parent])


def _of_what_is_inside(entry: Entry, holder: Entry) -> Iterator[Diagnostic]:
    """Some is made there, or given to what is: each section says of its entries what may be said."""
    goes = ROWS[entry.section].goes_into_others
    allowed = goes(entry, holder) if goes else ()
    for key in entry.body if allowed is not None and not holder.made_in else ():
        if key not in (*SAID_OF_OTHERS, *(allowed or ())) and not key.startswith("x-"):
            message = f"{key} is not set on {entry.address}, as {holder.address} exists already"
            yield finding(OTHERS_PROPERTY, message, at(entry, (key,), on_key=True), "leave it out")


def _resources(graph: Graph) -> Iterator[tuple[Entry, Mapping[str, Any]]]:
    """What may be someone else's, with the fields that say so."""
    for entry in graph.entries.values():
        if isinstance(entry.model, InfrastructureBody):
            yield entry, entry.body
        elif "existing" in ROWS[entry.section].additions:
            yield entry, entry.additions


RULES = (
    over_graph(ONLY_EXISTING, _only_what_exists_lies_elsewhere),
    over_graph(ONLY_READ, _what_is_only_read_exists),
    over_graph(UNNAMED, _what_exists_has_a_name),
    over_graph(OTHER_ID, _the_id_is_that_of_the_entry),
    over_graph(OTHERS_PROPERTY, _what_exists_is_not_changed),
)
