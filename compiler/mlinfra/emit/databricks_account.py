"""What only an administrator of the account of Databricks may do, for `account.py`: a file for each target."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from mlinfra.derive.closed_lakes import LAKE_GROUPS, closed_lakes, on_serverless
from mlinfra.emit.output_file import OutputFile
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.databricks.principals import run_as, runs_as
from mlinfra.languages.databricks.row import WORKSPACES
from mlinfra.languages.databricks.sections import made, made_for
from mlinfra.plan import Plan


def account_files(plan: Plan) -> Iterator[OutputFile]:
    """`<target>/databricks/account.json`, where the spec names the account and the target has workspaces."""
    graph = plan.graph
    if has_account(graph):
        page = json.dumps(_due(graph), indent=2) + "\n"
        sources = tuple(sorted(workspace.address for workspace in graph.section(WORKSPACES)))
        yield OutputFile(f"{graph.target.name}/databricks/account.json", page, graph.target.name, sources)


def has_account(graph: Graph) -> bool:
    return graph.header.databricks is not None and any(graph.section(WORKSPACES))


def known_there(graph: Graph) -> list[str]:
    """Whom the account and its workspaces have to know, as they call them: groups, and applications."""
    names = (name for _, names in _known(graph) for name in names.values())
    return list(dict.fromkeys((*names, *whom_it_runs_as(graph))))


def _known(graph: Graph) -> list[tuple[Entry, dict[str, Any]]]:
    principals = [entry for entry in graph.section("principals") if entry.body.get("role") != "approver"]
    return [(entry, run_as(entry) or {}) for entry in principals]


def _due(graph: Graph) -> dict[str, Any]:
    header, target = graph.header, graph.target
    account, known = header.databricks, _known(graph)
    return {
        "account_id": account.account_id if account else "",
        "configuration": f"mlinfra-{header.lasting_name}-{target.lasting_name}",
        "workspaces": [_workspace(graph, workspace) for workspace in graph.section(WORKSPACES)],
        "groups": [
            {"name": names["group_name"], "object_id": entry.body["object_id"]}
            for entry, names in known
            if "group_name" in names
        ],
        "service_principals": [
            {"name": entry.name, "application_id": names["service_principal_name"]}
            for entry, names in known
            if "service_principal_name" in names
        ],
        "run_as": whom_it_runs_as(graph),
    }


def _workspace(graph: Graph, workspace: Entry) -> dict[str, Any]:
    lakes: Sequence[Entry] = list(closed_lakes(graph, workspace)) if any(on_serverless(graph, workspace)) else []
    return {
        "name": workspace.name,
        "id": workspace.id,
        "api": ROWS[workspace.section].api_version,
        "location": graph.target.location,
        "rights": rights_on_metastore(graph, workspace),
        "lakes": [{"name": lake.azure_name, "id": lake.id, "groups": list(LAKE_GROUPS)} for lake in lakes],
    }


def rights_on_metastore(graph: Graph, workspace: Entry) -> list[str]:
    """What whoever deploys needs on the metastore of a workspace, for what is made there."""
    return sorted({row.needs_of_metastore for row, _ in made_for(graph, workspace) if row.needs_of_metastore})


def whom_it_runs_as(graph: Graph) -> list[str]:
    """The applications as which jobs and pipelines run: entries of the spec, and those of others that bodies name."""
    found = ((runs_as(graph, entry) if row.has_run_as else None) or {} for row, entry in made(graph))
    names = (names.get("service_principal_name") for names in found)
    return sorted({name for name in names if isinstance(name, str)})
