"""Calendars as Azure ML or cron writes them, where a job of Databricks has a schedule of its own.

Source: docs of databricks-sdk, `TriggerSettings`, `PeriodicTriggerConfiguration` and `CronSchedule`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from mlinfra.languages.language import Misread

_OF_A_SCHEDULE = frozenset(
    (
        *("type", "cron", "cron_expression", "expression", "frequency", "interval", "schedule", "time_zone"),
        *("timezone", "start_time", "end_time", "quartz_cron_expression", "timezone_id"),
    )
)
_OF_A_TRIGGER = ("file_arrival", "job_completion", "model", "periodic", "sql_condition", "table_update")
_UNITS = {"hour": "HOURS", "day": "DAYS", "week": "WEEKS"}
_FIELDS_OF_CRON = 5
_DAILY = "0 0 5 * * ?"


def misread_calendars(body: Mapping[str, Any]) -> Iterator[Misread]:
    """A trigger or a schedule with the fields of another service's calendar, and what says the same here."""
    trigger, schedule = body.get("trigger"), body.get("schedule")
    if _is_a_calendar(trigger) and not any(key in trigger for key in _OF_A_TRIGGER):
        message = "trigger starts a job when something happens, and takes no calendar"
        yield Misread(("trigger",), message, f"write {_instead_of(trigger)}")
    if _is_a_calendar(schedule) and "quartz_cron_expression" not in schedule:
        yield Misread(("schedule",), "schedule takes a cron expression of Quartz", f"write {_instead_of(schedule)}")


def _is_a_calendar(value: Any) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping) and any(key in _OF_A_SCHEDULE for key in value)


def _instead_of(calendar: Mapping[str, Any]) -> str:
    unit, interval = _UNITS.get(str(calendar.get("frequency")).lower()), calendar.get("interval", 1)
    if unit and isinstance(interval, int):
        return f"trigger: {{periodic: {{interval: {interval}, unit: {unit}}}}}"
    written = next((calendar[key] for key in ("expression", "cron_expression", "cron") if key in calendar), None)
    zone = next((calendar[key] for key in ("time_zone", "timezone", "timezone_id") if key in calendar), "UTC")
    quartz = calendar.get("quartz_cron_expression") or _in_quartz(written)
    return f"schedule: {{quartz_cron_expression: {quartz}, timezone_id: {zone}}}"


def _in_quartz(cron: Any) -> str:
    """The expression with seconds before it; one that says a day of the week is not translated."""
    fields = str(cron).split()
    is_plain = len(fields) == _FIELDS_OF_CRON and fields[4] == "*"
    return " ".join(("0", *fields[:4], "?")) if is_plain else _DAILY
