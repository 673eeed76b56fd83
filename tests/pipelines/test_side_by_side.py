"""Jobs of one template run side by side, as many as may; what else is trained keeps its turn."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipelines.platforms import PLATFORMS, compiled_in, files_of, repository
from tests.pipelines.reading import steps_of
from tests.reading_yaml import read_yaml

TEMPLATE = """\
jobs:
  plant:
    for_each: [a, b, c]
    type: command
    command: python train.py --plant ${each.key} --out ${{outputs.model}}
    environment: azureml:curated:1
    compute: serverless
    outputs: {model: {type: mlflow_model}}
"""


def _jobs(train: str) -> dict[str, Any]:
    """The jobs of the pipeline that trains, where `train` and the three of a template are trained."""
    text = (
        PLATFORMS["two targets"].replace("jobs:\n", TEMPLATE, 1).replace("train: {jobs: [train]", f"train: {{{train}")
    )
    with repository() as root:
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    stages = read_yaml(files["pipelines/train.yml"])["stages"]
    return {job.get("deployment") or job["job"]: job for stage in stages for job in stage["jobs"]}


def _trained(job: Any) -> list[str]:
    names = [str(step.get("displayName")) for step in steps_of(job)]
    return [name for name in names if name.startswith(("Run ", "Submit "))]


AGENT = {
    "no more than five by default": (
        "jobs: [train, plant]",
        [
            "Run train",
            "Submit plant-a",
            "Submit plant-b",
            "Submit plant-c",
            "Run plant-a",
            "Run plant-b",
            "Run plant-c",
        ],
    ),
    "as many as are written": (
        "jobs: [plant, train], parallel: 2",
        ["Submit plant-a", "Submit plant-b", "Run plant-a", "Run plant-b", "Run plant-c", "Run train"],
    ),
    "one after the other": (
        "jobs: [plant, train], parallel: 1",
        ["Run plant-a", "Run plant-b", "Run plant-c", "Run train"],
    ),
    "those that are named": (
        "jobs: [plant-b, plant-a, train]",
        ["Submit plant-b", "Submit plant-a", "Run plant-b", "Run plant-a", "Run train"],
    ),
}


@pytest.mark.parametrize(("train", "expected"), AGENT.values(), ids=AGENT)
def test_an_agent_submits_them_before_it_waits(train: str, expected: list[str]) -> None:
    assert _trained(_jobs(train)["train"]) == expected


def test_what_was_submitted_is_waited_for_and_nothing_else() -> None:
    steps = {step.get("displayName"): step for step in steps_of(_jobs("jobs: [plant, train]")["train"])}
    submit, run = steps["Submit plant-b"], steps["Run plant-b"]
    assert submit["name"] == "job_2"
    assert submit["inputs"]["arguments"].endswith(" --submit --apart")
    assert run["inputs"]["arguments"].endswith(' --submitted "$(job_2.job)" --apart')
    assert run["condition"].endswith(", ne(variables['job_2.job'], ''))")


def test_without_an_agent_the_next_are_submitted_once_those_before_are_over() -> None:
    jobs = _jobs("jobs: [plant, train], parallel: 2, wait: server")
    assert _trained(jobs["train_submit"]) == ["Submit plant-a", "Submit plant-b", "Submit train"]
    assert _trained(jobs["train_submit_2"]) == ["Submit plant-c"]
    first = [f"train_wait_{number}{on}" for number in (1, 2, 4) for on in ("", "_on")]
    assert jobs["train_submit_2"]["dependsOn"] == ["train_submit", *first]
    assert jobs["train_wait_3"]["dependsOn"] == ["train_submit_2"]
    last = ["train_submit", *first, "train_submit_2", "train_wait_3", "train_wait_3_on"]
    assert jobs["train"]["dependsOn"] == last
    assert "dependencies.train_submit_2.outputs" in jobs["train"]["variables"]["job_3"]


def test_without_an_agent_all_are_submitted_at_once_where_that_is_no_more_than_may() -> None:
    jobs = _jobs("jobs: [plant, train], wait: server")
    assert _trained(jobs["train_submit"]) == ["Submit plant-a", "Submit plant-b", "Submit plant-c", "Submit train"]
    assert "train_submit_2" not in jobs
