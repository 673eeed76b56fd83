"""The canaries of a target's stage in release.yml: one approval, and no agent is held while numbers gather.

The stage's first job makes a slot, tests it and gives it the first share. Then pauses, in which no agent runs,
alternate with jobs that judge and go on; those of one endpoint beside those of another. Where a canary goes was decided
when it began, and stands in tags of its endpoint: who judges asks for no model. Once a rollout is done, what remains of
its chain is left out. A job that sets schedules and tidies up ends the stage, or, where anything failed or was
cancelled, one that goes back: it undoes what this run began and did not end, and nothing else. A canary that ended
well keeps its traffic, whatever fails elsewhere or later. A job whose judgement fails does so at once: the last one
waits for the canaries of all other endpoints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.endpoints import EndpointContext
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    JUDGE_MINUTES,
    Step,
    azure,
    behind_name,
    checkout,
    deployment,
    install,
    output_of,
    went_wrong,
)
from mlinfra.pipelines.traffic import Canary

# Minutes between further judgements if a step waits for traffic: a day in all.
FOR_TRAFFIC = (60, 120, 240, 480, 540)
# And if chance explains the metrics of a step, or an outage that the live deployment has, too: three hours in all.
FOR_CHANCE = (60, 120)
RUN = '--run "$(Build.BuildId)"'  # the one that the steps of a canary belong to
_STEP, _STATE, _GOING = "canary", "rollout", "going"  # as release-endpoint.sh sets it


@dataclass(frozen=True)
class Opening:
    """What a job begins with that has to know which models shall serve: steps, tools included, and its variables."""

    steps: Sequence[Step]
    variables: dict[str, Any]


@dataclass(frozen=True)
class Last:
    """What the job does that ends a release with canaries, and how many minutes it may take."""

    steps: Sequence[Step]
    minutes: int


def plain(target: TargetContext, endpoint: EndpointContext) -> str:
    """The arguments of release-endpoint.sh that say which endpoint is meant."""
    return f"--target {target.name} --endpoint {endpoint.entry} --kind {endpoint.kind}"


def settle_name(target: TargetContext) -> str:
    """The job with which a release ends that has canaries."""
    return f"{target.name}_settle"


def step_name(number: int) -> str:
    """The step of the first job that begins the canary of that number, whose output the first pause reads."""
    return f"{_STEP}_{number}"


def canaries(target: TargetContext) -> list[tuple[int, EndpointContext, Canary]]:
    """The endpoints of a target whose traffic moves by steps, with a number that names their jobs."""
    found = [(endpoint, endpoint.rollout.canary) for endpoint in target.endpoints]
    return [(number, endpoint, canary) for number, (endpoint, canary) in enumerate(found, start=1) if canary]


def pauses(canary: Canary) -> Sequence[int]:
    """Minutes before each judgement, of which the first ones are enough where there is traffic."""
    mirror = (canary.mirror_minutes,) if canary.mirror_percent else ()
    more = FOR_TRAFFIC if canary.no_traffic == "wait" else FOR_CHANCE
    return (*mirror, *(canary.wait_minutes for _ in canary.steps), *more)


def rollout_jobs(
    context: PipelinesContext,
    target: TargetContext,
    begun: Sequence[str],
    opening: Opening,
    trained: Sequence[str],
    last: Last,
) -> Iterator[dict[str, Any]]:
    """The jobs after those of `begun`, of which the last one begins the canaries.

    The one that ends the release begins with `opening`.

    `trained` are the arguments that say which run trained what is released.
    """
    every, first = list(begun), begun[-1]
    for number, endpoint, canary in canaries(target):
        jobs = list(_chain(context, target, first, number, endpoint, canary, trained))
        yield from jobs
        every += [job.get("job") or job["deployment"] for job in jobs]
    settle, undo = settle_name(target), f"{target.name}_undo"
    yield _bound(
        deployment(
            settle,
            f"End the release to {target.name}",
            context.environment(target),
            last.minutes,
            [checkout(), *opening.steps, *last.steps],
        )
        | opening.variables,
        every,
        f"not({went_wrong(every)})",
    )
    yield _bound(
        deployment(
            undo,
            f"Go back in {target.name}",
            context.environment(target),
            JUDGE_MINUTES,
            [
                checkout(),
                {"download": "none"},
                *install(context, "ml"),
                *(_undo(context, target, endpoint, "always()") for _, endpoint, _ in canaries(target)),
            ],
        ),
        [*every, settle],
        went_wrong([*every, settle]),
    )


def _chain(
    context: PipelinesContext,
    target: TargetContext,
    first: str,
    number: int,
    endpoint: EndpointContext,
    canary: Canary,
    trained: Sequence[str],
) -> Iterator[dict[str, Any]]:
    """Pause, judge, pause, judge…: as many as there are steps, and more where a step may wait for traffic."""
    before, step = first, step_name(number)
    minutes = pauses(canary)
    for place, each in enumerate(minutes, start=1):
        pause, judge = f"pause_{number}_{place}", f"judge_{number}_{place}"
        yield {
            "job": pause,
            "displayName": f"{endpoint.entry}: wait {each} minutes",
            "dependsOn": [before],
            "condition": f"and(succeeded(), eq({output_of(before, step, _STATE)}, '{_GOING}'))",
            "pool": "server",
            "timeoutInMinutes": str(each + 5),
            "steps": [{"task": "Delay@1", "displayName": "Wait", "inputs": {"delayForMinutes": str(each)}}],
        }
        words = (plain(target, endpoint), RUN, *trained, "--judge", *(["--last"] if place == len(minutes) else []))
        steps = [
            checkout(),
            {"download": "none"},
            *install(context, "ml"),
            _call(context, target, endpoint, "Judge, and go on", " ".join(words), name=_STEP),
            _undo(context, target, endpoint, "or(failed(), canceled())"),
        ]
        title = f"{endpoint.entry}: judge and go on"
        job = deployment(judge, title, context.environment(target), JUDGE_MINUTES, steps)
        yield _bound(job, [pause], "")
        before, step = judge, _STEP


def _undo(context: PipelinesContext, target: TargetContext, endpoint: EndpointContext, condition: str) -> Step:
    arguments = f"{plain(target, endpoint)} {RUN} --undo"
    return _call(context, target, endpoint, "Go back", arguments, condition=condition)


def _call(
    context: PipelinesContext,
    target: TargetContext,
    endpoint: EndpointContext,
    title: str,
    arguments: str,
    *,
    name: str = "",
    condition: str = "",
) -> Step:
    """A step of the release of one endpoint."""
    return azure(
        context,
        f"{title}: online endpoint {endpoint.entry}",
        context.deploy(target),
        "release-endpoint.sh",
        arguments,
        condition=condition,
        step=name,
        long=True,
    )


def _bound(job: dict[str, Any], after: Sequence[str], condition: str) -> dict[str, Any]:
    """The job with what it waits for."""
    return behind_name(job, {"dependsOn": list(after), **({"condition": condition} if condition else {})})
