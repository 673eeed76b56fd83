"""Rules of settings of bundles that do nothing: what nobody is told, and a principal that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.clusters import items, tasks
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.databricks.sections.work import JOBS
from mlinfra.languages.rule import Rule
from mlinfra.rules.rule import over_graph
from mlinfra.source.tree import Path, child

NOBODY_TOLD = Code(
    "MLI628",
    "warning",
    "Warning of a job that nobody ever gets",
    "Whoever is to be told when a run takes too long, or its backlog grows, is told by the threshold in health: "
    "without a rule there, no such notification is sent",
    "Write the rule in health, such as {metric: RUN_DURATION_SECONDS, op: GREATER_THAN, value: 3600}",
    "https://learn.microsoft.com/azure/databricks/jobs/notifications",
)
UNKNOWN_APPLICATION = Code(
    "MLI629",
    "warning",
    "Service principal that is called otherwise than Databricks knows it",
    "service_principal_name is the id of its application, whatever the field is called: by a name the service finds "
    "none, and refuses the deployment or lets nobody in",
    "Write the application (client) id, or run_as: <an entry of principals that has an application_id>",
    "https://learn.microsoft.com/azure/databricks/dev-tools/bundles/run-as",
)
_PRINCIPAL = "service_principal_name"
_WHO = {_PRINCIPAL, "user_name", "group_name"}
_ID = re.compile(r"\w{8}(-\w{4}){3}-\w{12}")  # examples of the docs have other letters in their ids than a GUID
_BY_METRICS = {  # docstrings of databricks-sdk, `JobEmailNotifications` and `JobsHealthMetric`
    "on_duration_warning_threshold_exceeded": ("RUN_DURATION_SECONDS",),
    "on_streaming_backlog_exceeded": tuple(
        f"STREAMING_BACKLOG_{of}" for of in ("BYTES", "RECORDS", "SECONDS", "FILES")
    ),
}
_TELLING = ("email_notifications", "webhook_notifications")


def _somebody_is_told(graph: Graph) -> Iterator[Diagnostic]:
    for row, job in made(graph):
        if row is JOBS:
            of_job = _metrics(job.body)
            yield from _never_sent(job, (), job.body, of_job)
            for task in tasks(job):
                yield from _never_sent(job, task.path, task.body, of_job | _metrics(task.body))


def _metrics(body: Mapping[str, Any]) -> set[str]:
    health = body.get("health")
    return {str(rule.get("metric")) for _, rule in items(health.get("rules") if isinstance(health, dict) else None)}


def _never_sent(job: Entry, path: Path, body: Mapping[str, Any], metrics: set[str]) -> Iterator[Diagnostic]:
    for field in _TELLING:
        events = body.get(field)
        for event, due in _BY_METRICS.items():
            if isinstance(events, dict) and events.get(event) and not metrics & set(due) and not _is_unknown(metrics):
                message = f"{event} of {job.address} is never sent: no rule in health has a threshold for it"
                help = f"add health: {{rules: [{{metric: {due[0]}, op: GREATER_THAN, value: …}}]}}"
                yield finding(NOBODY_TOLD, message, at(job, (*path, field, event), on_key=True), help)


def _is_unknown(metrics: set[str]) -> bool:
    return any("$" in metric for metric in metrics)


def _is_called_by_its_id(graph: Graph) -> Iterator[Diagnostic]:
    for _, entry in made(graph):
        run_as = entry.body.get("run_as")
        said: list[tuple[Path, Mapping[str, Any]]] = [(("run_as",), run_as)] if isinstance(run_as, dict) else []
        if child(entry.tree, "permissions") is not None:  # else they are those of its workspace
            said += [(("permissions", place), each) for place, each in items(entry.body.get("permissions"))]
        for path, who in said:
            name = who.get(_PRINCIPAL) if len(_WHO & who.keys()) == 1 else None  # that there are several is said
            if isinstance(name, str) and "$" not in name and not _ID.fullmatch(name):
                message = f'"{name}" of {entry.address} is no id of an application'
                help = "write its application (client) id, by which Databricks knows a service principal"
                yield finding(UNKNOWN_APPLICATION, message, at(entry, (*path, _PRINCIPAL)), help)


IDLE_SETTINGS: tuple[Rule, ...] = (
    over_graph(NOBODY_TOLD, _somebody_is_told),
    over_graph(UNKNOWN_APPLICATION, _is_called_by_its_id),
)
