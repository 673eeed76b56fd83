"""Names that no file can have on Windows: git stops there in the middle of a checkout."""

from __future__ import annotations

import re

# Naming Files, Paths, and Namespaces (Windows): in any case, and whatever follows after a period.
_DEVICE = re.compile(r"con|prn|aux|nul|com[1-9]|lpt[1-9]", re.IGNORECASE)


def is_device(name: str) -> bool:
    """Whether Windows takes a name for that of a device.

    >>> is_device("aux"), is_device("Con.yml"), is_device("console")
    (True, True, False)
    """
    return _DEVICE.fullmatch(name.partition(".")[0]) is not None


def device_help(name: str) -> str:
    """Why that is wrong, and what would be right."""
    return f'Windows takes "{name}" for a device, and can\'t check out a file of that name; write for example "{name}s"'
