"""Durations of keys, as Azure Key Vault takes them: years, months and days of ISO 8601."""

from __future__ import annotations

import re

PATTERN = r"P(?=\d)(\d{1,3}Y)?(\d{1,4}M)?(\d{1,5}D)?"
WHAT = "a duration such as P1Y, P10M or P90D"
_PARTS = re.compile(r"(\d+)([YMD])")
_DAYS = {"Y": 365, "M": 30, "D": 1}


def days_of(duration: str) -> int:
    """About how many days it is: a month has 30.

    >>> days_of("P1Y2M"), days_of("P28D")
    (425, 28)
    """
    return sum(int(count) * _DAYS[unit] for count, unit in _PARTS.findall(duration))
