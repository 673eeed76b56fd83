"""release.yml: models, endpoints and their traffic, a stage for each target; the way back from it is part of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.pipelines.context import PipelinesContext, promotes, registers, releases
from mlinfra.pipelines.scripts import EndpointContext, TargetContext
from mlinfra.pipelines.steps import (
    RELEASE_MINUTES,
    Step,
    azure,
    checkout,
    completion_trigger,
    deployment,
    install,
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
    """The release pipeline; it starts when training is done, or the first target where there is nothing to train."""
    after = ("train", ()) if context.trains else ("infra", (context.first.name,))
    return {
        **opening(context, "release"),
        "trigger": "none",
        "pr": "none",
        "resources": completion_trigger(context, *after),
        "lockBehavior": "sequential",  # two runs would race on the traffic
        **surroundings(context),
        "stages": [_stage(context, target) for target in context.targets if releases(context, target)],
    }


def _stage(context: PipelinesContext, target: TargetContext) -> dict[str, Any]:
    environment = f"{context.platform}-{target.name}"
    steps = list(_steps(context, target))
    return {
        "stage": target.name,
        "displayName": target.name,
        "dependsOn": _after(context, target),
        "condition": only_on_branch(context),
        "jobs": [deployment(target, f"Release to {target.name}", environment, RELEASE_MINUTES, steps)],
    }


def _after(context: PipelinesContext, target: TargetContext) -> list[str]:
    """The nearest stage of the chain that the target is promoted along."""
    by_name = {other.name: other for other in context.targets}
    before = context.promoted_from[target.name]
    while before and not releases(context, by_name[before]):
        before = context.promoted_from[before]
    return [before] if before else []


def _steps(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """In the order in which they need each other; schedules and monitors come last."""
    connection, arguments = context.deploy(target), f"--target {target.name}"
    yield checkout()
    yield from _downloads(context, target)
    yield install(context, *(("bicep",) if "serving" in target.units else ()), "ml")
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
    return azure(context, title, context.deploy(target), "release-endpoint.sh", arguments, condition=condition)


def _endpoint(target: TargetContext, endpoint: EndpointContext) -> str:
    return f"--target {target.name} --endpoint {endpoint.entry} --kind {endpoint.kind}"
