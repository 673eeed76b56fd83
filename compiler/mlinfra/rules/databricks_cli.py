"""Rules of the Databricks CLI that pipelines install: whether it knows what the bundles hold."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.known import SEEN_TO
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.rule import Rule
from mlinfra.pipelines.bundles_cli import is_made_beside, is_too_old, is_unknown, young
from mlinfra.pipelines.versions import VERSIONS
from mlinfra.rules.rule import over_graph

TOO_OLD = Code(
    "MLI879",
    "error",
    "Databricks CLI that does not know what a bundle holds",
    "To a CLI that is older than a kind of resource, a field or a value, that is unknown: `bundle validate --strict` "
    "stops there, and without --strict it is left out",
    "Write a newer one with the hash of its archive: pipelines: {versions: {databricks: {version: …, sha256: …}}}",
    "https://github.com/databricks/cli/blob/main/CHANGELOG.md",
)


def _knows_what_bundles_hold(graph: Graph) -> Iterator[Diagnostic]:
    settings = graph.header.pipelines
    if settings is None:
        return
    pinned = VERSIONS.with_written(settings).databricks
    for row, entry in made(graph):
        if is_made_beside(graph, entry):
            continue
        if is_too_old(graph.header, row):
            message = f"{entry.address} needs Databricks CLI {row.known_since}, and pipelines install {pinned}"
            help = f"write versions: {{databricks: {{version: {row.known_since}, sha256: …}}}}, or a newer one"
            yield finding(TOO_OLD, message, at(entry), help)
            continue
        for path, what, first in young(graph, row, entry) if row.compiled_to == "bundle" else ():
            if is_unknown(graph.header, first):
                yield finding(TOO_OLD, _needs(entry, what, first, pinned), at(entry, path), _instead(first))


def _needs(entry: Entry, what: str, first: str, pinned: str) -> str:
    knows = f"needs Databricks CLI {first}" if first else f"is known to no Databricks CLI up to {SEEN_TO}"
    return f"{what} of {entry.address} {knows}, and pipelines install {pinned}"


def _instead(first: str) -> str:
    if not first:
        return "leave it out; once there is a CLI that takes it, write that under versions: {databricks: …}"
    return f"leave it out, or write versions: {{databricks: {{version: {first}, sha256: …}}}}, or a newer one"


CLI_RULES: tuple[Rule, ...] = (over_graph(TOO_OLD, _knows_what_bundles_hold),)
