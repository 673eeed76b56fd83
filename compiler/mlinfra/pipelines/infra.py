"""infra.yml: the resources of each target, from the first to the last of the promotion chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.pipelines import bundles
from mlinfra.pipelines.context import PipelinesContext, stage_before
from mlinfra.pipelines.elsewhere import elsewhere
from mlinfra.pipelines.missed import missed
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    INFRA_MINUTES,
    Step,
    azure,
    checkout,
    deployment,
    install,
    is_on_branch,
    on_change,
    only_on_branch,
    opening,
    schedule,
    surroundings,
    what_if,
    what_if_job,
)


def infra(context: PipelinesContext) -> dict[str, Any]:
    """The infrastructure pipeline."""
    parameters = bundles.parameters(context, "platform")
    return {
        **opening(context, "infra"),
        "trigger": on_change(context, context.branches_of(context.targets)),
        "pr": "none",
        **_schedules(context),
        **({"parameters": parameters} if parameters else {}),
        "lockBehavior": "sequential",
        **surroundings(context),
        "stages": [
            *(stage for target in _in_time(context) for stage in _stages(context, target)),
            elsewhere(context, "infra", context.targets),
        ],
    }


def _schedules(context: PipelinesContext) -> dict[str, Any]:
    """When it starts although nothing changed: a new version of a key changes no file.

    By default from no branch of a pattern: those of past releases would be deployed once more.
    """
    written = context.settings.infra.schedules
    times = {context.key_rotation: "Deploy new versions of keys"} if context.key_rotation else {}
    if written is not None:
        times = {each.cron: f"Deploy at {each.cron}" for each in written}
    branches = [
        branch for branch in context.branches_of(context.targets) if written is not None or not branch.endswith("*")
    ]
    schedules = [schedule(cron, title, branches) for cron, title in times.items() if branches]
    return {"schedules": schedules} if schedules else {}


def _in_time(context: PipelinesContext) -> list[TargetContext]:
    """The targets, those that are shared first."""
    return sorted(context.targets, key=lambda target: target.name not in context.shared)


def _before(context: PipelinesContext, target: TargetContext) -> list[str]:
    """The stages that a target waits for: of the one before it, and of those of its branch that make what it uses.

    What is shared comes before all others.
    """
    before = stage_before(context, target, lambda _: True)
    shared = [] if before or target.name in context.shared else [each.name for each in _in_time(context)]
    first = [name for name in shared if name in context.shared]
    made = [*first, *context.lenders.get(target.name, ())]
    of_its_branch = [name for name in made if context.branches[name] == context.branch(target)]
    return list(dict.fromkeys((*before, *of_its_branch)))


def _stages(context: PipelinesContext, target: TargetContext) -> Iterator[dict[str, Any]]:
    """What would change, in a stage of its own: approvals are asked before a stage starts, and whoever gives one should
    know what for. Without a connection that only reads, it is the first step after the approval.
    """
    after, condition = _before(context, target), only_on_branch(context, target)
    connection = context.plan(target)
    if connection:
        asked = f"{target.name}_what_if"
        yield {
            "stage": asked,
            "displayName": f"{target.name}: what if",
            "dependsOn": after,
            "condition": condition,
            "jobs": [what_if_job(context, target, asked, connection, bundles.planned(context, target, connection))],
        }
        after = [asked]
    job, title, steps = f"{target.name}_deploy", f"Deploy {target.name}", _steps(context, target)
    yield {
        "stage": target.name,
        "displayName": target.name,
        "dependsOn": after,
        "condition": condition,
        "jobs": [deployment(job, title, context.environment(target), INFRA_MINUTES, steps)],
    }
    words = (
        f"Nobody approved the infrastructure of {target.name} in time, so it stays as it is, and runs that need what "
        f"is new go on waiting. Start {context.platform}-infra again"
    )
    yield missed(target, after, is_on_branch(context, target), words)


def _steps(context: PipelinesContext, target: TargetContext) -> list[Step]:
    connection, arguments = context.deploy(target), f"--target {target.name}"
    steps: list[Step] = [
        checkout(),
        {"download": "none"},
        *install(
            context,
            "bicep",
            *(("ml",) if target.computes else ()),
            *((bundles.TOOL,) if bundles.has(target, "platform") else ()),
        ),
        *([] if context.plan(target) else what_if(context, target, connection, "Provider")),
        azure(context, "Deploy the resources", connection, "deploy-infra.sh", arguments, long=True),
    ]
    if target.computes:
        steps.append(azure(context, "Create the computes", connection, "create-computes.sh", arguments, long=True))
    return [*steps, *bundles.deployed(context, target, "platform")]
