"""Numbers in bodies that the service does not take, or that read as if another unit was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.azure.support import SPARK, SPARK_SOURCE, Version, oldest_supported, support_ended
from mlinfra.bodies.fields import MAIL
from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.checks.monitors import RUNTIME_VERSIONS
from mlinfra.languages.azureml.checks.walk import jobs_in, whole
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyPath, BodyProblem
from mlinfra.schemas.values import value_at

TOO_LITTLE = Code(
    id="MLI242",
    severity="error",
    title="Number below the least that the service takes",
    why="The service refuses it when the job or the deployment is created; the Azure ML client does not look",
    fix="Write at least what the message says",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-overview",
)
OTHER_UNIT = Code(
    id="MLI243",
    severity="warning",
    title="Time that reads as if another unit was meant",
    why="It is that many seconds or milliseconds: so short a time ends most jobs, requests or nodes before they work, "
    "and so long a one lets nodes wait that cost as if they worked",
    fix="Write the time in the unit that the message names; where it is meant, ignore this with that reason",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-overview",
)
OLD_SPARK = Code(
    id="MLI244",
    severity="warning",
    title="Runtime of Spark that is out of support, or that this release does not know",
    why="One out of support gets no fixes, and its jobs are switched off one after the other; one that Azure does not "
    "have is refused when the job starts. Days are compared with that of this release of mlinfra",
    fix="Write a runtime that is supported, and try the job with it",
    source=SPARK_SOURCE,
)
NO_MAIL = Code(
    id="MLI246",
    severity="error",
    title="Text that is no mail address",
    why="The service refuses it, or what it reports reaches nobody",
    fix="Write an address such as ml-platform@contoso.com",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-monitor",
)
RUNTIME = "runtime_version"
_MAIL = re.compile(MAIL)


class Time(NamedTuple):
    """A field that takes a time."""

    path: BodyPath
    unit: str
    usual: int  # a shorter one is a slip: nothing that Azure ML starts is done by then
    instead: str  # where people think of another unit
    longest: int = 0  # 0: another rule says that


A_DAY = 24 * 60 * 60  # nodes that wait longer than that are meant to stay, which min_instances says
TIMES_OF_JOBS = (
    Time(("limits", "timeout"), "seconds", 60, "2 hours are 7200"),
    Time(("limits", "trial_timeout"), "seconds", 60, "1 hour is 3600"),
)
TIMES_OF_DEPLOYMENTS = (Time(("request_settings", "request_timeout_ms"), "milliseconds", 301, "30 seconds are 30000"),)
TIMES_OF_CLUSTERS = (Time(("idle_time_before_scale_down",), "seconds", 30, "2 minutes are 120", A_DAY),)
MAILS = ("create_monitor", "alert_notification", "emails")
AT_LEAST_ONE = (("instance_count",), ("resources", "instance_count"), ("max_concurrency_per_instance",))


def check_jobs(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in jobs_in(body, context):
        yield from _too_little(job.body, job.path)
        yield from _other_units(job.body, job.path, TIMES_OF_JOBS)
        yield from _old_spark(mapping(job.body.get("resources")), (*job.path, "resources"))


def check_deployment(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    yield from _too_little(body, ())
    yield from _too_little(mapping(body.get("settings")), ("settings",))
    yield from _other_units(body, (), TIMES_OF_DEPLOYMENTS)


def check_cluster(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    yield from _other_units(body, (), TIMES_OF_CLUSTERS)


def check_monitor(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    path = ("create_monitor", "compute")
    compute = mapping(value_at(body, path))
    if str(compute.get(RUNTIME)) in RUNTIME_VERSIONS:  # of others that is said which monitors run on
        yield from _old_spark(compute, path)
    mails = value_at(body, MAILS)
    for index, mail in enumerate(mails if isinstance(mails, list) else ()):
        if isinstance(mail, str) and not _MAIL.fullmatch(mail):
            help_text = "write one such as ml-platform@contoso.com"
            yield BodyProblem(NO_MAIL, (*MAILS, index), f'"{mail}" is no mail address', help_text)


JOB_RULES: tuple[Rule, ...] = (over_body((TOO_LITTLE, OTHER_UNIT, OLD_SPARK), check_jobs),)
DEPLOYMENT_RULES: tuple[Rule, ...] = (over_body((TOO_LITTLE, OTHER_UNIT), check_deployment),)
CLUSTER_RULES: tuple[Rule, ...] = (over_body(OTHER_UNIT, check_cluster),)
MONITOR_RULES: tuple[Rule, ...] = (over_body((OLD_SPARK, NO_MAIL), check_monitor),)


def _too_little(body: Body, above: BodyPath) -> Iterator[BodyProblem]:
    for path in AT_LEAST_ONE:
        number = whole(value_at(body, path))
        if number is not None and number < 1:
            yield BodyProblem(
                TOO_LITTLE,
                (*above, *path),
                f"{path[-1]} is {number}, and must be at least 1",
                f"write {path[-1]}: 1, or more",
            )


def _other_units(body: Body, above: BodyPath, times: tuple[Time, ...]) -> Iterator[BodyProblem]:
    for time in times:
        number = whole(value_at(body, time.path))
        if number is not None and (0 < number < time.usual or 0 < time.longest < number):
            message = f"{time.path[-1]} is {number} {time.unit}"
            yield BodyProblem(OTHER_UNIT, (*above, *time.path), message, f"it takes {time.unit}: {time.instead}")


def _old_spark(body: Body, above: BodyPath) -> Iterator[BodyProblem]:
    written = str(body.get(RUNTIME, ""))
    if not written or "${" in written:
        return
    oldest, newest = oldest_supported(SPARK), max(SPARK)
    parts = [int(part) for part in written.split(".") if part.isascii() and part.isdigit()]
    version = (parts[0], parts[1]) if len(parts) == written.count(".") + 1 == 2 else None
    if version is not None and version < oldest:
        message = f"Spark {written} is out of support: its {support_ended(version, SPARK)}"
        yield BodyProblem(OLD_SPARK, (*above, RUNTIME), message, f'write {RUNTIME}: "{_numbers(oldest)}"')
    elif version not in SPARK:
        message = f'"{written}" is no runtime of Spark that this release knows'
        yield BodyProblem(OLD_SPARK, (*above, RUNTIME), message, f'write {RUNTIME}: "{_numbers(newest)}"')


def _numbers(version: Version) -> str:
    return ".".join(map(str, version))
