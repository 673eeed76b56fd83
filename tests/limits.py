"""An end to what hangs: by processor time, which no other process takes, and by the clock for what only waits."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Hangs(BaseException):
    """The time of a block is over: no `except Exception` or `except OSError` may take it."""


@contextmanager
def limited_time(cpu_seconds: int, wall_seconds: int) -> Iterator[None]:
    """Raises Hangs within the block once this process has worked for so long, or so much time has passed."""

    def end(number: int, frame: FrameType | None) -> None:
        raise Hangs(f"after {cpu_seconds} s of work or {wall_seconds} s")

    timers = {signal.ITIMER_PROF: (signal.SIGPROF, cpu_seconds), signal.ITIMER_REAL: (signal.SIGALRM, wall_seconds)}
    before = {number: signal.signal(number, end) for number, _ in timers.values()}
    for timer, (_, seconds) in timers.items():
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for timer, (number, _) in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])
