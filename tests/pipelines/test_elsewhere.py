"""No run is green that a person started on a branch to which nothing belongs: all of its stages would be skipped."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field

import pytest

from mlinfra.pipelines import elsewhere
from tests.loop.pipeline import Result, Run, Work, new_run, run_all
from tests.pipelines.platforms import written_pipeline
from tests.pipelines.reading import all_pipelines


@dataclass
class Agents:
    """What asks for nothing but the run is run; every other step succeeds, and is noted where it signs in."""

    said: list[str] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)

    def approves(self, run: Run, stage: str, environments: set[str]) -> bool:
        return True

    def waits(self, run: Run, minutes: int) -> None:
        """No time passes."""

    def awaits(self, run: Run, name: str, connection: str, job: str) -> Result:
        return Result.SUCCEEDED

    def works(self, run: Run, work: Work) -> Result:
        for step in work.steps:
            if step.get("displayName") == "Is this the branch?":
                known = {"BRANCH": run.branch, "MESSAGE": step["env"]["MESSAGE"]}
                assert step["env"]["BRANCH"] == "$(Build.SourceBranch)"
                ended = subprocess.run(["bash", "-c", step["bash"]], env=known, capture_output=True, text=True)
                self.said.append(ended.stdout)
                if ended.returncode:
                    return Result.FAILED
            elif step.get("task") == "AzureCLI@2":
                self.signed_in.append(work.name)
            for output in {"infra": ["ready"], "gate": ["accepted"]}.get(step.get("name", ""), []):
                work.job.outputs[f"{step['name']}.{output}"] = "true"
        return Result.SUCCEEDED

    def ended(self, run: Run, stage: str, result: Result) -> None:
        """Nobody listens."""


@pytest.mark.parametrize(
    ("name", "branch", "only"),
    [
        ("churn", "feature/x", "main"),
        ("churn", "mainly", "main"),
        ("infrastructure alone", "v1", "main"),
        ("two branches", "release", "main and release/*"),
    ],
)
def test_a_run_of_another_branch_is_red_and_says_where_to_start_it(name: str, branch: str, only: str) -> None:
    pipelines = {which: data for which, data in all_pipelines(name).items() if which not in ("pr", "back")}
    assert pipelines
    for which, document in pipelines.items():
        agents = Agents()
        run = new_run(which, document, 7, "1" * 40, "Manual")
        run.branch = f"refs/heads/{branch}"
        run_all(run, agents)
        assert (run.result, agents.signed_in) == (Result.FAILED, []), which
        platform = name if name == "churn" else "shop"
        start = f"Nothing was done: this run is of {branch}, and {platform}-{which} is for {only} only: start it there"
        assert agents.said == [f"##vso[task.logissue type=error]{start}\n"]


@pytest.mark.parametrize(("name", "branch"), [("churn", "main"), ("two branches", "release/2")])
def test_a_run_of_its_own_branch_does_what_it_is_for(name: str, branch: str) -> None:
    for which, document in all_pipelines(name).items():
        agents = Agents()
        run = new_run(which, document, 7, "1" * 40, "Manual")
        run.branch = f"refs/heads/{branch}"
        if which not in ("pr", "back"):
            run_all(run, agents)
            assert (run.result, set(agents.said) - {""}) == (Result.SUCCEEDED, set()), which
            assert Result.SUCCEEDED in run.stages.values(), which
            assert run.stages.get(elsewhere.STAGE, Result.SKIPPED) is Result.SKIPPED, which


@pytest.mark.parametrize(
    ("name", "branch", "target", "only"),
    [
        ("churn", "main", "prod", ""),
        ("churn", "feature/x", "prod", "main"),
        ("two branches", "main", "dev", ""),
        ("two branches", "release/2", "test", ""),
        ("two branches", "release/2", "dev", "main"),
        ("two branches", "main", "test", "release/*"),
        ("two branches", "feature/x", "test", "release/*"),
    ],
)
def test_a_person_goes_back_in_a_target_from_its_own_branch_alone(
    name: str, branch: str, target: str, only: str
) -> None:
    document = written_pipeline(name, "back")
    agents = Agents()
    run = new_run("back", document, 7, "1" * 40, "Manual", target=target)
    run.branch = f"refs/heads/{branch}"
    run_all(run, agents)
    assert (run.result, bool(agents.signed_in)) == ((Result.FAILED, False) if only else (Result.SUCCEEDED, True))
    platform = name if name == "churn" else "shop"
    told = f"Nothing was done: this run is of {branch}, and {platform}-back is for {only} only: start it there"
    assert agents.said == ([f"##vso[task.logissue type=error]{told}\n"] if only else [])
