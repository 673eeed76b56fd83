"""How releases follow one another, what stays of a deployment, and the ways back that a person takes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.traffic import Rollout
from mlinfra.programs import rejected
from tests.repository.repositories import committed
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot, write_output
from tests.scripts.steps import (
    BACK,
    BACK_BATCH,
    MODELS,
    REGISTER,
    RELEASE,
    RELEASE_BATCH,
    RETRAIN,
    TRAIN,
    Step,
    write_models,
)
from tests.scripts.test_release import BATCH_ENDPOINT, BLUE, ENDPOINT, GREEN, MAIN, SERVES_ON

After = Callable[..., Snapshot]
JOB = "train-3f2a91c07b1e"
FIRST, SECOND = rejected.noted(f"churn:1/{JOB}-1"), rejected.noted(f"churn:2/{JOB}-8-1")
EARLY, LATE = "2026-01-05T04:00:00Z", "2026-01-12T04:00:00Z"
TIDY: Step = (*RELEASE[:-2], *MODELS, "--tidy")


def online(azure: Azure) -> dict[str, Any]:
    endpoint: dict[str, Any] = azure.workspace()["online_endpoints"][ENDPOINT]
    return endpoint


def batch(azure: Azure) -> dict[str, Any]:
    endpoint: dict[str, Any] = azure.workspace()["batch_endpoints"][BATCH_ENDPOINT]
    return endpoint


def rolled_out(rollout: Rollout) -> ScriptsContext:
    """The platform of the tests, whose online endpoint in the first target has that rollout."""
    first, *others = PLATFORM.targets
    endpoint = dataclasses.replace(first.endpoints[0], rollout=rollout)
    first = dataclasses.replace(first, endpoints=(endpoint, *first.endpoints[1:]))
    return dataclasses.replace(PLATFORM, targets=(first, *others))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the output in it."""
    folder = tmp_path_factory.mktemp("repository")
    write_output(folder / "generated" / "churn", PLATFORM)
    return folder


@pytest.fixture
def of_commit(azure: Azure, repository: Path) -> Callable[[str], Azure]:
    """The Azure of a test, with the output of a commit that was made then."""

    def made(when: str) -> Azure:
        committed(repository, GIT_COMMITTER_DATE=when)
        azure.output = repository / "generated" / "churn"
        return azure

    return made


@pytest.mark.parametrize(
    ("run", "when", "follows"),
    [("8", LATE, True), ("6", LATE, True), ("7", EARLY, True), ("8", EARLY, True), ("6", EARLY, False)],
)
@pytest.mark.parametrize("step", [RELEASE, RELEASE_BATCH])
def test_an_older_release_stops_and_changes_nothing(
    of_commit: Callable[[str], Azure], after: After, step: Step, run: str, when: str, follows: bool
) -> None:
    azure = of_commit(when).restore(after(REGISTER, TRAIN, step, RETRAIN))
    endpoint = (online if step == RELEASE else batch)(azure)
    endpoint["tags"]["mlinfra-release"] = f"7 {EARLY}"
    result = azure.run(*step, "--run", run)
    changed = bool(azure.changes)
    assert (result.code, changed) == ((0, True) if follows else (1, False)), result.stderr
    expected = f"{run} {when}" if follows else f"7 {EARLY}"
    assert (online if step == RELEASE else batch)(azure)["tags"]["mlinfra-release"] == expected
    if not follows:
        name = ENDPOINT if step == RELEASE else BATCH_ENDPOINT
        assert result.stderr == (
            f"error: endpoint {name}: run 7, of a commit of {EARLY}, was released already, and this one "
            f"(6, of {EARLY}) is older; what serves stays. Where it is meant: start the release with older, "
            "or --older\n"
        )
        asked = azure.run(*step, "--run", run, "--older")
        assert asked.code == 0
        assert asked.stderr.splitlines()[0] == (
            f"warning: endpoint {name}: run 7, of a commit of {EARLY}, was released already, and this one "
            f"(6, of {EARLY}) is older; it replaces that, as --older says"
        )


def test_a_tag_that_says_no_release_is_replaced_by_who_means_it(
    of_commit: Callable[[str], Azure], after: After
) -> None:
    azure = of_commit(LATE).restore(after(REGISTER, TRAIN, RELEASE, RETRAIN))
    online(azure)["tags"]["mlinfra-release"] = "by hand"
    result = azure.run(*RELEASE, "--run", "8")
    unknown = (
        f'endpoint {ENDPOINT}: its tag mlinfra-release is "by hand", and no release, so nobody knows what was released'
        " last"
    )
    way_out = "what serves stays. Where nothing newer was: start the release with older, or --older"
    assert (result.code, azure.changes, result.stderr) == (1, [], f"error: {unknown}; {way_out}\n")
    asked = azure.run(*RELEASE, "--run", "8", "--older")
    assert f"warning: {unknown}: this replaces it, as --older says" in asked.stderr.splitlines()
    assert (asked.code, online(azure)["tags"]["mlinfra-release"]) == (0, f"8 {LATE}")


@pytest.mark.parametrize(("step", "name"), [(RELEASE, ENDPOINT), (RELEASE_BATCH, BATCH_ENDPOINT)])
def test_who_deletes_the_tag_of_the_last_release_lets_no_older_one_come(
    of_commit: Callable[[str], Azure], after: After, step: Step, name: str
) -> None:
    """It is that of a release which moved the traffic, as another tag says; without that, nobody can tell."""
    azure = of_commit(LATE).restore(after(REGISTER, TRAIN, step, RETRAIN))
    assert azure.run(*step, "--run", "9").code == 0
    endpoint = (online if step == RELEASE else batch)(azure)
    assert endpoint["tags"]["mlinfra-moved"] == "run 9"
    del endpoint["tags"]["mlinfra-release"]
    write_models(azure, "1")
    result = azure.run(*step, "--run", "8")
    said = (
        f'error: endpoint {name}: its tag mlinfra-release is "", and no release, so nobody knows what was released last'
    )
    assert (result.code, azure.changes, result.stderr.split(";")[0]) == (1, [], said)
    assert azure.run(*step, "--run", "10", "--older").code == 0
    assert (online if step == RELEASE else batch)(azure)["tags"]["mlinfra-release"] == f"10 {LATE}"


@pytest.mark.parametrize(("step", "name"), [(RELEASE, ENDPOINT), (RELEASE_BATCH, BATCH_ENDPOINT)])
def test_who_deletes_all_tags_of_what_a_release_made_stops_the_next_until_a_person_means_it(
    of_commit: Callable[[str], Azure], after: After, step: Step, name: str
) -> None:
    azure = of_commit(LATE).restore(after(REGISTER, TRAIN, step, RETRAIN))
    (online if step == RELEASE else batch)(azure)["tags"].clear()
    lost = (
        f"endpoint {name} serves what a release made, and has no tag of it: somebody deleted them, so nobody knows "
        "what was released last, and what was taken back"
    )
    way_out = "what serves stays. Where this release is good all the same: start it with older, or --older"
    result = azure.run(*step, "--run", "8")
    assert (result.code, azure.changes, result.stderr) == (1, [], f"error: {lost}; {way_out}\n")
    asked = azure.run(*step, "--run", "8", "--older")
    assert asked.stderr.splitlines()[0] == f"warning: {lost}: this begins anew, as --older says"
    assert (asked.code, azure.run(*step, "--run", "9").code) == (0, 0)


def test_an_endpoint_that_somebody_else_made_has_no_tags_yet(of_commit: Callable[[str], Azure], after: After) -> None:
    azure = of_commit(LATE).restore(after(REGISTER, TRAIN, RELEASE, RETRAIN))
    endpoint = online(azure)
    endpoint["tags"].clear()
    endpoint["slots"] = {"by-hand": next(iter(endpoint["slots"].values()))}
    endpoint["traffic"], endpoint["mirror_traffic"] = {"by-hand": 100}, {}
    assert azure.run(*RELEASE, "--run", "8").code == 0


TO_COME = "2099-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("run", "when", "noted", "follows"),
    [
        ("8", LATE, TO_COME, True),
        ("6", LATE, TO_COME, False),
        ("8", TO_COME, LATE, True),
    ],
)
def test_a_commit_of_a_day_to_come_is_not_the_newest_for_ever(
    of_commit: Callable[[str], Azure], after: After, run: str, when: str, noted: str, follows: bool
) -> None:
    azure = of_commit(when).restore(after(REGISTER, TRAIN, RELEASE, RETRAIN))
    online(azure)["tags"]["mlinfra-release"] = f"7 {noted}"
    result = azure.run(*RELEASE, "--run", run)
    assert result.code == (0 if follows else 1), result.stderr
    said = online(azure)["tags"]["mlinfra-release"]
    assert said.startswith(f"{run} 20") is follows
    assert (TO_COME in said) is not follows
    assert (f"is made in {TO_COME}, which is to come" in result.stderr) is (when == TO_COME)


@pytest.mark.parametrize("step", [RELEASE, RELEASE_BATCH])
def test_what_was_trained_earlier_is_an_older_release_whatever_run_releases_it(
    of_commit: Callable[[str], Azure], after: After, step: Step
) -> None:
    azure = of_commit(LATE).restore(after(REGISTER, TRAIN, step, RETRAIN))
    endpoint = (online if step == RELEASE else batch)(azure)
    endpoint["tags"]["mlinfra-release"] = f"7 {EARLY} 5"
    result = azure.run(*step, "--run", "8", "--trained", "4")
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr == (
        f"error: endpoint {ENDPOINT if step == RELEASE else BATCH_ENDPOINT}: what run 5 trained was released already, "
        "and this is what run 4 trained: it is older; what serves stays. Where it is meant: start the release with "
        "older, or --older. Where it is not: start it with a later run of churn-train among its resources\n"
    )
    for more, noted in (((), "5"), (("--trained", "4", "--older"), "4"), (("--trained", "6"), "6")):
        assert azure.run(*step, "--run", "8", *more).code == 0
        assert (online if step == RELEASE else batch)(azure)["tags"]["mlinfra-release"] == f"8 {LATE} {noted}"


@pytest.mark.parametrize("step", [RELEASE, RELEASE_BATCH])
def test_killed_at_the_move_a_run_gives_back_what_it_moved_and_nothing_else(
    of_commit: Callable[[str], Azure], after: After, step: Step
) -> None:
    azure = of_commit(LATE).restore(after(REGISTER, TRAIN, step, RETRAIN))
    clean = azure.snapshot()
    back = (*step[:-2], "--back", "--run")

    def serves() -> Any:
        return online(azure)["traffic"] if step == RELEASE else batch(azure)["defaults"]

    before = serves()
    assert azure.run(*step, "--run", "8").code == 0
    moved, count = serves(), len(azure.changes)
    assert moved != before
    for kill_after in range(1, count + 1):
        azure.restore(clean)
        assert azure.run(*step, "--run", "8", kill_after=kill_after).code == -9
        assert azure.run(*back, "7").code == 0
        assert serves() == (moved if kill_after == count else before)
        for _ in range(2):
            assert azure.run(*back, "8").code == 0
            assert serves() == before
        assert azure.run(*step, "--run", "8").code == 0
        assert serves() == moved


def test_a_person_goes_back_to_nothing_that_was_never_released(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    online(azure)["slots"]["blue-ffffff"] = online(azure)["slots"][BLUE["1"]]
    for slot in ("blue-ffffff", GREEN):
        result = azure.run(*BACK, "--to", slot)
        assert (result.code, azure.changes) == (1, [])
        assert result.stderr == (
            f"error: deployment {slot} of {ENDPOINT} never was released as a whole, so nobody knows whether it is "
            f"good: go back to {BLUE['1']} {BLUE['2']}, or start a release\n"
        )


def test_a_tag_has_room_for_the_newest_that_served(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN))
    long = [f"{'x' * 28}-{number:06}" for number in range(7)]
    online(azure)["tags"]["mlinfra-served"] = " ".join(long)
    assert azure.run(*RELEASE).code == 0
    assert online(azure)["tags"]["mlinfra-served"] == " ".join((*long, BLUE["2"]))[len(long[0]) + 1 :]


def test_a_batch_endpoint_goes_back_to_what_still_scores(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE_BATCH, RETRAIN, RELEASE_BATCH))
    azure.script["job_outcomes"] = ["Failed"]
    rejects = ["ml batch-endpoint update"]  # once
    for command in (BACK_BATCH, (*BACK_BATCH, "--to", MAIN["1"])):
        result = azure.run(*command)
        assert (result.code, azure.changes) == (1, ["ml batch-endpoint invoke", *rejects])
        rejects = []
        assert batch(azure)["defaults"] == {"deployment_name": MAIN["2"]}
        assert MAIN["1"] in batch(azure)["slots"]
        assert f"error: deployment {MAIN['1']} did not score ../../specs/churn/tests/rows.csv, the default of " in (
            result.stderr
        )
        azure.script["job_outcomes"] = ["Failed"]
    azure.script["job_outcomes"] = []
    assert azure.run(*BACK_BATCH).code == 0
    assert azure.changes == ["ml batch-endpoint invoke", "ml batch-endpoint update"]
    batch(azure)["slots"]["somebodys"] = batch(azure)["slots"][MAIN["1"]]
    refused = azure.run(*BACK_BATCH, "--to", "somebodys")
    assert (refused.code, azure.changes) == (1, [])
    assert f"go back to {MAIN['1']} {MAIN['2']}, or start a release" in refused.stderr


@pytest.mark.parametrize("step", [RELEASE, RELEASE_BATCH])
def test_a_release_that_moves_nothing_is_noted_once(
    of_commit: Callable[[str], Azure], after: After, step: Step
) -> None:
    azure = of_commit(LATE).restore(after(REGISTER, TRAIN, step))
    for expected in (1, 0):
        assert azure.run(*step, "--run", "8").code == 0
        assert len(azure.changes) == expected
    (online if step == RELEASE else batch)(azure)["tags"]["mlinfra-content"] = "sha256:older"
    assert azure.run(*step, "--run", "8").code == 0
    assert (online if step == RELEASE else batch)(azure)["tags"]["mlinfra-release"] == f"8 {LATE}"


def test_without_git_no_release_is_noted(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN))
    result = azure.run(*RELEASE, "--run", "8")
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr.startswith("error: git does not say when the commit of ")


def test_who_moved_the_traffic_meanwhile_keeps_it(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    models = azure.workspace()["assets"]["model"]["churn"]
    models["3"] = models["1"] | {"version": "3"}
    write_models(azure, "3")
    azure.script["meanwhile"] = {"traffic": {GREEN: 100}, "mirror_traffic": {}}
    result = azure.run(*RELEASE)
    assert (result.code, "ml online-endpoint update" in azure.changes) == (1, False)
    assert result.stderr.splitlines()[-1] == (
        f"error: endpoint {ENDPOINT}: somebody else moved its traffic meanwhile, from {BLUE['2']}=100 to {GREEN}=100; "
        "it stays so"
    )


def test_a_person_goes_back_to_any_deployment_that_exists(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    online(azure)["traffic"] = {BLUE["2"]: 90, GREEN: 10}
    online(azure)["mirror_traffic"] = {}
    online(azure)["tags"]["mlinfra-split"] = f"{BLUE['2']}=90 {GREEN}=10"
    result = azure.run(*BACK, "--to", BLUE["1"])
    assert (result.code, azure.changes) == (0, ["ml online-endpoint update"]), result.stderr
    assert online(azure)["traffic"] == {BLUE["1"]: 90, GREEN: 10}
    assert online(azure)["tags"]["mlinfra-previous"] == f"{BLUE['2']}=90 {GREEN}=10"
    assert online(azure)["tags"]["mlinfra-rejected"] == SECOND
    assert azure.log("invoked.jsonl") == [{"slot": BLUE["1"], "traffic": 0}]
    again = azure.run(*BACK, MLINFRA_BACK_TO="previous")
    assert (again.code, online(azure)["traffic"]) == (0, {BLUE["2"]: 90, GREEN: 10})
    assert online(azure)["tags"]["mlinfra-rejected"] == FIRST


def test_what_another_deployment_still_serves_is_not_rejected(azure: Azure, after: After) -> None:
    """Going back from new code with the same model says nothing against the model."""
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    online(azure)["slots"][BLUE["1"]]["body"]["model"] = "azureml:churn:2"
    assert azure.run(*BACK).code == 0
    assert online(azure)["tags"]["mlinfra-rejected"] == "none"


def test_what_a_run_gives_back_may_come_again(of_commit: Callable[[str], Azure], after: After) -> None:
    azure = of_commit(LATE).restore(after(REGISTER, TRAIN, RELEASE, RETRAIN))
    assert azure.run(*RELEASE, "--run", "8").code == 0
    assert azure.run(*BACK, "--run", "8").code == 0
    assert online(azure)["traffic"] == {BLUE["1"]: 100}
    assert online(azure)["tags"]["mlinfra-rejected"] == "none"


@pytest.mark.parametrize("why", ["", " \n", "it was the network"])
def test_what_a_person_took_back_is_released_again_only_where_one_says_why(
    azure: Azure, after: After, why: str
) -> None:
    """Somebody goes back between the gate, for which the version served already, and the step that releases."""
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    assert azure.run(*BACK).code == 0
    result = azure.run(*RELEASE, MLINFRA_AGAIN=why)
    if why.strip():
        assert (result.code, online(azure)["traffic"][BLUE["2"]]) == (0, 100), result.stderr
        assert online(azure)["tags"]["mlinfra-rejected"] == "none"
        return
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr.splitlines()[-1] == (
        f"error: endpoint {ENDPOINT}: churn:2 of job {JOB}-8-1 was taken back here, or its canary failed, so it is not "
        "released, and what serves stays. A person who means it starts the release with that version as "
        "models"
    )
    assert online(azure)["traffic"] == {BLUE["1"]: 100}
    assert online(azure)["tags"]["mlinfra-rejected"] == SECOND


@pytest.mark.parametrize("why", ["", "it was the network"])
def test_what_a_batch_endpoint_took_back_is_released_again_only_where_one_says_why(
    azure: Azure, after: After, why: str
) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE_BATCH, RETRAIN, RELEASE_BATCH, BACK_BATCH))
    result = azure.run(*RELEASE_BATCH, MLINFRA_AGAIN=why)
    assert (result.code, azure.changes == []) == ((0, False) if why else (1, True)), result.stderr
    assert (f"churn:2 of job {JOB}-8-1 was taken back here" in result.stderr) == (not why)
    assert batch(azure)["defaults"] == {"deployment_name": MAIN["2" if why else "1"]}
    assert batch(azure)["tags"]["mlinfra-rejected"] == ("none" if why else SECOND)


def test_what_serves_goes_out_with_new_code_though_a_tag_rejects_it(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE))
    online(azure)["tags"]["mlinfra-rejected"] = "churn:1 other:2"
    assert azure.run(*RELEASE).code == 0
    assert online(azure)["traffic"] == {BLUE["1"]: 100}


@pytest.mark.parametrize(
    ("to", "message", "rejects"),
    [
        ("red-123456", f"endpoint {ENDPOINT} has no deployment red-123456; it has: {{slots}}", False),
        ("broken", "deployment broken, to which to go back, is failed", True),
        (BLUE["1"], f"deployment {BLUE['1']} failed the smoke test; the traffic of {ENDPOINT} is as it was", True),
    ],
)
def test_a_person_goes_back_to_no_deployment_that_could_not_serve(
    azure: Azure, after: After, to: str, message: str, *, rejects: bool
) -> None:
    """What they meant is taken back all the same, as far as that goes; a name that is not there meant nothing."""
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    slots = online(azure)["slots"]
    slots["broken"] = {"body": {}, "provisioning_state": "Failed"}
    online(azure)["tags"]["mlinfra-served"] += " broken"
    azure.script["answers"] = {"blue": "no"}
    result = azure.run(*BACK, MLINFRA_BACK_TO=to)
    listed = ", ".join(f"{name} {slot['provisioning_state']}" for name, slot in sorted(slots.items()))
    expected = message.format(slots=listed)
    assert (result.code, azure.changes) == (1, ["ml online-endpoint update"] if rejects else [])
    assert result.stderr.splitlines()[-1] == f"error: {expected}"
    assert (SERVES_ON in result.stderr.splitlines()) is rejects
    assert online(azure)["tags"].get("mlinfra-rejected") == (SECOND if rejects else "none")
    assert online(azure)["traffic"] == {BLUE["2"]: 100}


def test_what_a_person_could_not_take_back_is_not_released_again(azure: Azure, after: After) -> None:
    """It serves on, also with new code, until something else does."""
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    del online(azure)["slots"][BLUE["1"]]
    assert azure.run(*BACK).code == 1
    assert online(azure)["tags"]["mlinfra-rejected"] == SECOND
    assert azure.run(*RELEASE).code == 0
    assert online(azure)["tags"]["mlinfra-rejected"] == SECOND
    write_models(azure, "1")
    assert azure.run(*RELEASE).code == 0
    write_models(azure, "2")
    result = azure.run(*RELEASE)
    assert (result.code, online(azure)["traffic"]) == (1, {BLUE["1"]: 100})
    assert "churn:2 of job j-1 was taken back here" in result.stderr


@pytest.mark.parametrize("fault", ["gone", "no good", "none"])
def test_the_same_of_a_batch_endpoint(azure: Azure, after: After, fault: str) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE_BATCH, RETRAIN, RELEASE_BATCH))
    expected = f"deployment {MAIN['1']}, to which to go back, is deleted"
    if fault == "gone":
        del batch(azure)["slots"][MAIN["1"]]
    elif fault == "none":
        del batch(azure)["tags"]["mlinfra-previous"]
        expected = f"endpoint {BATCH_ENDPOINT} has no default to go back to"
    else:
        azure.script["job_outcomes"] = ["Failed"]
        expected = f"deployment {MAIN['1']} did not score"
    result = azure.run(*BACK_BATCH)
    assert (result.code, batch(azure)["defaults"]) == (1, {"deployment_name": MAIN["2"]})
    assert result.stderr.splitlines()[-1].startswith(f"error: {expected}")
    assert batch(azure)["tags"]["mlinfra-rejected"] == SECOND


def test_a_person_makes_any_batch_deployment_the_default(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE_BATCH, RETRAIN, RELEASE_BATCH))
    assert azure.run(*BACK_BATCH, "--to", MAIN["1"]).code == 0
    assert batch(azure)["defaults"] == {"deployment_name": MAIN["1"]}
    assert batch(azure)["tags"]["mlinfra-previous"] == MAIN["2"]
    assert batch(azure)["tags"]["mlinfra-rejected"] == SECOND
    assert azure.run(*BACK_BATCH).code == 0
    assert batch(azure)["defaults"] == {"deployment_name": MAIN["2"]}
    assert batch(azure)["tags"]["mlinfra-rejected"] == FIRST


def test_what_serves_no_more_is_kept_or_deleted_as_the_spec_says(tmp_path: Path, port: int, after: After) -> None:
    context = rolled_out(Rollout(keep="none"))
    azure = Azure(tmp_path / "azure", port, write_output(tmp_path / "out", context), context)
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    azure.state["groups"] = azure.with_infrastructure().state["groups"]
    slots = online(azure)["slots"]
    slots["somebodys"] = slots[BLUE["1"]]
    for _ in range(2):
        result = azure.run(*TIDY)
        assert (result.code, slots.keys()) == (0, {BLUE["1"], BLUE["2"], GREEN, "somebodys"}), result.stderr
        assert online(azure)["slots"].keys() == {BLUE["2"], GREEN, "somebodys"}
    back = azure.run(*BACK)
    assert back.code == 1
    assert back.stderr == (
        f"{SERVES_ON}\nerror: deployment {BLUE['1']}, to which to go back, is deleted: of this endpoint a release "
        "keeps none but those that serve\n"
    )


def test_a_deployment_is_kept_unless_the_spec_says_otherwise(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    assert azure.run(*TIDY).code == 0
    assert azure.changes == []


def test_what_was_released_under_an_entry_that_is_there_no_more_goes_too(azure: Azure, after: After) -> None:
    """It was renamed, or left the spec: what served under it before the last release costs, and serves nothing."""
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    slots, tags = online(azure)["slots"], online(azure)["tags"]
    slots["red-0a1b2c"] = slots["red-0a1b2d"] = slots[BLUE["1"]]
    tags["mlinfra-served"] = f"red-0a1b2c {tags['mlinfra-served']}"
    assert azure.run(*TIDY).code == 0
    assert azure.changes == ["ml online-deployment delete"]
    assert online(azure)["slots"].keys() == {*slots} - {"red-0a1b2c"}


def _with_one_kept(tmp_path: Path, port: int, after: After) -> Azure:
    """Version 2 serves, with three instances; version 1 is beside it, of which one instance is to be kept."""
    context = rolled_out(Rollout(keep="one"))
    first, *others = context.targets
    blue, green = first.endpoints[0].deployments
    endpoint = dataclasses.replace(first.endpoints[0], deployments=(dataclasses.replace(blue, instances="3"), green))
    first = dataclasses.replace(first, endpoints=(endpoint, *first.endpoints[1:]))
    context = dataclasses.replace(context, targets=(first, *others))
    azure = Azure(tmp_path / "azure", port, write_output(tmp_path / "out", context), context)
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE)).with_infrastructure()
    for version in ("1", "2"):
        online(azure)["slots"][BLUE[version]]["instances"] = 3
    return azure


def _instances(azure: Azure) -> dict[str, int]:
    return {name: slot.get("instances", 1) for name, slot in online(azure)["slots"].items()}


def test_one_instance_is_kept_and_all_of_them_come_back_before_the_traffic(
    tmp_path: Path, port: int, after: After
) -> None:
    azure = _with_one_kept(tmp_path, port, after)
    for changes in (["ml online-deployment update"], []):
        result = azure.run(*TIDY)
        assert (result.code, azure.changes) == (0, changes), result.stderr
        assert _instances(azure) == {BLUE["1"]: 1, BLUE["2"]: 3, GREEN: 1}
    kept = azure.snapshot()
    for command in (BACK, (*BACK, "--to", BLUE["1"])):
        for kill_after in (1, 2, 0):
            assert azure.restore(kept).run(*command, kill_after=kill_after).code == (-9 if kill_after else 0)
            if kill_after:
                assert azure.run(*command).code == 0
            assert online(azure)["traffic"] == {BLUE["1"]: 100}
            assert _instances(azure) == {BLUE["1"]: 3, BLUE["2"]: 3, GREEN: 1}
    assert azure.changes == ["ml online-deployment update", "ml online-endpoint update"]


def test_a_release_of_what_was_kept_with_one_instance_starts_the_others_first(
    tmp_path: Path, port: int, after: After
) -> None:
    azure = _with_one_kept(tmp_path, port, after)
    assert azure.run(*TIDY).code == 0
    write_models(azure, "1")
    assert azure.run(*RELEASE).code == 0
    assert azure.changes == ["ml online-deployment update", "ml online-endpoint update"]
    assert (online(azure)["traffic"], _instances(azure)[BLUE["1"]]) == ({BLUE["1"]: 100}, 3)
