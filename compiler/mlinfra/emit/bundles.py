"""What the README says of the bundles of Databricks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.emit.databricks import bundles
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.plan import Plan

BUNDLES = ("Target", "Workspace", "Bundle", "Resources", "Root path")


def bundles_of(plans: Sequence[Plan]) -> Iterator[Sequence[object]]:
    """A row for each bundle of each target."""
    for plan in plans:
        for bundle in bundles(plan.graph):
            link = Fragment(f"[{code(bundle.bundle)}]({bundle.folder}/databricks.yml)")
            workspace = code(bundle.workspace.azure_name)
            yield plan.graph.target.name, workspace, link, len(bundle.entries), code(bundle.root_path)
