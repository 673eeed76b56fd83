"""train.yml: assets and models of the first target."""

from __future__ import annotations

from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.steps import (
    FALSE,
    HOSTED_MINUTES,
    OWN_MINUTES,
    STAGING,
    Step,
    azure,
    checkout,
    completion_trigger,
    install,
    only_on_branch,
    opening,
    publish,
    surroundings,
)

MODELS = "models"  # the artifact that holds models.json
_FORCED = "${{ iif(parameters.force, '--force --run-id $(Build.BuildId)', '') }}"


def train(context: PipelinesContext) -> dict[str, Any]:
    """The training pipeline; it starts when the infrastructure of the first target is there."""
    force = {
        "name": "force",
        "displayName": "Train, even where models of this very content are registered",
        "type": "boolean",
        "default": FALSE,
    }
    job = {
        "job": "train",
        "displayName": f"Train in {context.first.name}",
        "timeoutInMinutes": str(HOSTED_MINUTES if context.settings.pool.of_deployments.vmImage else OWN_MINUTES),
        "steps": _steps(context),
    }
    return {
        **opening(context, "train"),
        "trigger": "none",
        "pr": "none",
        **({"parameters": [force]} if context.settings.train.jobs else {}),
        "resources": completion_trigger(context, "infra", [context.first.name]),
        **surroundings(context),
        "stages": [
            {"stage": "train", "displayName": "Train", "condition": only_on_branch(context), "jobs": [job]},
        ],
    }


def _steps(context: PipelinesContext) -> list[Step]:
    target, connection, out = context.first, context.deploy(context.first), f"{STAGING}/models"
    steps = [checkout(), install(context, "ml")]
    if target.assets:
        arguments = f"--target {target.name}"
        steps.append(azure(context, "Register the assets", connection, "register-assets.sh", arguments, long=True))
    for job in context.settings.train.jobs:
        arguments = f'--target {target.name} --job {job} --out "{out}" {_FORCED}'
        steps.append(azure(context, f"Run {job}", connection, "run-job.sh", arguments, long=True))
    made = [model for model in target.models if model.job in context.settings.train.jobs]
    steps += [publish(f"{out}/model-{model.entry}", f"model-{model.entry}") for model in made]
    if made:
        steps.append(publish(f"{out}/models.json", MODELS))
    return steps
