"""The gate of a target: a stage of its own before the target's, without its environment.

Who approves sees its numbers, and is never asked for what it refuses. The deployment's first step asks it again, of the
models that passed: what serves may be another by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlinfra.pipelines import choose
from mlinfra.pipelines.branches import begins, same_branch, source
from mlinfra.pipelines.choose import CANDIDATE
from mlinfra.pipelines.context import PipelinesContext, promotes, registers
from mlinfra.pipelines.handed_on import FIRST, MODELS, prefix
from mlinfra.pipelines.keep import hold
from mlinfra.pipelines.own_steps import AFTER_GATE, laid_out, own_jobs
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import (
    AGAIN,
    FALSE,
    RUN,
    Step,
    azure,
    behind_name,
    checkout,
    deadline,
    deployment,
    flag,
    install,
    longest,
    name_again,
    of_artifacts,
    only_on_branch,
    output_of,
    publish,
)
from mlinfra.pipelines.trains import values_of_run

DECIDED = "$(Agent.TempDirectory)/mlinfra-models"
DECIDED_MODELS = f'"{DECIDED}/models.json"'
GATE_MINUTES = 30
_JOB = _STEP = "gate"
_PASSED, _NUMBERS = "passed", "numbers"
_WRITTEN = "mlinfra.decided"  # as gate-model.sh sets it


def stage_name(target: TargetContext) -> str:
    return f"{target.name}_gate"


def parameters(context: PipelinesContext) -> list[dict[str, Any]]:
    """What is asked of a person who starts a release."""
    return [
        choose.parameter(context),
        {
            "name": "without_numbers",
            "displayName": "Accept, this once, that a model that serves has no numbers to compare with",
            "type": "boolean",
            "default": FALSE,
        },
    ]


def gate(
    context: PipelinesContext, target: TargetContext, connection: str, after: list[str], before: TargetContext | None
) -> dict[str, Any]:
    """The stage, behind the stages `after`; `before` is the target whose gate a model has to have passed, if any."""
    depends_on = [*after, *([stage_name(before)] if before else ())]
    job = _evaluating(context, target, before) if target.evaluates else _comparing(context, target, connection, before)
    jobs = [job]
    if target is context.first and choose.is_offered(context):
        bound = {"dependsOn": [choose.JOB], "condition": choose.GOES_ON}
        jobs = [choose.choose(context), behind_name(job, bound)]
    return {
        "stage": stage_name(target),
        "displayName": f"{target.name}: which models may serve",
        "dependsOn": list(dict.fromkeys(depends_on)),
        "condition": only_on_branch(context, target),
        "jobs": [*jobs, *_steps_after(context, target)],
    }


def _steps_after(context: PipelinesContext, target: TargetContext) -> list[dict[str, Any]]:
    """Steps of the team's own: whoever approves is asked once they went well."""
    models, known = models_for_steps(context, target), accepted(target, in_its_stage=True)
    return own_jobs(context, target, AFTER_GATE, [_JOB], models, known)


def _comparing(
    context: PipelinesContext, target: TargetContext, connection: str, before: TargetContext | None
) -> dict[str, Any]:
    return {
        "job": _JOB,
        "displayName": "Compare their numbers",
        "timeoutInMinutes": str(GATE_MINUTES),
        **_variables(passed=before, publishes=True),
        "steps": [
            checkout(),
            *same_branch(context),
            *_download(context, target),
            *([_decided_in(before)] if before else ()),
            *install(context, "ml"),
            _asked(context, target, connection, before),
            hold(context, target),
            *_published(target),
        ],
    }


def _evaluating(context: PipelinesContext, target: TargetContext, before: TargetContext | None) -> dict[str, Any]:
    """The same where jobs score the models first: who runs them changes no endpoint, and waits for no approval."""
    connection, minutes, build = context.run(target), longest(context), '--build "$(Build.BuildId)"'
    scored = [model.entry for model in target.models if model.evaluation]
    decided = [_decided_in(before)] if before else []
    steps = [checkout(), *same_branch(context), *_download(context, target, scored), *decided, *install(context, "ml")]
    if registers(context, target):
        named = f"--target {target.name}"
        steps.append(azure(context, "Register the assets", connection, "register-assets.sh", named, long=True))
    env = deadline(minutes) | _told(target)
    steps += [
        _asked(context, target, connection, before, build, long=True, env=env),
        hold(context, target),
        *_published(target),
        azure(
            context,
            "Cancel what scores",
            connection,
            "gate-model.sh",
            f"--target {target.name} {build} --cancel",
            condition="canceled()",
        ),
    ]
    job = deployment(_JOB, "Score them, and compare their numbers", context.environment(target, RUN), minutes, steps)
    return job | _variables(passed=before, publishes=True)


def _artifact(target: TargetContext) -> str:
    return f"gate-{target.name}"


def _published(target: TargetContext) -> Iterator[Step]:
    """What was decided, also where everything is refused."""
    due = f"and(succeededOrFailed(), eq(variables['{_WRITTEN}'], 'true'))"
    yield name_again() | {"condition": due}
    yield publish(DECIDED, f"{_artifact(target)}$({AGAIN})") | {"condition": due}


def _told(target: TargetContext) -> dict[str, str]:
    """What the run knows that a job which scores models is told, if any is."""
    if not any(model.evaluation and model.evaluation.job.fills for model in target.models):
        return {}
    own = {"MLINFRA_REASON": "$(Build.Reason)", "MLINFRA_COMMIT": "$(Build.SourceVersion)"}
    return own | values_of_run(target.jobs)


def asked_again(context: PipelinesContext, target: TargetContext, *tools: str) -> Iterator[Step]:
    """The first steps of a deployment: the same, with its own connection, of what passed before the approval.

    Nothing is scored again: what serves by now and was not scored then lets nothing pass.
    """
    files = [model.entry for model in target.models] if promotes(context, target) else []
    yield from _download(context, target, files)
    yield _decided_in(target)
    yield from install(context, *tools)
    env = {"MLINFRA_NUMBERS": f"$({_NUMBERS})"} if target.evaluates else {}
    yield _asked(context, target, context.deploy(target), target, env=env)


def _decided_in(target: TargetContext) -> Step:
    """The download of what the gate of a target decided, and of which files."""
    title, named = f"What the gate of {target.name} decided", of_artifacts(_artifact(target))
    return {"download": "current", "displayName": title, "patterns": named}


def artifacts(context: PipelinesContext, target: TargetContext) -> str:
    """Where the models of a target are, for a script: of the run of train.yml, or of who trains in this very run."""
    of = source(context, target)
    if of is context.first:
        return choose.artifacts(context)
    if begins(context, of):
        return f'--artifacts "{FIRST}" --trained-in {of.name}'
    return f'--artifacts "$(Pipeline.Workspace)" --trained-in {of.name}'


def models_for_steps(context: PipelinesContext, target: TargetContext) -> list[Step]:
    """What lays out, for a step of the team's own, what was trained for the target."""
    of, models = source(context, target), [model.entry for model in target.models]
    if of is context.first:
        return laid_out(_download(context, target, models), *choose.where(context))
    folder = FIRST if begins(context, of) else "$(Pipeline.Workspace)"
    return laid_out(_download(context, target, models), folder, prefix(of))


def accepted(target: TargetContext, *, in_its_stage: bool) -> str:
    """The expression that tells which versions passed a target's gate: in its own stage, or in that of the target."""
    return _output(target, "accepted", in_its_stage=in_its_stage)


def decision() -> str:
    """Where the decision is that a job has downloaded, for a script."""
    return '--decided "$(Pipeline.Workspace)"'


def _download(context: PipelinesContext, target: TargetContext, models: Sequence[str] = ()) -> list[Step]:
    """models.json of who trained for the target, and the files of these models."""
    of = source(context, target)
    of_first = of is context.first
    before = "" if of_first else prefix(of)
    reports = [f"{before}report-{model.entry}" for model in target.models if model.report_output]
    patterns = of_artifacts(f"{before}{MODELS}", *(f"{before}model-{entry}" for entry in models), *reports)
    title = "What was trained"
    if of_first:
        return [{"download": "train", "displayName": title, "patterns": patterns}, *choose.download(context)]
    return [{"download": "train" if begins(context, of) else "current", "displayName": title, "patterns": patterns}]


def chooses_among(context: PipelinesContext, target: TargetContext) -> bool:
    """Whether a person who chooses versions chooses among those that the run of train.yml hands on, and no others."""
    of = source(context, target)
    return begins(context, of) or (of is context.first and not choose.is_offered(context))


def trained() -> str:
    """Which run trained the models of a target, for a script, unless those that serve are released.

    A person may choose an older run of train.yml, whose release is newer all the same; who trains in a release does so
    by the number of that run, too.
    """
    return f"${{{{ iif(eq(parameters.models, '{CANDIDATE}'), '--trained $(resources.pipeline.train.runID)', '') }}}}"


def variables(target: TargetContext) -> dict[str, Any]:
    """Of a job that asks the gate of a target again: what passed then, and what was measured."""
    return _variables(passed=target, measured=target if target.evaluates else None)


def _variables(
    passed: TargetContext | None, measured: TargetContext | None = None, *, publishes: bool = False
) -> dict[str, Any]:
    """What the gates of targets told; none where there was none."""
    told = {_PASSED: (passed, "accepted"), _NUMBERS: (measured, "numbers")}
    found = {name: f"$[ {_output(target, word)} ]" for name, (target, word) in told.items() if target}
    if publishes:
        found |= {AGAIN: "", _WRITTEN: ""}
    return {"variables": found} if found else {}


def _output(target: TargetContext, word: str, *, in_its_stage: bool = False) -> str:
    """The expression that reads what a target's gate told; its job is a deployment where jobs score the models."""
    stage = "" if in_its_stage else stage_name(target)
    return output_of(_JOB, _STEP, word, stage=stage, in_deployment=target.evaluates)


def _asked(
    context: PipelinesContext,
    target: TargetContext,
    connection: str,
    passed_in: TargetContext | None,
    more: str = "",
    *,
    long: bool = False,
    env: Mapping[str, str] | None = None,
) -> Step:
    words = [
        f'--target {target.name} {artifacts(context, target)} --out "{DECIDED}"',
        *(["--among"] if chooses_among(context, target) else ()),
        *([f'--passed "$({_PASSED})" {decision()}'] if passed_in else ()),
        *([f"--decided-in {passed_in.name}"] if passed_in and passed_in is not target else ()),
        trained(),
        flag("without_numbers", "--without-numbers"),
        *([more] if more else ()),
    ]
    return azure(
        context,
        "Which models may serve",
        connection,
        "gate-model.sh",
        " ".join(words),
        step=_STEP,
        long=long,
        env={**choose.ASKED, **(env or {})},
    )
