"""What others have to grant in Unity Catalog, for `grants.py` and the README: a file for each target."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from mlinfra.derive.lent_by_catalogs import DEPLOYS, Lent, lent_by_catalogs
from mlinfra.emit.output_file import OutputFile
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.graph import Graph
from mlinfra.languages import ROWS
from mlinfra.languages.databricks.row import WORKSPACES
from mlinfra.plan import Plan

LENT = ("Target", "To whom", "What", "On", "Because")


def grants_files(plan: Plan) -> Iterator[OutputFile]:
    """`<target>/databricks/grants.json`, where others have something to grant."""
    graph = plan.graph
    if lent_by_catalogs(graph):
        page = json.dumps({"workspaces": list(_due(graph))}, indent=2) + "\n"
        sources = tuple(sorted({f"{WORKSPACES}.{each.workspace}" for each in lent_by_catalogs(graph)}))
        yield OutputFile(f"{graph.target.name}/databricks/grants.json", page, graph.target.name, sources)


def _due(graph: Graph) -> Iterator[dict[str, Any]]:
    for workspace in graph.section(WORKSPACES):
        grants = [_grant(each) for each in lent_by_catalogs(graph) if each.workspace == workspace.name]
        if grants:
            api = ROWS[workspace.section].api_version
            yield {"name": workspace.name, "id": workspace.id, "api": api, "grants": grants}


def _grant(lent: Lent) -> dict[str, Any]:
    """Who deploys is left empty: as what application that signs in is known once bootstrap.sh made its identity."""
    return {
        "principal": lent.principal,
        "on": lent.on,
        "name": lent.name,
        "privileges": list(lent.privileges),
        "because": lent.because,
    }


def lent_rows(plans: Sequence[Plan]) -> Iterator[Sequence[object]]:
    """A row of the README for each grant of others."""
    for plan in plans:
        for each in lent_by_catalogs(plan.graph):
            who = code(each.principal) if each.principal != DEPLOYS else "who deploys"
            privileges = ", ".join(each.privileges).replace("_", " ")
            securable = each.on.replace("_", " ").replace("function", "model")
            yield plan.graph.target.name, who, privileges, f"{securable} {each.name}", each.because


def lenders_of_catalogs(plan: Plan) -> list[str]:
    """What others own, of the outermost alone: who owns a catalog may grant in its schemas too."""
    found = (each.name.partition(".")[0] if "." in each.name else each.name for each in lent_by_catalogs(plan.graph))
    return list(dict.fromkeys(found))
