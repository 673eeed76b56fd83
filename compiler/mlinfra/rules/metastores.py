"""Rules of metastores: all targets of a region share one, and what lies right below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.forms import CONTAINER, url_of
from mlinfra.languages.databricks.row import WORKSPACES
from mlinfra.languages.databricks.sections import SECTIONS
from mlinfra.languages.databricks.sections.unity import EXTERNAL_LOCATIONS
from mlinfra.languages.forms import STORAGE_URL
from mlinfra.languages.rule import Rule
from mlinfra.resolve.naming import region_of
from mlinfra.rules.rule import over_targets

ONE_METASTORE = Code(
    "MLI869",
    "error",
    "Two targets with one name in a metastore",
    "All workspaces of a region share a metastore, and with it the names of catalogs, external locations and "
    "credentials, and the folders of locations: the first target takes it, and the deployment of the second one fails",
    "Leave name out, and each target gets its own; or make the name of the target: sales_${target.name}",
    "https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/#metastores",
    misses_a_name=True,
)


def _share_no_name(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for row in SECTIONS:
        if row.name_rule is None or "{target}" not in row.name_rule.parts:  # which those of a metastore hold
            continue
        held: dict[tuple[str, str], tuple[Graph, Entry]] = {}
        for graph in graphs:
            for entry in graph.section(row.name):
                region = _region(graph, entry)
                first, other = held.setdefault((region, entry.azure_name.lower()), (graph, entry))
                if first is not graph and not entry.existing and not other.existing:
                    message = (
                        f'{entry.address} is named "{entry.azure_name}" in {first.target.name} and '
                        f"{graph.target.name}, which share the metastore of {region}"
                    )
                    help = f"leave {row.named_by} out, or write {row.named_by}: {entry.azure_name}_${{target.name}}"
                    yield finding(ONE_METASTORE, message, at(entry, (row.named_by,)), help)


def _share_no_folder(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    """An external location lies in no other one, of whatever target."""
    seen: list[tuple[str, str, Graph, Entry]] = []
    for graph in graphs:
        for entry in graph.section(EXTERNAL_LOCATIONS.name):
            region, url = _region(graph, entry), _url(graph, entry)
            for in_region, other_url, first, other in seen if url and not entry.existing else ():
                is_shared = first is graph or not other.existing  # where it is someone else's, its target says so
                if is_shared and in_region == region and (url.startswith(other_url) or other_url.startswith(url)):
                    where = "" if first is graph else f" in {first.target.name}"
                    message = f"{entry.address} and {other.address}{where} lie in one another: {url}, {other_url}"
                    related = (Related(f"{other.address} is written here", other.key),)
                    yield finding(ONE_METASTORE, message, at(entry, ("url",)), "give each a folder of its own", related)
            if url:
                seen.append((region, url, graph, entry))


def _region(graph: Graph, entry: Entry) -> str:
    workspace = graph.entries.get(f"{WORKSPACES}.{entry.additions.get(WORKSPACES)}")
    return region_of(workspace, graph.entries, graph.target) if workspace else graph.target.location


def _url(graph: Graph, entry: Entry) -> str:
    """Where an external location is, with a / behind it; empty where that is not known."""
    edge = next((edge for edge in graph.edges_from(entry.address) if edge.path == ("url",)), None)
    if edge is None or edge.form == STORAGE_URL.name:
        written = entry.body.get("url")
        is_address = isinstance(written, str) and "://" in written and "${" not in written
        return f"{str(written).rstrip('/')}/" if is_address else ""  # what is none is said elsewhere
    return url_of(graph, graph.entries[edge.target]) if edge.form == CONTAINER.name else ""  # else it is part of a text


METASTORE_RULES: tuple[Rule, ...] = (
    over_targets(ONE_METASTORE, _share_no_name),
    over_targets(ONE_METASTORE, _share_no_folder),
)
