"""The rows of the first run behind the infrastructure, where no pipeline of the spec does the rest."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.emit.azureml import has_file
from mlinfra.emit.first_handovers import fragment
from mlinfra.graph import Graph
from mlinfra.plan import Plan

Row = tuple[object, ...]

# Who owns a resource group may do nothing with the data in it: docs, "Assign an Azure role for access to blob data".
_RIGHT = "what bootstrap.sh gave to the --object-id of deploy; or Owner of the resource group and {}"
_UPLOADS = "Storage Blob Data Contributor of the storage account of the workspace"
_ASSETS = ("environments", "data", "components", "models")


def behind_infra(plan: Plan) -> Iterator[Row]:
    """Computes of people, assets, jobs and endpoints of one target, in the order in which they need each other."""
    graph = plan.graph
    name = graph.target.name
    if _files(graph, "compute_instances"):
        runs = fragment("runs ", f"scripts/create-computes.sh --target {name}", "")
        yield f"who deploys {name}", "as for the infrastructure", runs
    if any(_files(graph, section) for section in _ASSETS):
        runs = fragment("runs ", f"scripts/register-assets.sh --target {name}", "")
        yield f"who deploys {name}", _RIGHT.format(_UPLOADS), runs
    for job in _files(graph, "jobs") if graph.target.promote_from is None else ():
        command = f"scripts/run-job.sh --target {name} --job {job} --out models"
        runs = fragment("runs ", command, ", which registers the models that it makes")
        yield f"who trains in {name}", _RIGHT.format(_UPLOADS), runs
    for section, kind in (("online_endpoints", "online"), ("batch_endpoints", "batch")):
        for endpoint in _files(graph, section):
            command = f"scripts/release-endpoint.sh --target {name} --endpoint {endpoint} --kind {kind}"
            gated = ", with the models that scripts/gate-model.sh let pass; --help of both says how"
            yield f"who releases in {name}", _RIGHT.format(_UPLOADS), fragment("runs ", command, gated)


def _files(graph: Graph, section: str) -> tuple[str, ...]:
    return tuple(entry.name for entry in graph.section(section) if has_file(entry))
