"""release.yml: models, endpoints and their traffic, a stage for each target; the way back from it is part of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.pipelines import bundles, choose, extended, gate, trial
from mlinfra.pipelines.branches import begins, release_branches
from mlinfra.pipelines.context import PipelinesContext, promotes, registers, releases, stage_before, trains_itself
from mlinfra.pipelines.elsewhere import elsewhere
from mlinfra.pipelines.endpoints import EndpointContext
from mlinfra.pipelines.following import follow
from mlinfra.pipelines.keep import keep
from mlinfra.pipelines.missed import missed
from mlinfra.pipelines.own_steps import AFTER_RELEASE, own_jobs
from mlinfra.pipelines.ready import BEFORE_RELEASE, ready, stage_name
from mlinfra.pipelines.rollout import RUN, Last, Opening, canaries, plain, rollout_jobs, settle_name, step_name
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    FALSE,
    SETTLE_MINUTES,
    Step,
    azure,
    checkout,
    completion_trigger,
    deployment,
    flag,
    install,
    is_on_branch,
    on_change,
    only_on_branch,
    opening,
    release_minutes,
    surroundings,
)
from mlinfra.pipelines.train import RELEASE_TAG, stages_before_release
from mlinfra.pipelines.train_each import train_each
from mlinfra.pipelines.trains import stage_name as train_stage_name

# A build's number grows with each one of the organization; of two of one commit, the greater is the later.
_OLDER = flag("older", "--older")
_WENT_WRONG = "or(failed(), canceled())"


def release(context: PipelinesContext) -> dict[str, Any]:
    """The release pipeline; it starts when training is done, or the first target where there is nothing to train.

    Where there is nothing to train, and several branches, it starts by what changes them, and waits for infrastructure.
    """
    branches = release_branches(context)
    starts: dict[str, Any] = {"trigger": "none", "pr": "none"}
    if context.trains:
        starts["resources"] = completion_trigger(
            context, "train", branches, stages_before_release(context), (RELEASE_TAG,)
        )
    elif len(branches) == 1:
        starts["resources"] = completion_trigger(context, "infra", branches, (context.first.name,))
    else:
        starts["trigger"] = on_change(context, branches)
    targets = [target for target in context.targets if releases(context, target)]
    older = {
        "name": "older",
        "displayName": "Release this, even where something newer was released already",
        "type": "boolean",
        "default": FALSE,
    }
    parameters = [
        *(gate.parameters(context) if any(_is_gated(target) for target in targets) else ()),
        *([older] if any(target.endpoints for target in targets) else ()),
        *bundles.parameters(context, "serving"),
    ]
    return {
        **opening(context, "release"),
        **starts,
        **({"parameters": parameters} if parameters else {}),
        "lockBehavior": "sequential",  # two runs would race on the traffic
        **surroundings(context),
        "stages": [
            *(stage for target in targets for stage in _stages(context, target)),
            elsewhere(context, "release", targets),
        ],
    }


def _stages(context: PipelinesContext, target: TargetContext) -> Iterator[dict[str, Any]]:
    """Whether the infrastructure is there is asked before the approval, and without the environment: that is locked."""
    after = stage_before(context, target, lambda other: releases(context, other))
    reader = context.plan(target)
    if reader:
        yield ready(context, target, reader, after, BEFORE_RELEASE)
        after = [stage_name(target)]
    if trains_itself(context, target) and not begins(context, target):
        yield train_each(context, target, after)
        after = [train_stage_name(target)]
    if _is_gated(target):
        if reader is None:
            raise ValueError(f"{target.name} serves models of a run, and has no connection that reads")
        yield gate.gate(context, target, reader, after, _gated_before(context, target))
        after = [gate.stage_name(target)]
    job, title, steps = f"{target.name}_deploy", f"Release to {target.name}", list(_steps(context, target))
    passed = gate.variables(target) if _is_gated(target) else {}
    jobs = list(trial.trial_jobs(context, target, list(_preparing(context, target)), passed))
    minutes = release_minutes(context, len(target.endpoints))
    released = deployment(job, title, context.environment(target), minutes, steps) | passed
    if trials := trial.names(target):
        known = passed.get("variables", {}) | trial.variables(target)
        released = {"deployment": released.pop("deployment"), "dependsOn": trials, **released, "variables": known}
    jobs.append(released)
    if canaries(target):
        late = sum(_waits(target, endpoint) for endpoint in target.endpoints)
        steps = [*_last(context, target), *follow(context, target, _WENT_WRONG)]
        last = Last(steps, release_minutes(context, late) if late else SETTLE_MINUTES)
        opening = Opening(list(_opening(context, target, *_tools(target))), passed)
        jobs += rollout_jobs(context, target, [*trials, job], opening, list(_trained(context, target)), last)
        job = settle_name(target)
    models = gate.models_for_steps(context, target) if _is_gated(target) else []
    accepted = gate.accepted(target, in_its_stage=False) if _is_gated(target) else ""
    jobs += own_jobs(context, target, AFTER_RELEASE, [job], models, accepted)
    yield {
        "stage": target.name,
        "displayName": target.name,
        "dependsOn": after,
        "condition": only_on_branch(context, target),
        "jobs": jobs,
    }
    # By itself, a start by a person takes the latest run of train.yml that ended in all stages without issues.
    resource = f" with run $(resources.pipeline.train.runName) of {context.platform}-train among its resources"
    words = (
        f"Nobody approved the release to {target.name} in time, so it was not done, and what serves there stays. "
        f"Start {context.platform}-release again{resource if context.trains else ''}"
    )
    yield missed(target, after, is_on_branch(context, target), words)


def _is_gated(target: TargetContext) -> bool:
    """Whether models of a run may come to serve in the target."""
    return bool(target.models)


def _gated_before(context: PipelinesContext, target: TargetContext) -> TargetContext | None:
    """The target whose gate a model has to have passed, in the same run: none where it was trained in the target."""
    if trains_itself(context, target):
        return None
    names = stage_before(context, target, _is_gated)
    return next((other for other in context.targets if other.name in names), None)


def _opening(context: PipelinesContext, target: TargetContext, *tools: str) -> Iterator[Step]:
    """What a job of the stage begins with: it knows which models shall serve."""
    if _is_gated(target):
        yield from gate.asked_again(context, target, *tools)
    else:
        yield {"download": "none"}
        yield from install(context, *tools)


def _tools(target: TargetContext) -> tuple[str, ...]:
    of_bundles = (bundles.TOOL,) if bundles.has(target, "serving") else ()
    return (*(("bicep", "ml") if "serving" in target.units else ("ml",)), *of_bundles, *trial.tools_of(target))


def _preparing(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """What makes the deployments that a job of its own tests before they get traffic."""
    yield checkout()
    yield from _opening(context, target, "ml")
    yield from _brought(context, target)
    for number, endpoint in trial.apart(target):
        yield _release(context, target, endpoint, trial.PREPARE, trial.prepare_step(number))


def _steps(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """In the order in which they need each other; what is last waits for the end of a canary."""
    yield checkout()
    yield from _opening(context, target, *_tools(target))
    yield from _brought(context, target)
    at_once = [endpoint for endpoint in target.endpoints if not _waits(target, endpoint)]
    for endpoint in at_once:
        yield _released(context, target, endpoint)
    if not canaries(target):
        yield from _last(context, target)
    for endpoint in at_once:
        if not endpoint.rollout.canary:
            yield _back(context, target, endpoint)
    if not canaries(target):
        yield from follow(context, target, _WENT_WRONG)


def _brought(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """Models and assets, before endpoints need them."""
    connection, arguments = context.deploy(target), f"--target {target.name}"
    models = f"{arguments} --models {gate.DECIDED_MODELS}"
    if promotes(context, target):
        brought = f"{models} {gate.artifacts(context, target)} {gate.decision()}"
        yield azure(context, "Bring the models", connection, "promote-models.sh", brought, long=True)
    elif _is_gated(target):
        noted = f"{models} {gate.decision()}"
        yield azure(context, "Note what the gate decided", connection, "promote-models.sh", noted, long=True)
    if registers(context, target):
        yield azure(context, "Register the assets", connection, "register-assets.sh", arguments, long=True)


def _waits(target: TargetContext, endpoint: EndpointContext) -> bool:
    """Whether an endpoint is released at the end: one that scores in batches, or serves a model that a canary tries.

    A model that a canary refuses goes nowhere else in the target; what an endpoint has of its own is its own matter.
    """
    if endpoint.kind == "batch":
        return True
    tried = {slot.model for _, each, _ in canaries(target) for slot in each.deployments if slot.model}
    return not endpoint.rollout.canary and any(slot.model in tried for slot in endpoint.deployments)


def _last(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """What waits for the end of all canaries."""
    late = [endpoint for endpoint in target.endpoints if _waits(target, endpoint)]
    for endpoint in late:
        yield _released(context, target, endpoint)
    yield from bundles.deployed(context, target, "serving")
    if "serving" in target.units:
        for endpoint, condition in extended.made_empty(target.endpoints):
            title, arguments = f"Make the online endpoint {endpoint.entry} without a model", plain(target, endpoint)
            connection, more = context.deploy(target), f"{arguments} --empty"
            yield azure(context, title, connection, "release-endpoint.sh", more, long=True, condition=condition)
        serving, title = f"--target {target.name} --unit serving", "Deploy what the endpoints need"
        condition = extended.condition(target.endpoints)
        yield azure(context, title, context.deploy(target), "deploy-infra.sh", serving, long=True, condition=condition)
    yield from _schedule(context, target)
    yield from _tidy(context, target)
    if any(_serves_a_run(endpoint) for endpoint in target.endpoints):
        yield keep(context, target, gate.DECIDED_MODELS)
    for endpoint in late:
        yield _back(context, target, endpoint)


def _schedule(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """Schedules and monitors follow what serves."""
    if target.schedules:
        arguments, condition = f"--target {target.name}", extended.of_schedules(target.endpoints, target.schedules)
        connection = context.deploy(target)
        yield azure(context, "Set the schedules", connection, "schedule.sh", arguments, long=True, condition=condition)


def _tidy(context: PipelinesContext, target: TargetContext) -> Iterator[Step]:
    """What serves no more goes, but for the way back; of a canary this sees that it ended."""
    for endpoint in target.endpoints:
        if endpoint.kind == "online":
            title = f"Tidy up: online endpoint {endpoint.entry}"
            arguments, condition = _with_models(target, endpoint, "--tidy"), extended.all_serve([endpoint])
            connection = context.deploy(target)
            yield azure(context, title, connection, "release-endpoint.sh", arguments, long=True, condition=condition)


def _serves_a_run(endpoint: EndpointContext) -> bool:
    """Whether a deployment's model comes from a job, so that its version is known at release only."""
    return any(slot.model for slot in endpoint.deployments)


def _released(context: PipelinesContext, target: TargetContext, endpoint: EndpointContext) -> Step:
    """A release of what passed its test, where that has a job of its own; it may begin a canary."""
    step = next((step_name(number) for number, each, _ in canaries(target) if each is endpoint), "")
    return _release(context, target, endpoint, trial.tested(target, endpoint), step)


def _release(
    context: PipelinesContext, target: TargetContext, endpoint: EndpointContext, more: str = "", step: str = ""
) -> Step:
    words = (RUN, *_trained(context, target), _OLDER, *([more] if more else ()))
    title = f"{'Prepare' if more == trial.PREPARE else 'Release'} the {endpoint.kind} endpoint {endpoint.entry}"
    return azure(
        context,
        title,
        context.deploy(target),
        "release-endpoint.sh",
        _with_models(target, endpoint, " ".join(words)) + trial.with_tools(endpoint),
        condition=extended.all_serve([endpoint]),
        long=True,
        step=step,
        env=choose.ASKED if _serves_a_run(endpoint) else None,
    )


def _back(context: PipelinesContext, target: TargetContext, endpoint: EndpointContext) -> Step:
    """The script gives back only what this run moved, as a tag of the endpoint says, also of a step that was killed."""
    title, arguments = f"Go back: {endpoint.kind} endpoint {endpoint.entry}", f"{plain(target, endpoint)} {RUN} --back"
    return azure(
        context, title, context.deploy(target), "release-endpoint.sh", arguments, condition=_WENT_WRONG, long=True
    )


def _trained(context: PipelinesContext, target: TargetContext) -> Iterator[str]:
    """Which run trained what is released, where that is not what serves already."""
    if _is_gated(target):
        yield gate.trained()


def _with_models(target: TargetContext, endpoint: EndpointContext, more: str) -> str:
    models = [f"--models {gate.DECIDED_MODELS}"] if _serves_a_run(endpoint) else []
    return " ".join((plain(target, endpoint), *models, more))
