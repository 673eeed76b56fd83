"""What the pipelines need to know of the platform, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from mlinfra.header.pipelines import Pipelines
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.trained import ModelContext


@dataclass(frozen=True)
class PipelinesContext:
    """The platform; `targets` in promotion order, paths from the root of the repository, with `/`.

    `promoted_from` and `branches` are by target; a branch may end in `*`.
    """

    platform: str
    settings: Pipelines
    targets: tuple[TargetContext, ...]
    promoted_from: Mapping[str, str | None]
    branches: Mapping[str, str]
    shared: frozenset[str]  # targets in which nothing is released, and which come before all others
    lenders: Mapping[str, tuple[str, ...]]  # by target: those in which something is made that it uses
    spec: str
    output: str
    wheel_sha256: str = ""  # of pipelines.install.wheel, where that is written
    key_rotation: str = ""  # how often infra.yml deploys new versions of keys, as cron; empty where none is named
    hashed: frozenset[str] = frozenset()  # files of requirements of the team's own code that have hashes

    @property
    def first(self) -> TargetContext:
        """The target in which train.yml trains."""
        return self.targets[0]

    @property
    def trains(self) -> bool:
        """Whether there is anything to do between infrastructure and release."""
        return bool(self.first.assets or self.settings.train.jobs)

    @property
    def releases(self) -> bool:
        return any(releases(self, target) for target in self.targets)

    def deploy(self, target: TargetContext) -> str:
        """The service connection that deploys a target: for jobs that are bound to its environment."""
        return self.settings.service_connections[target.name].deploy

    def plan(self, target: TargetContext) -> str | None:
        """The one that reads and asks what a deployment would do, where there is one."""
        return self.settings.service_connections[target.name].plan

    def run(self, target: TargetContext) -> str:
        """The one that trains and scores without approval; a target that does has it, as rules say."""
        name = self.settings.service_connections[target.name].run
        if name is None:
            raise ValueError(f"{target.name} trains or scores, and has no connection for it")
        return name

    def check(self, target: TargetContext) -> str:
        """The one that runs the jobs of pull requests; the first target has it where there are any, as rules say."""
        name = self.settings.service_connections[target.name].check
        if name is None:
            raise ValueError(f"{target.name} runs jobs of pull requests, and has no connection for it")
        return name

    def score(self, target: TargetContext) -> str:
        """The one that can only score, for smoke tests; a target that needs it has it, as rules say."""
        name = self.settings.service_connections[target.name].score
        if name is None:
            raise ValueError(f"{target.name} tests an endpoint by a command, and has no connection for it")
        return name

    def environment(self, target: TargetContext, suffix: str = "") -> str:
        """The environment of Azure Pipelines that the jobs of a target are bound to."""
        return f"{self.platform}-{target.lasting_name}{suffix}"

    def branch(self, target: TargetContext) -> str:
        return self.branches[target.name]

    def branches_of(self, targets: Iterable[TargetContext]) -> list[str]:
        """The branches that these targets are deployed from, each once."""
        return list(dict.fromkeys(self.branch(target) for target in targets))

    def path(self, below: str) -> str:
        """The path of a file or folder of the output, from the root of the repository."""
        return f"{self.output}/{below}"


def trains_itself(context: PipelinesContext, target: TargetContext) -> bool:
    """Whether a release trains in the target, on its own data: every later one, or those that get no models."""
    is_asked = context.settings.train.trains_in(context.promoted_from[target.name])
    return target is not context.first and is_asked and bool(trained_models(context, target))


def trained_models(context: PipelinesContext, target: TargetContext) -> list[ModelContext]:
    return [model for model in target.models if model.job in context.settings.train.jobs]


def trainer(context: PipelinesContext, target: TargetContext) -> TargetContext:
    """The target in which the models of a target are trained: itself, the nearest up its chain, or the first one."""
    return nearest(context, target, partial(trains_itself, context))


def nearest(context: PipelinesContext, target: TargetContext, is_it: Callable[[TargetContext], bool]) -> TargetContext:
    """The target itself, or the first up its chain that is it; where none is, the first of the platform."""
    by_name = {other.name: other for other in context.targets}
    at = target
    while not is_it(at):
        before = context.promoted_from[at.name]
        if before is None:
            return context.first
        at = by_name[before]
    return at


def promotes(context: PipelinesContext, target: TargetContext) -> bool:
    """Whether a release brings models: to a target that did not train them, or into the registry that all share."""
    if target is context.first:
        return any(model.registry for model in target.models)
    return bool(target.models) and not trains_itself(context, target)


def registers(context: PipelinesContext, target: TargetContext) -> bool:
    """Whether a release registers the target's assets after approval; who trains there has done it before."""
    return target is not context.first and bool(target.assets) and not trains_itself(context, target)


def releases(context: PipelinesContext, target: TargetContext) -> bool:
    """Whether a release has anything to do in the target."""
    return target.name not in context.shared and bool(
        promotes(context, target)
        or registers(context, target)
        or trains_itself(context, target)
        or target.endpoints
        or "serving" in target.units
        or target.schedules
        or any(each.bundle == "serving" for each in target.bundles)
    )


def stage_before(context: PipelinesContext, target: TargetContext, acts: Callable[[TargetContext], bool]) -> list[str]:
    """The stage of the nearest target, up the chain of promotion, in which a pipeline acts: none where a branch ends.

    A run of one branch leaves out the stages of targets that are deployed from others, so nothing may wait for them.
    """
    by_name = {other.name: other for other in context.targets}
    at = target.name
    while (before := context.promoted_from[at]) and context.branches[before] == context.branches[at]:
        if acts(by_name[before]):
            return [before]
        at = before
    return []
