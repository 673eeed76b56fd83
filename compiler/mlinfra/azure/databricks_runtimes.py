"""Until when runtimes of Databricks are supported. Whether a day has come is for `release.retired` to say.

A runtime with long-term support has three years, any other one half a year.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from mlinfra.release import RELEASED, retired

SOURCE = "https://learn.microsoft.com/azure/databricks/release-notes/runtime/"
KEYS = "https://github.com/databricks/databricks-sdk-py/blob/main/databricks/sdk/service/compute.py"
LIFECYCLE = "https://learn.microsoft.com/azure/databricks/release-notes/runtime/databricks-runtime-ver"
NEAR = timedelta(days=180)  # as long as Databricks leaves between two runtimes with long-term support
Version = tuple[int, int | None]  # since 18 a runtime has no second number

LONG_TERM: Mapping[Version, date] = MappingProxyType(
    {
        (9, 1): date(2024, 9, 23),
        (10, 4): date(2025, 3, 18),
        (11, 3): date(2025, 10, 19),
        (12, 2): date(2026, 3, 1),
        (13, 3): date(2026, 8, 22),
        (14, 3): date(2027, 2, 1),
        (15, 4): date(2027, 8, 19),
        (16, 4): date(2028, 5, 9),
        (17, 3): date(2028, 10, 22),
        (18, None): date(2029, 6, 10),
    }
)
COMING = ((19, None),)  # known, and without long-term support so far
FIRST_OF_ONE_NUMBER = 18
_KEY = re.compile(
    r"(?P<major>[0-9]{1,3})\.(?P<minor>[0-9]{1,3}|x)(?:\.x)?(?P<variant>(?:-[a-z]+)*)(?:-scala[0-9.]+)?\Z"
)
FIRST_OF_SCALA_213 = 17
# The form of a key, as the API of KEYS lists them.
_WHOLE_KEY = re.compile(r"[0-9]{1,3}\.(?:[0-9]{1,3}\.)?x(?:-[a-z0-9_]+)*-scala[0-9]\.[0-9]{1,2}")
_SAID = re.compile(r"v?(?P<major>[0-9]{1,3})(?:\.(?P<minor>[0-9]{1,3}))?(?![0-9])")


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a key such as 17.3.x-cpu-ml-scala2.13 says."""

    version: Version
    variant: str  # -cpu-ml

    @property
    def name(self) -> str:
        major, minor = self.version
        return str(major) if minor is None else f"{major}.{minor}"

    @property
    def is_for_ml(self) -> bool:
        return "-ml" in self.variant

    @property
    def is_known(self) -> bool:
        """Newer ones than these may have come since this release."""
        return self.version in COMING or self.version[0] <= FIRST_OF_ONE_NUMBER

    @property
    def has_long_term_support(self) -> bool:
        return self.version in LONG_TERM

    @property
    def ends(self) -> date | None:
        """The day on which support ends, where a page says so."""
        return LONG_TERM.get(self.version)

    @property
    def has_no_support(self) -> bool:
        if self.has_long_term_support:
            return retired(self.ends)
        return self.version[0] < FIRST_OF_ONE_NUMBER  # of those the last one with half a year ended before this release

    @property
    def ends_soon(self) -> bool:
        return self.ends is not None and self.ends - RELEASED <= NEAR


def runtime(key: str) -> Runtime | None:
    """What a key of `spark_version` says; None for one that names no version.

    >>> runtime("17.3.x-cpu-ml-scala2.13"), runtime("auto:latest-lts")
    (Runtime(version=(17, 3), variant='-cpu-ml'), None)
    >>> runtime("18.x-scala2.13").name, runtime("18.0.x-scala2.13").name, runtime("13.3.x-scala2.12").has_no_support
    ('18', '18', True)
    """
    match = _KEY.match(key)
    if match is None:
        return None
    major = int(match["major"])
    minor = None if major >= FIRST_OF_ONE_NUMBER or match["minor"] == "x" else int(match["minor"])
    return Runtime((major, minor), match["variant"])


def meant(key: str) -> str | None:
    """The key that is meant by a version that is none, such as a number; None for what is a key, or names no version.

    >>> meant("17.3"), meant("15.4.x-cpu-ml"), meant("16.4 LTS ML"), meant("17-scala2.13")
    ('17.3.x-scala2.13', '15.4.x-cpu-ml-scala2.12', '16.4.x-cpu-ml-scala2.12', '17.x-scala2.13')
    >>> meant("17.3.x-photon-scala2.13"), meant("18.x-scala2.13"), meant("auto:latest-lts"), meant("custom:x")
    (None, None, None, None)
    """
    said = _SAID.match(key)
    if said is None or _WHOLE_KEY.fullmatch(key):
        return None
    words = re.findall("[a-z]+", key.lower())
    is_for_gpus, is_for_ml = "gpu" in words, "ml" in words
    variant = f"-{'gpu' if is_for_gpus else 'cpu'}-ml" if is_for_ml else "-photon" if "photon" in words else ""
    minor = f".{said['minor']}" if said["minor"] and int(said["major"]) < FIRST_OF_ONE_NUMBER else ""
    return f"{said['major']}{minor}.x{variant}-scala{'2.13' if int(said['major']) >= FIRST_OF_SCALA_213 else '2.12'}"


def newest(variant: str) -> str:
    """The key of the newest runtime with long-term support, in the variant of another one.

    >>> newest("-cpu-ml")
    '18.x-cpu-ml-scala2.13'
    """
    kept = variant if variant in ("-cpu-ml", "-gpu-ml") else ""
    return f"{max(LONG_TERM)[0]}.x{kept}-scala2.13"
