"""What jobs make of those before them that were left out, ran out of time or lost their agent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.loop.expressions import evaluate, is_true
from tests.pipelines.platforms import PLATFORMS, compiled_in, files_of, repository
from tests.pipelines.reading import NAMES, all_pipelines, jobs, steps_of
from tests.reading_yaml import read_yaml

GOOD = {"failed": lambda: False, "canceled": lambda: False, "succeeded": lambda: True}
WAITING = ("look_", "pause_", "judge_")  # where one is left out, so are those behind it


def _name(job: Mapping[str, Any]) -> str:
    return str(job.get("deployment") or job["job"])


def _decides(job: Mapping[str, Any], results: Mapping[str, str] | None = None, *, canceled: bool = False) -> bool:
    """Whether a job runs after such results; of those before it that aren't named, each went well."""
    before: dict[str, Any] = {name: {"result": (results or {}).get(name, "Succeeded")} for name in job["dependsOn"]}
    return is_true(evaluate(job["condition"], {"dependencies": before}, GOOD | {"canceled": lambda: canceled}))


def _found(name: str, *beginnings: str) -> Iterator[dict[str, Any]]:
    for data in all_pipelines(name).values():
        yield from (job for job in jobs(data) if _name(job).endswith(beginnings))


@pytest.mark.parametrize("result", ["Canceled", "Abandoned"])
@pytest.mark.parametrize("name", NAMES)
def test_a_release_goes_back_after_a_job_that_is_out_of_time_or_lost_its_agent(name: str, result: str) -> None:
    for job in _found(name, "_undo", "_discard"):
        assert not _decides(job)
        assert all(_decides(job, {before: result}) for before in job["dependsOn"]), _name(job)
    for job in _found(name, "_settle"):
        assert _decides(job, dict.fromkeys(job["dependsOn"][2:], "Skipped"))
        assert not any(_decides(job, {before: result}) for before in job["dependsOn"]), _name(job)


@pytest.mark.parametrize("name", NAMES)
def test_the_gate_goes_on_where_nobody_chose_and_not_where_the_choice_came_to_nothing(name: str) -> None:
    for job in _found(name, "gate"):
        if "dependsOn" in job:
            assert [_decides(job, {"choose": each}) for each in ("Succeeded", "Skipped", "Canceled", "Abandoned")] == [
                True,
                True,
                False,
                False,
            ]


def _after_waiting() -> dict[str, Any]:
    """The training pipeline of a platform with steps, for which no agent waits."""
    text = PLATFORMS["steps"].replace("train: {jobs: [train]", "train: {wait: server, jobs: [train]")
    assert "wait: server" in text
    with repository() as root:
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    data: dict[str, Any] = read_yaml(files["pipelines/train.yml"])
    return data


def _stages() -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    pipelines = [(name, data) for name in NAMES for data in all_pipelines(name).values()]
    for name, data in (*pipelines, ("waits", _after_waiting())):
        for stage in data["stages"]:
            yield f"{name} {stage['stage']}", {_name(job): job for job in stage["jobs"]}


def _all_before(stage: Mapping[str, dict[str, Any]], name: str) -> set[str]:
    found: set[str] = set()
    for each in stage[name].get("dependsOn") or ():
        found |= {each, *_all_before(stage, each)}
    return found


def test_no_job_is_left_out_because_one_further_up_was_not_needed() -> None:
    """succeeded() is what a job asks that says nothing: of all before it, and what was left out did not succeed."""
    for title, stage in _stages():
        for name, job in stage.items():
            if not name.startswith(WAITING) and "succeeded()" in job.get("condition", "succeeded()"):
                optional = {each for each in _all_before(stage, name) if "condition" in stage[each]}
                assert not optional, f"{title}: {name} is left out where any of {sorted(optional)} is"


def test_a_step_of_the_team_follows_the_job_that_it_names_and_no_other() -> None:
    after = [job for _, stage in _stages() for name, job in stage.items() if name.startswith("step_")]
    for job in after:
        if "dependsOn" in job:
            (first, *others) = job["dependsOn"]
            assert _decides(job)
            assert _decides(job, dict.fromkeys(others, "Skipped"))
            assert not _decides(job, canceled=True)
            for result in ("Canceled", "Abandoned"):
                assert not _decides(job, {first: result}), job
            assert not _decides(job, dict.fromkeys((first, *others), "Skipped")), job
    assert len(after) > 10


@pytest.mark.parametrize("name", NAMES)
def test_runs_are_kept_also_where_one_of_several_models_serves_nowhere_yet(name: str) -> None:
    kept = [
        step
        for data in all_pipelines(name).values()
        for job in jobs(data)
        for step in steps_of(job)
        if step.get("displayName") == "Keep the runs whose models serve"
    ]
    assert not [step for step in kept if "condition" in step]
