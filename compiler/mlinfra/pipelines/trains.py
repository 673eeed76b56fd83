"""A job of a pipeline that trains in a target, and the steps of which it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from mlinfra.pipelines.context import PipelinesContext, trained_models
from mlinfra.pipelines.handed_on import handed_on
from mlinfra.pipelines.scripts import TargetContext
from mlinfra.pipelines.steps import RUN, STAGING, Step, azure, deadline, deployment, inline, install, name_again
from mlinfra.pipelines.trained import CheckedJob, JobContext, are_told

_OUT = f"{STAGING}/models"
_DONE = "mlinfra.done"  # which run-job.sh sets: of several jobs, that one of them did not fail


def values_of_run(jobs: Iterable[JobContext | CheckedJob], branch: str = "$(Build.SourceBranch)") -> dict[str, str]:
    """For `env` of what submits the jobs: what the run knows, where any of them is told."""
    if not are_told(jobs):
        return {}
    return {
        "MLINFRA_STARTED": "$(System.PipelineStartTime)",
        "MLINFRA_BRANCH": branch,
        "MLINFRA_BY": "$(Build.RequestedForEmail)",
    }


def stage_name(target: TargetContext) -> str:
    """The stage in which a later target trains."""
    return f"{target.name}_train"


@dataclass(frozen=True)
class Trains:
    """A job of a pipeline that trains in a target.

    `dues` are the conditions of the jobs, of which one that fails holds back its own models only; `asked` says to
    run-job.sh why and for which build it runs, `env` what a person was asked, `prefix` is what the names of the
    artifacts begin with; `before` are the first steps of each job, `after` the last ones, once all is published.
    `refusals`, of `before`, end a run that may not train: before steps of the team's own, too.
    """

    context: PipelinesContext
    target: TargetContext
    name: str
    dues: Mapping[str, str]
    asked: str
    before: tuple[Step, ...]
    after: tuple[Step, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    refusals: tuple[Step, ...] = ()

    @property
    def title(self) -> str:
        return f"Train in {self.target.name}"

    def deployment(self, name: str, title: str, minutes: int, steps: list[Step]) -> dict[str, Any]:
        """A job in the environment of what runs: branch control, and no approval."""
        return deployment(name, title, self.context.environment(self.target, RUN), minutes, steps)

    def batches(self) -> Iterator[tuple[str, ...]]:
        """The jobs in their order, those together that run side by side: of one template, and no more than may."""
        templates = {job.name: job.template for job in self.target.jobs}
        at_once = self.context.settings.train.parallel
        for _, together in groupby(self.dues, key=lambda job: templates.get(job) or job):
            jobs = tuple(together)
            yield from (jobs[start : start + at_once] for start in range(0, len(jobs), at_once))

    def running(self, minutes: int) -> Iterator[Step]:
        """Runs the jobs; of several side by side, each is submitted before the first is waited for.

        Steps of the same job read an output variable with its step's name before it:
        https://learn.microsoft.com/azure/devops/pipelines/process/set-variables-scripts.
        """
        numbers = {job: number for number, job in enumerate(self.dues, start=1)}
        for jobs in self.batches():
            if len(jobs) == 1:
                yield self.run(jobs[0], "", deadline(minutes), title="Run", condition=self.dues[jobs[0]])
                continue
            for job in jobs:
                name = f"job_{numbers[job]}"
                due = self.dues[job]
                yield self.run(job, " --submit", deadline(minutes), title="Submit", condition=due, step=name)
            for job in jobs:
                name = f"job_{numbers[job]}.job"
                due = f"and({self.dues[job] or 'succeeded()'}, ne(variables['{name}'], ''))"
                yield self.run(job, f' --submitted "$({name})"', deadline(minutes), title="Run", condition=due)

    def registering(self) -> Iterator[Step]:
        yield from install(self.context, "ml")
        if self.target.assets:
            connection, arguments = self.context.run(self.target), f"--target {self.target.name}"
            yield azure(self.context, "Register the assets", connection, "register-assets.sh", arguments, long=True)

    def run(self, job: str, more: str, env: Mapping[str, str], *, title: str, condition: str, step: str = "") -> Step:
        apart = " --apart" if len(self.dues) > 1 else ""
        arguments = f'--target {self.target.name} --job {job} --out "{_OUT}" {self.asked}'
        arguments = f'{arguments} --commit "$(Build.SourceVersion)"{more}{apart}'
        given = {**env, **self.env, **values_of_run(self.target.jobs)}
        return azure(
            self.context,
            f"{title} {job}",
            self.context.run(self.target),
            "run-job.sh",
            arguments,
            long=True,
            env=given,
            condition=condition,
            step=step,
        )

    def cancelling(self, condition: str = "canceled()") -> Iterator[Step]:
        """A run that is cancelled, or out of time, cancels the jobs that it started."""
        build = self.asked[self.asked.index("--build") :]
        for job in self.dues:
            arguments = f"--target {self.target.name} --job {job} {build} --cancel"
            connection = self.context.run(self.target)
            yield azure(self.context, f"Cancel {job}", connection, "run-job.sh", arguments, condition=condition)

    def handing_on(self) -> Iterator[Step]:
        """Publishes the models, and models.json."""
        if len(self.dues) > 1:
            lines = ('echo "##vso[task.logissue type=error]No job was trained: each of them failed"', "exit 1")
            nothing = f"and(succeeded(), ne(variables['{_DONE}'], 'true'))"
            yield inline("Fail where every job failed", lines, {}, condition=nothing)
        if self.dues:
            yield from handed_on(trained_models(self.context, self.target), _OUT, self.prefix)
        else:
            yield name_again()
