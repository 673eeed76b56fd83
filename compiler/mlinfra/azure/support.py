"""Until when versions of Python, of Ubuntu, and of the runtime that Spark has on Azure, are supported.

Whether a day has come is for `release.retired` to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from mlinfra.release import retired

Version = tuple[int, int]

PYTHON_SOURCE = "https://devguide.python.org/versions/"
PYTHON: Mapping[Version, date] = MappingProxyType(  # the last day of the month where only that is said
    {
        (3, 7): date(2023, 6, 27),
        (3, 8): date(2024, 10, 7),
        (3, 9): date(2025, 10, 31),
        (3, 10): date(2026, 10, 31),
        (3, 11): date(2027, 10, 31),
        (3, 12): date(2028, 10, 31),
        (3, 13): date(2029, 10, 31),
        (3, 14): date(2030, 10, 31),
    }
)
# https://ubuntu.com/about/release-cycle, standard support
UBUNTU: Mapping[Version, date] = MappingProxyType(  # of each the last day of the month
    {
        (16, 4): date(2021, 4, 30),
        (18, 4): date(2023, 5, 31),
        (20, 4): date(2025, 5, 31),
        (22, 4): date(2027, 5, 31),
        (24, 4): date(2029, 4, 30),
    }
)
SPARK_SOURCE = (
    "https://learn.microsoft.com/azure/synapse-analytics/spark/runtime-for-apache-spark-lifecycle-and-supportability"
)
SPARK: Mapping[Version, date] = MappingProxyType(
    {
        (3, 3): date(2025, 3, 31),
        (3, 4): date(2026, 3, 31),
        (3, 5): date(2028, 10, 31),  # with its long-term support
    }
)


def oldest_supported(versions: Mapping[Version, date]) -> Version:
    """The oldest version whose support had not ended on the day of this release."""
    return min(version for version, ends in versions.items() if not retired(ends))


def support_ended(version: Version, versions: Mapping[Version, date]) -> str:
    """What a sentence says of the support of a version that is older than those."""
    return f"support ended on {versions[version]}" if version in versions else "support ended long ago"
