"""train.yml: assets and models of the first target."""

from __future__ import annotations

from typing import Any

from mlinfra.header.parameters import Parameter, as_text
from mlinfra.header.train import TrainSchedule
from mlinfra.pipelines.context import PipelinesContext, trained_models
from mlinfra.pipelines.own_steps import AFTER_TRAIN, BEFORE_TRAIN, laid_out, own_jobs, waiting
from mlinfra.pipelines.ready import BEFORE_TRAINING, ready
from mlinfra.pipelines.steps import (
    AGAIN,
    Step,
    checkout,
    inline,
    longest,
    on_change,
    only_on_branch,
    opening,
    plain_text,
    schedule,
    surroundings,
)
from mlinfra.pipelines.trains import Trains
from mlinfra.pipelines.waits import waiting_jobs

STAGE = "train"
ALL = "all"  # jobs, where a person chooses none
# Of a build: release.yml starts where it stands. By schedule, or where a person asked, that is where a version is new;
# after a change always, because code goes out with the models that are handed on.
RELEASE_TAG = "release"
# What run-job.sh sets.
NEW = "mlinfra.new"  # that a version is new
SERVES = "mlinfra.serves"  # that a model serves, or may do so further on
_IS_ASKED_FOR = "in(variables['Build.Reason'], 'Schedule', 'Manual')"
_WHY = {"MLINFRA_WHY": plain_text("reason")}


def train(context: PipelinesContext) -> dict[str, Any]:
    """The training pipeline. It starts by the same changes as that of the infrastructure, and waits for it.

    It names no pipeline: a run by schedule would need a run of that one which succeeded in every stage.
    """
    target = context.first
    reader = context.plan(target)
    waiting = [ready(context, target, reader, [], BEFORE_TRAINING)] if reader else []
    stage = {
        "stage": STAGE,
        "displayName": "Train",
        "dependsOn": [each["stage"] for each in waiting],
        "condition": only_on_branch(context, target),
        "jobs": with_steps(_trains(context)),
    }
    return {
        **opening(context, "train"),
        "trigger": on_change(context, [context.branch(target)]),
        "pr": "none",
        **_schedules(context),
        **({"parameters": _parameters(context)} if _asks(context) else {}),
        **_with_variable(surroundings(context), AGAIN),
        "stages": [*waiting, stage],
    }


def with_steps(trains: Trains) -> list[dict[str, Any]]:
    """The jobs that train, with the steps of the team's own before and after them."""
    before = own_jobs(trains.context, trains.target, BEFORE_TRAIN)
    download = {"download": "current", "patterns": f"{trains.prefix}model*/**", "displayName": "What was trained"}
    models = laid_out([download], "$(Pipeline.Workspace)", trains.prefix) if trains.dues else []
    after = own_jobs(trains.context, trains.target, AFTER_TRAIN, [trains.name], models)
    first, *others = _jobs(trains)
    return [*before, waiting(first, before), *others, *after]


def _jobs(trains: Trains) -> list[dict[str, Any]]:
    """The jobs that train: one whose agent waits, or several, where nobody does."""
    if trains.dues and trains.context.settings.train.wait == "server":
        return list(waiting_jobs(trains))
    minutes = longest(trains.context)
    run = trains.running(minutes)
    steps = [*trains.before, *trains.registering(), *run, *trains.cancelling(), *trains.handing_on(), *trains.after]
    return [trains.deployment(trains.name, trains.title, minutes, steps)]


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


def _asks(context: PipelinesContext) -> bool:
    """Whether a person who starts the pipeline is asked anything."""
    return bool(context.settings.train.jobs) and context.settings.train.is_started_by("person")


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
        *(_parameter(name, each) for name, each in context.settings.train.parameters.items()),
    ]


def _parameter(name: str, parameter: Parameter) -> dict[str, Any]:
    kind = "number" if parameter.type == "integer" else parameter.type
    values = {"values": list(map(as_text, parameter.values))} if parameter.values else {}
    title = f"{name}, which the jobs are told; another value than {as_text(parameter.default)} always trains"
    return {"name": name, "displayName": title, "type": kind, "default": as_text(parameter.default), **values}


def _asked(context: PipelinesContext) -> dict[str, str]:
    """For `env`, what a person was asked. A `$` would be expanded: it becomes a ?, which the script refuses."""
    if not _asks(context):
        return {}
    parameters = context.settings.train.parameters
    return _WHY | {
        f"MLINFRA_PARAMETER_{name}": f"${{{{ replace(parameters.{name}, '$', '?') }}}}" for name in parameters
    }


def _trains(context: PipelinesContext) -> Trains:
    settings = context.settings.train
    before = [checkout(), {"download": "none"}]
    if settings.jobs and not settings.is_started_by("person"):
        before.insert(1, _refusal(context))
    due = _is_due_for_release(context)
    title, lines = "Let the release start", (f'echo "##vso[build.addbuildtag]{RELEASE_TAG}"',)
    return Trains(
        context,
        context.first,
        STAGE,
        {job: _is_due(context, job) for job in settings.jobs},
        '--reason "$(Build.Reason)" --build "$(Build.BuildId)"',
        before=tuple(before),
        after=(inline(title, lines, {}, condition=f"and(succeeded(), {due})" if due else ""),),
        env=_asked(context),
    )


def _refusal(context: PipelinesContext) -> Step:
    """Of a start by a person, where none may train: it would look as if something had been trained."""
    starts = " and ".join(context.settings.train.starts or ())
    message = f"pipelines.train.starts of {context.spec} is {starts}: no person starts this pipeline"
    lines = ('echo "##vso[task.logissue type=error]$MESSAGE"', "exit 1")
    return inline(
        "Refuse a person's start", lines, {"MESSAGE": message}, condition="eq(variables['Build.Reason'], 'Manual')"
    )


def _is_due_for_release(context: PipelinesContext) -> str:
    """The condition under which a release follows; empty where it always does.

    Where a change trains nothing, nothing is released as long as no model serves, unless an endpoint needs none.
    """
    if not trained_models(context, context.first):
        return ""
    changed = f"not({_IS_ASKED_FOR})"
    slots = [[slot.model for slot in each.deployments] for target in context.targets for each in target.endpoints]
    if not context.settings.train.is_started_by("change") and all(any(models) for models in slots):
        changed = f"and({changed}, eq(variables['{SERVES}'], 'true'))"
    return f"or({changed}, eq(variables['{NEW}'], 'true'))"


def _is_due(context: PipelinesContext, job: str) -> str:
    """The condition of a job among several: its schedule, or a person, asks for it; empty where nothing else would."""
    settings, asked = context.settings.train, []
    having = [each for each in settings.schedules if job in (each.jobs or settings.jobs)]
    if len(having) < len(settings.schedules):
        names = "".join(f", '{_schedule_name(context, each)}'" for each in having)
        is_its = f"in(variables['Build.CronSchedule.DisplayName']{names})" if names else "false"
        asked.append(f"or(ne(variables['Build.Reason'], 'Schedule'), {is_its})")
    if len(settings.jobs) > 1 and _asks(context):
        chosen = f"in('${{{{ parameters.jobs }}}}', '{ALL}', '{job}')"
        asked.append(f"or(ne(variables['Build.Reason'], 'Manual'), {chosen})")
    return f"and({', '.join(('succeeded()', *asked))})" if asked else ""
