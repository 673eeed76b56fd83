"""When this release was made: the only clock that compiling asks.

Azure's own dates (what it retires, how old an image is) are compared with this day and never with the machine's, so
that the same spec says the same on any day. A new version takes a new line: without one nothing starts.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from mlinfra import __version__

RELEASES = {"0.1.0": date(2026, 11, 25)}  # version: the day on which the facts in `azure/` were looked at last
RELEASED = RELEASES[__version__]


def retired(on: date | None, at: date = RELEASED) -> bool:
    """Whether what ends on a day is gone: from that day on; what has no end never is.

    >>> retired(date(2026, 3, 31), at=date(2026, 3, 30)), retired(date(2026, 3, 31), at=date(2026, 3, 31))
    (False, True)
    """
    return on is not None and on <= at


def months_before(months: int, day: date = RELEASED) -> date:
    """The day so many months before another, the last of its month where that is shorter.

    >>> months_before(6, date(2026, 8, 31)), months_before(6, date(2026, 11, 25))
    (datetime.date(2026, 2, 28), datetime.date(2026, 5, 25))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
