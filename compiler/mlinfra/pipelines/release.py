"""release.yml: models, endpoints and their traffic, a stage for each target; the way back from it is part of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from mlinfra.pipelines.context import PipelinesContext, promotes, registers, releases, stage_before
from mlinfra.pipelines.ready import BEFORE_RELEASE, ready, stage_name
from mlinfra.pipelines.rollout import RUN, canaries, plain, rollout_jobs, step_name
from mlinfra.pipelines.scripts import EndpointContext, TargetContext
from mlinfra.pipelines.steps import (
    FALSE,
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
# A build's number grows with each one of the organization; of two of one commit, the greater is the later.
_RUN = RUN + " ${{ iif(parameters.older, '--older', '') }}"
# What release-endpoint.sh sets once it has moved the traffic, and noted where it was before.
MOVED = "mlinfra.moved.{kind}.{entry}"


def release(context: PipelinesContext) -> dict[str, Any]:
    """The release pipeline; it starts when training is done, or the first target where there is nothing to train.

    Targets that are deployed from other branches than the first one are released when these change.
    """
    after = ("train", ()) if context.trains else ("infra", (context.first.name,))
    targets = [target for target in context.targets if releases(context, target)]
    older = {
        "name": "older",
        "displayName": "Release this, even where something newer was released already",
        "type": "boolean",
        "default": FALSE,
    }
    others = [branch for branch in context.branches_of(targets) if branch != context.branch(context.first)]
    return {
        **opening(context, "release"),
        "trigger": on_change(context, others) if others else "none",
        "pr": "none",
        "resources": completion_trigger(context, *after),
        **({"parameters": [older]} if any(target.endpoints for target in targets) else {}),
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
    jobs = [deployment(job, title, context.environment(target), RELEASE_MINUTES, steps)]
    if canaries(target):
        downloads = list(_downloads(target, promoted=False))
        last = [*_schedule(context, target), *_tidy(context, target)]
        jobs += rollout_jobs(context, target, job, downloads, partial(_with_models, target), last)
    yield {
        "stage": target.name,
        "displayName": target.name,
        "dependsOn": after,
        "condition": only_on_branch(context, target),
        "jobs": jobs,
    }


def _steps(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """In the order in which they need each other; what is last waits for the end of a canary."""
    connection, arguments = context.deploy(target), f"--target {target.name}"
    yield checkout()
    yield from _downloads(target, promoted=promotes(context, target))
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
    waits = bool(canaries(target))
    if not waits:
        yield from _schedule(context, target)
    for endpoint in endpoints:
        if not endpoint.rollout.canary:
            yield _back(context, target, endpoint)
    if not waits:
        yield from _tidy(context, target)


def _schedule(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """Schedules and monitors follow what serves."""
    if target.schedules:
        arguments = f"--target {target.name}"
        yield azure(context, "Set the schedules", context.deploy(target), "schedule.sh", arguments, long=True)


def _tidy(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """What serves no more goes; of a canary this sees that it ended, whatever is kept."""
    for endpoint in target.endpoints:
        if endpoint.kind == "online" and (endpoint.rollout.keep != "full" or endpoint.rollout.canary):
            title = f"Tidy up: online endpoint {endpoint.entry}"
            arguments = _with_models(target, endpoint, "--tidy")
            yield azure(context, title, context.deploy(target), "release-endpoint.sh", arguments, long=True)


def _downloads(target: TargetContext, *, promoted: bool) -> Iterator[Step]:
    """Only what the job uses; a deployment job would take everything by itself."""
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
    arguments = _with_models(target, endpoint, _RUN)
    title = f"Release the {endpoint.kind} endpoint {endpoint.entry}"
    step = next((step_name(number) for number, each, _ in canaries(target) if each is endpoint), "")
    return azure(context, title, context.deploy(target), "release-endpoint.sh", arguments, long=True, step=step)


def _back(context: PipelinesContext, target: TargetContext, endpoint: EndpointContext) -> Step:
    """Only where this very job moved the traffic: after a failed smoke test it is where it was."""
    # a name of a variable may hold no -, and that of an entry no dot
    moved = MOVED.format(kind=endpoint.kind, entry=endpoint.entry.replace("-", "."))
    condition = f"and(or(failed(), canceled()), eq(variables['{moved}'], 'true'))"
    title = f"Go back: {endpoint.kind} endpoint {endpoint.entry}"
    arguments = f"{plain(target, endpoint)} --back"
    return azure(
        context, title, context.deploy(target), "release-endpoint.sh", arguments, condition=condition, long=True
    )


def _with_models(target: TargetContext, endpoint: EndpointContext, more: str) -> str:
    models = [f"--models {_MODELS_JSON}"] if _serves_a_run(endpoint) else []
    return " ".join((plain(target, endpoint), *models, more))
