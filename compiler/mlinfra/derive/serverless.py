"""What runs without a compute of its own, as the identity of its workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.azure.casing import snake
from mlinfra.derive import given_models
from mlinfra.derive import workspace as around
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS

MANAGED = frozenset({"managed", "managed_identity"})  # azure-ai-ml: ManagedIdentitySchema
SERVERLESS = frozenset({"serverless", "azureml:serverless"})


def as_the_workspace(graph: Graph, workspace: Entry) -> Iterator[around.Access]:
    """What data is read and written as the identity of a workspace: by jobs that say so, and by monitors.

    That includes the models that they are given, and what is collected of what a monitor watches. Source: docs, "Apache
    Spark - environment configuration" (resource access for Spark jobs), "Model training on serverless compute",
    "Disable shared key access" (monitoring).
    """
    given = graph.once(given_models.accesses)
    for job in around.members(graph, workspace, "jobs", "schedules"):
        if any(_runs_as_managed(body) for body in around.bodies(graph, job)):
            yield from around.accesses(graph, job)
            yield from given.get(job.address, ())
    for monitor in around.members(graph, workspace, "monitors"):
        yield from around.accesses(graph, monitor)
        yield from given.get(monitor.address, ())
        for edge in graph.edges_from(monitor.address):
            watched = graph.entries[edge.target]
            if ROWS[watched.section].is_a_slot:
                for access in around.accesses(graph, watched):
                    if access.writes:
                        yield access._replace(entry=monitor, writes=False)


def _runs_as_managed(job: Mapping[str, Any]) -> bool:
    """Whether a job, or a step of it, runs on serverless compute as a managed identity: there it is the workspace's."""
    default = (job.get("settings") or {}).get("default_compute")
    runs = [job, *(step for step in (job.get("jobs") or {}).values() if isinstance(step, Mapping))]
    return any(_is_managed(run) and is_serverless(run, default) for run in runs)


def runs_serverless(job: Mapping[str, Any]) -> bool:
    """Whether a job, or a step of a pipeline, runs on serverless compute."""
    steps = [step for step in (job.get("jobs") or {}).values() if isinstance(step, Mapping)]
    default = (job.get("settings") or {}).get("default_compute")
    return any(is_serverless(run, default) for run in (steps if "jobs" in job else [job]))


def _is_managed(run: Mapping[str, Any]) -> bool:
    identity = run.get("identity")
    return isinstance(identity, Mapping) and snake(str(identity.get("type"))) in MANAGED


def is_serverless(run: Mapping[str, Any], default: str | None) -> bool:
    """Whether a job or step has no compute of its own, nor the `default` one of its job, which Spark does not take."""
    compute = run.get("compute") or (None if str(run.get("type")).lower() == "spark" else default)
    return compute is None or str(compute).lower() in SERVERLESS
