"""Times are taken where marshmallow, with which the Azure ML client reads them, takes them."""

from __future__ import annotations

import pytest
from marshmallow.utils import from_iso_datetime

from mlinfra.languages.documents import judge

DAYS = ("2026-02-28", "2026-02-29", "2024-02-29", "1900-02-29", "2000-02-29", "2026-02-30", "2026-04-30", "2026-04-31")
OTHER_DAYS = ("2026-12-31", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32", "0000-01-01", "0001-01-01")
HOURS = ("00:00", "23:59:59", "24:00:00", "12:60:00", "12:00:60", "12:00:00.1", "12:00:00.1234567", "12:00:00.")
ZONES = ("Z", "+01:00", "-0930", "+23:59", "+24:00", "+09", "z")
TIMES = (
    *(f"{day}T08:00:00" for day in (*DAYS, *OTHER_DAYS)),
    *(f"2026-01-31 {hour}" for hour in HOURS),
    *(f"2026-01-31T08:00:00{zone}" for zone in ZONES),
)


@pytest.mark.parametrize("time", TIMES)
def test_a_time_is_one_that_the_client_reads(time: str) -> None:
    trigger = {"type": "cron", "expression": "0 3 * * 0", "start_time": time}
    found = judge({"schedules": {"weekly": {"trigger": trigger, "create_job": "train"}}})
    try:
        from_iso_datetime(time)
    except ValueError:
        assert [error.message for error in found] == [
            f'start_time must be a time such as 2026-01-31T08:00:00, not "{time}"'
        ]
    else:
        assert found == []
