"""The one table of tool versions: what the output was made for, what pipelines install and `mlinfra verify` names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlinfra.header.pipelines import Pipelines

ANY_MACHINE = "*"


@dataclass(frozen=True)
class ToolVersions:
    """`bicep_hashes`: by machine, as the names of Bicep's downloads end, the SHA-256 that its program may have."""

    bicep: str
    az: str
    ml: str  # the extension of az
    bicep_hashes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_written(self, pipelines: Pipelines | None) -> ToolVersions:
        """The same, and over them what `pipelines.versions` of a spec says."""
        pins = pipelines.versions if pipelines else None
        if pins is None:
            return self
        az, ml, bicep = pins.az or self.az, pins.ml or self.ml, pins.bicep
        if bicep is None or (bicep.version == self.bicep and not bicep.sha256):
            return ToolVersions(self.bicep, az, ml, self.bicep_hashes)
        return ToolVersions(bicep.version, az, ml, {ANY_MACHINE: tuple(bicep.sha256)} if bicep.sha256 else {})


# az and ml are a tested pair: newer ones of either have broken the other (azure-cli#31744, azure-cli-extensions#8667).
# Without hashes of Bicep: GitHub shows those of a release beside its files, and no other source confirms them. A spec
# that names one has it checked.
VERSIONS = ToolVersions(bicep="0.49.2", az="2.91.0", ml="2.42.0")
