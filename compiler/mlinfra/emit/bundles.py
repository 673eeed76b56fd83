"""Bundles of Databricks as the scripts deploy them, and as the README tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.emit.databricks import BUNDLES as KINDS
from mlinfra.emit.databricks import Described, builds, bundles
from mlinfra.emit.databricks_steps import awaited, catalog_file, folders, tables
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.pipelines.bundled import BundleContext, SecretContext
from mlinfra.plan import Plan

BUNDLES = ("Target", "Workspace", "Bundle", "Resources", "Waits for", "Root path")


def bundle_contexts(graph: Graph) -> tuple[BundleContext, ...]:
    """The bundles of a target: what stands on its resources first, each behind those of which it names something."""
    found = (
        BundleContext(
            bundle=each.bundle,
            workspace=each.workspace.name,
            workspace_id=str(each.workspace.id),
            folder=each.folder,
            resources=len(each.entries),
            api=ROWS[each.workspace.section].api_version,
            catalog=catalog_file(graph, each.workspace) if _has_steps(graph, each) else "",
            sources=tuple(sorted(set(_sources(each)))),
            secrets=tuple(
                SecretContext(one.variable, one.vault.azure_name, one.secret) for one in each.variables.secrets
            ),
            builds=builds(each),
            is_closed=_is_closed(graph, each.workspace),
        )
        for each in bundles(graph)
    )
    return tuple(sorted(found, key=lambda each: KINDS.index(each.bundle)))


def _has_steps(graph: Graph, bundle: Described) -> bool:
    """Whether something is done around it: of what serves only where it reads what runs make, or others its files."""
    is_read = any(folder["path"] == bundle.root_path for folder in folders(graph, bundle.workspace))
    return bundle.bundle == KINDS[0] or is_read or bool(tables(graph, bundle.workspace))


def _sources(bundle: Described) -> Iterator[str]:
    graph = bundle.graph
    for entry in bundle.entries:
        for local in graph.local_paths_of(entry.address):
            folder = local.target.parent if local.target != graph.files.root else local.target
            yield folder.relative_to(graph.files.root).as_posix()


def _is_closed(graph: Graph, workspace: Entry) -> bool:
    """Whether the workspace is reached by private endpoints only; of one of someone else's that is not known."""
    row = ROWS[workspace.section]
    stays_open = row.stays_open is not None and row.stays_open(workspace)
    is_private = graph.network.is_private and not stays_open
    return not workspace.existing and (is_private or workspace.body.get("public_network_access") == "disabled")


def bundles_of(plans: Sequence[Plan]) -> Iterator[Sequence[object]]:
    """A row for each bundle of each target."""
    for plan in plans:
        for bundle in bundles(plan.graph):
            link = Fragment(f"[{code(bundle.bundle)}]({bundle.folder}/databricks.yml)")
            workspace = code(bundle.workspace.azure_name)
            waits = Fragment(", ".join(map(code, awaited(bundle))))
            yield plan.graph.target.name, workspace, link, len(bundle.entries), waits, code(bundle.root_path)
