"""Rules of the Databricks CLI that pipelines install: whether it knows what the bundles hold."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.rule import Rule
from mlinfra.pipelines.bundles_cli import is_made_beside, is_too_old
from mlinfra.pipelines.versions import VERSIONS
from mlinfra.rules.rule import over_graph

TOO_OLD = Code(
    "MLI879",
    "error",
    "Databricks CLI that does not know what a bundle holds",
    "To a CLI that is older than a kind of resource, its key is unknown: `bundle validate --strict` stops there, and "
    "without --strict the resource is left out",
    "Write a newer one with the hash of its archive: pipelines: {versions: {databricks: {version: …, sha256: …}}}",
    "https://github.com/databricks/cli/blob/main/CHANGELOG.md",
)


def _knows_what_bundles_hold(graph: Graph) -> Iterator[Diagnostic]:
    settings = graph.header.pipelines
    if settings is None:
        return
    pinned = VERSIONS.with_written(settings).databricks
    for row, entry in made(graph):
        if is_too_old(graph.header, row) and not is_made_beside(graph, entry):
            message = f"{entry.address} needs Databricks CLI {row.known_since}, and pipelines install {pinned}"
            help = f"write versions: {{databricks: {{version: {row.known_since}, sha256: …}}}}, or a newer one"
            yield finding(TOO_OLD, message, at(entry), help)


CLI_RULES: tuple[Rule, ...] = (over_graph(TOO_OLD, _knows_what_bundles_hold),)
