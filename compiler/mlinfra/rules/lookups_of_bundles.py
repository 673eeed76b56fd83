"""Rules of what a bundle names and does not make: what it looks up, and what is known of it before."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.bundled import bundle_of, is_later
from mlinfra.languages.databricks.forms import ID
from mlinfra.languages.databricks.row import WORKSPACES
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.databricks.told import ID as OF_ID
from mlinfra.languages.databricks.told import asked, told
from mlinfra.languages.rule import Rule
from mlinfra.overrides.substitution import literal
from mlinfra.rules.rule import over_graph

NOT_THERE = Code(
    "MLI892",
    "error",
    "Lookup of what the platform itself makes",
    "A bundle looks ids up before it makes anything: the first deployment stops at what is not there yet, and a later "
    "one finds what was there before",
    "Name the entry in the body; its id is then filled in, and it is made first",
    "https://learn.microsoft.com/azure/databricks/dev-tools/bundles/variables",
)

UNKNOWN_FIELD = Code(
    "MLI894",
    "error",
    "Field of a resource that another bundle makes",
    "`${resources.…}` is filled in by the bundle that makes the resource; of another bundle's, or of someone else's, "
    "names and ids that can be looked up are known before, and nothing that Databricks thinks up",
    "Ask for its name, or for the id of what a bundle looks up; or write the value itself",
    "https://learn.microsoft.com/azure/databricks/dev-tools/bundles/variables",
)


def _lookups_are_of_others(graph: Graph) -> Iterator[Diagnostic]:
    if not (lookups := graph.target.lookups):
        return
    known = {(row.looked_up_as, entry.azure_name): entry for row, entry in made(graph) if row.looked_up_as}
    for variable, lookup in lookups.items():
        [(kind, name)] = lookup.items()
        if entry := known.get((kind, literal(name))):
            message = f'variable "{variable}" looks up {entry.address}, which this platform makes'
            help = f"write {entry.name} where the variable stands, and leave the variable out"
            related = (Related("it is made here", entry.key),)
            yield finding(NOT_THERE, message, graph.target.variables[variable].span, help, related)


def _asks_what_is_known(graph: Graph) -> Iterator[Diagnostic]:
    for _, entry in made(graph):
        for each in asked(entry.body):
            target = graph.entries.get(each.address)
            if target is None or _is_made_with(graph, entry, target) or is_later(graph, entry, target):
                continue
            if told(graph, target, each.field) is None:
                message = f'"{each.field}" of {each.address} is not known in the bundle of {entry.address}'
                name = each.text[: -len(each.field) - 1] + "name}"
                yield finding(UNKNOWN_FIELD, message, at(entry, each.path), f"write {literal(name)}, or the value")
        for edge in graph.edges_from(entry.address):
            target = graph.entries[edge.target]
            if edge.form == ID.name and told(graph, target, OF_ID) is None and not _is_made_with(graph, entry, target):
                message = f"the id of {target.address} is not known in the bundle of {entry.address}"
                yield finding(UNKNOWN_FIELD, message, at(entry, edge.path), "write the id itself")


def _is_made_with(graph: Graph, entry: Entry, target: Entry) -> bool:
    """Whether both are of one bundle of one workspace."""
    holders = bundle_of(graph, entry), bundle_of(graph, target)
    homes = entry.additions.get(WORKSPACES), target.additions.get(WORKSPACES)
    return not target.existing and holders[0] == holders[1] and homes[0] == homes[1]


LOOKUP_RULES: tuple[Rule, ...] = (
    over_graph(NOT_THERE, _lookups_are_of_others),
    over_graph(UNKNOWN_FIELD, _asks_what_is_known),
)
