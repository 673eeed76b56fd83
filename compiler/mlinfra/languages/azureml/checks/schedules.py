"""Schedules of jobs, beyond their triggers."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.languages.azureml.checks.walk import word
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyPath, BodyProblem, nearly

NO_PIPELINE = Code(
    id="MLI606",
    severity="error",
    title="Schedule of a job that is not a pipeline",
    why="The Azure ML client creates schedules of pipeline jobs, and refuses those of any other",
    fix="Put the job into a pipeline of one step",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule",
)
UNKNOWN_INPUT = Code(
    id="MLI607",
    severity="warning",
    title="Schedule gives an input that its job does not have",
    why="No step of the job is bound to it: the runs that the schedule starts do not depend on the value",
    fix="Use the name of an input of the job",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule",
)

OTHER_TYPE = Code(
    id="MLI608",
    severity="error",
    title="Schedule says another type than its job has",
    why="The Azure ML CLI reads the job as one of the type that the schedule says, and refuses it",
    fix="Write the type of the job, or leave it out",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule",
)


def check_is_pipeline(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    kind, path = _scheduled_kind(body.get("create_job"), context)
    if kind not in ("pipeline", ""):
        yield BodyProblem(NO_PIPELINE, path, f"a schedule runs pipelines, and this is a {kind} job")


def check_inputs(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    create_job = mapping(body.get("create_job"))
    reference = create_job.get("job")
    job = context.job(reference) if isinstance(reference, str) else None
    if job is None:
        return
    known = mapping(job.get("inputs"))
    for name in mapping(create_job.get("inputs")):
        if name not in known:
            message = f'job "{reference}" has no input "{name}"'
            help_text = did_you_mean(name, known) or "it has no inputs"
            near = nearly(name, known, "inputs", (), ("create_job", "job"))
            path = ("create_job", "inputs", name)
            yield BodyProblem(UNKNOWN_INPUT, path, message, help_text, on_key=True, near=near)


def check_type(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    create_job = mapping(body.get("create_job"))
    reference, said = create_job.get("job"), create_job.get("type")
    kind = _kind(context.job(reference)) if isinstance(reference, str) else ""
    if kind and isinstance(said, str) and word(said) != kind:
        message = f'job "{reference}" is a {kind} job, not a {word(said)} job'
        yield BodyProblem(OTHER_TYPE, ("create_job", "type"), message, f"write type: {kind}, or leave it out")


RULES: tuple[Rule, ...] = (
    over_body(NO_PIPELINE, check_is_pipeline),
    over_body(UNKNOWN_INPUT, check_inputs),
    over_body(OTHER_TYPE, check_type),
)


def _scheduled_kind(create_job: object, context: CheckContext) -> tuple[str, BodyPath]:
    """Return the kind of the scheduled job, empty where it can't be known, and where it is named."""
    if isinstance(create_job, str):
        return _kind(context.job(create_job)), ("create_job",)
    body = mapping(create_job)
    if isinstance(body.get("job"), str):
        return _kind(context.job(body["job"])), ("create_job", "job")
    if "type" in body:
        return word(body["type"]), ("create_job", "type")
    return ("command", ("create_job",)) if "command" in body else ("", ("create_job",))


def _kind(job: Body | None) -> str:
    if job is None:
        return ""
    return word(job.get("type")) or ("pipeline" if "jobs" in job else "command")
