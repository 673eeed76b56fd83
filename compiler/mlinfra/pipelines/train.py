"""train.yml: assets and models of the first target."""

from __future__ import annotations

from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.ready import BEFORE_TRAINING, ready
from mlinfra.pipelines.steps import (
    FALSE,
    HOSTED_MINUTES,
    LAST_MINUTES,
    OWN_MINUTES,
    RUN,
    STAGING,
    Step,
    azure,
    checkout,
    deployment,
    install,
    on_change,
    only_on_branch,
    opening,
    publish,
    surroundings,
)

MODELS = "models"  # the artifact that holds models.json
STAGE = "train"
_FORCED = "${{ iif(parameters.force, '--force --run-id $(Build.BuildId)', '') }}"


def train(context: PipelinesContext) -> dict[str, Any]:
    """The training pipeline. It starts by the same changes as that of the infrastructure, and waits for it.

    It names no pipeline: a run that a person starts would need a run of that one which succeeded in every stage.
    """
    force = {
        "name": "force",
        "displayName": "Train, even where models of this very content are registered",
        "type": "boolean",
        "default": FALSE,
    }
    target = context.first
    minutes = HOSTED_MINUTES if context.settings.pool.of_deployments.vmImage else OWN_MINUTES
    environment = context.environment(target, RUN)
    reader = context.plan(target)
    waiting = [ready(context, target, reader, [], BEFORE_TRAINING)] if reader else []
    stage = {
        "stage": STAGE,
        "displayName": "Train",
        "dependsOn": [each["stage"] for each in waiting],
        "condition": only_on_branch(context, target),
        "jobs": [deployment(STAGE, f"Train in {target.name}", environment, minutes, _steps(context, minutes))],
    }
    return {
        **opening(context, "train"),
        "trigger": on_change(context, [context.branch(target)]),
        "pr": "none",
        **({"parameters": [force]} if context.settings.train.jobs else {}),
        **surroundings(context),
        "stages": [*waiting, stage],
    }


def _steps(context: PipelinesContext, minutes: int) -> list[Step]:
    """What the job does in so many minutes: a script that waits gives up before it is cut off, and says why."""
    target, connection, out = context.first, context.run(context.first), f"{STAGING}/models"
    steps = [checkout(), {"download": "none"}, *install(context, "ml")]
    if target.assets:
        arguments = f"--target {target.name}"
        steps.append(azure(context, "Register the assets", connection, "register-assets.sh", arguments, long=True))
    for job in context.settings.train.jobs:
        arguments = f'--target {target.name} --job {job} --out "{out}" {_FORCED}'
        env = {"MLINFRA_DEADLINE_SECONDS": str((minutes - LAST_MINUTES) * 60)}
        steps.append(azure(context, f"Run {job}", connection, "run-job.sh", arguments, long=True, env=env))
    made = [model for model in target.models if model.job in context.settings.train.jobs]
    steps += [publish(f"{out}/model-{model.entry}", f"model-{model.entry}") for model in made]
    if made:
        steps.append(publish(f"{out}/models.json", MODELS))
    return steps
