"""When schedules, monitors and the start and stop of compute instances happen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from mlinfra.azure.cron import cron_problem, ignored_fields, without_alias, without_seconds
from mlinfra.azure.time_zones import TIME_ZONES, of_iana, time_zone
from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import closest_name, question
from mlinfra.languages.azureml.checks.walk import whole, word
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyPath, BodyProblem

CRON_FIELDS = Code(
    id="MLI601",
    severity="error",
    title="Cron expression that Azure ML can't read",
    why="The service refuses it when the schedule is created; the Azure ML client does not look",
    fix="Write five fields: minutes 0-59, hours 0-23, days, months, days of week 0-6",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule",
)
CRON_IGNORED = Code(
    id="MLI602",
    severity="warning",
    title="Days or months in a cron expression",
    why="Azure ML ignores both fields and takes them for *: the schedule runs more often than it says",
    fix="Write * for days and months; use a recurrence with month_days for certain days of a month",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule",
)
PATTERN_VALUE = Code(
    id="MLI603",
    severity="error",
    title="Hour, minute, day or interval outside its range",
    why="The service refuses it when the schedule is created; the Azure ML client does not look",
    fix="Use hours 0-23, minutes 0-59, month_days 1-31 and an interval of at least 1",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule",
)
UNKNOWN_TIME_ZONE = Code(
    id="MLI604",
    severity="error",
    title="Time zone that Azure ML does not know",
    why="Schedules take the names of Windows time zones, not those of the IANA database",
    fix="Use a name such as UTC or W. Europe Standard Time",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule",
)
ENDS_FIRST = Code(
    id="MLI844",
    severity="error",
    title="Schedule that ends before it begins",
    why="From end_time on nothing is started, so nothing ever is",
    fix="Write an end_time that comes after start_time, or leave one of them out",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule",
)
_IS_AN_OFFSET = re.compile(r"(?:UTC|GMT)?[+-]\d", re.IGNORECASE)  # of which none near is the one that is meant
PATTERN_RANGES = {"hours": range(24), "minutes": range(60), "month_days": range(1, 32)}


def check_trigger(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    """Check every trigger of an entry: its own, or those that start and stop a compute instance."""
    if context.section != "compute_instances":
        yield from _check_trigger(mapping(body.get("trigger")), ("trigger",))
        return
    schedules = mapping(body.get("schedules")).get("compute_start_stop")
    for index, schedule in enumerate(schedules if isinstance(schedules, list) else []):
        path = ("schedules", "compute_start_stop", index, "trigger")
        yield from _check_trigger(mapping(mapping(schedule).get("trigger")), path)


RULES: tuple[Rule, ...] = (
    over_body((CRON_FIELDS, CRON_IGNORED, PATTERN_VALUE, UNKNOWN_TIME_ZONE, ENDS_FIRST), check_trigger),
)


def _check_trigger(trigger: Body, path: BodyPath) -> Iterator[BodyProblem]:
    yield from _check_time_zone(trigger.get("time_zone"), (*path, "time_zone"))
    yield from _check_times(trigger.get("start_time"), trigger.get("end_time"), (*path, "end_time"))
    if word(trigger.get("type")) == "cron":
        yield from _check_cron(trigger.get("expression"), (*path, "expression"))
    else:
        yield from _check_recurrence(trigger, path)


def _check_time_zone(name: object, path: BodyPath) -> Iterator[BodyProblem]:
    if isinstance(name, str) and time_zone(name) is None:
        near = closest_name(name, TIME_ZONES)
        closest = of_iana(name) or (near if near and not _IS_AN_OFFSET.match(name) else None)
        help_text = question(closest) or 'use a Windows name, such as "W. Europe Standard Time"'
        yield BodyProblem(UNKNOWN_TIME_ZONE, path, f'Azure ML knows no time zone "{name}"', help_text)


def _check_times(start: object, end: object, path: BodyPath) -> Iterator[BodyProblem]:
    if not isinstance(start, str) or not isinstance(end, str):
        return
    try:
        is_first = datetime.fromisoformat(end) <= datetime.fromisoformat(start)
    except (ValueError, TypeError):  # which is said of them; or one of the two says its zone alone
        return
    if is_first:
        yield BodyProblem(ENDS_FIRST, path, f"{end} does not come after start_time, which is {start}")


def _check_cron(expression: object, path: BodyPath) -> Iterator[BodyProblem]:
    if not isinstance(expression, str):
        return
    if problem := cron_problem(expression):
        fields = without_alias(expression) or without_seconds(expression)
        yield BodyProblem(CRON_FIELDS, path, f'"{expression}" {problem}', fields and f'write "{fields}"')
        return
    for name in ignored_fields(expression):
        yield BodyProblem(
            CRON_IGNORED, path, f'Azure ML takes the {name} of "{expression}" for *', f"write * for the {name}"
        )


def _check_recurrence(trigger: Body, path: BodyPath) -> Iterator[BodyProblem]:
    interval = whole(trigger.get("interval"))
    if interval is not None and interval < 1:
        yield BodyProblem(PATTERN_VALUE, (*path, "interval"), f"interval is {interval}, and must be at least 1")
    for key, values in PATTERN_RANGES.items():
        written = mapping(trigger.get("schedule")).get(key)
        for index, item in enumerate(written if isinstance(written, list) else [written]):
            value = whole(item)
            if value is not None and value not in values:
                item_path = (*path, "schedule", key, index) if isinstance(written, list) else (*path, "schedule", key)
                message = f"{value} is not among the {key.replace('_', ' ')}"
                yield BodyProblem(PATTERN_VALUE, item_path, message, f"they go from {values[0]} to {values[-1]}")
