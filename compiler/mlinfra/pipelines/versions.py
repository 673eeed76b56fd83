"""The one table of tool versions: what the output was made for, what pipelines install and `mlinfra verify` names."""

from __future__ import annotations

from dataclasses import dataclass

from mlinfra.header.pipelines import Pipelines


@dataclass(frozen=True)
class ToolVersions:
    bicep: str
    az: str
    ml: str  # the extension of az

    def with_written(self, pipelines: Pipelines | None) -> ToolVersions:
        """The same, and over them what `pipelines.versions` of a spec says."""
        written = pipelines.versions.model_dump(exclude_none=True) if pipelines else {}
        return ToolVersions(**{**vars(self), **written})


# az and ml are a tested pair: newer ones of either have broken the other (azure-cli#31744, azure-cli-extensions#8667).
VERSIONS = ToolVersions(bicep="0.49.2", az="2.91.0", ml="2.42.0")
