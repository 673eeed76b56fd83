"""The one table of tool versions: what the output was made for, what pipelines install and `mlinfra verify` names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from mlinfra.header.pipelines import Pipelines, ToolPin

ANY_MACHINE = "*"
Hashes: TypeAlias = Mapping[str, tuple[str, ...]]  # by machine, the SHA-256 that what is installed may have


@dataclass(frozen=True)
class ToolVersions:
    """Machines are called as the names of what is downloaded end: a program of Bicep, an archive of Databricks."""

    bicep: str
    az: str
    ml: str  # the extension of az
    databricks: str
    bicep_hashes: Hashes = field(default_factory=dict)
    databricks_hashes: Hashes = field(default_factory=dict)

    def with_written(self, pipelines: Pipelines | None) -> ToolVersions:
        """The same, and over them what `pipelines.versions` of a spec says."""
        pins = pipelines.versions if pipelines else None
        if pins is None:
            return self
        bicep, bicep_hashes = _pinned(pins.bicep, self.bicep, self.bicep_hashes)
        databricks, databricks_hashes = _pinned(pins.databricks, self.databricks, self.databricks_hashes)
        return replace(
            self,
            bicep=bicep,
            az=pins.az or self.az,
            ml=pins.ml or self.ml,
            databricks=databricks,
            bicep_hashes=bicep_hashes,
            databricks_hashes=databricks_hashes,
        )


def _pinned(pin: ToolPin | None, version: str, hashes: Hashes) -> tuple[str, Hashes]:
    if pin is None or (pin.version == version and not pin.sha256):
        return version, hashes
    return pin.version, {ANY_MACHINE: tuple(pin.sha256)} if pin.sha256 else {}


# az and ml are a tested pair: newer ones of either have broken the other (azure-cli#31744, azure-cli-extensions#8667).
# Without hashes of Bicep: GitHub shows those of a release beside its files, and no other source confirms them. A spec
# that names one has it checked; else install-tools.sh asks GitHub ("digest", in
# https://docs.github.com/rest/releases/releases#get-a-release-by-tag-name). It takes the program from there too: az has
# another host (`_get_bicep_download_url` of azure-cli), and that it serves the same bytes is nowhere said.
# Those of the Databricks CLI stand in the formula of Databricks' own tap of Homebrew, beside the releases themselves:
# https://github.com/databricks/homebrew-tap/blob/e919b85ffeb782e0576c862d1f66d0a571f0662b/Formula/databricks.rb
VERSIONS = ToolVersions(
    bicep="0.49.2",
    az="2.91.0",
    ml="2.42.0",
    databricks="1.9.0",
    databricks_hashes={
        "linux_amd64": ("10938da31db7f89e6e90f6be41d340e3387231e5da5125cfc97ecb8cb66f6394",),
        "linux_arm64": ("a4fcc3b70ed4b26f0e8064e39287d0692218cf3d2f549042d66d04c9ad2d692a",),
        "darwin_amd64": ("488f039954fd820bb9ad5fa94cd37a45e08607d3c22b22cfe8aeb982bc1aa063",),
        "darwin_arm64": ("4a955804994764ef68f76563ec4aaf966cf0ab14175d1a10768e41c9be016551",),
    },
)


class First(NamedTuple):
    """The first version of a tool that has what the output uses, what that is, and the page that says so."""

    version: str
    has: str
    source: str


FIRST: Mapping[str, First] = {
    "az": First(
        "2.76.0",
        "what-if with --validation-level, which asks with the rights of a reader",
        "https://learn.microsoft.com/cli/azure/release-notes-azure-cli",
    ),
    "ml": First(
        "2.37.2",
        "what lets it start in az 2.75 and later",
        "https://github.com/Azure/azure-cli/issues/31744",
    ),
    "bicep": First(
        "0.34.1",
        "modules without a name, as the output has them",
        "https://github.com/Azure/bicep/releases/tag/v0.34.1",
    ),
}


def is_older(version: str, other: str) -> bool:
    """Whether the numbers of a version are lower than those of another; what stands behind them doesn't count."""
    return _numbers(version) < _numbers(other)


def _numbers(version: str) -> list[tuple[int, str]]:
    """Its numbers, in an order of their own: the digits of a spec may be more than an integer is made of."""
    match = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    parts = [part.lstrip("0") for part in match[0].split(".")] if match else []
    while parts and not parts[-1]:
        del parts[-1]
    return [(len(part), part) for part in parts]
