"""Rules of variables that Databricks looks up by name, before it makes what a bundle holds."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.graph import Graph
from mlinfra.languages.databricks.sections import made
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


LOOKUP_RULES: tuple[Rule, ...] = (over_graph(NOT_THERE, _lookups_are_of_others),)
