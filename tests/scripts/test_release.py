"""Releases of online endpoints, the smoke test, and the way back."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlinfra.pipelines.endpoints import DeploymentContext
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot, write_output
from tests.scripts.steps import BACK, MODELS, REGISTER, RELEASE, RELEASE_BATCH, RETRAIN, TRAIN, write_models

After = Callable[..., Snapshot]
TIDY = (*RELEASE[:-2], *MODELS, "--tidy")
ENDPOINT = "churn-dev-x1y2"
BATCH_ENDPOINT = "scores-dev-x1y2"
_BLUE, _GREEN = PLATFORM.targets[0].endpoints[0].deployments
(_MAIN,) = PLATFORM.targets[0].endpoints[1].deployments


def slot_name(deployment: DeploymentContext, model_version: str) -> str:
    """The Azure name of a deployment, as `release-endpoint.sh` is to give it."""
    digest = hashlib.sha256(f"{model_version}\n{deployment.content_hash}\n".encode()).hexdigest()
    return f"{deployment.entry}-{digest[:6]}"


SERVES_ON = (
    f"warning: endpoint {ENDPOINT}: what serves is rejected: it serves on, and once something else does, it is not "
    "released here again"
)
BLUE = {version: slot_name(_BLUE, version) for version in ("1", "2", "3")}
MAIN = {version: slot_name(_MAIN, version) for version in ("1", "2", "3")}
GREEN = slot_name(_GREEN, "3")


@pytest.fixture
def trained(azure: Azure, after: After) -> Azure:
    """Version 1 of the model is registered."""
    return azure.restore(after(REGISTER, TRAIN))


@pytest.fixture
def released(azure: Azure, after: After) -> Azure:
    """Version 1 serves; version 2 is trained."""
    return azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN))


@pytest.fixture
def released_twice(azure: Azure, after: After) -> Azure:
    """Version 2 serves, version 1 is beside it."""
    return azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))


def _endpoint(azure: Azure) -> dict[str, Any]:
    endpoint: dict[str, Any] = azure.workspace()["online_endpoints"][ENDPOINT]
    return endpoint


def batch_endpoint_of(azure: Azure) -> dict[str, Any]:
    endpoint: dict[str, Any] = azure.workspace()["batch_endpoints"][BATCH_ENDPOINT]
    return endpoint


def next_version(azure: Azure, version: str) -> None:
    """Another version of the model is registered and in models.json."""
    models = azure.workspace()["assets"]["model"]["churn"]
    models[version] = models["1"] | {"version": version}
    write_models(azure, version)


def test_the_first_release(trained: Azure) -> None:
    result = trained.run(*RELEASE)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == (
        f"creating endpoint {ENDPOINT}\n"
        f"creating deployment {BLUE['1']} of endpoint {ENDPOINT}\n"
        f"deployment {BLUE['1']} answered the smoke test\n"
        f"creating deployment {GREEN} of endpoint {ENDPOINT}\n"
        f"deployment {GREEN} answered the smoke test\n"
        f"endpoint {ENDPOINT}: none becomes {BLUE['1']}=100, mirrored {GREEN}=10\n"
    )
    endpoint = _endpoint(trained)
    assert endpoint["traffic"] == {BLUE["1"]: 100}
    assert endpoint["mirror_traffic"] == {GREEN: 10}
    assert endpoint["tags"] == {
        "team": "growth",
        "mlinfra-content": "sha256:0e1",
        "mlinfra-served": BLUE["1"],
        "mlinfra-split": f"{BLUE['1']}=100",
        "mlinfra-rejected": "none",
        "mlinfra-rejected-copy": "none",
        "mlinfra-release": "none",
    }
    assert endpoint["slots"][BLUE["1"]]["body"]["model"] == "azureml:churn:1"
    assert endpoint["slots"][GREEN]["body"]["model"] == "azureml:vendor:3"


def test_a_release_of_what_serves_changes_nothing(released: Azure) -> None:
    next_version(released, "1")
    before = released.state
    result = released.run(*RELEASE)
    assert (result.code, released.changes, released.state) == (0, [], before)
    assert result.stderr == f"endpoint {ENDPOINT} has the split {BLUE['1']}=100\n"
    assert released.log("invoked.jsonl") == []


def test_a_new_version_is_tested_before_it_gets_traffic(released: Azure) -> None:
    result = released.run(*RELEASE)
    assert result.code == 0
    assert released.changes == ["ml online-deployment create", "ml online-endpoint update"]
    assert released.log("invoked.jsonl") == [{"slot": BLUE["2"], "traffic": 0}]
    endpoint = _endpoint(released)
    assert endpoint["traffic"] == {BLUE["2"]: 100}
    assert endpoint["mirror_traffic"] == {GREEN: 10}
    assert endpoint["tags"]["mlinfra-previous"] == f"{BLUE['1']}=100"
    assert endpoint["slots"].keys() == {BLUE["1"], BLUE["2"], GREEN}


def test_the_way_back_stays_until_there_is_another(released_twice: Azure) -> None:
    next_version(released_twice, "3")
    _endpoint(released_twice)["slots"]["blue-000000"] = _endpoint(released_twice)["slots"][BLUE["1"]]
    for failing in (True, False):
        released_twice.script["failing_slots"] = ["blue"] if failing else []
        assert released_twice.run(*RELEASE).code == int(failing)
        assert released_twice.changes == [
            "ml online-deployment delete",
            "ml online-deployment create",
            *([] if failing else ["ml online-endpoint update"]),
        ]
        assert _endpoint(released_twice)["slots"].keys() == {BLUE["1"], BLUE["2"], BLUE["3"], GREEN}
    assert _endpoint(released_twice)["tags"]["mlinfra-previous"] == f"{BLUE['2']}=100"
    assert released_twice.run(*TIDY).code == 0
    assert released_twice.changes == ["ml online-deployment delete"]
    assert _endpoint(released_twice)["slots"].keys() == {BLUE["2"], BLUE["3"], GREEN}


def test_the_way_back_makes_room_where_there_is_none(released_twice: Azure) -> None:
    next_version(released_twice, "3")
    released_twice.script["room"] = 3
    result = released_twice.run(*RELEASE)
    assert result.code == 0, result.stderr
    assert released_twice.changes == [
        "ml online-deployment create",
        "ml online-deployment delete",
        "ml online-deployment delete",
        "ml online-deployment create",
        "ml online-endpoint update",
    ]
    assert f"warning: endpoint {ENDPOINT}: there was no room for {BLUE['3']} beside the deployment to go back to" in (
        result.stderr
    )
    assert _endpoint(released_twice)["traffic"] == {BLUE["3"]: 100}


def test_a_way_back_that_fails_the_smoke_test_stays(released_twice: Azure) -> None:
    next_version(released_twice, "1")
    released_twice.script["answers"] = {"blue": "no"}
    result = released_twice.run(*RELEASE)
    assert (result.code, released_twice.changes) == (1, [])
    assert result.stderr.splitlines()[-1] == (
        f"error: deployment {BLUE['1']}, which served before, failed the smoke test; the traffic of {ENDPOINT} is as "
        "it was"
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "ERROR: (BadArgument) upstream request failed\nCode: BadArgument\nMessage: upstream request failed\n"),
        ("", f'the answer of {BLUE["2"]} to request.json does not contain "it\'s "fine" $(now)": \n'),
        (
            "no\n##vso[task.complete]",
            (
                f'the answer of {BLUE["2"]} to request.json does not contain "it\'s "fine" $(now)": '
                "no\n# # vso[task.complete]\n"
            ),
        ),
    ],
)
def test_a_failed_smoke_test_deletes_the_slot_and_leaves_the_traffic_alone(
    released: Azure, answer: str | None, reason: str
) -> None:
    before = json.loads(json.dumps(_endpoint(released)))
    released.script["answers"] = {"blue": answer}
    for _ in range(2):
        result = released.run(*RELEASE)
        assert result.code == 1
        assert released.changes == ["ml online-deployment create", "ml online-deployment delete"]
        assert result.stderr == (
            f"creating deployment {BLUE['2']} of endpoint {ENDPOINT}\n{reason}deleting deployment {BLUE['2']}\n"
            f"error: deployment {BLUE['2']} failed the smoke test and is deleted; "
            f"the traffic of {ENDPOINT} is as it was\n"
        )
        assert _endpoint(released) == before
    released.script["answers"] = {}
    assert released.run(*RELEASE).code == 0
    assert _endpoint(released)["traffic"] == {BLUE["2"]: 100}


def test_any_answer_that_contains_the_text_will_do(released: Azure) -> None:
    released.script["answers"] = {"blue": '{"x": *?[a]} it\'s "fine" $(now)\n\nmore'}
    assert released.run(*RELEASE).code == 0


def test_a_slot_that_was_not_tested_yet_is_tested_before_it_gets_traffic(released: Azure) -> None:
    assert released.run(*RELEASE, kill_after=1).code == -9
    released.script["answers"] = {"blue": "no"}
    result = released.run(*RELEASE)
    assert (result.code, released.changes) == (1, ["ml online-deployment delete"])
    assert _endpoint(released)["traffic"] == {BLUE["1"]: 100}


def test_a_deployment_that_fails_leaves_the_traffic_alone_and_is_made_anew(released: Azure) -> None:
    released.script["failing_slots"] = ["blue"]
    result = released.run(*RELEASE)
    assert (result.code, released.changes) == (1, ["ml online-deployment create"])
    assert result.stderr.splitlines()[-1].startswith(
        f"error: deployment {BLUE['2']} is in state failed: Code: ImageBuildFailure; Message: the user container "
        f"crashed; its logs: az ml online-deployment get-logs --name {BLUE['2']} --endpoint-name {ENDPOINT} "
    )
    assert _endpoint(released)["traffic"] == {BLUE["1"]: 100}
    assert _endpoint(released)["slots"][BLUE["2"]]["provisioning_state"] == "Failed"
    released.script["failing_slots"] = []
    assert released.run(*RELEASE).code == 0
    assert released.changes == [
        "ml online-deployment delete",
        "ml online-deployment create",
        "ml online-endpoint update",
    ]


def test_a_serving_slot_that_broke_is_not_deleted(released: Azure) -> None:
    next_version(released, "1")
    _endpoint(released)["slots"][BLUE["1"]]["provisioning_state"] = "Failed"
    result = released.run(*RELEASE)
    assert (result.code, released.changes) == (1, [])
    assert result.stderr == (
        f"error: deployment {BLUE['1']} has traffic and is in state failed: go back with --back, or repair it\n"
    )


def test_another_definition_of_the_endpoint_keeps_traffic_mirror_and_way_back(released_twice: Azure) -> None:
    _endpoint(released_twice)["tags"]["mlinfra-content"] = "sha256:older"
    before = json.loads(json.dumps(_endpoint(released_twice)))
    result = released_twice.run(*RELEASE)
    assert (result.code, released_twice.changes) == (0, ["ml online-endpoint update"])
    assert result.stderr.startswith(f"updating endpoint {ENDPOINT}\n")
    after = _endpoint(released_twice)
    assert after["tags"].pop("mlinfra-content") == "sha256:0e1"
    assert before["tags"].pop("mlinfra-content") == "sha256:older"
    assert after == before


def test_mirrored_traffic_ends_where_none_is_wanted(released: Azure) -> None:
    next_version(released, "1")
    endpoint = _endpoint(released)
    endpoint["mirror_traffic"] = {BLUE["2"]: 20}
    endpoint["slots"][BLUE["2"]] = endpoint["slots"][BLUE["1"]]
    result = released.run(*RELEASE)
    assert (result.code, released.changes) == (0, ["ml online-endpoint update"])
    assert _endpoint(released)["mirror_traffic"] == {GREEN: 10}
    assert "mlinfra-previous" not in _endpoint(released)["tags"]
    assert released.log("invoked.jsonl") == [{"slot": GREEN, "traffic": 0}]


def test_back_restores_the_split_and_doing_so_twice_changes_nothing(released_twice: Azure) -> None:
    result = released_twice.run(*BACK)
    assert (result.code, released_twice.changes) == (0, ["ml online-endpoint update"])
    assert result.stderr == f"endpoint {ENDPOINT}: {BLUE['2']}=100 becomes {BLUE['1']}=100, mirrored none\n"
    endpoint = _endpoint(released_twice)
    assert (endpoint["traffic"], endpoint["mirror_traffic"]) == ({BLUE["1"]: 100}, {})
    again = released_twice.run(*BACK)
    assert (again.code, again.stderr, released_twice.changes) == (
        0,
        f"endpoint {ENDPOINT} has the split {BLUE['1']}=100\n",
        [],
    )


def test_after_going_back_the_release_can_be_repeated(released_twice: Azure) -> None:
    assert released_twice.run(*BACK).code == 0
    result = released_twice.run(*RELEASE, MLINFRA_AGAIN="it was the network")
    assert (result.code, released_twice.changes) == (0, ["ml online-endpoint update"])
    assert _endpoint(released_twice)["traffic"] == {BLUE["2"]: 100}
    assert [entry["slot"] for entry in released_twice.log("invoked.jsonl")] == [BLUE["2"], GREEN]


def test_there_is_no_way_back_from_the_first_release(released: Azure) -> None:
    result = released.run(*BACK)
    assert (result.code, released.changes) == (1, ["ml online-endpoint update"])
    assert result.stderr == f"{SERVES_ON}\nerror: endpoint {ENDPOINT} has no split to go back to\n"


def test_there_is_no_way_back_to_a_slot_that_is_gone(released_twice: Azure) -> None:
    del _endpoint(released_twice)["slots"][BLUE["1"]]
    result = released_twice.run(*BACK)
    assert (result.code, released_twice.changes) == (1, ["ml online-endpoint update"])
    assert result.stderr == f"{SERVES_ON}\nerror: deployment {BLUE['1']}, to which to go back, is deleted\n"


def test_a_split_over_several_slots_is_noted_and_restored(released: Azure) -> None:
    endpoint = _endpoint(released)
    endpoint["slots"]["zebra"] = endpoint["slots"]["adder"] = endpoint["slots"][GREEN]
    endpoint["traffic"] = {"zebra": 30, BLUE["1"]: 60, "adder": 10}
    assert released.run(*RELEASE).code == 0
    assert _endpoint(released)["tags"]["mlinfra-previous"] == f"adder=10 {BLUE['1']}=60 zebra=30"
    assert released.run(*BACK).code == 0
    assert _endpoint(released)["traffic"] == {"zebra": 30, BLUE["1"]: 60, "adder": 10}


@pytest.mark.parametrize("kind", ["online", "batch"])
def test_without_shares_in_the_spec_the_traffic_is_somebody_elses(tmp_path: Path, port: int, kind: str) -> None:
    target = PLATFORM.targets[0]
    endpoints = tuple(
        dataclasses.replace(
            endpoint,
            deployments=tuple(dataclasses.replace(slot, share=0, mirror=0) for slot in endpoint.deployments),
        )
        for endpoint in target.endpoints
    )
    context = dataclasses.replace(PLATFORM, targets=(dataclasses.replace(target, endpoints=endpoints),))
    azure = Azure(tmp_path / "azure", port, write_output(tmp_path / "out", context), context).with_infrastructure()
    step = RELEASE if kind == "online" else RELEASE_BATCH
    for earlier in (REGISTER, TRAIN, step):
        assert azure.run(*earlier).code == 0
    if kind == "online":
        _endpoint(azure)["traffic"] = {BLUE["1"]: 70, GREEN: 30}
    else:
        batch_endpoint_of(azure)["defaults"] = {"deployment_name": MAIN["1"]}
    assert azure.run(*step).code == 0
    assert azure.changes == []


def test_an_endpoint_whose_model_may_not_serve_yet_is_made_without_a_deployment(tmp_path: Path, port: int) -> None:
    """What the unit serving holds of it is deployed with that of the others; its first release goes on from there."""
    target = PLATFORM.targets[0]
    online = dataclasses.replace(target.endpoints[0], is_extended=True)
    slot = dataclasses.replace(_BLUE, model="value", model_name="value")
    other = dataclasses.replace(online, entry="value", name="value-dev-x1y2", deployments=(slot,))
    context = dataclasses.replace(PLATFORM, targets=(dataclasses.replace(target, endpoints=(online, other)),))
    azure = Azure(tmp_path / "azure", port, write_output(tmp_path / "out", context), context).with_infrastructure()
    for earlier in (REGISTER, TRAIN):
        assert azure.run(*earlier).code == 0
    empty = (*RELEASE[:-2], "--empty")
    start = azure.snapshot()
    made = azure.run(*empty)
    assert (made.code, made.stderr) == (0, f"creating endpoint {ENDPOINT}, for which there is no model yet\n")
    assert (_endpoint(azure)["slots"], _endpoint(azure)["traffic"]) == ({}, {})
    changes, whole = azure.changes, azure.snapshot()
    for kill_after in range(1, len(changes) + 1):
        azure.restore(start)
        assert azure.run(*empty, kill_after=kill_after).code == -9
        assert azure.run(*empty).code == 0
        assert azure.snapshot() == whole, changes[kill_after - 1]
    before = azure.state
    again = azure.run(*empty)
    assert (again.code, again.stderr, azure.changes, azure.state) == (0, f"endpoint {ENDPOINT} is there\n", [], before)
    released = azure.run(*RELEASE)
    assert (released.code, released.stderr.splitlines()[0]) == (
        0,
        f"creating deployment {BLUE['1']} of endpoint {ENDPOINT}",
    )
    assert azure.run(*empty).code == 0
    assert _endpoint(azure)["traffic"] == {BLUE["1"]: 100}
