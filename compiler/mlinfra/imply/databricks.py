"""What workspaces of Databricks imply: what their entries say by default, a policy of data scientists, and logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.graph import Entry
from mlinfra.imply.supply import Amended, Implied, Supply, owned, prefixed
from mlinfra.languages.databricks.principals import run_as
from mlinfra.languages.databricks.row import WORKSPACES, Row
from mlinfra.languages.databricks.sections import SECTIONS
from mlinfra.languages.databricks.sections.computes import CLUSTER_POLICIES
from mlinfra.languages.platform.databricks.databricks_workspaces import DatabricksWorkspace, Defaults
from mlinfra.languages.platform.observe.log_analytics import LOG_ANALYTICS
from mlinfra.validate import Spec

ROLE = "data_scientist"
CALLED = "data-scientists"
LOGS = "databricks"
# Source: docs, "Compute policy reference". What a person works on is its own, stops by itself, and stays small.
LIMITS: dict[str, Any] = {
    "data_security_mode": {"type": "fixed", "value": "SINGLE_USER"},
    "autotermination_minutes": {"type": "range", "minValue": 10, "maxValue": 120, "defaultValue": 60},
    "num_workers": {"type": "range", "minValue": 1, "maxValue": 4, "isOptional": True},
    "autoscale.max_workers": {"type": "range", "maxValue": 4, "isOptional": True},
    "spark_version": {"type": "unlimited", "defaultValue": "auto:latest-lts-ml"},
}


def logs_of_workspaces(spec: Spec) -> Iterator[Supply]:
    """One place for the logs of them all, where nothing else of the spec has one: Azure keeps none by itself."""
    workspaces = owned(spec, WORKSPACES)
    if workspaces and not spec.section(LOG_ANALYTICS.name):
        names = ", ".join(workspace.address for workspace in workspaces)
        because = f"who does what in {names} is kept in Log Analytics, and in no other place"
        yield Implied(LOG_ANALYTICS.name, workspaces[0], because, {}, called=LOGS, formerly=LOGS)


def policies_of_scientists(spec: Spec) -> Iterator[Supply]:
    """A policy in each workspace that the spec makes and whose clusters lie in it, for all that are known there."""
    scientists = [entry for entry in spec.section("principals") if entry.body.get("role") == ROLE]
    known = [(entry.address, who) for entry in scientists if (who := run_as(entry))]
    for workspace in spec.section(WORKSPACES) if known else ():
        if not workspace.existing and workspace.body.get("compute_mode") != "serverless":
            yield _policy(spec, workspace, known)


def _policy(spec: Spec, workspace: Entry, known: list[tuple[str, dict[str, Any]]]) -> Implied:
    names = ", ".join(address for address, _ in known)
    return Implied(
        CLUSTER_POLICIES.name,
        workspace,
        f"{names} may start clusters of their own in {workspace.address}, and no others than these",
        {},
        body={
            "name": f"{spec.header.lasting_name} {spec.target.lasting_name} data scientists",
            "definition": LIMITS,
            "max_clusters_per_user": 1,
            "permissions": [{**who, "level": "CAN_USE"} for _, who in known],
        },
        called=prefixed(CALLED, workspace.name),
        formerly=prefixed(CALLED, workspace.lasting_name),
    )


def defaults_of_workspaces(spec: Spec) -> Iterator[Supply]:
    """What each entry of a workspace says of itself where it says nothing: lists are replaced, maps merge."""
    defaults = {
        workspace.name: workspace.model.defaults
        for workspace in spec.section(WORKSPACES)
        if isinstance(workspace.model, DatabricksWorkspace) and workspace.model.defaults
    }
    for row in SECTIONS if defaults else ():
        for entry in owned(spec, row.name):
            if found := defaults.get(str(entry.additions.get(WORKSPACES))):
                yield from _said(row, entry, found)


def _said(row: Row, entry: Entry, defaults: Defaults) -> Iterator[Supply]:
    if defaults.name_prefix and row.is_named_by_its_key:
        yield Amended(entry, {row.named_by: defaults.name_prefix + entry.lasting_name})
    if row.has_run_as and defaults.run_as:
        yield Amended(entry, {"run_as": defaults.run_as})
    permissions = [
        {**each.model_dump(exclude_none=True), "level": row.levels[each.level]}
        for each in defaults.permissions
        if each.level in row.levels
    ]
    if permissions:
        yield Amended(entry, {"permissions": permissions})
    if row.tags_in and defaults.tags:
        yield Amended(entry, defaults.tags, row.tags_in)
