"""What the pipelines need to know of the platform, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlinfra.header.pipelines import Pipelines
from mlinfra.pipelines.scripts import TargetContext


@dataclass(frozen=True)
class PipelinesContext:
    """The platform; `targets` in promotion order, paths from the root of the repository, with `/`."""

    platform: str
    settings: Pipelines
    targets: tuple[TargetContext, ...]
    promoted_from: Mapping[str, str | None]  # by target
    spec: str
    output: str
    wheel_sha256: str = ""  # of pipelines.install.wheel, where that is written

    @property
    def first(self) -> TargetContext:
        """The target that trains."""
        return self.targets[0]

    @property
    def trains(self) -> bool:
        """Whether there is anything to do between infrastructure and release."""
        return bool(self.first.assets or self.settings.train.jobs)

    @property
    def releases(self) -> bool:
        return any(releases(self, target) for target in self.targets)

    def deploy(self, target: TargetContext) -> str:
        """The service connection that deploys a target."""
        return self.settings.service_connections[target.name].deploy

    def plan(self, target: TargetContext) -> str | None:
        """The service connection that may only ask what a deployment would do, where there is one."""
        return self.settings.service_connections[target.name].plan

    def path(self, below: str) -> str:
        """The path of a file or folder of the output, from the root of the repository."""
        return f"{self.output}/{below}"


def promotes(context: PipelinesContext, target: TargetContext) -> bool:
    """Whether a release brings models to the target that were trained in the first one."""
    return target is not context.first and bool(target.models)


def registers(context: PipelinesContext, target: TargetContext) -> bool:
    """Whether a release registers the target's assets; those of the first one are registered before training."""
    return target is not context.first and bool(target.assets)


def releases(context: PipelinesContext, target: TargetContext) -> bool:
    """Whether a release has anything to do in the target."""
    return bool(
        promotes(context, target)
        or registers(context, target)
        or target.endpoints
        or "serving" in target.units
        or target.schedules
    )
