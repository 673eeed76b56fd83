"""No run is green whose stage nobody approved in time: Azure Pipelines skips such a stage, and goes on."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field

import pytest

from tests.loop.pipeline import Result, Run, Work, new_run, run_all
from tests.pipelines.reading import all_pipelines


@dataclass
class People:
    """Who approves nothing in these stages; jobs succeed, but for those of a stage that fails."""

    silent: tuple[str, ...] = ()
    failing: str = ""
    cancels: str = ""
    said: dict[str, str] = field(default_factory=dict)

    def approves(self, run: Run, stage: str, environments: set[str]) -> bool:
        run.canceled = run.canceled or stage == self.cancels
        return bool(environments) and stage not in self.silent

    def waits(self, run: Run, minutes: int) -> None:
        """No time passes."""

    def awaits(self, run: Run, name: str, connection: str, job: str) -> Result:
        raise AssertionError(f"{name} of {run} waits for a job of Azure ML")

    def works(self, run: Run, work: Work) -> Result:
        if work.stage.endswith("_missed"):
            _, step = work.steps
            ended = subprocess.run(["bash", "-c", step["bash"]], env=step["env"], capture_output=True, text=True)
            self.said[work.stage] = ended.stdout
            return Result.FAILED if ended.returncode else Result.SUCCEEDED
        for step in work.steps:
            for output in {"infra": ["ready"], "gate": ["accepted"]}.get(step.get("name", ""), []):
                work.job.outputs[f"{step['name']}.{output}"] = "true"
        return Result.FAILED if work.stage == self.failing else Result.SUCCEEDED

    def ended(self, run: Run, stage: str, result: Result) -> None:
        """Nobody listens."""


def words(target: str) -> dict[str, str]:
    message = f"Nobody approved the release to {target} in time, so it was not done, and what serves there stays."
    again = "Start churn-release again with run $(resources.pipeline.train.runName) of churn-train among its resources"
    return {f"{target}_missed": f"##vso[task.logissue type=error]{message} {again}\n"}


@pytest.mark.parametrize(
    ("people", "result", "said"),
    [
        (People(), Result.SUCCEEDED, {}),
        (People(silent=("prod",)), Result.FAILED, words("prod")),
        (People(silent=("dev",)), Result.FAILED, words("dev")),
        (People(failing="prod_gate", silent=("prod",)), Result.FAILED, {}),
        (People(failing="prod"), Result.FAILED, {}),
        (People(silent=("prod",), cancels="prod"), Result.CANCELED, {}),
    ],
    ids=["all is approved", "nobody in prod", "nobody in dev", "nothing to approve", "it failed", "cancelled"],
)
def test_a_release_that_nobody_approved_is_not_green(people: People, result: Result, said: dict[str, str]) -> None:
    run = new_run("release", all_pipelines("churn")["release"], 7, "c" * 40, "ResourceTrigger")
    assert run_all(run, people) == result
    assert people.said == said


@pytest.mark.parametrize(
    ("people", "result", "missed"),
    [
        (People(), Result.SUCCEEDED, ""),
        (People(silent=("prod",)), Result.FAILED, "prod"),
        (People(silent=("test",)), Result.FAILED, "test"),
        (People(failing="prod_what_if", silent=("prod",)), Result.FAILED, ""),
        (People(silent=("prod",), cancels="prod"), Result.CANCELED, ""),
    ],
    ids=["all is approved", "nobody in prod", "nobody in test", "nothing to approve", "cancelled"],
)
def test_infrastructure_that_nobody_approved_is_not_green(people: People, result: Result, missed: str) -> None:
    run = new_run("infra", all_pipelines("churn")["infra"], 7, "c" * 40, "IndividualCI")
    assert run_all(run, people) == result
    message = (
        f"Nobody approved the infrastructure of {missed} in time, so it stays as it is, and runs that need what is new "
        "go on waiting. Start churn-infra again"
    )
    assert people.said == ({f"{missed}_missed": f"##vso[task.logissue type=error]{message}\n"} if missed else {})


@pytest.mark.parametrize("silent", [(), ("test",)])
def test_a_way_back_that_nobody_approved_is_not_green(silent: tuple[str, ...]) -> None:
    people = People(silent=silent)
    run = new_run("back", all_pipelines("churn")["back"], 7, "c" * 40, "Manual", target="test")
    assert run_all(run, people) == (Result.FAILED if silent else Result.SUCCEEDED)
    message = "Nobody approved the way back in test in time: what serves there stays"
    assert people.said == ({"test_missed": f"##vso[task.logissue type=error]{message}\n"} if silent else {})
