"""Serverless Spark in a managed network: what it installs, and whether it reaches its own workspace.

Sources: docs, "Workspace managed virtual network isolation", serverless Spark jobs; the components of monitors are in
https://github.com/Azure/azureml-assets/tree/main/assets/model_monitoring/components.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.azure.casing import snake
from mlinfra.derive import workspace as around
from mlinfra.derive.outbound_rules import runs_spark
from mlinfra.graph import Entry, Graph
from mlinfra.source.tree import Path

_SPARK = "spark"
_INSTALLING = ("spark.jars.packages", "spark.synapse.library.python.env")  # settings of a session that download
_ITSELF = "amlworkspace"  # the group of a private endpoint to a workspace


def sessions_with_packages(entry: Entry) -> Iterator[Path]:
    """Where a job or component, or a step of one, says what a session of Spark installs."""
    for path, body in _sessions((), entry.body):
        if body.get("environment"):
            yield (*path, "environment")
        settings = body.get("conf")
        for name in _INSTALLING:
            if isinstance(settings, Mapping) and settings.get(name):
                yield (*path, "conf", name)


def _sessions(path: Path, body: Any) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if not isinstance(body, Mapping):
        return
    if str(body.get("type")).lower() == _SPARK:
        yield path, body
    steps = body.get("jobs")
    for name, step in steps.items() if isinstance(steps, Mapping) else ():
        yield from _sessions((*path, "jobs", name), step)


def needing_a_rule_to_itself(graph: Graph) -> Iterator[Entry]:
    """The open workspaces to which Azure ML may make no endpoint; in an approved network it makes each."""
    for workspace in around.workspaces(graph):
        is_open = snake(str(workspace.body.get("public_network_access") or "enabled")) == "enabled"
        is_due = is_open and around.isolation_mode(workspace) not in ("disabled", around.APPROVED)
        if is_due and runs_spark(graph, workspace) and not _has_one(workspace):
            yield workspace


def _has_one(workspace: Entry) -> bool:
    """Whether the spec has the rule itself."""
    rules = (workspace.body.get("managed_network") or {}).get("outbound_rules") or ()
    destinations = (rule.get("destination") for rule in rules if isinstance(rule, Mapping))
    return any(isinstance(each, Mapping) and each.get("subresource_target") == _ITSELF for each in destinations)
