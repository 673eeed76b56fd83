"""Rules of settings in bundles that `bundle validate` lets through and a deployment does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.azure.iana_zones import IANA_ZONES, is_iana_zone
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name, is_slip
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.clusters import Cluster, clusters, items, tasks
from mlinfra.languages.databricks.row import WORKSPACES, Row
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.databricks.sections.serving import DASHBOARDS, QUALITY_MONITORS
from mlinfra.languages.databricks.sections.unity import SECRET_SCOPES, VOLUMES
from mlinfra.languages.databricks.sections.work import JOBS, PIPELINES
from mlinfra.languages.rule import Rule
from mlinfra.rules.bundle_machines import wrong_machines
from mlinfra.rules.bundle_names import wrong_names
from mlinfra.rules.bundle_postgres import wrong_in_postgres
from mlinfra.rules.bundle_references import wrong_references
from mlinfra.rules.bundle_shapes import wrong_shapes
from mlinfra.rules.bundle_tasks import wrong_in_jobs
from mlinfra.rules.bundle_values import Wrong, exclusive, wrong_in_quartz, wrong_values
from mlinfra.rules.rule import over_graph
from mlinfra.source.tree import Path, child

_RESOURCES = "https://learn.microsoft.com/azure/databricks/dev-tools/bundles/resources"
EXCLUDED = Code(
    "MLI868",
    "error",
    "Databricks setting that another one excludes",
    "bundle validate lets both through, and the deployment is refused halfway, once other resources have changed; "
    "a production target takes no pipeline with development: true at all",
    "Leave one of the two out",
    "https://github.com/databricks/cli/issues/1688",
)
INCOMPLETE = Code(
    "MLI875",
    "error",
    "Databricks entry that a deployment refuses",
    "No schema says so, as each field may be left out by itself or takes any text: bundle validate lets it through, "
    "and the deployment is refused halfway",
    "Write what the message names",
    _RESOURCES,
)
OF_A_PERSON = Code(
    "MLI870",
    "warning",
    "Production work that runs as a person",
    "It ends on the day on which the person leaves, or loses a right, and can do all that he can",
    "Write run_as: <a service principal>, an entry of principals with an application_id",
    "https://learn.microsoft.com/azure/databricks/dev-tools/bundles/run-as",
)
_COMPUTES = ("job_cluster_key", "environment_key", "existing_cluster_id", "new_cluster")
_OF_CLUSTERS = (  # machines are those of the pool: https://github.com/databricks/databricks-sdk-py/issues/771
    ("num_workers", "autoscale"),
    ("instance_pool_id", "node_type_id"),
    ("driver_instance_pool_id", "driver_node_type_id"),
)
_ARM64 = re.compile(r"(Standard_[A-Z]+[0-9]+(?:-[0-9]+)?)([a-z]*p[a-z]*)_")  # docs, "VM sizes naming conventions": p
_PROFILES = ("snapshot", "time_series", "inference_log")  # docs, "Create a profile using the API"
_STARTS = ("schedule", "trigger", "continuous")
_RUNS_AS = ("user_name", "service_principal_name", "group_name")
_WHO = ("user_name", "group_name", "service_principal_name")
_OWNER = "IS_OWNER"  # docs, "Access control lists"; https://github.com/databricks/cli/issues/3849
_OF_A_WORKSPACE = ("admins", "users")  # docs, "Manage groups": groups that every workspace has, and no account


def _exclude_each_other(graph: Graph) -> Iterator[Diagnostic]:
    for row, entry in made(graph):
        for found in _excluded(graph, row, entry):
            yield finding(EXCLUDED, found.message, at(entry, found.path, on_key=True), found.help)


def _excluded(graph: Graph, row: Row, entry: Entry) -> Iterator[Wrong]:
    if row is PIPELINES:
        yield from _of_pipeline(graph, entry)
    elif row is JOBS:
        yield from _of_job(entry)
    elif row is VOLUMES and entry.body.get("storage_location") and not _is_external(entry):
        message = f"{entry.address} has a storage_location, and is MANAGED: it lies where its schema does"
        yield Wrong(("storage_location",), message, "write volume_type: EXTERNAL, or leave it out")
    for cluster in clusters(row, entry):
        yield from _pairs(entry, cluster.path, cluster.body, _OF_CLUSTERS)
        yield from _of_hardened_images(graph, cluster)
    if row is QUALITY_MONITORS:
        yield from _one_of(entry, (), entry.body, _PROFILES)


def _of_hardened_images(graph: Graph, cluster: Cluster) -> Iterator[Wrong]:
    """Docs, "Configure enhanced security and compliance settings": with the profile nothing starts on Arm64."""
    home = graph.entries.get(f"{WORKSPACES}.{cluster.entry.additions.get(WORKSPACES)}")
    if not home or not (home.body.get("compliance") or {}).get("standards"):
        return
    for field in ("node_type_id", "driver_node_type_id"):
        size = cluster.body.get(field)
        if isinstance(size, str) and _ARM64.match(size):
            message = (
                f"{size} of {cluster.entry.address} is Arm64, which compliance.standards of {home.address} exclude"
            )
            yield Wrong((*cluster.path, field), message, f"write {_ARM64.sub(_without_arm, size)}")


def _without_arm(size: re.Match[str]) -> str:
    return f"{size[1]}{size[2].replace('p', '')}_"


def _is_external(volume: Entry) -> bool:
    return volume.body.get("volume_type") not in (None, "MANAGED")


def _of_pipeline(graph: Graph, entry: Entry) -> Iterator[Wrong]:
    if entry.body.get("serverless") is True and entry.body.get("clusters"):
        message = f"{entry.address} is serverless, and has clusters"
        yield Wrong(("clusters",), message, "leave clusters out, or write serverless: false")
    yield from _pairs(entry, (), entry.body, (("schema", "target"), ("catalog", "storage")))
    if graph.target.mode == "production" and entry.body.get("development") is True:
        message = f"{entry.address} has development: true, which a production target does not take"
        help = "leave it out; in one target alone: overrides of that target"
        yield Wrong(("development",), message, help)


def _of_job(entry: Entry) -> Iterator[Wrong]:
    yield from _one_of(entry, (), entry.body, _STARTS)
    for task in tasks(entry):
        yield from _one_of(entry, task.path, task.body, _COMPUTES)
        yield from _one_of(entry, task.path, task.body, [each for each in task.body if each.endswith("_task")])
        if task.body.get("environment_key") is not None and task.body.get("libraries"):
            message = f"a task of {entry.address} has libraries beside its environment_key"
            help = "write them in the environment: spec: {dependencies: […]}"
            yield Wrong((*task.path, "libraries"), message, help)


def _pairs(entry: Entry, path: Path, body: Mapping[str, Any], pairs: tuple[tuple[str, str], ...]) -> Iterator[Wrong]:
    for pair in pairs:
        yield from _one_of(entry, path, body, pair)


def _one_of(entry: Entry, path: Path, body: Mapping[str, Any], fields: list[str] | tuple[str, ...]) -> Iterator[Wrong]:
    yield from exclusive(path, body, fields, f"{path[0]} of {entry.address}" if path else entry.address)


def _have_what_is_asked_for(graph: Graph) -> Iterator[Diagnostic]:
    for row, entry in made(graph):
        found = (*_missing(row, entry), *wrong_values(graph, row, entry), *wrong_in_postgres(graph, row, entry))
        for path, message, help in (*found, *_of_kinds(graph, row, entry)):
            yield finding(INCOMPLETE, message, at(entry, path), help)
    for workspace in graph.section(WORKSPACES):
        said = (workspace.body.get("defaults") or {}).get("permissions")
        for path, message, help in _of_permissions(f"of {workspace.address}", ("defaults", "permissions"), said):
            yield finding(INCOMPLETE, message, at(workspace, path), help)


def _of_kinds(graph: Graph, row: Row, entry: Entry) -> Iterator[Wrong]:
    yield from wrong_in_jobs(row, entry)
    yield from wrong_names(row, entry)
    yield from wrong_shapes(graph, row, entry)
    yield from wrong_references(row, entry)
    yield from wrong_machines(row, entry)


def _missing(row: Row, entry: Entry) -> Iterator[tuple[Path, str, str]]:
    body = entry.body
    if row is DASHBOARDS and not body.get("warehouse_id"):
        yield (), f"{entry.address} has no warehouse_id", "write the SQL warehouse that it asks"
    if row is VOLUMES and body.get("volume_type") == "EXTERNAL" and not body.get("storage_location"):
        yield ("volume_type",), f"{entry.address} is EXTERNAL, and has no storage_location", "write where its files lie"
    if row is QUALITY_MONITORS and all(body.get(each) is None for each in _PROFILES):
        yield (), f"{entry.address} does not say how it looks at its table", f"write one of {', '.join(_PROFILES)}"
    if row is SECRET_SCOPES and body.get("backend_type") == "AZURE_KEYVAULT" and not body.get("keyvault_metadata"):
        help = "write keyvault_metadata: <an entry of key_vaults>"
        yield ("backend_type",), f"{entry.address} lies in a key vault, and does not say in which", help
    yield from _of_schedule(body.get("schedule"))
    for task in tasks(entry):
        if not any(each.endswith("_task") for each in task.body):
            help = "add one such as spark_python_task, notebook_task, pipeline_task"
            yield task.path, f"a task of {entry.address} says nothing to do", help
    yield from _of_run_as(entry)
    yield from _of_grants(row, entry)
    if child(entry.tree, "permissions") is not None:  # else they are those of its workspace
        yield from _of_permissions(f"on {entry.address}", ("permissions",), body.get("permissions"))


def _of_grants(row: Row, entry: Entry) -> Iterator[tuple[Path, str, str]]:
    for place, grant in items(entry.body.get("grants")):
        for field in ("principal", "privileges"):
            if not grant.get(field):
                yield ("grants", place), f"a grant on {entry.address} has no {field}", f"write {field}"
        yield from _to_a_group_of_the_account(grant.get("principal"), ("grants", place, "principal"))
    if row.isolated_as or row.inside_of:
        yield from _to_a_group_of_the_account(entry.body.get("owner"), ("owner",))


def _to_a_group_of_the_account(who: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    if who in _OF_A_WORKSPACE:
        message = f'"{who}" is a group of the workspace, and Unity Catalog knows those of the account alone'
        yield path, message, "write a group of the account; all of its people are account users"


def _of_permissions(where: str, path: Path, written: Any) -> Iterator[tuple[Path, str, str]]:
    owners = [place for place, permission in items(written) if permission.get("level") == _OWNER]
    for place in owners[1:]:
        message = f"a permission {where} is {_OWNER}, and so is another; the service takes exactly one owner"
        yield (*path, place, "level"), message, "write CAN_MANAGE"
    for place, permission in items(written):
        if permission.get("level") == _OWNER and permission.get("group_name"):
            message = f"a permission {where} is {_OWNER} of a group, and a group owns no job, pipeline or warehouse"
            yield (*path, place, "level"), message, "write CAN_MANAGE, or name a user or a service principal"
        named = [who for who in _WHO if permission.get(who)]
        if len(named) != 1:
            message = f"a permission {where} names {' and '.join(named) or 'nobody'}"
            yield (*path, place), message, f"write one of {', '.join(_WHO)}"


def _of_run_as(entry: Entry) -> Iterator[tuple[Path, str, str]]:
    """That it runs as nobody, or as several; of `JobRunAs` and its like in databricks-sdk exactly one is to be said."""
    run_as = entry.body.get("run_as")
    said = [who for who in _RUNS_AS if run_as.get(who)] if isinstance(run_as, Mapping) else [""]
    if len(said) != 1:
        message = f"{entry.address} runs as {' and '.join(said) or 'nobody'}"
        yield ("run_as",), message, f"write one of {', '.join(_RUNS_AS)}"


def _of_schedule(schedule: Any) -> Iterator[tuple[Path, str, str]]:
    """What Quartz does not take: it begins with seconds, and one of the two fields for days says nothing."""
    said = schedule if isinstance(schedule, dict) else {}
    for field in ("quartz_cron_expression", "quartz_cron_schedule"):
        text = said.get(field)
        if not isinstance(text, str) or "${" in text:
            continue
        words = text.split()
        if len(words) not in (6, 7):
            help = "write seconds, minutes, hours, day, month, day of the week, such as 0 0 7 ? * MON"
            yield ("schedule", field), f'"{text}" has {len(words)} fields, and Quartz has 6 or 7', help
        elif (words[3] == "?") == (words[5] == "?"):
            which = "neither" if words[3] == "?" else "both"
            joined = "nor" if which == "neither" else "and"
            message = (
                f'"{text}" says {which} a day of the month {joined} one of the week, where Quartz takes one of them'
            )
            yield ("schedule", field), message, "write ? for the other of the two"
        for wrong in wrong_in_quartz(words) if len(words) in (6, 7) else ():
            help = "seconds, minutes, hours, day, month, day of the week: 0 0 7 ? * MON-FRI"
            yield ("schedule", field), f'in "{text}" {wrong}', help
    zone = said.get("timezone_id")
    place, example = ("schedule", "timezone_id"), "write one such as Europe/Amsterdam or UTC"
    if isinstance(zone, str) and zone.endswith(" Time"):
        yield place, f'"{zone}" is a zone of Windows', example
    elif isinstance(zone, str) and "${" not in zone and not is_iana_zone(zone):
        near = closest_name(zone, IANA_ZONES)
        yield place, f'"{zone}" is no time zone', f'did you mean "{near}"?' if near and is_slip(zone, near) else example


def _run_as_nobody_who_leaves(graph: Graph) -> Iterator[Diagnostic]:
    for row, entry in made(graph) if graph.target.mode == "production" else ():
        written = entry.body.get("run_as") if row.has_run_as else None
        if isinstance(written, dict) and written.get("user_name") is not None:
            message = f"{entry.address} runs as {written['user_name']}"
            yield finding(OF_A_PERSON, message, at(entry, ("run_as", "user_name")), "name a service principal")


BUNDLE_SETTING_RULES: tuple[Rule, ...] = (
    over_graph(EXCLUDED, _exclude_each_other),
    over_graph(INCOMPLETE, _have_what_is_asked_for),
    over_graph(OF_A_PERSON, _run_as_nobody_who_leaves),
)
