"""train.yml: assets and models of the first target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mlinfra.header.pipelines import TrainSchedule
from mlinfra.pipelines.context import PipelinesContext, trained_models
from mlinfra.pipelines.own_steps import AFTER_TRAIN, BEFORE_TRAIN, laid_out, own_jobs, waiting
from mlinfra.pipelines.ready import BEFORE_TRAINING, ready
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    AGAIN,
    RUN,
    STAGING,
    Step,
    azure,
    checkout,
    deadline,
    deployment,
    inline,
    install,
    is_set,
    longest,
    name_again,
    on_change,
    only_on_branch,
    opening,
    plain_text,
    publish,
    schedule,
    surroundings,
)
from mlinfra.pipelines.trained import ModelContext

MODELS = "models"  # the artifact that holds models.json
STAGE = "train"
ALL = "all"  # jobs, where a person chooses none
# Of a build: release.yml starts where it stands. By schedule, or where a person asked, that is where a version is new;
# after a change always, because code goes out with the models that are handed on.
RELEASE_TAG = "release"
# What run-job.sh sets: that a version is new, and that an artifact is there to be published.
NEW, HANDED_ON = "mlinfra.new", "mlinfra.model.{entry}"
_IS_ASKED_FOR = "in(variables['Build.Reason'], 'Schedule', 'Manual')"
_WHY = {"MLINFRA_WHY": plain_text("reason")}


def train(context: PipelinesContext) -> dict[str, Any]:
    """The training pipeline. It starts by the same changes as that of the infrastructure, and waits for it.

    It names no pipeline: a run by schedule would need a run of that one which succeeded in every stage.
    """
    target = context.first
    minutes = longest(context)
    environment = context.environment(target, RUN)
    reader = context.plan(target)
    waiting = [ready(context, target, reader, [], BEFORE_TRAINING)] if reader else []
    stage = {
        "stage": STAGE,
        "displayName": "Train",
        "dependsOn": [each["stage"] for each in waiting],
        "condition": only_on_branch(context, target),
        "jobs": with_steps(
            context,
            target,
            deployment(STAGE, f"Train in {target.name}", environment, minutes, _steps(context, minutes)),
            "",
            has_models=bool(context.settings.train.jobs),
        ),
    }
    return {
        **opening(context, "train"),
        "trigger": on_change(context, [context.branch(target)]),
        "pr": "none",
        **_schedules(context),
        **({"parameters": _parameters(context)} if context.settings.train.jobs else {}),
        **_with_variable(surroundings(context), AGAIN),
        "stages": [*waiting, stage],
    }


def with_steps(
    context: PipelinesContext, target: TargetContext, job: dict[str, Any], prefix: str, *, has_models: bool
) -> list[dict[str, Any]]:
    """The job that trains, with the steps of the team's own before and after it; `prefix` is that of its artifacts."""
    before = own_jobs(context, target, BEFORE_TRAIN)
    download = {"download": "current", "patterns": f"{prefix}model*/**", "displayName": "What was trained"}
    models = laid_out([download], "$(Pipeline.Workspace)", prefix) if has_models else []
    after = own_jobs(context, target, AFTER_TRAIN, [job["deployment"]], models)
    return [*before, waiting(job, before), *after]


def _with_variable(surroundings: dict[str, Any], name: str) -> dict[str, Any]:
    """A variable that is empty until a step sets it: one that is not there would stay as it is written."""
    return surroundings | {"variables": {**surroundings["variables"], name: ""}}


def _schedules(context: PipelinesContext) -> dict[str, Any]:
    branches = [context.branch(context.first)]
    written = [
        schedule(each.cron, _schedule_name(context, each), branches) for each in context.settings.train.schedules
    ]
    return {"schedules": written} if written else {}


def _schedule_name(context: PipelinesContext, schedule: TrainSchedule) -> str:
    """By which a run knows its schedule."""
    return f"{', '.join(schedule.jobs or context.settings.train.jobs)} at {schedule.cron} UTC"


def _parameters(context: PipelinesContext) -> list[dict[str, Any]]:
    """What is asked of a person who starts the pipeline."""
    jobs = context.settings.train.jobs
    return [
        {
            "name": "reason",
            "displayName": "Why it is trained, for whoever reads the job",
            "type": "string",
            "default": " ",  # Azure Pipelines asks for a text where the default is empty
        },
        {
            "name": "jobs",
            "displayName": "Which jobs are trained anew",
            "type": "string",
            "default": ALL,
            "values": [ALL, *jobs],
        },
    ]


def _steps(context: PipelinesContext, minutes: int) -> list[Step]:
    """What the job does in so many minutes."""
    target = context.first
    asked = '--reason "$(Build.Reason)" --build "$(Build.BuildId)"'
    dues = {job: _is_due(context, job) for job in context.settings.train.jobs}
    steps = [checkout(), {"download": "none"}, *training(context, target, minutes, dues, asked, _WHY, "")]
    made = trained_models(context, target)
    new = f"or(not({_IS_ASKED_FOR}), eq(variables['{NEW}'], 'true'))" if made else ""
    steps.append(
        inline(
            "Let the release start",
            (f'echo "##vso[build.addbuildtag]{RELEASE_TAG}"',),
            {},
            condition=f"and(succeeded(), {new})" if new else "",
        )
    )
    return steps


def training(
    context: PipelinesContext,
    target: TargetContext,
    minutes: int,
    dues: Mapping[str, str],
    asked: str,
    env: Mapping[str, str],
    prefix: str,
) -> Iterator[Step]:
    """Registers the assets of a target, runs these jobs there, and publishes their models and models.json.

    `dues` are the conditions of the jobs, `asked` says to run-job.sh why and for which build it runs, `prefix` is what
    the names of the artifacts begin with. A run that is cancelled, or out of time, cancels the jobs that it started.
    """
    connection, out = context.run(target), f"{STAGING}/models"
    yield from install(context, "ml")
    if target.assets:
        arguments = f"--target {target.name}"
        yield azure(context, "Register the assets", connection, "register-assets.sh", arguments, long=True)
    for job, condition in dues.items():
        arguments = f'--target {target.name} --job {job} --out "{out}" {asked} --commit "$(Build.SourceVersion)"'
        given, title = deadline(minutes) | dict(env), f"Run {job}"
        yield azure(context, title, connection, "run-job.sh", arguments, long=True, env=given, condition=condition)
    for job in dues:
        arguments = f"--target {target.name} --job {job} {asked[asked.index('--build') :]} --cancel"
        yield azure(context, f"Cancel {job}", connection, "run-job.sh", arguments, condition="canceled()")
    yield name_again()
    for model in trained_models(context, target):
        folder = f"model-{model.entry}"
        published = publish(f"{out}/{folder}", f"{prefix}{folder}$({AGAIN})")
        yield published | {"condition": is_set(HANDED_ON, model.entry)}
    yield from reports(trained_models(context, target), out, prefix)
    if dues:
        yield publish(f"{out}/models.json", f"{prefix}{MODELS}$({AGAIN})")


def reports(models: Iterable[ModelContext], out: str, prefix: str) -> Iterator[Step]:
    """Publishes what the jobs of models wrote for people who approve."""
    for model in models:
        if model.report_output:
            folder = f"report-{model.entry}"
            published = publish(f"{out}/{folder}", f"{prefix}{folder}$({AGAIN})")
            yield published | {"condition": is_set(HANDED_ON, model.entry)}


def _is_due(context: PipelinesContext, job: str) -> str:
    """The condition of a job among several: its schedule, or a person, asks for it; empty where nothing else would."""
    settings, asked = context.settings.train, []
    having = [each for each in settings.schedules if job in (each.jobs or settings.jobs)]
    if len(having) < len(settings.schedules):
        names = "".join(f", '{_schedule_name(context, each)}'" for each in having)
        is_its = f"in(variables['Build.CronSchedule.DisplayName']{names})" if names else "false"
        asked.append(f"or(ne(variables['Build.Reason'], 'Schedule'), {is_its})")
    if len(settings.jobs) > 1:
        chosen = f"in('${{{{ parameters.jobs }}}}', '{ALL}', '{job}')"
        asked.append(f"or(ne(variables['Build.Reason'], 'Manual'), {chosen})")
    return f"and({', '.join(('succeeded()', *asked))})" if asked else ""
