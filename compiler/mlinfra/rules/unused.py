"""What is written for a workspace and linked to none: the workspace gets one of its own, and keeps that."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.workspace import holders
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.forms import PARENT
from mlinfra.languages.platform.storage.account import StorageAccount
from mlinfra.rules.rule import over_whole_graph

UNUSED = Code(
    "MLI325",
    "info",
    "Vault, account or registry that nothing uses",
    "A workspace for which none is named gets one of its own under its name, and a hub gets no registry of images. "
    "What they are linked to can't be changed later: one that was meant for them stays empty beside them",
    "Name it where it is meant, or leave it out",
    "docs/language.md#what-is-derived",
)


def _what_is_written_is_used(graph: Graph) -> Iterator[Diagnostic]:
    workspaces = holders(graph)
    for row in (each for each in SECTIONS if each.linked_by):
        field = row.linked_by
        others = [entry for entry in workspaces if _takes(graph, entry, field)]
        for entry in graph.section(row.name):
            if others and entry.because is None and not _is_used(graph, entry):
                ways = [*_datastores(entry), *(_link(other, entry) for other in others if _may_be_linked(entry))]
                made = next((linked for other in others if (linked := _bound(graph, other, field))), None)
                instead = f"{made} is made beside it" if made else f"{others[0].address} has no {field}"
                message = f"nothing uses {entry.address}, and {instead}"
                yield finding(UNUSED, message, at(entry), f"write {' or '.join(ways)}")


def _link(workspace: Entry, entry: Entry) -> str:
    return f"{workspace.address}: {{{ROWS[entry.section].linked_by}: {entry.name}}}"


def _may_be_linked(entry: Entry) -> bool:
    """Whether a workspace may keep its runs there: not in a lake, which a rule of workspaces says."""
    return not (isinstance(entry.model, StorageAccount) and entry.model.hierarchical_namespace)


def _datastores(entry: Entry) -> Iterator[str]:
    """How data of an account are reached."""
    if isinstance(entry.model, StorageAccount):
        kind, inside = "azure_blob", "container_name"
        if entry.model.hierarchical_namespace:
            kind, inside = "azure_data_lake_gen2", "filesystem"
        yield f"datastores: {{<name>: {{type: {kind}, account_name: {entry.name}, {inside}: <container>}}}}"


def _takes(graph: Graph, workspace: Entry, field: str) -> bool:
    """Whether a link could be written: what it is linked to was derived, or there is none, as hubs have no registry."""
    linked = graph.entries.get(_bound(graph, workspace, field))
    if linked is None:
        return not workspace.existing and not workspace.body.get(field)
    return linked.because is not None


def _bound(graph: Graph, workspace: Entry, field: str) -> str:
    return graph.bound(workspace.address, field) or ""


def _is_used(graph: Graph, entry: Entry) -> bool:
    """Whether anything names an entry, or what stands in it, that does not stand in it too."""
    own = {entry.address} | {edge.source for edge in graph.edges_to(entry.address) if edge.form == PARENT.name}
    named_by = (edge.source for address in own for edge in graph.edges_to(address))
    return any(source not in own and graph.entries[source].because is None for source in named_by)


RULES = (over_whole_graph(UNUSED, _what_is_written_is_used),)
