"""train.yml: assets and models of the first target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlinfra.header.parameters import Parameter, as_text
from mlinfra.header.train import TrainSchedule
from mlinfra.pipelines.branches import begins, hand_on, release_branches, start
from mlinfra.pipelines.conditions import any_of
from mlinfra.pipelines.context import PipelinesContext, releases, trained_models, trains_itself
from mlinfra.pipelines.elsewhere import elsewhere, refuse_other_branches
from mlinfra.pipelines.handed_on import prefix
from mlinfra.pipelines.own_steps import AFTER_TRAIN, BEFORE_TRAIN, laid_out, own_jobs, waiting
from mlinfra.pipelines.ready import BEFORE_TRAINING, ready
from mlinfra.pipelines.scripts import TargetContext
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
from mlinfra.pipelines.trains import Trains, stage_name
from mlinfra.pipelines.waits import waiting_jobs

STAGE = "train"
HANDED_ON = "handed_on"
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
    stages = [
        *_training(context, context.first, STAGE, "Train"),
        *(stage for target in context.targets for stage in _of_other_branches(context, target)),
    ]
    return {
        **opening(context, "train"),
        "trigger": on_change(context, release_branches(context)),
        "pr": "none",
        **_schedules(context),
        **({"parameters": _parameters(context)} if _asks(context) else {}),
        **_with_variable(surroundings(context), AGAIN),
        "stages": [*stages, *_handed_on(context, stages), *_elsewhere(context)],
    }


def stages_before_release(context: PipelinesContext) -> tuple[str, ...]:
    """The stages whose success starts the release; none where that of the whole run does.

    A wait that ended too early, or was for a job that failed, leaves the run with issues, and nobody says whether such
    a run starts what follows. A stage that has none does.
    """
    return (HANDED_ON,) if context.settings.train.jobs and context.settings.train.wait == "server" else ()


def _handed_on(context: PipelinesContext, stages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """That stage, behind all that may let a release start, of which a run has those of its branch."""
    if not stages_before_release(context):
        return []
    last = [each["stage"] for each in stages if not any(each["stage"] in other["dependsOn"] for other in stages)]
    went_well = [f"in(dependencies.{name}.result, 'Succeeded', 'SucceededWithIssues')" for name in last]
    title = "What was trained is handed on"
    job = {
        "job": HANDED_ON,
        "displayName": title,
        "timeoutInMinutes": "5",
        "steps": [{"checkout": "none"}, inline("Let the release start", (f'echo "{title}"',), {})],
    }
    condition = f"and(not(canceled()), {any_of(went_well)})"
    return [{"stage": HANDED_ON, "displayName": title, "dependsOn": last, "condition": condition, "jobs": [job]}]


def _training(context: PipelinesContext, target: TargetContext, name: str, title: str) -> list[dict[str, Any]]:
    """The stage in which a target trains, behind the one that waits for its infrastructure."""
    reader = context.plan(target)
    refusals, anywhere = _refusals(context), _has_one_branch(context)
    if anywhere:
        refusals = (*refusals, refuse_other_branches(context, "train", release_branches(context)))
    waiting = [ready(context, target, reader, [], BEFORE_TRAINING, refusals, anywhere=anywhere)] if reader else []
    stage = {
        "stage": name,
        "displayName": title,
        "dependsOn": [each["stage"] for each in waiting],
        "condition": only_on_branch(context, target),
        "jobs": with_steps(_trains(context, target, name)),
    }
    return [*waiting, stage]


def _has_one_branch(context: PipelinesContext) -> bool:
    """Whether all stages are of one branch, and the first of them looks for infrastructure."""
    return len(release_branches(context)) == 1 and context.plan(context.first) is not None


def _elsewhere(context: PipelinesContext) -> list[dict[str, Any]]:
    releasing = (each for each in context.targets if releases(context, each))
    return [] if _has_one_branch(context) else [elsewhere(context, "train", (context.first, *releasing))]


def _of_other_branches(context: PipelinesContext, target: TargetContext) -> list[dict[str, Any]]:
    """The stages from which a release of another branch than the first target's goes on."""
    if begins(context, target):
        if trains_itself(context, target):
            return _training(context, target, stage_name(target), f"{target.name}: train on its own data")
        return [hand_on(context, target, [_let_release_start()])]
    on_branch = [each for each in context.targets if context.branch(each) == context.branch(target)]
    releasing = [each for each in on_branch if releases(context, each)]
    is_alone = context.first not in on_branch and not any(begins(context, each) for each in on_branch)
    return [start(context, target, _let_release_start())] if is_alone and releasing[:1] == [target] else []


def _let_release_start(condition: str = "") -> Step:
    lines = (f'echo "##vso[build.addbuildtag]{RELEASE_TAG}"',)
    return inline("Let the release start", lines, {}, condition=condition)


def with_steps(trains: Trains) -> list[dict[str, Any]]:
    """The jobs that train, with the steps of the team's own before and after them."""
    before = own_jobs(trains.context, trains.target, BEFORE_TRAIN, refusals=trains.refusals)
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
    training = (each for each in context.targets if begins(context, each) and trains_itself(context, each))
    branches = context.branches_of((context.first, *training))
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


def _trains(context: PipelinesContext, target: TargetContext, name: str) -> Trains:
    settings, is_first = context.settings.train, target is context.first
    refusals = _refusals(context)
    due, known = _is_due_for_release(context, target), [job.name for job in target.jobs]
    return Trains(
        context,
        target,
        name,
        {job: _is_due(context, job) for job in settings.jobs if is_first or job in known},
        '--reason "$(Build.Reason)" --build "$(Build.BuildId)"',
        before=(checkout(), *refusals, {"download": "none"}),
        after=(_let_release_start(f"and(succeeded(), {due})" if due else ""),),
        env=_asked(context),
        prefix="" if is_first else prefix(target),
        refusals=refusals,
    )


def _refusals(context: PipelinesContext) -> tuple[Step, ...]:
    """Of a start by a person, where none may train: it would look as if something had been trained."""
    if not context.settings.train.jobs or context.settings.train.is_started_by("person"):
        return ()
    starts = " and ".join(context.settings.train.starts or ())
    message = f"pipelines.train.starts of {context.spec} is {starts}: no person starts this pipeline"
    lines = ('echo "##vso[task.logissue type=error]$MESSAGE"', "exit 1")
    by_a_person = "eq(variables['Build.Reason'], 'Manual')"
    return (inline("Refuse a person's start", lines, {"MESSAGE": message}, condition=by_a_person),)


def _is_due_for_release(context: PipelinesContext, target: TargetContext) -> str:
    """The condition under which a release follows; empty where it always does.

    Where a change trains nothing, nothing is released as long as no model serves, unless an endpoint needs none.
    """
    if not trained_models(context, target):
        return ""
    changed = f"not({_IS_ASKED_FOR})"
    slots = [[slot.model for slot in each.deployments] for one in context.targets for each in one.endpoints]
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
