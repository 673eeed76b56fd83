"""Rules of the Databricks CLI that pipelines install: whether it knows what the bundles hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.retirements import DATABRICKS_CLI
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.header.places import is_written
from mlinfra.languages.databricks.known import SEEN_TO
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.rule import Rule
from mlinfra.pipelines.bundles_cli import is_made_beside, is_too_old, is_unknown, young
from mlinfra.pipelines.versions import VERSIONS, is_older
from mlinfra.release import retired
from mlinfra.rules.rule import over_graph, over_targets

TOO_OLD = Code(
    "MLI879",
    "error",
    "Databricks CLI that does not know what a bundle holds",
    "To a CLI that is older than a kind of resource, a field or a value, that is unknown: `bundle validate --strict` "
    "stops there, and without --strict it is left out",
    "Write a newer one with the hash of its archive: pipelines: {versions: {databricks: {version: …, sha256: …}}}",
    "https://github.com/databricks/cli/blob/main/CHANGELOG.md",
)

NOT_PATCHED = Code(
    "MLI819",
    "warning",
    "Databricks CLI without security patches",
    "Databricks patches only the latest release of its CLI, and the line 0.299 until the day that the message names. "
    "Pipelines run the CLI with the rights of the deployment identity, so a hole that is known in it stays open there",
    "Pin the latest release with the SHA-256 of its archive: pipelines: {versions: {databricks: {version: …, sha256: "
    "…}}}. To stay on a version that you have checked, suppress the warning with that reason",
    DATABRICKS_CLI.source,
)
NEWEST = "1.28.0"  # of 2026-11-24, the last before this release of mlinfra
EXTENDED = "0.299"  # the line that DATABRICKS_CLI is about


def _is_patched(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    """At the version that is written, or at `pipelines`; where nothing installs a CLI, people bring their own."""
    settings = graphs[0].header.pipelines if graphs else None
    if settings is None or not any(True for graph in graphs for _ in made(graph)):
        return
    pinned = VERSIONS.with_written(settings).databricks
    if not is_older(pinned, NEWEST):
        return
    if f"{pinned}.".startswith(f"{EXTENDED}.") and not retired(DATABRICKS_CLI.on):
        message = f"Databricks CLI {pinned}, which pipelines install, gets security patches until {DATABRICKS_CLI.on}"
    else:
        message = f"pipelines install Databricks CLI {pinned}, which gets no security patches"
    help = (
        f"pin its latest release: versions: {{databricks: {{version: {NEWEST}, sha256: …}}}}, with the hash of "
        f"databricks_cli_{NEWEST}_linux_amd64.zip (or of your agents' system) in databricks_cli_{NEWEST}_SHA256SUMS of "
        f"https://github.com/databricks/cli/releases/tag/v{NEWEST} ({DATABRICKS_CLI.source})"
    )
    header = graphs[0].header
    written = ("pipelines", "versions", "databricks")
    span = header.value_at(*written) if is_written(header.written, written) else header.key_at("pipelines")
    yield finding(NOT_PATCHED, message, Where(span, "pipelines"), help)


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


CLI_RULES: tuple[Rule, ...] = (
    over_graph(TOO_OLD, _knows_what_bundles_hold),
    over_targets(NOT_PATCHED, _is_patched),
)
