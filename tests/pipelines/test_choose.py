"""A chosen version in release.yml: who hands it on, and from where all targets take it then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipelines.platforms import pipeline
from tests.pipelines.reading import called, steps_of, went_wrong

WORD = "in(parameters.models, 'candidate', 'serving')"
CHOSEN = f"and(succeeded(), eq('${{{{ iif({WORD}, '', 'choose') }}}}', 'choose'))"
ASKED = "${{ replace(parameters.models, '$', ' ') }}"
ARTIFACTS = (
    f"${{{{ iif({WORD}, '--artifacts \"$(Pipeline.Workspace)/train\"', "
    "'--artifacts \"$(Pipeline.Workspace)\" --trained-in dev') }}"
)


def stage(name: str, which: str) -> Any:
    return next(each for each in pipeline(name, "release")["stages"] if each["stage"] == which)


def test_a_person_may_name_a_version() -> None:
    [models] = [each for each in pipeline("two targets", "release")["parameters"] if each["name"] == "models"]
    assert models == {
        "name": "models",
        "displayName": "candidate: the models of the run that trained; serving: those that serve, with new code; or a "
        "version that dev has, such as best-sellers:7",
        "type": "string",
        "default": "candidate",
    }


def test_the_gate_of_the_first_target_hands_it_on_and_judges_it() -> None:
    choose, gate = stage("two targets", "dev_gate")["jobs"]
    assert (choose["deployment"], choose["environment"], choose["condition"]) == ("choose", "shop-dev-run", CHOSEN)
    _, _, _, hand_on, attempt, model, models = steps_of(choose)
    assert (hand_on["inputs"]["azureSubscription"], hand_on["env"]) == ("shop-dev-run", {"MLINFRA_MODELS": ASKED})
    assert called(choose) == ['choose-model.sh --out "$(Build.ArtifactStagingDirectory)/models"']
    assert attempt["displayName"] == "Name the artifacts after a second attempt"
    assert (model["artifact"], model["condition"]) == (
        "dev-model-best-sellers$(mlinfra.again)",
        "and(succeeded(), eq(variables['mlinfra.model.best.sellers'], 'true'))",
    )
    assert models["artifact"] == "dev-models$(mlinfra.again)"
    assert (gate["dependsOn"], gate["condition"]) == (["choose"], f"not({went_wrong(['choose'])})")
    [later] = stage("two targets", "test_gate")["jobs"]
    assert "dependsOn" not in later


@pytest.mark.parametrize("which", ["dev_gate", "dev", "test_gate", "test"])
def test_everyone_takes_it_from_this_run(which: str) -> None:
    job = stage("two targets", which)["jobs"][-1]
    titles = ("What was trained", "What was chosen")
    downloads = [step for step in steps_of(job) if step.get("displayName") in titles]
    assert [(each["download"], each.get("condition")) for each in downloads] == [("train", None), ("current", CHOSEN)]
    assert downloads[1]["patterns"] == "dev-model*/**"
    calls = [call for call in called(job) if "--artifacts" in call]
    assert calls
    assert [call for call in calls if ARTIFACTS not in call] == []
    asked = [step for step in steps_of(job) if "gate-model.sh" in str(step)]
    assert [step["env"]["MLINFRA_MODELS"] for step in asked] == [ASKED]
    assert "parameters.models }}" not in str([step.get("inputs") for step in steps_of(job)])


def test_who_trains_on_its_own_data_takes_no_version_of_the_first_target() -> None:
    [job] = stage("each on its own data", "test_gate")["jobs"]
    assert "dev-model" not in str(job)
    [train] = stage("each on its own data", "test_train")["jobs"]
    assert " --models ${{ iif(eq(parameters.models, 'candidate'), 'candidate', 'serving') }} " in called(train)[-2]
