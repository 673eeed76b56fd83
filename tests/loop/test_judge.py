"""The judge sees what it is there for: each rule is broken once, by a change of an Azure that is well."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.loop.agent import Command
from tests.loop.judge import Broken, Judge
from tests.loop.machine import Ran
from tests.loop.pipeline import Json, Result, Run, new_run
from tests.loop.platforms import DEV, PARAMETER, PROD, SCORED_ROWS, SMALL, THREE

PIPELINE: Json = {"stages": []}
NUMBERS = {"j-good": 0.85, "j-better": 0.86, "j-worse": 0.83, "j-low": 0.76, "j-none": None}
TRUE = {(DEV, f"model of {job}"): number for job, number in NUMBERS.items()}
ASK, NIGHTLY = "ask-prod-x1", "nightly-prod-x1"
VERSIONS = {str(number): job for number, job in enumerate(NUMBERS, start=1)}


def azure(online: dict[str, int], default: str = "main-1", **tags: str) -> Json:
    """One workspace; slot main-1 serves version 1, and so on."""
    slots = {
        f"main-{version}": {"body": {"model": f"azureml:churn:{version}"}, "provisioning_state": "Succeeded"}
        for version in VERSIONS
    }
    workspace = {
        "assets": {"model": {"churn": {v: {"content": f"model of {job}"} for v, job in VERSIONS.items()}}},
        "jobs": {job: {"status": "Completed", "tags": {"mlinfra-build": "8"}} for job in NUMBERS},
        "online_endpoints": {ASK: {"traffic": online, "slots": slots, "tags": {"mlinfra-release": "7 now"} | tags}},
        "batch_endpoints": {
            NIGHTLY: {
                "defaults": {"deployment_name": default},
                "slots": copy.deepcopy(slots),
                "tags": {"mlinfra-release": "7 now"},
            }
        },
    }
    return {"state": {"workspaces": {"w": workspace}}, "script": {}}


def run(name: str, **more: Any) -> Run:
    made = new_run(name, PIPELINE, 7, "1" * 40, "Manual")
    for key, value in more.items():
        setattr(made, key, value)
    return made


def traffic(shares: str, code: int = 0) -> Json:
    return {"name": "ml online-endpoint update", "code": code, "arguments": {"--name": ASK, "--traffic": shares}}


def default(slot: str) -> Json:
    arguments = {"--name": NIGHTLY, "--set": [f"defaults.deployment_name={slot}"]}
    return {"name": "ml batch-endpoint update", "code": 0, "arguments": arguments}


def judged(
    changes: list[Json], after: Json, target: str = PROD, *arguments: str, connection: str = "loop-prod"
) -> None:
    command = Command(("release-endpoint.sh", *arguments), "", {}, connection, "release-endpoint.sh")
    judge = Judge(numbers=dict(TRUE), next_numbers={DEV: {}, PROD: {}})
    judge.command(target, run("release"), command, azure({"main-1": 100}), Ran(0, "said", after, {}, changes))


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ([], azure({"main-1": 100})),
        ([traffic("main-1=90 main-2=10")], azure({"main-1": 90, "main-2": 10})),
        ([traffic("main-2=100"), default("main-2")], azure({"main-2": 100}, "main-2")),
        ([traffic("main-4=100", code=1)], azure({"main-1": 100})),
    ],
)
def test_what_is_well_is_left_alone(changes: list[Json], after: Json) -> None:
    judged(changes, after)


@pytest.mark.parametrize(
    ("changes", "after", "message"),
    [
        ([traffic("main-1=90 main-4=10")], azure({"main-1": 90, "main-4": 10}), r"^0\.76 serves in prod"),
        ([traffic("main-4=100"), traffic("main-1=100")], azure({"main-1": 100}), r"^0\.76 serves in prod"),
        ([traffic("main-1=99 main-5=1")], azure({"main-1": 99, "main-5": 1}), r"^None serves in prod"),
        ([traffic("main-1=90 main-3=10")], azure({"main-1": 90, "main-3": 10}), r"^0\.83 comes to serve in prod"),
        ([default("main-4")], azure({"main-1": 100}, "main-4"), r"^0\.76 serves in prod"),
        ([traffic("main-1=0")], azure({}), r"^nothing serves"),
        ([traffic("main-1=90")], azure({"main-1": 90}), r"^nothing serves"),
        ([], azure({"main-2": 100}), r"^ask-prod-x1: .* serves after"),
    ],
)
def test_what_may_not_serve_is_seen(changes: list[Json], after: Json, message: str) -> None:
    with pytest.raises(Broken, match=message):
        judged(changes, after)


def in_place(version: str, model: str = "azureml:churn:{}", code: int = 0) -> Json:
    """The slot main-1 is updated, so that it serves another version; Azure names that by its id."""
    arguments = {"--endpoint-name": ASK, "--name": "main-1", "--set": ["tags.x=y", f"model={model.format(version)}"]}
    return {"name": "ml online-deployment update", "code": code, "arguments": arguments}


def updated(version: str) -> Json:
    after = azure({"main-1": 100})
    slots = after["state"]["workspaces"]["w"]["online_endpoints"][ASK]["slots"]
    slots["main-1"]["body"]["model"] = f"azureml:/subscriptions/s/models/churn/versions/{version}"
    return after


@pytest.mark.parametrize(
    ("changes", "version", "message"),
    [
        ([in_place("2")], "2", ""),
        ([in_place("2"), in_place("1", "azureml:/subscriptions/s/models/churn/versions/{}")], "1", ""),
        ([in_place("3")], "3", r"^0\.83 comes to serve in prod after \[0\.85\]"),
        ([in_place("4")], "4", r"^0\.76 serves in prod"),
        ([in_place("4"), in_place("1")], "1", r"^0\.76 serves in prod"),
        ([], "2", r"^ask-prod-x1: .* serves after"),
    ],
    ids=["better", "put back", "worse", "below the floor", "below the floor for a while", "by somebody else"],
)
def test_what_is_updated_in_place_is_judged_as_what_gets_traffic(
    changes: list[Json], version: str, message: str
) -> None:
    if not message:
        judged(changes, updated(version))
        return
    with pytest.raises(Broken, match=message):
        judged(changes, updated(version))


def test_going_back_and_a_lower_floor_are_no_harm() -> None:
    changes, after = [traffic("main-3=100")], azure({"main-3": 100})
    judged(changes, after, PROD, "--back")
    judged(changes, after, DEV, connection="loop-dev")


def test_who_only_reads_may_change_nothing() -> None:
    with pytest.raises(Broken, match=r"^loop-prod-read changed"):
        judged(
            [{"name": "ml model create", "code": 0, "arguments": {}}],
            azure({"main-1": 100}),
            connection="loop-prod-read",
        )


def trained(job: str) -> Run:
    record = f'{{"models": {{"churn": {{"job": "{job}"}}}}}}'
    return run("train", artifacts={"models": {"models.json": record}}, tags={"release"}, reason="Manual", build="8")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"artifacts": {}}, "hands on a model of no job"),
        ({"tags": set()}, "hands on a model of j-good"),
        ({"build": "9"}, "which trains anew, hands on j-good"),
    ],
)
def test_a_training_does_what_it_says(wrong: Json, message: str) -> None:
    judge, world, made = Judge(), {DEV: azure({})}, trained("j-good")
    judge.stage(world, made, "train", Result.SUCCEEDED)
    for key, value in wrong.items():
        setattr(made, key, value)
    with pytest.raises(Broken, match=message):
        judge.stage(world, made, "train", Result.SUCCEEDED)
    judge.stage(world, made, "train", Result.FAILED)


def test_a_training_is_told_what_a_person_asks() -> None:
    judge, world = Judge(PARAMETER), {DEV: azure({})}
    job = world[DEV]["state"]["workspaces"]["w"]["jobs"]["j-good"]
    job["inputs"] = {"since": "2026"}
    made = trained("j-good")
    record = {"job": "j-good", "parameters": {"since": "2026"}}
    made.artifacts = {"models": {"models.json": json.dumps({"models": {"churn": record}})}}
    made.parameters = {"since": "2026"}
    judge.stage(world, made, "train", Result.SUCCEEDED)
    made.parameters = {"since": "2025"}
    with pytest.raises(Broken, match=r"^build 8 was asked {'since': '2025'}; j-good was told {'since': '2026'}"):
        judge.stage(world, made, "train", Result.SUCCEEDED)


def test_of_several_jobs_those_that_failed_hand_on_nothing() -> None:
    made, world = trained("j-good"), {DEV: azure({})}
    Judge(THREE).stage(world, made, "train", Result.SUCCEEDED)
    for platform, result, message in (
        (THREE, Result.ISSUES, "has issues, and hands on"),
        (SMALL, Result.ISSUES, "has issues, and hands on"),
    ):
        with pytest.raises(Broken, match=message):
            Judge(platform).stage(world, made, "train", result)


@pytest.mark.parametrize(
    ("after", "message"),
    [
        (azure({"main-1": 90, "main-2": 10}), "released {'model of j-good': 100} to prod"),
        (azure({"main-1": 100}, "main-2"), "released {'model of j-good': 100} to prod"),
        (azure({"main-1": 100}, **{"mlinfra-release": "6 then"}), "was released to prod: 6 then"),
        (azure({"main-1": 100}, **{"mlinfra-rollout": "run 7, step 10"}), "in prod: run 7, step 10"),
    ],
)
def test_a_release_does_what_it_says(after: Json, message: str) -> None:
    judge, made = Judge(), run("release", resources={"train": trained("j-good")})
    judge.stage({PROD: azure({"main-1": 100})}, made, PROD, Result.SUCCEEDED)
    with pytest.raises(Broken, match=message):
        judge.stage({PROD: after}, made, PROD, Result.SUCCEEDED)
    judge.stage({PROD: after}, made, PROD, Result.FAILED)


def test_going_back_does_what_it_says() -> None:
    judge, made = Judge(), run("back", parameters={"endpoint": "online/ask"})
    judge.stage({PROD: azure({"main-1": 100})}, made, PROD, Result.SUCCEEDED)
    with pytest.raises(Broken, match="went back in prod"):
        judge.stage({PROD: azure({"main-1": 100}, **{"mlinfra-rollout": "run 7"})}, made, PROD, Result.SUCCEEDED)


def test_who_is_refused_beside_others_keeps_what_served() -> None:
    judge, made = Judge(), run("release", resources={"train": trained("j-good")})
    judge.stage({PROD: azure({"main-2": 100})}, made, PROD, Result.ISSUES)
    for after, result in (({"main-2": 100}, Result.SUCCEEDED), ({"main-1": 50, "main-2": 50}, Result.ISSUES)):
        with pytest.raises(Broken, match="released"):
            judge.stage({PROD: azure(after)}, made, PROD, result)
    with pytest.raises(Broken, match="is SucceededWithIssues, and 0 endpoints keep what served"):
        judge.stage({PROD: azure({"main-1": 100})}, made, PROD, Result.ISSUES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "Failed"},
        {"result": {"rows": SCORED_ROWS - 1, "batches": [["0", "RUN_DONE", "0"]]}},
        {"result": {"rows": SCORED_ROWS, "batches": [["0", "RUN_DONE", "1"]]}},
        {"result": {"rows": SCORED_ROWS, "batches": None}},
    ],
    ids=["it failed", "a row is missing", "a mini-batch failed", "no report"],
)
def test_a_call_of_a_batch_endpoint_does_what_it_says(wrong: Json) -> None:
    judge, made, after = Judge(), run("score"), azure({})
    result = {"rows": SCORED_ROWS, "batches": [["0", "RUN_DONE", "0"]]}
    job = {"status": "Completed", "ahead": [], "scores": {}, "result": result}
    jobs = after["state"]["workspaces"]["w"]["jobs"]
    jobs["score-nightly-person-7-1"] = job
    judge.stage({PROD: after}, made, PROD, Result.SUCCEEDED)
    jobs["score-nightly-person-7-1"] = job | wrong
    with pytest.raises(Broken, match="build 7 scored in prod"):
        judge.stage({PROD: after}, made, PROD, Result.SUCCEEDED)
    jobs["score-nightly-person-8-1"] = jobs.pop("score-nightly-person-7-1") | {"status": "Completed", "result": result}
    with pytest.raises(Broken, match="build 7 scored in prod"):
        judge.stage({PROD: after}, made, PROD, Result.SUCCEEDED)
