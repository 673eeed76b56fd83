"""Rules of bundles: what their schema can't say, and what a deployment finds only when it gets there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import Known, did_you_mean
from mlinfra.graph import Edge, Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.near import places_of_items
from mlinfra.languages.databricks.bundled import awaited_by, is_later
from mlinfra.languages.databricks.clusters import items, tasks
from mlinfra.languages.databricks.forms import ID
from mlinfra.languages.databricks.principals import run_as
from mlinfra.languages.databricks.sections import BY_NAME, made
from mlinfra.languages.databricks.told import ID as OF_ID
from mlinfra.languages.databricks.told import fields_asked
from mlinfra.languages.rule import Rule
from mlinfra.rules.rule import over_graph
from mlinfra.source.tree import UNKNOWN, Path

_BUNDLES = "https://learn.microsoft.com/azure/databricks/dev-tools/bundles/"
NO_SUCH_KEY = Code(
    "MLI862",
    "error",
    "Task that names what its job does not have",
    "A task finds its cluster, its environment and the tasks before it by their keys in the same job; the deployment "
    "is refused where one is missing",
    "Correct the key, or declare it in job_clusters, environments or tasks",
    f"{_BUNDLES}job-task-types",
)
NO_COMPUTE = Code(
    "MLI863",
    "error",
    "Task without anything to run on",
    "Code runs on a cluster or in a serverless environment; only a notebook has an environment of its own",
    "Write job_cluster_key, environment_key, existing_cluster_id or new_cluster",
    f"{_BUNDLES}job-task-types",
)
UNKNOWN_TO_DATABRICKS = Code(
    "MLI864",
    "error",
    "Principal that Databricks does not know by what is written",
    "Databricks knows a service principal by the id of its application and a group by its name; the object id of "
    "Entra, by which Azure gives roles, says nothing to it",
    "Add application_id to a service principal, or name to a group; or write run_as: {user_name: …}",
    f"{_BUNDLES}run-as",
)
NO_VERSION = Code(
    "MLI865",
    "error",
    "Served model without a version",
    "An endpoint serves one version of a model, and which one is for whoever deploys it to say",
    "Write entity_version beside entity_name",
    f"{_BUNDLES}resources#model_serving_endpoints",
)
COMES_LATER = Code(
    "MLI866",
    "error",
    "Resource that names what is deployed after it",
    "What serves, or waits for a table of the platform's own, is in a bundle of its own, deployed once a run has made "
    "the model or the table; what a run needs can't wait for it",
    "Take the reference out, or write the name as a literal; of a job that starts when a table changes, take that "
    "trigger out",
    "docs/language.md#databricks",
)
AS_WHO_DEPLOYS = Code(
    "MLI867",
    "warning",
    "Production job that runs as whoever deployed it",
    "Without run_as a job has the rights of the identity that deployed it last, which may do far more",
    "Write run_as: <a service principal>, an entry of principals with an application_id",
    f"{_BUNDLES}run-as",
)
CODES = (NO_SUCH_KEY, NO_COMPUTE, UNKNOWN_TO_DATABRICKS, NO_VERSION, COMES_LATER, AS_WHO_DEPLOYS)
_NEEDS_COMPUTE = ("dbt_task", "python_wheel_task", "spark_jar_task", "spark_python_task", "spark_submit_task")
_COMPUTE = ("environment_key", "existing_cluster_id", "job_cluster_key", "new_cluster")


def _entries(graph: Graph, *, having: str = "") -> Iterator[Entry]:
    """Those that a bundle makes, or those of them that have something at the top of their bodies."""
    return (entry for _, entry in made(graph) if not having or having in entry.body)


def _keys(entry: Entry, field: str, key: str) -> Known[None] | None:
    """The keys of what a job has in a field, in order; None where one of them can't be read."""
    written = entry.body.get(field)
    listed = written if isinstance(written, list) else [written]
    if UNKNOWN in listed or any(item.get(key) is UNKNOWN for _, item in items(written)):
        return None
    return Known({str(item.get(key)): None for _, item in items(written)})


_DECLARED = {"job_cluster_key": "job_clusters", "environment_key": "environments"}  # what a task names -> where it is


def _names_what_the_job_has(graph: Graph) -> Iterator[Diagnostic]:
    for entry in _entries(graph, having="tasks"):
        declared = {key: _Declared.of(entry, field, key) for key, field in _DECLARED.items()}
        others = _Declared.of(entry, "tasks", "task_key")
        for task in tasks(entry):
            for key in _DECLARED:
                yield from _is_not_one_of(entry, (*task.path, key), task.body.get(key), declared[key])
            for place, before in items(task.body.get("depends_on")):
                way = (*task.path, "depends_on", place, "task_key")
                yield from _is_not_one_of(entry, way, before.get("task_key"), others)


class _Declared(NamedTuple):
    """What a job has in a field, by the keys of its items, and where these are written."""

    field: str
    keys: Known[None] | None
    places: Known[Span]

    @staticmethod
    def of(entry: Entry, field: str, key: str) -> _Declared:
        return _Declared(field, _keys(entry, field, key), places_of_items(entry, (field,), key))


def _is_not_one_of(entry: Entry, path: Path, word: Any, declared: _Declared) -> Iterator[Diagnostic]:
    """Of a word that is none of those that are declared in a field of the job, under a key of its items."""
    field, known, places = declared
    if known is not None and isinstance(word, str) and word not in known and "${" not in word:
        message = f'{entry.address} has no "{word}" in {field}'
        near = of_nearly_the_name(word, places, f"{entry.address}.{field}")
        yield finding(NO_SUCH_KEY, message, at(entry, path), did_you_mean(word, known), near)


def _has_something_to_run_on(graph: Graph) -> Iterator[Diagnostic]:
    for task in (task for entry in _entries(graph, having="tasks") for task in tasks(entry)):
        kind = next((each for each in _NEEDS_COMPUTE if each in task.body), None)
        if kind and not any(each in task.body for each in _COMPUTE):
            message = f"{kind} of {task.entry.address} has nothing to run on"
            where = at(task.entry, (*task.path, kind), on_key=True)
            yield finding(NO_COMPUTE, message, where, f"add one of {', '.join(_COMPUTE)}")


def _is_known_to_databricks(graph: Graph) -> Iterator[Diagnostic]:
    for entry in _entries(graph, having="run_as"):
        address = graph.bound(entry.address, "run_as")
        if address and run_as(graph.entries[address]) is None:
            principal = graph.entries[address]
            message = f"{address} is not known to Databricks by what is written of it"
            help = "add application_id to it; or write run_as: {user_name: …} here"
            related = (Related(f"{address} is written here", principal.key),)
            yield finding(UNKNOWN_TO_DATABRICKS, message, at(entry, ("run_as",)), help, related)


def _says_which_version(graph: Graph) -> Iterator[Diagnostic]:
    for entry in _entries(graph, having="config"):
        config = entry.body["config"]
        for place, served in items(config.get("served_entities") if isinstance(config, dict) else None):
            if "entity_name" in served and "entity_version" not in served:
                path = ("config", "served_entities", place, "entity_name")
                message = f"{entry.address} does not say which version of {served['entity_name']} it serves"
                yield finding(NO_VERSION, message, at(entry, path), 'add entity_version: "1", or a later one')


def _names_nothing_of_later(graph: Graph) -> Iterator[Diagnostic]:
    for entry in _entries(graph):
        for edge in graph.edges_from(entry.address):
            target = graph.entries[edge.target]
            if edge.path and is_later(graph, entry, target):
                message = f"{entry.address} is deployed before {edge.target}"
                help = _in_its_place(entry, edge, target)
                yield finding(COMES_LATER, message, at(entry, edge.path), help, _why_it_waits(graph, target))


_ASKED_BY_APPS = {  # of a section, what an app writes in `resources` to get a right on one: the fields of `AppResource`
    "databricks_jobs": "job: {id: ${resources.jobs.%s.id}, permission: CAN_MANAGE_RUN}",
    "databricks_sql_warehouses": "sql_warehouse: {id: ${resources.sql_warehouses.%s.id}, permission: CAN_USE}",
}


def _in_its_place(entry: Entry, edge: Edge, target: Entry) -> str:
    """What to write: an app asks itself for a right of its service principal, which is made with it."""
    if target.section == "databricks_apps" and edge.path[0] in ("permissions", "grants"):
        asked = _ASKED_BY_APPS.get(entry.section)
        right = f"write resources: [{{name: {entry.name}, {asked % entry.name}}}]" if asked else "write it in resources"
        return (
            f"its service principal is made with {target.address}, in a later deployment, so the app has to ask for "
            f"the right: {right} in {target.address}, and take this permission out"
        )
    return "take the reference out" if _asks_for_its_id(entry, edge) else "write its name as a literal"


def _asks_for_its_id(entry: Entry, edge: Edge) -> bool:
    """Whether an edge is for what nobody knows before it is made."""
    fields = fields_asked(entry.body, edge.path, edge.target)
    return edge.form == ID.name or OF_ID in fields


def _why_it_waits(graph: Graph, entry: Entry) -> tuple[Related, ...]:
    awaited = ", ".join(awaited_by(graph, entry))
    return (Related(f"it waits for {awaited}, which a run makes", entry.key),) if awaited else ()


def _says_who_runs_it(graph: Graph) -> Iterator[Diagnostic]:
    for entry in _entries(graph) if graph.target.mode == "production" else ():
        if BY_NAME[entry.section].has_run_as and entry.body.get("run_as") is None:
            message = f"{entry.address} runs as whoever deploys it"
            yield finding(AS_WHO_DEPLOYS, message, at(entry), "add run_as: <a service principal>")


BUNDLE_RULES: tuple[Rule, ...] = (
    over_graph(NO_SUCH_KEY, _names_what_the_job_has),
    over_graph(NO_COMPUTE, _has_something_to_run_on),
    over_graph(UNKNOWN_TO_DATABRICKS, _is_known_to_databricks),
    over_graph(NO_VERSION, _says_which_version),
    over_graph(COMES_LATER, _names_nothing_of_later),
    over_graph(AS_WHO_DEPLOYS, _says_who_runs_it),
)
