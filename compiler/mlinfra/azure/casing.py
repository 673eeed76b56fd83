"""The casings in which the Azure ML CLI and ARM write the same words."""

from __future__ import annotations

import re

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def camel(word: str) -> str:
    """`low_priority` as ARM writes it: `LowPriority`; what is camel case already stays."""
    return "".join(part[:1].upper() + part[1:] for part in word.split("_"))


def snake(word: object) -> str:
    """A word of an enumeration as the SDK compares it: `SystemAssigned`, `SYSTEMAssigned` and `SYSTEM_ASSIGNED` are
    `system_assigned`.

    Empty for what is no text: a value that was wrong, and is unknown since.
    """
    return _HUMP.sub("_", word).lower() if isinstance(word, str) else ""


def duration(seconds: int) -> str:
    """Seconds as an ISO 8601 duration, as the Azure SDKs write it: 120 is `PT2M`, 90,061 `P1DT1H1M1S`, 0 `P0D`."""
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    parts = zip((hours, *divmod(rest, 60)), "HMS", strict=True)
    time = "".join(f"{number}{unit}" for number, unit in parts if number)
    date = f"{days}D" if days or not time else ""
    return f"P{date}{'T' if time else ''}{time}"
