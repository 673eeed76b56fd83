"""Rules of platforms with several workspaces of Databricks: what one of them has of another, and which comes first."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.graph import Edge, Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.bundled import needed_elsewhere
from mlinfra.languages.databricks.forms import ID, IN_TEXT, OF_NAME, PATH
from mlinfra.languages.databricks.row import WORKSPACES
from mlinfra.languages.databricks.sections import BY_NAME, made
from mlinfra.languages.databricks.told import ID as OF_ID
from mlinfra.languages.databricks.told import fields_asked
from mlinfra.languages.rule import Rule
from mlinfra.rules.rule import over_graph

ELSEWHERE = Code(
    "MLI625",
    "error",
    "Name of what is in another workspace of Databricks",
    "Workspaces share what is in their metastore, and nothing else: a job, a warehouse, a pipeline, a scope or an "
    "endpoint is known in its own workspace alone, and looked up there when a bundle is deployed",
    "Name one of the same workspace, or have both in one",
    "https://learn.microsoft.com/azure/databricks/getting-started/high-level-architecture",
)
IN_A_CIRCLE = Code(
    "MLI626",
    "error",
    "Workspaces of Databricks that wait for each other",
    "The bundle of a workspace is deployed as a whole, behind those of which it names something: of two that name "
    "something of each other, neither can be the first",
    "Move what the one names of the other into its own workspace: what is in a metastore, both see",
    "docs/language.md#databricks",
)


def _names_what_is_there(graph: Graph) -> Iterator[Diagnostic]:
    for _, entry in made(graph):
        for edge in graph.edges_from(entry.address):
            target = graph.entries[edge.target]
            if edge.path and target.section in BY_NAME and _is_out_of_reach(entry, edge, target):
                message = f"{target.address} is in databricks_workspaces.{_home(target)}, and {entry.address} is not"
                help = f"name one of databricks_workspaces.{_home(entry)}, or write workspace: {_home(target)} here"
                yield finding(ELSEWHERE, message, at(entry, edge.path), help)


def _is_out_of_reach(entry: Entry, edge: Edge, target: Entry) -> bool:
    if BY_NAME[target.section].is_in_a_metastore or _home(entry) == _home(target):
        return False
    fields = fields_asked(entry.body, edge.path, edge.target)
    return edge.form in (ID.name, OF_NAME.name, PATH.name) or (edge.form == IN_TEXT.name and OF_ID in fields)


def _home(entry: Entry) -> str:
    return str(entry.additions.get(WORKSPACES, ""))


def _can_be_the_first(graph: Graph) -> Iterator[Diagnostic]:
    needed = needed_elsewhere(graph)
    try:
        TopologicalSorter(needed).prepare()
    except CycleError as circle:
        members: list[str] = circle.args[1]  # each is needed by the next one, and the last is the first
        home = min(members)
        other = members[members.index(home, 1) - 1]
        edge = needed[home][other]
        entry, target = graph.entries[edge.source], graph.entries[edge.target]
        message = f"{WORKSPACES}.{home} and {WORKSPACES}.{other} wait for each other: {entry.address} names "
        related = (Related(f"{target.address} is made here", target.key),)
        help = f"move one of the two to the other's workspace: workspace: {other}"
        yield finding(IN_A_CIRCLE, f"{message}{target.address}", at(entry, edge.path), help, related)


BETWEEN_WORKSPACES: tuple[Rule, ...] = (
    over_graph(ELSEWHERE, _names_what_is_there),
    over_graph(IN_A_CIRCLE, _can_be_the_first),
)
