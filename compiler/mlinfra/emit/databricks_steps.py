"""What bundles can't make, for `catalog.py`: a file for each workspace that has some of it."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlinfra.derive.databricks import ISOLATION, others_with, values_of
from mlinfra.emit.databricks import Described, bundles, made_beside
from mlinfra.emit.output_file import OutputFile
from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.bundled import awaited_by, bundle_of
from mlinfra.languages.databricks.named import names, of_ours
from mlinfra.languages.databricks.principals import runs_as
from mlinfra.languages.databricks.row import WORKSPACES, Takes
from mlinfra.languages.databricks.sections import BY_NAME, made_for
from mlinfra.languages.databricks.sections.unity import REGISTERED_MODELS
from mlinfra.languages.databricks.told import full_name, id_of
from mlinfra.languages.platform.databricks.databricks_access_connectors import DatabricksAccessConnector
from mlinfra.languages.platform.databricks.databricks_workspaces import DatabricksWorkspace
from mlinfra.plan import Plan
from mlinfra.programs import CATALOG, programs

# The root, what all share, and homes of people: those are there, or there is nobody whose home it could be.
_IS_THERE = re.compile(r"(/Workspace)?(/|/Shared|/(Users|Repos)(/[^/]+)?)?")
IDENTITY = "azure_managed_identity"
_OF_BUNDLES = ("permissions", "lifecycle")  # no fields of a policy


def catalog_files(graph: Graph) -> Iterator[OutputFile]:
    """The file of each workspace of a target: `<target>/databricks/<workspace>/catalog.json`."""
    for workspace in graph.section(WORKSPACES):
        if path := catalog_file(graph, workspace):
            entries = _isolated(graph, workspace)
            page = json.dumps(_due(graph, workspace, entries), indent=2) + "\n"
            sources = tuple(sorted(entry.address for entry in (*entries, *_beside(graph, workspace))))
            yield OutputFile(path, page, graph.target.name, sources)


def catalog_file(graph: Graph, workspace: Entry) -> str:
    """The path of the file of a workspace, below the output folder; empty where it has none."""
    of_catalog = _isolated(graph, workspace) or _beside(graph, workspace)
    is_due = of_catalog or any(each(graph, workspace) for each in (folders, _directories, tables, models))
    return f"{graph.target.name}/databricks/{workspace.name}/catalog.json" if is_due else ""


def folders(graph: Graph, workspace: Entry) -> list[dict[str, Any]]:
    """The folder of each bundle with who reads its files and made none: as whom its jobs run, who may view all of it.

    Its state is in it, without which nobody says what a deployment would change.
    """
    found = []
    for bundle in bundles(graph):
        readers: list[Mapping[str, Any]] = _viewers(bundle.workspace) if bundle.workspace is workspace else []
        for entry in bundle.entries if bundle.workspace is workspace else ():
            reader = runs_as(graph, entry) if BY_NAME[entry.section].has_run_as else None
            readers += [reader] if reader and reader not in readers else []
        if readers:
            found.append({"path": bundle.root_path, "readers": readers})
    return found


def _viewers(workspace: Entry) -> list[Mapping[str, Any]]:
    model = workspace.model
    defaults = model.defaults if isinstance(model, DatabricksWorkspace) else None
    return [
        each.model_dump(exclude_none=True, exclude={"level"}) for each in (defaults.permissions if defaults else ())
    ]


def _directories(graph: Graph, workspace: Entry) -> list[str]:
    """The folders of what is called after its path, those that nobody has in every workspace."""
    paths = (posixpath.dirname(entry.azure_name) for row, entry in made_for(graph, workspace) if row.is_in_a_folder)
    return sorted({path for path in paths if "$" not in path and not _IS_THERE.fullmatch(path)})


def tables(graph: Graph, workspace: Entry) -> dict[str, list[str]]:
    """What who deploys has to be let read, and may let itself, by bundle: tables of a catalog or schema of ours."""
    found: dict[str, set[str]] = {}
    for row, entry in made_for(graph, workspace):
        for takes in row.takes:
            read = names(graph, entry, takes.named) if _is_read(takes) else ()
            found.setdefault(bundle_of(graph, entry), set()).update(
                name for name in read if name.lower().startswith(of_ours(graph))
            )
    return {bundle: sorted(all_read) for bundle, all_read in sorted(found.items()) if all_read}


def awaited(bundle: Described) -> list[str]:
    """The tables and functions that have to be there before a bundle is deployed, and that runs make."""
    found = {name for entry in bundle.entries for name in awaited_by(bundle.graph, entry)}
    return sorted(found, key=lambda name: (name.lower(), name))


def models(graph: Graph, workspace: Entry) -> dict[str, list[str]]:
    """Models that get another owner, in a catalog or schema of ours: who deploys them keeps the right to see them."""
    found = (
        full_name(graph, entry)
        for row, entry in made_for(graph, workspace)
        if row is REGISTERED_MODELS and (entry.body.get("owner") or values_of(graph, entry).get("owner"))
    )
    named = sorted(name for name in found if name.lower().startswith(of_ours(graph)))
    return {"platform": named} if named else {}


def _is_read(takes: Takes) -> bool:
    return takes.on == "table" and "SELECT" in takes.privileges


def _isolated(graph: Graph, workspace: Entry) -> list[Entry]:
    return [entry for row, entry in made_for(graph, workspace) if row.isolated_as]


def _beside(graph: Graph, workspace: Entry) -> list[Entry]:
    """What bundles would hold, if the CLI of the pipelines knew it."""
    return [entry for bundle in bundles(graph) if bundle.workspace is workspace for entry in bundle.beside]


def program_files(plans: Sequence[Plan], header: str) -> Iterator[OutputFile]:
    """The program that reads them, where there is one."""
    workspaces = ((plan.graph, each) for plan in plans for each in plan.graph.section(WORKSPACES))
    if any(catalog_file(graph, workspace) for graph, workspace in workspaces):
        for name, text in programs(header, (CATALOG,)).items():
            yield OutputFile(f"scripts/{name}", text, None, ())


def _due(graph: Graph, workspace: Entry, entries: Sequence[Entry]) -> dict[str, Any]:
    steps = [entry for entry in entries if BY_NAME[entry.section].compiled_to == "step"]
    return {
        "azure_workspace_resource_id": workspace.id,
        "cluster_policies": [_policy(graph, workspace, entry) for entry in _beside(graph, workspace)],
        "directories": _directories(graph, workspace),
        "storage_credentials": [_request(graph, entry) for entry in steps],
        "isolation": [_isolation(graph, entry) for entry in entries],
        "folders": folders(graph, workspace),
        "tables": tables(graph, workspace),
        "models": models(graph, workspace),
    }


def _policy(graph: Graph, workspace: Entry, entry: Entry) -> dict[str, Any]:
    """The request that makes a cluster policy, who may use it, and the variable for its id, if the bundle has one."""
    body = made_beside(graph, entry)
    levels = ({**each, "permission_level": each["level"]} for each in body.get("permissions", ()))
    permissions = [{key: value for key, value in each.items() if key != "level"} for each in levels]
    policy = {key: value for key, value in body.items() if key not in _OF_BUNDLES}
    declared = {name for each in bundles(graph) if each.workspace is workspace for name in each.variables.declared}
    return {"variable": id_of(entry) if id_of(entry) in declared else "", "policy": policy, "permissions": permissions}


def _request(graph: Graph, entry: Entry) -> dict[str, Any]:
    """The request of the API that makes a storage credential."""
    row = BY_NAME[entry.section]
    said = {key: value for key, value in entry.body.items() if key not in (*row.left_to_steps, "access_connector")}
    identity = _identity(graph, entry)
    return {**said, row.named_by: entry.azure_name, **({IDENTITY: identity} if identity else {})}


def _identity(graph: Graph, entry: Entry) -> Mapping[str, Any] | None:
    """As whom a credential reads: the connector itself, else the first of the identities that it has."""
    address = graph.bound(entry.address, "access_connector")
    if address is None:
        return None
    connector = graph.entries[address]
    found = {"access_connector_id": connector.id}
    model = connector.model
    if isinstance(model, DatabricksAccessConnector) and not model.system_identity and model.identities:
        identity = graph.bound(address, "identities", 0)
        found["managed_identity_id"] = graph.entries[identity].id if identity else model.identities[0]
    return found


def _isolation(graph: Graph, entry: Entry) -> dict[str, Any]:
    row = BY_NAME[entry.section]
    securable = row.key.replace("_", "-")  # the word of Databricks' CLI
    mode = isolation_of(graph, entry)
    others = [graph.entries[f"{WORKSPACES}.{name}"].id for name in others_with(graph, entry)]
    bound = {"workspaces": others} if others and mode == row.isolated_as else {}
    return {"securable": securable, "name": entry.azure_name, ISOLATION: mode, **bound}


def isolation_of(graph: Graph, entry: Entry) -> str:
    """Who sees it, its own workspace or every one of the region: as written or derived; empty where nobody asks."""
    isolated = BY_NAME[entry.section].isolated_as if entry.section in BY_NAME else ""
    following = values_of(graph, entry).get(ISOLATION, _open(isolated)) if isolated else ""
    return str(entry.body.get(ISOLATION) or following) if isolated else ""


def _open(isolated: str) -> str:
    """The word for the other way, which has the same words before it.

    >>> _open("ISOLATION_MODE_ISOLATED")
    'ISOLATION_MODE_OPEN'
    """
    return isolated.removesuffix("ISOLATED") + "OPEN"
