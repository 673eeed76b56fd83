"""The casings in which the Azure ML CLI and ARM write the same words."""

from __future__ import annotations

import re

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def camel(word: str) -> str:
    """`low_priority` as ARM writes it: `LowPriority`; what is camel case already stays."""
    return "".join(part[:1].upper() + part[1:] for part in word.split("_"))


def snake(word: str) -> str:
    """A word of an enumeration as the SDK compares it: `SystemAssigned` and `SYSTEM_ASSIGNED` are `system_assigned`."""
    return _HUMP.sub("_", word).lower()


def duration(seconds: int) -> str:
    """Seconds as the ISO 8601 duration that ARM takes: 120 is `PT2M`, 90 is `PT90S`."""
    return f"PT{seconds // 60}M" if seconds % 60 == 0 else f"PT{seconds}S"
