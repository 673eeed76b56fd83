"""Smoke tests by a command in release.yml: who signs in for them, and what they stand between."""

from __future__ import annotations

from typing import Any

import pytest

from mlinfra.emit.rights import rights
from tests.pipelines.platforms import PLATFORMS, compiled, found, output, pipeline
from tests.pipelines.reading import called, steps_of, went_wrong

RUN = '--run "$(Build.BuildId)"'
MODELS = '--models "$(Agent.TempDirectory)/mlinfra-models/models.json"'
TRAINED = "${{ iif(eq(parameters.models, 'candidate'), '--trained $(resources.pipeline.train.runID)', '') }}"
OLDER = "${{ iif(eq(parameters.older, true), '--older', '') }}"
REST = f"--kind online {MODELS} {RUN} {TRAINED} {OLDER}"
TOOLS = '--tools "$(Agent.TempDirectory)/mlinfra"'

NO_SCORER = (
    "39:5 MLI563 the smoke test of online_endpoints.best-sellers is a command that needs a token of Entra, and target "
    "dev has no connection that scores\n  help: add score: shop-dev-score\n"
)
UNUSED = (
    "39:76 MLI576 nothing signs in with score of target dev: no smoke test of an online endpoint with aad_token is a "
    "command there\n"
)


def jobs_of(name: str, target: str) -> dict[str, Any]:
    [stage] = [each for each in pipeline(name, "release")["stages"] if each["stage"] == target]
    return {job.get("job") or job["deployment"]: job for job in stage["jobs"]}


def installed(job: Any) -> list[str]:
    return [step["displayName"] for step in steps_of(job) if step.get("displayName", "").startswith("Install")]


@pytest.mark.parametrize("target", ["dev", "test"])
def test_who_can_only_score_tests_between_two_jobs_of_who_deploys(target: str) -> None:
    jobs = jobs_of("smoke tests by command", target)
    prepare, trial, discard, release = jobs.values()
    assert list(jobs) == [f"{target}_prepare", f"{target}_try", f"{target}_discard", f"{target}_deploy"]
    assert (prepare["environment"], "environment" in trial) == (f"shop-{target}", False)
    assert called(prepare)[-1] == f"release-endpoint.sh --endpoint best-sellers {REST} --prepare"
    assert steps_of(prepare)[-1]["name"] == "prepare_1"
    assert trial["dependsOn"] == [f"{target}_prepare"]
    output = f"dependencies.{target}_prepare.outputs['{target}_prepare.prepare_1."
    assert trial["variables"] == {"slots_1": f"$[ {output}slots'] ]", "address_1": f"$[ {output}address'] ]"}
    assert installed(trial) == [f"Install smoke-{target}-best-sellers"]
    assert called(trial) == [
        f'smoke-test.sh --endpoint best-sellers --deployments "$(slots_1)" --address "$(address_1)" {TOOLS}'
    ]
    test = steps_of(trial)[-1]
    assert (test["name"], test["condition"]) == ("tested_1", "and(succeeded(), ne(variables['slots_1'], ''))")
    connections = [step["inputs"]["azureSubscription"] for step in steps_of(trial) if step.get("task") == "AzureCLI@2"]
    assert connections == [f"shop-{target}-score"]
    assert (discard["dependsOn"], discard["condition"]) == (
        [f"{target}_prepare", f"{target}_try"],
        went_wrong([f"{target}_prepare", f"{target}_try"]),
    )
    assert called(discard) == ['release-endpoint.sh --endpoint best-sellers --kind online --discard "$(slots_1)"']
    assert release["dependsOn"] == [f"{target}_prepare", f"{target}_try"]
    assert "condition" not in release
    assert release["variables"]["tested_1"] == f"$[ dependencies.{target}_try.outputs['tested_1.tested'] ]"
    calls = called(release)
    assert f'release-endpoint.sh --endpoint best-sellers {REST} --tested "$(tested_1)"' in calls
    assert f"release-endpoint.sh --endpoint keyed {REST} {TOOLS}" in calls
    assert installed(release) == [f"Install bicep, ml, smoke-{target}-keyed"]


def test_a_way_back_has_what_the_command_with_a_key_needs() -> None:
    [stage, _] = [
        each for each in pipeline("smoke tests by command", "back")["stages"] if each["stage"].startswith("dev")
    ]
    [job] = stage["jobs"]
    assert installed(job) == ["Install ml, smoke-dev-keyed"]
    assert called(job) == [
        "release-endpoint.sh --endpoint best-sellers --kind online --back",
        f"release-endpoint.sh --endpoint keyed --kind online --back {TOOLS}",
    ]


def test_a_canary_begins_when_its_command_passed() -> None:
    jobs = jobs_of("a canary after a command", "dev")
    first = ["dev_prepare", "dev_try", "dev_deploy"]
    steps = [f"{each}_1_{number}" for number in (1, 2, 3) for each in ("pause", "judge")]
    assert list(jobs) == [
        "dev_prepare",
        "dev_try",
        "dev_discard",
        "dev_deploy",
        *steps,
        "dev_settle",
        "dev_undo",
    ]
    assert jobs["pause_1_1"]["dependsOn"] == ["dev_deploy"]
    assert jobs["dev_settle"]["dependsOn"] == [*first, *steps]
    assert jobs["dev_undo"]["dependsOn"] == [*first, *steps, "dev_settle"]
    assert installed(jobs["dev_try"]) == []


@pytest.mark.parametrize("spelled", ["aad_token", "AadToken"])
def test_the_readme_says_on_which_endpoint_who_scores_has_a_role(spelled: str) -> None:
    text = PLATFORMS["smoke tests by command"].replace("aad_token", spelled)
    told = [row for row in rights(compiled(text).plans) if row[1] == "shop-dev-score"]
    assert len(told) == 1
    assert told[0][:4] == ("dev", "shop-dev-score", "mlinfra score 07d2d343", "`best-sellers-dev-jnha`")


def test_who_scores_is_made_with_branch_control_and_installs_by_hashes() -> None:
    files = output("smoke tests by command")
    devops = files["scripts/bootstrap-devops.sh"] + files["scripts/lib-devops.sh"]
    scored = "'11111111-1111-1111-1111-111111111111' 'shop-dev-score' 'refs/heads/main' 'shop-release'"
    assert f"make_connection {scored}\n" in devops
    assert (
        "    'smoke-dev-best-sellers') requirements='./specs/shop/smoke.txt' ;;\n" in files["scripts/install-tools.sh"]
    )
    assert "      smoke_folder=\"${root}/\"'../..'\n" in files["scripts/lib-smoke.sh"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            ", score: shop-dev-score}",
            "}",
            NO_SCORER,
        ),
        (
            "auth_mode: aad_token",
            "auth_mode: aml_token",
            UNUSED,
        ),
    ],
)
def test_a_connection_that_scores_is_there_where_it_is_needed(old: str, new: str, said: str) -> None:
    assert found(PLATFORMS["a canary after a command"].replace(old, new)) == said
