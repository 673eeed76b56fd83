"""back.yml: how a person goes back, and that nothing is green that did not."""

from __future__ import annotations

import subprocess
from itertools import combinations

import pytest

from mlinfra.pipelines import elsewhere
from mlinfra.pipelines.inserted import stages_of
from mlinfra.pipelines.uses import uses
from tests.pipelines.platforms import pipeline, written_pipeline
from tests.pipelines.reading import NAMES, all_pipelines, jobs, steps_of

ENDPOINT = "'${{ parameters.endpoint }}'"


def test_a_person_chooses_where_which_and_to_what() -> None:
    parameters = pipeline("churn", "back")["parameters"]
    assert [(each["name"], each.get("values"), each["default"]) for each in parameters] == [
        ("target", ["dev", "test", "prod"], "dev"),
        ("endpoint", ["online/churn", "batch/nightly"], "online/churn"),
        ("to", None, "previous"),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_way_back_waits_for_nothing_but_approval(name: str) -> None:
    """A canary holds the lock of the other environment; of another branch than the target's it gives nothing back."""
    data = all_pipelines(name).get("back", {"stages": []})
    assert "lockBehavior" not in data
    assert "resources" not in data
    for stage in data["stages"]:
        if stage["stage"].endswith("_missed") or stage["stage"] == elsewhere.STAGE:
            continue
        assert stage["dependsOn"] == []
        infra = next(each for each in all_pipelines(name)["infra"]["stages"] if each["stage"] == stage["stage"])
        on_branch = infra["condition"].removeprefix("and(succeeded(), ").removesuffix(")")
        assert "Build.SourceBranch" in on_branch
        assert stage["condition"] == f"and(succeeded(), {on_branch})"
        [job] = stage["jobs"]
        assert job["environment"].endswith(f"-{stage['stage']}-back")


@pytest.mark.parametrize("name", NAMES)
def test_what_goes_back_in_one_target_names_nothing_of_another(name: str) -> None:
    """Azure Pipelines looks for each connection and environment before a run starts, and fills in templates first."""
    if "back" not in all_pipelines(name):
        return
    data = written_pipeline(name, "back")
    chosen = list(stages_of(data))
    used: dict[str, tuple[str, ...]] = {}
    by_target = {only_if.partition("'")[2].partition("'")[0] for only_if, _ in chosen if only_if}
    assert by_target == set(data["parameters"][0]["values"])
    for target in by_target:
        run = {"stages": [stage for only_if, stage in chosen if only_if in ("", f"eq(parameters.target, '{target}')")]}
        found = uses({"back": run})["back"]
        used[target] = found.connections
        assert [environment.endswith(f"-{target}-back") for environment in found.environments] == [True]
    assert all(used.values())
    assert not any({*used[one]} & {*used[other]} for one, other in combinations(used, 2))


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_chosen_one_step_goes_back_or_fails(name: str) -> None:
    data = all_pipelines(name).get("back", {"stages": []})
    labels = {label for each in data.get("parameters", ())[1:2] for label in each["values"]}
    for job in jobs(data):
        if "environment" not in job:
            continue
        taken: list[str] = []
        for step in steps_of(job):
            arguments = step.get("inputs", {}).get("arguments", "")
            if "--back" in arguments:
                words = arguments.split()
                label = f"{words[words.index('--kind') + 1]}/{words[words.index('--endpoint') + 1]}"
                assert step["condition"] == f"and(succeeded(), eq({ENDPOINT}, '{label}'))"
                assert step["env"] == {"MLINFRA_BACK_TO": "${{ replace(parameters.to, '$', ' ') }}"}
                taken.append(label)
            elif "bash" in step:
                taken += step["condition"].removeprefix(f"in({ENDPOINT}, '").removesuffix("')").split("', '")
                ended = subprocess.run(["bash", "-c", step["bash"]], env=step["env"], capture_output=True, text=True)
                assert (ended.returncode, "has no such endpoint, it has: " in ended.stdout) == (1, True)
        assert sorted(taken) == sorted(labels)
