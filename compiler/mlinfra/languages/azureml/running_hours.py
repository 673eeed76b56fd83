"""How long a compute instance runs by the schedules that start and stop it."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from mlinfra.azure.cron import DAYS, moments_of_a_week
from mlinfra.azure.prices import HOURS_A_MONTH

MINUTES_A_DAY = 24 * 60
MINUTES_A_WEEK = 7 * MINUTES_A_DAY


def running_hours(schedules: Any) -> Decimal | None:
    """Hours a month of an instance that these start and stop; None where they don't say both, or say no week.

    >>> def at(action, hour): return {"action": action, "trigger": {"type": "cron", "expression": f"0 {hour} * * 1-5"}}
    >>> round(running_hours({"compute_start_stop": [at("start", 8), at("stop", 18)]}), 2)  # 50 of 168 hours
    Decimal('217.26')
    """
    written = schedules.get("compute_start_stop") if isinstance(schedules, Mapping) else None
    moments: dict[str, set[int]] = {"start": set(), "stop": set()}
    for schedule in written if isinstance(written, list) else []:
        if str(schedule.get("state") or "enabled").lower() != "enabled":
            continue
        found = _moments(schedule.get("trigger") or {})
        if found is None:
            return None
        moments[str(schedule.get("action")).lower()].update(found)
    if not moments["start"] or not moments["stop"]:
        return None
    stops = sorted(moments["stop"])
    minutes = sum(_minutes_until(stops, start) for start in _starts(moments["start"], moments["stop"]))
    return Decimal(minutes) * HOURS_A_MONTH / MINUTES_A_WEEK


def _starts(starts: set[int], stops: set[int]) -> Iterator[int]:
    """Those that find the instance stopped: the last moment before each is a stop."""
    every = sorted(starts | stops)
    for place, moment in enumerate(every):
        before = every[place - 1]
        if moment in starts and moment not in stops and before in stops:
            yield moment


def _minutes_until(stops: Sequence[int], start: int) -> int:
    """From a start to the next of the stops, which are in order: those of a week come again in the next."""
    return (stops[bisect(stops, start) % len(stops)] - start) % MINUTES_A_WEEK


def _moments(trigger: Mapping[str, Any]) -> list[int] | None:
    """The minutes of a week, from Sunday on, at which it fires; None where that is not the same each week."""
    if str(trigger.get("type")).lower() == "cron":
        return moments_of_a_week(str(trigger.get("expression")))
    frequency, pattern = str(trigger.get("frequency")).lower(), trigger.get("schedule")
    if not isinstance(pattern, Mapping) or str(trigger.get("interval")) != "1" or frequency not in ("day", "week"):
        return None
    days = [str(day).lower() for day in pattern.get("week_days") or ()]
    if frequency == "week" and not days:
        return None
    chosen = range(7) if frequency == "day" else [DAYS.index(day) for day in days]
    hours, minutes = (pattern.get(key) or [0] for key in ("hours", "minutes"))
    return [
        day * MINUTES_A_DAY + int(hour) * 60 + int(minute) for day in chosen for hour in hours for minute in minutes
    ]
