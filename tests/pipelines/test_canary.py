"""Canaries in release.yml: one stage, no agent held, and somebody who goes back whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from mlinfra.pipelines.rollout import FOR_TRAFFIC
from tests.pipelines.platforms import PLATFORMS, compiled_in, files_of, pipeline, repository
from tests.pipelines.reading import called, is_agentless, steps_of, went_wrong
from tests.reading_yaml import read_yaml

TRAINED = "${{ iif(eq(parameters.models, 'candidate'), '--trained $(resources.pipeline.train.runID)', '') }}"
MODELS = '--models "$(Agent.TempDirectory)/mlinfra-models/models.json"'
RUN = '--run "$(Build.BuildId)"'
ENDPOINT = "release-endpoint.sh --endpoint best-sellers --kind online"


def stage(target: str) -> Any:
    return next(each for each in pipeline("a canary", "release")["stages"] if each["stage"] == target)


def name_of(job: Any) -> str:
    return str(job.get("job") or job["deployment"])


@pytest.mark.parametrize("target", ["dev", "test"])
def test_pauses_and_judgements_alternate(target: str) -> None:
    first, *chain, settle, undo = stage(target)["jobs"]
    minutes = [30, 15, 15, *FOR_TRAFFIC]
    assert sum(FOR_TRAFFIC) == 24 * 60
    begin = steps_of(first)
    [step] = [each for each in begin if each.get("name") == "canary_1"]
    assert step["inputs"]["arguments"].endswith(
        f"{RUN} {TRAINED} ${{{{ iif(eq(parameters.older, true), '--older', '') }}}}"
    )
    before, output = f"{target}_deploy", f"{target}_deploy.canary_1.rollout"
    for number, each in enumerate(minutes, start=1):
        pause, judge = chain[2 * number - 2 : 2 * number]
        going = f"eq(dependencies.{before}.outputs['{output}'], 'going')"
        assert (pause["job"], pause["dependsOn"], pause["condition"]) == (
            f"pause_1_{number}",
            [before],
            f"and(succeeded(), {going})",
        )
        assert is_agentless(pause)
        assert steps_of(pause)[0]["inputs"] == {"delayForMinutes": str(each)}
        assert int(pause["timeoutInMinutes"]) > each
        assert (judge["deployment"], judge["dependsOn"], "condition" in judge) == (
            f"judge_1_{number}",
            [pause["job"]],
            False,
        )
        assert judge["environment"] == f"shop-{target}"
        last = " --last" if number == len(minutes) else ""
        assert called(judge) == [f"{ENDPOINT} {RUN} {TRAINED} --judge{last}", f"{ENDPOINT} {RUN} --undo"]
        *_, judging, undoing = steps_of(judge)
        assert (judging["name"], undoing["condition"]) == ("canary", "or(failed(), canceled())")
        before, output = judge["deployment"], f"{judge['deployment']}.canary.rollout"
    assert chain[2 * len(minutes) :] == []
    assert (settle["deployment"], undo["deployment"]) == (f"{target}_settle", f"{target}_undo")


@pytest.mark.parametrize(
    ("name", "target", "minutes"),
    [
        ("a canary", "dev", ("240", "60")),  # only schedules follow the canary
        ("everything", "dev", ("360", "240")),  # five endpoints, of which two wait for the canaries
        ("churn", "prod", ("240", "240")),  # a batch endpoint waits for them, and its check for a cluster
    ],
)
def test_who_releases_has_an_hour_for_each_endpoint(name: str, target: str, minutes: tuple[str, str]) -> None:
    [stage] = [each for each in pipeline(name, "release")["stages"] if each["stage"] == target]
    found = {name_of(job): job["timeoutInMinutes"] for job in stage["jobs"]}
    assert (found[f"{target}_deploy"], found[f"{target}_settle"]) == minutes


@pytest.mark.parametrize("target", ["dev", "test"])
def test_the_last_jobs_end_the_release_or_undo_it(target: str) -> None:
    *others, settle, undo = stage(target)["jobs"]
    names = [name_of(job) for job in others]
    assert (settle["dependsOn"], settle["condition"]) == (names, f"not({went_wrong(names)})")
    assert called(settle)[1:] == [
        "deploy-infra.sh --unit serving",
        "schedule.sh",
        f"{ENDPOINT} {MODELS} --tidy",
        f'keep-runs.sh --definition "$(resources.pipeline.train.pipelineID)" {MODELS}',
    ]
    every = [*names, settle["deployment"]]
    assert (undo["dependsOn"], undo["condition"]) == (every, went_wrong(every))
    assert called(undo) == [f"{ENDPOINT} {RUN} --undo"]
    assert {step.get("condition") for step in steps_of(undo)} == {None, "always()"}
    first = called(others[0])
    assert "schedule.sh" not in first
    assert not [call for call in first if call.endswith(("--back", "--tidy"))]


AT_ONCE = """  other: {auth_mode: key, deployments: {main: {model: %s, instance_type: Standard_DS3_v2}}}
"""


@pytest.mark.parametrize(("model", "waits"), [("best-sellers", True), ("azureml:vendor:3", False)])
def test_a_model_that_a_canary_tries_goes_nowhere_else_before_it_ended_well(model: str, waits: bool) -> None:
    text = PLATFORMS["a canary"].replace("online_endpoints:\n", f"online_endpoints:\n{AT_ONCE % model}")
    with repository() as root:
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    release = read_yaml(files["pipelines/release.yml"])
    jobs = next(each for each in release["stages"] if each["stage"] == "dev")["jobs"]
    other = "release-endpoint.sh --endpoint other --kind online"
    calls = {name_of(job): [call for call in called(job) if call.startswith(other)] for job in jobs}
    ends = ("--tidy", "--back")
    released = [name for name, each in calls.items() if any(not call.endswith(ends) for call in each)]
    backs = [name for name, each in calls.items() if any("--back" in call for call in each)]
    assert (released, backs) == (([f"dev_{'settle' if waits else 'deploy'}"],) * 2)


@pytest.mark.parametrize(
    ("mode", "rollout", "script"),
    [
        ("development", "", "keep='none'"),
        ("production", "", "keep='full'"),
        ("development", "rollout: {keep: full}", "keep='full'"),
        ("production", "rollout: {all_at_once: {}, keep: one}", "keep='one'"),
        ("production", "rollout: {keep: none}", "keep='none'"),
    ],
)
def test_what_is_kept_follows_the_mode_unless_it_is_written(mode: str, rollout: str, script: str) -> None:
    text = PLATFORMS["one target"].replace("mode: development", f"mode: {mode}")
    text = text.replace("    deployments:\n", f"    {rollout}\n    deployments:\n" if rollout else "    deployments:\n")
    approver = "principals: {release: {role: approver, type: user, mail: release@contoso.com}}\n"
    network = "network: {inbound: public}\n"
    with repository() as root:
        files = files_of(compiled_in(root, text + approver + network), root, root / "generated" / "shop")
    [release] = [job for each in read_yaml(files["pipelines/release.yml"])["stages"][2:3] for job in each["jobs"]]
    assert [call for call in called(release) if call.endswith("--tidy")]
    assert f"      {script}\n" in files["scripts/release-endpoint.sh"]
