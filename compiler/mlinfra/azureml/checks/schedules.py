"""Schedules of jobs, beyond their triggers."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azureml.checks.walk import word
from mlinfra.azureml.context import Body, Check, CheckContext
from mlinfra.azureml.ports import mapping
from mlinfra.azureml.problems import BodyPath, BodyProblem
from mlinfra.diagnostics import Code

NO_PIPELINE = Code(
    id="MLI606",
    severity="warning",
    title="A schedule of a job that is no pipeline",
    why="Schedules are documented for pipeline jobs alone",
    fix="Put the job into a pipeline of one step",
    source="reference-yaml-schedule: create_job",
)
CODES = (NO_PIPELINE,)


def check_is_pipeline(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    kind, path = _scheduled_kind(body.get("create_job"), context)
    if kind not in ("pipeline", ""):
        yield BodyProblem(NO_PIPELINE, path, f"a schedule runs pipelines, and this is a {kind} job")


CHECKS: tuple[Check, ...] = (check_is_pipeline,)


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
