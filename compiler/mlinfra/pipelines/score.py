"""score.yml: batch endpoints are called, by schedule or by a person, for a day or an input of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.elsewhere import elsewhere
from mlinfra.pipelines.endpoints import EndpointContext
from mlinfra.pipelines.handed_on import handed_on, prefix
from mlinfra.pipelines.own_steps import AFTER_SCORING, has_steps, laid_out, own_jobs
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    AGAIN,
    RUN,
    STAGING,
    Step,
    azure,
    behind_name,
    checkout,
    deadline,
    deployment,
    install,
    longest,
    only_on_branch,
    opening,
    output_of,
    plain_text,
    schedule,
    surroundings,
    went_well,
    went_wrong,
)

ALL = "all"  # endpoints
WRITTEN, TODAY = "written", "today"  # the defaults of input and date, as score-batch.sh knows them
_HAND_ON_MINUTES = 60
_STEP = "score"  # the name under which a job's result is read
_BY_SCHEDULE = "eq(variables['Build.Reason'], 'Schedule')"


def score(context: PipelinesContext) -> dict[str, Any]:
    """The scoring pipeline. It waits for no infrastructure: it calls what the last release left behind."""
    targets = [target for target in context.targets if scored(context, target)]
    endpoints = list(dict.fromkeys(endpoint.entry for target in targets for endpoint in scored(context, target)))
    return {
        **opening(context, "score"),
        "trigger": "none",
        "pr": "none",
        **_schedules(context),
        "parameters": [
            {
                "name": "endpoints",
                "displayName": "Which endpoints are called",
                "type": "string",
                "default": ALL,
                "values": [ALL, *endpoints],
            },
            {
                "name": "input",
                "displayName": f"What is scored: an address, or {WRITTEN}, what the spec says",
                "type": "string",
                "default": WRITTEN,
            },
            {
                "name": "date",
                "displayName": f"The day that is scored, as 2026-11-25, or {TODAY}",
                "type": "string",
                "default": TODAY,
            },
        ],
        **surroundings(context),
        "stages": [*(_stage(context, target) for target in targets), elsewhere(context, "score", targets)],
    }


def scored(context: PipelinesContext, target: TargetContext) -> list[EndpointContext]:
    """The endpoints of a target that are called, in the order in which they are named."""
    written = context.settings.score
    by_name = {endpoint.entry: endpoint for endpoint in target.endpoints if endpoint.invoke}
    return [by_name[name] for name in (written.endpoints if written else ()) if name in by_name]


def _schedules(context: PipelinesContext) -> dict[str, Any]:
    written = context.settings.score
    branches = context.branches_of(_by_schedule(context))
    schedules = [
        schedule(each.cron, f"Score at {each.cron}", branches) for each in (written.schedules if written else ())
    ]
    return {"schedules": schedules} if schedules else {}


def _by_schedule(context: PipelinesContext) -> list[TargetContext]:
    """The targets that a schedule scores in: those of production, or all where none of them is."""
    targets = [target for target in context.targets if scored(context, target)]
    return [target for target in targets if target.is_production] or targets


def _stage(context: PipelinesContext, target: TargetContext) -> dict[str, Any]:
    jobs = [
        _job(context, target, endpoint, f"{target.name}_{number}")
        for number, endpoint in enumerate(scored(context, target), start=1)
    ]
    return {
        "stage": target.name,
        "displayName": target.name,
        "dependsOn": [],
        "condition": only_on_branch(context, target),
        "jobs": [*jobs, *_steps_after(context, target, [job["deployment"] for job in jobs])],
    }


def _steps_after(context: PipelinesContext, target: TargetContext, jobs: list[str]) -> list[dict[str, Any]]:
    """Steps of the team's own, where any endpoint was called, and none in vain; they are told where the results lie."""
    condition = went_well(*jobs)
    if len(jobs) > 1:
        condition = f"and(not({went_wrong(jobs)}), or({', '.join(map(went_well, jobs))}))"
    results = {
        endpoint.entry: output_of(job, _STEP, "result")
        for job, endpoint in zip(jobs, scored(context, target), strict=True)
    }
    handing_on, models = _handed_on(context, target, jobs, condition)
    names = [job["deployment"] for job in handing_on]
    if names:
        condition = f"and({condition}, not({went_wrong(names)}))"
    own = own_jobs(context, target, AFTER_SCORING, [*jobs, *names], models, condition=condition, results=results)
    return [*handing_on, *own]


def _handed_on(
    context: PipelinesContext, target: TargetContext, jobs: list[str], condition: str
) -> tuple[list[dict[str, Any]], list[Step]]:
    """The job that hands on the models that scored, and how steps of the team's own take them, where any want to."""
    models = [model for model, _ in target.scoring_models]
    if not models or not has_steps(context.settings.steps.values(), AFTER_SCORING, target.name):
        return [], []
    name, title, out = f"{target.name}_models", "Hand on what scores", f"{STAGING}/models"
    asked = f'--target {target.name} --out "{out}"'
    steps = [
        checkout(),
        {"download": "none"},
        *install(context, "ml"),
        azure(context, title, context.run(target), "scoring-models.sh", asked),
        *handed_on(models, out, prefix(target)),
    ]
    job = deployment(name, title, context.environment(target, RUN), _HAND_ON_MINUTES, steps)
    job = behind_name(job, {"dependsOn": jobs, "condition": condition}) | {"variables": {AGAIN: ""}}
    download = {"download": "current", "patterns": f"{prefix(target)}model*/**", "displayName": title}
    return [job], laid_out([download], "$(Pipeline.Workspace)", prefix(target))


def _job(context: PipelinesContext, target: TargetContext, endpoint: EndpointContext, name: str) -> dict[str, Any]:
    minutes = longest(context)
    title = f"Score with {endpoint.entry} in {target.name}"
    steps = list(_steps(context, target, endpoint, minutes))
    conditions = ["succeeded()", f"in('${{{{ parameters.endpoints }}}}', '{ALL}', '{endpoint.entry}')"]
    if target not in _by_schedule(context):
        conditions.insert(1, f"not({_BY_SCHEDULE})")
    job = deployment(name, title, context.environment(target, RUN), minutes, steps)
    strategy = job.pop("strategy")
    return {**job, "condition": f"and({', '.join(conditions)})", "strategy": strategy}


def _steps(context: PipelinesContext, target: TargetContext, endpoint: EndpointContext, minutes: int) -> Iterator[Step]:
    """A run that is cancelled, or out of time, cancels the job that it started."""
    connection = context.run(target)
    of_run = f'--target {target.name} --endpoint {endpoint.entry} --build "$(Build.BuildId)" --reason "$(Build.Reason)"'
    env = {
        **deadline(minutes),
        "MLINFRA_INPUT": plain_text("input"),
        "MLINFRA_DATE": plain_text("date"),
        "MLINFRA_STARTED": "$(System.PipelineStartTime)",
        "MLINFRA_COMMIT": "$(Build.SourceVersion)",
        "MLINFRA_BRANCH": "$(Build.SourceBranch)",
        "MLINFRA_BY": "$(Build.RequestedForEmail)",
    }
    yield checkout()
    yield {"download": "none"}
    yield from install(context, "ml")
    yield azure(
        context, f"Score with {endpoint.entry}", connection, "score-batch.sh", of_run, long=True, step=_STEP, env=env
    )
    yield azure(context, "Cancel the job", connection, "score-batch.sh", f"{of_run} --cancel", condition="canceled()")
