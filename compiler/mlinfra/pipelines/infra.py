"""infra.yml: the resources of each target, from the first to the last of the promotion chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    INFRA_MINUTES,
    WHAT_IF_MINUTES,
    Step,
    azure,
    checkout,
    depends_on,
    deployment,
    install,
    only_on_branch,
    opening,
    surroundings,
    what_if,
)


def infra(context: PipelinesContext) -> dict[str, Any]:
    """The infrastructure pipeline: the only one that starts by itself, and the others follow from it.

    So its paths hold all that a deployment of any kind depends on: a change of code or data changes the version of an
    asset, and with it a file of a target or a script. Runs are not batched: one that waits for an approval would hold
    back all that come after it.
    """
    folders = [*(target.name for target in context.targets), "pipelines", "scripts"]
    return {
        **opening(context, "infra"),
        "trigger": {
            "branches": {"include": [context.settings.branch]},
            "paths": {"include": [context.path(folder) for folder in folders]},
        },
        "pr": "none",
        "lockBehavior": "sequential",
        **surroundings(context),
        "stages": [stage for target in context.targets for stage in _stages(context, target)],
    }


def _stages(context: PipelinesContext, target: TargetContext) -> Iterator[dict[str, Any]]:
    """What would change, in a stage of its own: approvals are asked before a stage starts, and whoever gives one should
    know what for.
    """
    asked = f"{target.name}_what_if"
    yield {
        "stage": asked,
        "displayName": f"{target.name}: what if",
        "dependsOn": depends_on(context, target),
        "jobs": [
            {
                "job": asked,
                "displayName": f"What if: {target.name}",
                "timeoutInMinutes": str(WHAT_IF_MINUTES),
                "steps": what_if(context, target, context.deploy(target), "Provider"),
            }
        ],
    }
    environment = f"{context.platform}-{target.name}"
    yield {
        "stage": target.name,
        "displayName": target.name,
        "dependsOn": [asked],
        "condition": only_on_branch(context),
        "jobs": [deployment(target, f"Deploy {target.name}", environment, INFRA_MINUTES, _steps(context, target))],
    }


def _steps(context: PipelinesContext, target: TargetContext) -> list[Step]:
    connection, arguments = context.deploy(target), f"--target {target.name}"
    steps: list[Step] = [
        checkout(),
        {"download": "none"},
        install(context, "bicep", *(("ml",) if target.computes else ())),
        azure(context, "Deploy the resources", connection, "deploy-infra.sh", arguments, long=True),
    ]
    if target.computes:
        steps.append(azure(context, "Create the computes", connection, "create-computes.sh", arguments, long=True))
    return steps
