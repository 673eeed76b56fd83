"""Bundles of Databricks in pipelines: planned where somebody looks, deployed by jobs that are bound to environments.

`platform` is deployed after the Azure resources that it stands on, `serving` by a release: what it names has to have
been made by a run.
"""

from __future__ import annotations

from typing import Any

from mlinfra.pipelines.bundled import Bundle
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import FALSE, STAGING, Step, azure, flag, install, publish, shown

TOOL = "databricks"  # of install-tools.sh
_LOSS = "data_loss"


def has(target: TargetContext, bundle: Bundle) -> bool:
    """Whether a target has bundles of that name."""
    return any(each.bundle == bundle for each in target.bundles)


def parameters(context: PipelinesContext, bundle: Bundle) -> list[dict[str, Any]]:
    """What who starts a run is asked, where it deploys bundles."""
    asked = {
        "name": _LOSS,
        "displayName": "Delete what holds data in Databricks, where the spec has it no more",
        "type": "boolean",
        "default": FALSE,
    }
    return [asked] if any(has(target, bundle) for target in context.targets) else []


def planned(context: PipelinesContext, target: TargetContext, connection: str) -> list[Step]:
    """What a deployment of all bundles of a target would change, as an artifact and on the page of the run."""
    if not target.bundles:
        return []
    folder = f"{STAGING}/bundles"
    arguments = f'--target {target.name} --out "{folder}"'
    title = f"What would change in Databricks in {target.name}"
    return [
        *install(context, TOOL),
        azure(context, title, connection, "plan-bundles.sh", arguments),
        shown(f"{folder}/{target.name}-bundles.md"),
        publish(folder, f"bundles-{target.name}-$(System.JobAttempt)"),
    ]


def planned_in_pull_requests(context: PipelinesContext, target: TargetContext, connection: str) -> list[Step]:
    """The same in a pull request, where that may ask."""
    return planned(context, target, connection) if is_planned_in_pull_requests(context, target) else []


def is_planned_in_pull_requests(context: PipelinesContext, target: TargetContext) -> bool:
    """Whether agents of pull requests reach the workspaces: hosted ones don't reach those that are closed.

    A plan builds what its bundle builds: a program of the branch would run where the connection is signed in.
    """
    is_hosted = context.settings.pool.of_pull_requests.vmImage is not None
    return not any(each.builds or (is_hosted and each.is_closed) for each in target.bundles)


def deployed(context: PipelinesContext, target: TargetContext, bundle: Bundle) -> list[Step]:
    """Deploys the bundles of that name, where there are any, once databricks is installed."""
    if not has(target, bundle):
        return []
    arguments = f"--target {target.name} --bundle {bundle} {flag(_LOSS, '--data-loss')}"
    title = f"Deploy the bundles of {bundle} to Databricks"
    return [azure(context, title, context.deploy(target), "deploy-bundles.sh", arguments, long=True)]
