"""What is written for a workspace and linked to none: the workspace gets one of its own, and keeps that."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.forms import PARENT
from mlinfra.rules.rule import over_graph

UNUSED = Code(
    "MLI325",
    "info",
    "Vault, account or registry that nothing uses",
    "A workspace for which none is named gets one of its own under its name, and what it is linked to can't be changed "
    "later: one that was meant for it stays empty beside it",
    "Name it where it is meant, or leave it out",
    "docs/language.md#what-is-derived",
)
LINKS = {  # section -> the field of a workspace that names an entry of it
    "key_vaults": "key_vault",
    "storage_accounts": "storage_account",
    "container_registries": "container_registry",
}


def _what_is_written_is_used(graph: Graph) -> Iterator[Diagnostic]:
    workspaces = [entry for entry in graph.section("workspaces") if not entry.existing]
    for section, field in LINKS.items():
        others = [entry for entry in workspaces if _has_its_own(graph, entry, field)]
        for entry in graph.section(section):
            if others and entry.because is None and not _is_used(graph, entry):
                lines = " or ".join(f"{other.address}: {{{field}: {entry.name}}}" for other in others)
                message = f"nothing uses {entry.address}, and {_bound(graph, others[0], field)} is made beside it"
                yield finding(UNUSED, message, at(entry), f"write {lines}")


def _has_its_own(graph: Graph, workspace: Entry, field: str) -> bool:
    """Whether what a workspace is linked to was derived for it."""
    linked = graph.entries.get(_bound(graph, workspace, field))
    return linked is not None and linked.because is not None


def _bound(graph: Graph, workspace: Entry, field: str) -> str:
    return graph.bound(workspace.address, field) or ""


def _is_used(graph: Graph, entry: Entry) -> bool:
    """Whether anything names an entry, or what stands in it, that does not stand in it too."""
    own = {entry.address} | {edge.source for edge in graph.edges_to(entry.address) if edge.form == PARENT.name}
    named_by = (edge.source for address in own for edge in graph.edges_to(address))
    return any(source not in own and graph.entries[source].because is None for source in named_by)


RULES = (over_graph(UNUSED, _what_is_written_is_used),)
