"""Runs a generated pipeline as Azure Pipelines does: stages, jobs, conditions, approvals, a cancel, a second attempt.

What is not known here is an error. The rules, all from the documentation of Azure Pipelines:

* "Expressions": succeeded() of a job asks all jobs before it, also indirectly, for Succeeded or SucceededWithIssues,
  and is false once the run is cancelled; failed() asks whether any of them failed; a job that was skipped did neither.
  Of a step both ask what became of its job so far. Stages are to each other as jobs are. canceled() of a job asks for a
  cancel of the run: a job that is out of time, or whose agent is gone, is Canceled, and the run goes on
  (microsoft/azure-pipelines-agent#4536).
* "Specify conditions": without a condition, succeeded(); a condition replaces that, so one without a status function
  is asked even after a failure or a cancel.
* "Deployment jobs": outputs of a job are named <step>.<variable>, those of runOnce <job>.<step>.<variable>.
* "Define approvals and checks": a stage's checks are asked once, before its first job; a stage whose approval times out
  is skipped.
* "Expressions", dependencies: stageDependencies knows the stages that stand in dependsOn.
* "Task control options": of a step that fails and has continueOnError, the job has issues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from mlinfra.pipelines.inserted import stages_of
from tests.loop.expressions import Status, Unknown, Value, evaluate, is_true
from tests.loop.writing import Parameter, bound, filled, parameters_of, written

Json = dict[str, Any]
BRANCH = "refs/heads/main"
STARTED = "2026-01-05 05:00:00+00:00"  # every run
_MAIL = "sam@contoso.com"  # of the person who starts runs


class Result(StrEnum):
    """What becomes of a step, a job, a stage or a run."""

    SUCCEEDED = "Succeeded"
    ISSUES = "SucceededWithIssues"
    FAILED = "Failed"
    CANCELED = "Canceled"
    SKIPPED = "Skipped"

    @property
    def is_good(self) -> bool:
        return self in (Result.SUCCEEDED, Result.ISSUES)


# All that a part may say. What runs it, how long at most, how it is shown and what starts a run decide nothing here.
_KEYS = {
    "pipeline": "name trigger pr schedules parameters pool variables resources lockBehavior stages",
    "stage": "stage displayName dependsOn condition isSkippable jobs",
    "job": "job displayName workspace dependsOn condition pool timeoutInMinutes variables steps",
    "deployment": "deployment displayName workspace dependsOn condition environment timeoutInMinutes "
    "cancelTimeoutInMinutes strategy variables",
}


def need_known(kind: str, part: Json) -> None:
    """Raises Unknown where a part says what nothing here heeds."""
    if unknown := part.keys() - set(_KEYS[kind].split()):
        raise Unknown(f"{kind} with {sorted(unknown)}")


# The later in this list, the more it says of what it is part of; what was skipped says nothing.
_WORSE = (Result.SUCCEEDED, Result.ISSUES, Result.CANCELED, Result.FAILED)


def worst(results: Sequence[Result], of_none: Result) -> Result:
    """The result of what has these parts."""
    asked = [result for result in results if result is not Result.SKIPPED]
    return max(asked, key=_WORSE.index) if asked else of_none


@dataclass
class Job:
    """What became of a job: its result, what it handed on, and how often it was started."""

    result: Result = Result.SKIPPED
    outputs: dict[str, str] = field(default_factory=dict)
    attempt: int = 0


@dataclass
class Run:
    """One run of a pipeline, as far as it got."""

    name: str
    document: Json
    build: str
    commit: str
    reason: str
    parameters: Mapping[str, Parameter]
    resources: Mapping[str, Run] = field(default_factory=dict)  # of other pipelines, by alias
    branch: str = BRANCH
    stages: dict[str, Result] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)  # at each stage
    jobs: dict[str, dict[str, Job]] = field(default_factory=dict)
    artifacts: dict[str, dict[str, str]] = field(default_factory=dict)  # the files of each
    tags: set[str] = field(default_factory=set)
    canceled: bool = False

    @property
    def result(self) -> Result:
        if self.canceled:
            return Result.CANCELED
        return worst(list(self.stages.values()), Result.SUCCEEDED)


def new_run(name: str, document: Json, build: int, commit: str, reason: str, /, **given: Parameter) -> Run:
    """A run that nothing was done of yet; `given` are parameters, the others have their defaults."""
    return Run(name, document, str(build), commit, reason, parameters_of(document, given))


class Outside(Protocol):
    """The world around a run: people, agents and Azure."""

    def approves(self, run: Run, stage: str, environments: set[str]) -> bool:
        """Whether who is asked lets the stage begin; False where nobody answers in time."""

    def waits(self, run: Run, minutes: int) -> None:
        """Time passes, and no agent is held."""

    def awaits(self, run: Run, name: str, connection: str, job: str) -> Result:
        """The job `name` of the run waits for a job of Azure ML, and no agent is held; may cancel the run."""

    def works(self, run: Run, work: Work) -> Result:
        """Does the steps of a job on an agent, and notes its outputs; may cancel the run."""

    def ended(self, run: Run, stage: str, result: Result) -> None:
        """Hears what became of a stage that ran."""


@dataclass(frozen=True)
class Work:
    """A job on an agent: its steps, and the variables with which it begins."""

    stage: str
    name: str
    job: Job
    steps: Sequence[Json]
    variables: Mapping[str, str]
    is_deployment: bool


def run_all(run: Run, outside: Outside) -> Result:
    """Runs all stages, each after those that it depends on.

    Of a run that ended, what did not succeed is run again, and what comes after it; the rest keeps what it handed on.
    """
    need_known("pipeline", run.document)
    stages = _by_name(_had(run), "stage")
    for name, stage in _in_order(stages).items():
        before = _all_before(stages, name)
        if name in run.stages and run.stages[name].is_good:
            continue
        variables: Value = dict(_predefined(run))
        context = {"variables": variables, "dependencies": _results(run, stage["dependsOn"])}
        if _holds(run, stage, context, [run.stages[one] for one in before]):
            run.stages[name] = _run_stage(run, outside, stage)
            outside.ended(run, name, run.stages[name])
        else:
            run.stages[name] = Result.SKIPPED
    return run.result


def _had(run: Run) -> list[Json]:
    """The stages that the run has: Azure Pipelines fills in templates before it looks at anything else."""
    context = {"parameters": run.parameters}
    return [stage for only_if, stage in stages_of(run.document) if not only_if or is_true(evaluate(only_if, context))]


def _run_stage(run: Run, outside: Outside, stage: Json) -> Result:
    need_known("stage", stage)
    jobs = _by_name(stage["jobs"], "job", "deployment")
    for job in jobs.values():
        need_known("deployment" if "deployment" in job else "job", job)
    environments = {job["environment"] for job in jobs.values() if "environment" in job}
    if environments and not outside.approves(run, stage["stage"], environments):
        return Result.SKIPPED
    run.attempts[stage["stage"]] = run.attempts.get(stage["stage"], 0) + 1
    known = run.jobs.setdefault(stage["stage"], {})
    again: set[str] = set()
    for name, job in _in_order(jobs).items():
        before = _all_before(jobs, name)
        record = known.setdefault(name, Job())
        if record.result.is_good and not again.intersection(before):
            continue  # in an earlier attempt
        again.add(name)
        context = _context(run, stage, job, known)
        if _holds(run, job, context, [known[one].result for one in before]):
            record.attempt += 1
            record.outputs.clear()
            record.result = _run_job(run, outside, stage["stage"], job, record, context)
        else:
            record.result = Result.SKIPPED
    return worst([job.result for job in known.values()], Result.SKIPPED)


def _run_job(run: Run, outside: Outside, stage: str, job: Json, record: Job, context: Mapping[str, Value]) -> Result:
    deployment = "deployment" in job
    steps = job["strategy"]["runOnce"]["deploy"]["steps"] if deployment else job["steps"]
    variables = dict(_predefined(run))
    for name, text in {**(run.document.get("variables") or {}), **(job.get("variables") or {})}.items():
        variables[name] = bound(text, run.parameters, context)
    variables["System.JobAttempt"] = str(record.attempt)
    variables["System.StageAttempt"] = str(run.attempts[stage])
    name = job["deployment"] if deployment else job["job"]
    if job.get("pool") == "server":
        results = [_run_on_server(run, outside, name, step, variables) for step in steps]
        return Result.CANCELED if run.canceled else worst(results, Result.SUCCEEDED)
    return outside.works(run, Work(stage, name, record, steps, variables, deployment))


def _run_on_server(run: Run, outside: Outside, name: str, step: Json, variables: Mapping[str, str]) -> Result:
    inputs, result = step["inputs"], Result.SUCCEEDED
    match step.get("task"), step.keys() - {"task", "displayName", "inputs", "continueOnError"}:
        case "Delay@1", more if not more:
            outside.waits(run, int(inputs["delayForMinutes"]))
        case "AzureMLJobWaitTask@1", more if not more:
            job = filled(inputs["azureMLJobName"], variables)
            result = outside.awaits(run, name, inputs["serviceConnection"], job)
        case _:
            raise Unknown(f"a server runs {step}")
    return Result.ISSUES if result is Result.FAILED and step.get("continueOnError") else result


def _context(run: Run, stage: Json, job: Json, known: Mapping[str, Job]) -> dict[str, Value]:
    dependencies = {name: _as_value(known[name]) for name in job["dependsOn"] or ()} if "dependsOn" in job else {}
    stages = {
        name: {job: _as_value(record) for job, record in run.jobs.get(name, {}).items()}
        for name in stage["dependsOn"] or ()
    }
    variables: Value = dict(_predefined(run))
    return {"variables": variables, "dependencies": dependencies, "stageDependencies": stages}


def _as_value(job: Job) -> Value:
    return {"result": str(job.result), "outputs": dict(job.outputs)}


def _holds(run: Run, part: Json, context: Mapping[str, Value], before: Sequence[Result]) -> bool:
    status: Mapping[str, Status] = {
        "succeeded": lambda: not run.canceled and all(result.is_good for result in before),
        "failed": lambda: Result.FAILED in before,
        "canceled": lambda: run.canceled,
    }
    condition = written(part.get("condition", "succeeded()"), run.parameters)
    return is_true(evaluate(condition, context, status))


def _predefined(run: Run) -> dict[str, str]:
    return {
        "Build.BuildId": run.build,
        "Build.Reason": run.reason,
        "Build.SourceBranch": run.branch,
        "Build.SourceVersion": run.commit,
        "Build.RequestedForEmail": _MAIL if run.reason == "Manual" else "",
        "System.PipelineStartTime": STARTED,
        "System.AccessToken": "token of the job",
        **{f"resources.pipeline.{alias}.runID": other.build for alias, other in run.resources.items()},
        **{f"resources.pipeline.{alias}.runName": f"{alias}-{other.build}" for alias, other in run.resources.items()},
        **{f"resources.pipeline.{alias}.pipelineID": "3" for alias in run.resources},
        **{f"resources.pipeline.{alias}.sourceBranch": other.branch for alias, other in run.resources.items()},
    }


def _results(run: Run, names: Sequence[str]) -> Value:
    return {name: {"result": str(run.stages[name])} for name in names}


def _by_name(parts: Sequence[Json], *keys: str) -> dict[str, Json]:
    return {next(part[key] for key in keys if key in part): part for part in parts}


def _in_order(parts: Mapping[str, Json]) -> dict[str, Json]:
    """Each part behind those that it depends on; all of ours say what those are."""
    ordered: dict[str, Json] = {}
    while len(ordered) < len(parts):
        ready = [
            name
            for name, part in parts.items()
            if name not in ordered and set(_depends_on(parts, part)) <= ordered.keys()
        ]
        ordered[ready[0]] = parts[ready[0]]
    return ordered


def _depends_on(parts: Mapping[str, Json], part: Json) -> list[str]:
    """A stage depends on the one before it in the file, where it says nothing; a job on none."""
    if "dependsOn" in part:
        return list(part["dependsOn"])
    if "stage" in part:
        raise Unknown(f"stage {part['stage']} leaves to the order of the file what it depends on")
    return []


def _all_before(parts: Mapping[str, Json], name: str) -> list[str]:
    """All that a part depends on, also indirectly."""
    found: dict[str, None] = {}
    open_ones = list(_depends_on(parts, parts[name]))
    while open_ones:
        one = open_ones.pop()
        if one not in found:
            found[one] = None
            open_ones += _depends_on(parts, parts[one])
    return list(found)
