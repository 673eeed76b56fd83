"""release.yml: models, endpoints and their traffic, a stage for each target; the way back from it is part of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.pipelines.context import PipelinesContext, promotes, registers, releases, stage_before
from mlinfra.pipelines.ready import BEFORE_RELEASE, ready, stage_name
from mlinfra.pipelines.scripts import EndpointContext, TargetContext
from mlinfra.pipelines.steps import (
    RELEASE_MINUTES,
    Step,
    azure,
    checkout,
    completion_trigger,
    deployment,
    install,
    on_change,
    only_on_branch,
    opening,
    surroundings,
)
from mlinfra.pipelines.train import MODELS

_ARTIFACTS = "$(Pipeline.Workspace)/train"
_MODELS_JSON = f'"{_ARTIFACTS}/{MODELS}/models.json"'
# What release-endpoint.sh sets once it has moved the traffic, and noted where it was before.
MOVED = "mlinfra.moved.{kind}.{entry}"


def release(context: PipelinesContext) -> dict[str, Any]:
    """The release pipeline; it starts when training is done, or the first target where there is nothing to train.

    Targets that are deployed from other branches than the first one are released when these change.
    """
    after = ("train", ()) if context.trains else ("infra", (context.first.name,))
    targets = [target for target in context.targets if releases(context, target)]
    others = [branch for branch in context.branches_of(targets) if branch != context.branch(context.first)]
    return {
        **opening(context, "release"),
        "trigger": on_change(context, others) if others else "none",
        "pr": "none",
        "resources": completion_trigger(context, *after),
        "lockBehavior": "sequential",  # two runs would race on the traffic
        **surroundings(context),
        "stages": [stage for target in targets for stage in _stages(context, target)],
    }


def _stages(context: PipelinesContext, target: TargetContext) -> Iterator[dict[str, Any]]:
    """Whether the infrastructure is there is asked before the approval, and without the environment: that is locked."""
    after = stage_before(context, target, lambda other: releases(context, other))
    reader = context.plan(target)
    if reader:
        yield ready(context, target, reader, after, BEFORE_RELEASE)
        after = [stage_name(target)]
    job, title, steps = f"{target.name}_deploy", f"Release to {target.name}", list(_steps(context, target))
    yield {
        "stage": target.name,
        "displayName": target.name,
        "dependsOn": after,
        "condition": only_on_branch(context, target),
        "jobs": [deployment(job, title, context.environment(target), RELEASE_MINUTES, steps)],
    }


def _steps(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """In the order in which they need each other; schedules and monitors come last."""
    connection, arguments = context.deploy(target), f"--target {target.name}"
    yield checkout()
    yield from _downloads(context, target)
    yield from install(context, *(("bicep",) if "serving" in target.units else ()), "ml")
    if promotes(context, target):
        models = f'{arguments} --models {_MODELS_JSON} --artifacts "{_ARTIFACTS}"'
        yield azure(context, "Bring the models", connection, "promote-models.sh", models, long=True)
    if registers(context, target):
        yield azure(context, "Register the assets", connection, "register-assets.sh", arguments, long=True)
    endpoints = sorted(target.endpoints, key=lambda endpoint: endpoint.kind != "online")
    for endpoint in endpoints:
        yield _release(context, target, endpoint)
    if "serving" in target.units:
        serving = f"{arguments} --unit serving"
        yield azure(context, "Deploy what the endpoints need", connection, "deploy-infra.sh", serving, long=True)
    if target.schedules:
        yield azure(context, "Set the schedules", connection, "schedule.sh", arguments, long=True)
    for endpoint in endpoints:
        yield _back(context, target, endpoint)


def _downloads(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """Only what the stage uses; a deployment job would take everything by itself."""
    promoted = promotes(context, target)
    if not promoted and not any(_serves_a_run(endpoint) for endpoint in target.endpoints):
        yield {"download": "none"}
        return
    yield {"download": "train", "artifact": MODELS, "displayName": "Which models"}
    for model in target.models if promoted else ():
        artifact = f"model-{model.entry}"
        yield {"download": "train", "artifact": artifact, "displayName": f"Download {artifact}"}


def _serves_a_run(endpoint: EndpointContext) -> bool:
    """Whether a deployment's model comes from a job, so that its version is known at release only."""
    return any(slot.model for slot in endpoint.deployments)


def _release(context: PipelinesContext, target: TargetContext, endpoint: EndpointContext) -> Step:
    arguments = _endpoint(target, endpoint) + (f" --models {_MODELS_JSON}" if _serves_a_run(endpoint) else "")
    title = f"Release the {endpoint.kind} endpoint {endpoint.entry}"
    return azure(context, title, context.deploy(target), "release-endpoint.sh", arguments, long=True)


def _back(context: PipelinesContext, target: TargetContext, endpoint: EndpointContext) -> Step:
    """Only where this very job moved the traffic: after a failed smoke test it is where it was."""
    # a name of a variable may hold no -, and that of an entry no dot
    moved = MOVED.format(kind=endpoint.kind, entry=endpoint.entry.replace("-", "."))
    condition = f"and(or(failed(), canceled()), eq(variables['{moved}'], 'true'))"
    title = f"Go back: {endpoint.kind} endpoint {endpoint.entry}"
    arguments = f"{_endpoint(target, endpoint)} --back"
    return azure(
        context, title, context.deploy(target), "release-endpoint.sh", arguments, condition=condition, long=True
    )


def _endpoint(target: TargetContext, endpoint: EndpointContext) -> str:
    return f"--target {target.name} --endpoint {endpoint.entry} --kind {endpoint.kind}"
