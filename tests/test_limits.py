"""What hangs is ended, and whatever it catches, it does not go on."""

from __future__ import annotations

import contextlib
import time

import pytest

from tests.limits import Hangs, limited_time


def test_work_without_end_is_ended_though_it_catches_every_exception() -> None:
    with pytest.raises(Hangs, match=r"^after 1 s of work or 60 s$"), limited_time(cpu_seconds=1, wall_seconds=60):
        _work_without_end()


def test_waiting_without_end_is_ended() -> None:
    with pytest.raises(Hangs, match=r"^after 60 s of work or 1 s$"), limited_time(cpu_seconds=60, wall_seconds=1):
        time.sleep(60)


def _work_without_end() -> None:
    while True:
        with contextlib.suppress(Exception):
            sum(range(1000))
