"""Deployments that are updated while they serve: what they are called, what they serve, and the way back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from mlinfra.pipelines.endpoints import DeploymentContext
from mlinfra.pipelines.rights import Connection
from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.smoke_test import SmokeCommand
from mlinfra.pipelines.traffic import Rollout
from tests.repository.repositories import committed
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import BACK, REGISTER, RELEASE, RETRAIN, TRAIN
from tests.scripts.test_release import ENDPOINT

DEV, *_ = PLATFORM.targets
BLUE: DeploymentContext = dataclasses.replace(DEV.endpoints[0].deployments[0], size="Standard_D4as_v4")
UPDATE = "ml online-deployment update"
# The same commit in each repository, as what is trained says which it was.
COMMITTED = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-01-01T00:00:00Z")
NOTE = "ml online-endpoint update"
NewAzureOf = Callable[[ScriptsContext], Azure]


def context(blue: DeploymentContext = BLUE, **changes: Any) -> ScriptsContext:
    endpoint = dataclasses.replace(
        DEV.endpoints[0], deployments=(blue,), rollout=Rollout("none", in_place=True), **changes
    )
    dev = dataclasses.replace(DEV, endpoints=(endpoint, *DEV.endpoints[1:]))
    return dataclasses.replace(PLATFORM, targets=(dev, *PLATFORM.targets[1:]))


def body(azure: Azure) -> dict[str, Any]:
    """What the file of the deployment says, beside its model."""
    return {
        "name": "blue",
        "instance_type": "Standard_D4as_v4",
        "environment": "azureml:serve:1",
        "code_configuration": {"code": "azureml:/x/codes/c1/versions/1", "scoring_script": "score.py"},
    }


@pytest.fixture(scope="module")
def begun() -> dict[str, Snapshot]:
    """What the first steps leave behind, by what they are done with."""
    return {}


@pytest.fixture
def make(new_azure_of: NewAzureOf, begun: dict[str, Snapshot]) -> Callable[..., Azure]:
    """Version 1 serves, and version 2 is trained."""

    def made(**changes: Any) -> Azure:
        azure = new_azure_of(context(**changes)).with_infrastructure()
        (azure.output / BLUE.file).write_text(json.dumps(body(azure)))
        committed(azure.output, **COMMITTED)
        if str(changes) not in begun:
            for step in (REGISTER, TRAIN, RELEASE, RETRAIN):
                result = azure.run(*step)
                assert result.code == 0, result.stderr
            begun[str(changes)] = azure.snapshot()
        return azure.restore(begun[str(changes)])

    return made


def endpoint(azure: Azure) -> dict[str, Any]:
    found: dict[str, Any] = azure.workspace()["online_endpoints"][ENDPOINT]
    return found


def serves(azure: Azure) -> tuple[str, str, str]:
    """The model, the code and what the tag says of it."""
    blue = endpoint(azure)["slots"]["blue"]["body"]
    model = blue["model"].replace("/versions/", ":").rpartition("/")[2].removeprefix("azureml:")
    return model, blue["code_configuration"]["code"], blue["tags"]["mlinfra-model"]


CODE = "azureml:/x/codes/c1/versions/1"


def test_the_deployment_is_called_as_its_entry_and_says_what_it_serves(make: Callable[..., Azure]) -> None:
    azure = make()
    assert (endpoint(azure)["traffic"], list(endpoint(azure)["slots"])) == ({"blue": 100}, ["blue"])
    assert endpoint(azure)["slots"]["blue"]["body"]["tags"] == {
        "mlinfra-model": "churn:1",
        "mlinfra-content": "b1",
        "mlinfra-numbers-1": "1: auc=0.9 error=0.1",
    }
    assert serves(azure) == ("churn:1", CODE, "churn:1")


def test_it_is_updated_and_then_tested(make: Callable[..., Azure]) -> None:
    azure = make()
    result = azure.run(*RELEASE, "--run", "9")
    assert (result.code, azure.changes) == (0, [NOTE, UPDATE, NOTE, NOTE])
    assert result.stderr == (
        f"updating deployment blue of endpoint {ENDPOINT}, in place of churn:1\n"
        "deployment blue answered the smoke test\n"
        f"endpoint {ENDPOINT} has the split blue=100\n"
    )
    assert serves(azure) == ("churn:2", CODE, "churn:2")
    tags = endpoint(azure)["slots"]["blue"]["body"]["tags"]
    assert tags["mlinfra-previous"] == "churn:1 b1"
    assert tags["mlinfra-before"] == "models/churn/versions/1 azureml:serve:1 azureml:/x/codes/c1/versions/1 score.py"
    assert (endpoint(azure)["tags"]["mlinfra-untested"], endpoint(azure)["tags"]["mlinfra-moved"]) == ("none", "run 9")
    again = azure.run(*RELEASE, "--run", "9")
    assert (again.code, azure.changes) == (0, [])
    assert again.stderr.splitlines()[0] == "deployment blue serves churn:2 already"


@pytest.mark.parametrize("fault", ["its answer", "its start"])
def test_what_is_no_good_serves_no_longer(make: Callable[..., Azure], fault: str) -> None:
    azure = make()
    azure.script["answers" if fault == "its answer" else "failing_slots"] = (
        {"": "no"} if fault == "its answer" else ["blue"]
    )
    result = azure.run(*RELEASE, "--run", "9")
    assert (result.code, azure.changes) == (1, [NOTE, UPDATE, UPDATE, NOTE])
    reason = "failed the smoke test" if fault == "its answer" else "is failed: Code: ImageBuildFailure; Message: the"
    assert f"error: deployment blue {reason}" in result.stderr
    assert result.stderr.splitlines()[-1] == (
        f"error: deployment blue of {ENDPOINT} serves churn:1 again, as before this release"
    )
    assert serves(azure) == ("churn:1", CODE, "churn:1")
    assert endpoint(azure)["slots"]["blue"]["provisioning_state"] == "Succeeded"
    assert endpoint(azure)["tags"]["mlinfra-untested"] == "none"


def test_a_release_that_was_killed_before_the_test_is_tested_by_the_next(make: Callable[..., Azure]) -> None:
    azure = make()
    assert azure.run(*RELEASE, "--run", "9", kill_after=2).code == -9
    assert serves(azure)[0] == "churn:2"
    azure.script["answers"] = {"": "no"}
    result = azure.run(*RELEASE, "--run", "10")
    assert (result.code, serves(azure)) == (1, ("churn:1", CODE, "churn:1"))
    azure.script["answers"] = {}
    assert azure.run(*RELEASE, "--run", "11").code == 0
    assert serves(azure)[0] == "churn:2"


def test_a_person_and_the_run_go_back(make: Callable[..., Azure]) -> None:
    azure = make()
    assert azure.run(*RELEASE, "--run", "9").code == 0
    other = azure.run(*BACK, "--run", "8")
    assert (other.code, azure.changes) == (0, [])
    assert azure.run(*BACK, "--run", "9").code == 0
    assert serves(azure) == ("churn:1", CODE, "churn:1")
    assert endpoint(azure)["tags"].get("mlinfra-rejected") == "none"
    assert azure.run(*RELEASE, "--run", "10").code == 0
    for changes in ([NOTE, UPDATE, NOTE], [NOTE]):
        result = azure.run(*BACK)
        assert (result.code, azure.changes, serves(azure)[0]) == (0, changes, "churn:1")
    assert endpoint(azure)["tags"]["mlinfra-rejected"].partition("/")[0] == "churn:2"
    refused = azure.run(*RELEASE, "--run", "11")
    assert (refused.code, serves(azure)[0]) == (1, "churn:1")
    assert azure.run(*RELEASE, "--run", "12", MLINFRA_AGAIN="the data were wrong").code == 0
    assert endpoint(azure)["tags"]["mlinfra-rejected"] == "none"


def test_what_a_person_takes_back_is_rejected_though_nothing_can_be_brought_back(make: Callable[..., Azure]) -> None:
    azure = make()
    assert azure.run(*RELEASE, "--run", "9").code == 0
    azure.script["faults"] = [{"on": UPDATE, "error": "BadRequest", "times": 9}]
    result = azure.run(*BACK)
    assert (result.code, serves(azure)[0]) == (1, "churn:2")
    assert (
        f"error: deployment blue of {ENDPOINT} can't serve churn:1 again, and is succeeded, with churn:2: "
        in result.stderr
    )
    assert endpoint(azure)["tags"]["mlinfra-rejected"].partition("/")[0] == "churn:2"
    azure.script["faults"] = []
    assert azure.run(*RELEASE, "--run", "10").code == 0, "what serves stays"
    assert endpoint(azure)["tags"]["mlinfra-rejected"].partition("/")[0] == "churn:2"


def test_nothing_is_updated_whose_model_somebody_deleted_as_there_would_be_no_way_back(
    make: Callable[..., Azure],
) -> None:
    azure = make()
    del azure.workspace()["assets"]["model"]["churn"]["1"]
    result = azure.run(*RELEASE, "--run", "9")
    assert (result.code, azure.changes, serves(azure)) == (1, [], ("churn:1", CODE, "churn:1"))
    assert result.stderr == (
        "error: deployment blue serves model churn 1, which is registered no more, so there would be no way back from "
        "an update: leave rollout: in_place out for one release, which makes a deployment beside it\n"
    )


def test_a_person_hears_that_the_model_before_is_gone_and_what_serves_stays_rejected(
    make: Callable[..., Azure],
) -> None:
    azure = make()
    assert azure.run(*RELEASE, "--run", "9").code == 0
    del azure.workspace()["assets"]["model"]["churn"]["1"]
    result = azure.run(*BACK)
    assert (result.code, serves(azure)) == (1, ("churn:2", CODE, "churn:2"))
    said = "can't serve churn:1 again, and is succeeded, with churn:2: Code: UserError; Message: model"
    assert said in result.stderr.splitlines()[-1]
    assert endpoint(azure)["tags"]["mlinfra-rejected"].partition("/")[0] == "churn:2"


def test_who_deletes_all_tags_stops_the_next_release_until_a_person_means_it(make: Callable[..., Azure]) -> None:
    azure = make()
    endpoint(azure)["tags"].clear()
    result = azure.run(*RELEASE, "--run", "9")
    assert (result.code, azure.changes, serves(azure)[0]) == (1, [], "churn:1")
    assert "has no tag of it: somebody deleted them" in result.stderr
    assert (azure.run(*RELEASE, "--run", "9", "--older").code, serves(azure)[0]) == (0, "churn:2")


def test_what_there_is_no_way_back_to(make: Callable[..., Azure]) -> None:
    azure = make()
    first = azure.run(*BACK)
    assert first.code == 1
    assert first.stderr.splitlines()[-1] == (
        f"error: deployment blue of {ENDPOINT}: nobody knows what it served before: start a release from an older "
        "commit, with older, or of an older version"
    )
    other = azure.run(*BACK, "--to", "blue-123456")
    assert other.stderr.splitlines()[-1] == (
        f"error: deployments of {ENDPOINT} are updated in place, so there is only what served before the last release: "
        "previous"
    )


def test_azure_ignores_another_size_so_it_is_an_error(make: Callable[..., Azure]) -> None:
    azure = make(blue=dataclasses.replace(BLUE, size="Standard_F4s_v2"))
    result = azure.run(*RELEASE)
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr.splitlines()[-1] == (
        "error: deployment blue has machines standard_d4as_v4, and Azure ignores a change to Standard_F4s_v2: give the "
        "entry another name, or leave rollout: in_place out for one release"
    )


def test_an_update_that_never_reached_azure_changes_nothing(make: Callable[..., Azure]) -> None:
    azure = make()
    azure.script["faults"] = [{"on": UPDATE, "error": "BadRequest", "times": 9}]
    result = azure.run(*RELEASE)
    assert (result.code, serves(azure)) == (1, ("churn:1", CODE, "churn:1"))
    assert "error: deployment blue was not updated, and serves churn:1: " in result.stderr


def test_with_a_job_of_its_own_that_tests(make: Callable[..., Azure]) -> None:
    azure = make(smoke_requests=(), smoke_command=SmokeCommand("true", "..", field="primaryKey"))
    assert azure.run(*RELEASE).code == 0
    assert serves(azure)[0] == "churn:2"


def test_apart(new_azure_of: NewAzureOf) -> None:
    tested = context(smoke_requests=(), smoke_command=SmokeCommand("true", ".."))
    dev, *later = tested.targets
    scores = Connection("score", "churn-dev-score", "id-churn-dev-score", ())
    dev = dataclasses.replace(dev, connections=(*dev.connections, scores))
    azure = new_azure_of(dataclasses.replace(tested, targets=(dev, *later))).with_infrastructure()
    azure.state["groups"][dev.scope]["tags"]["mlinfra-churn-score"] = "00000000-0000-0000-0000-00000000005c"
    (azure.output / BLUE.file).write_text(json.dumps(body(azure)))
    for step in (REGISTER, TRAIN):
        assert azure.run(*step).code == 0
    assert azure.run(*RELEASE).code == 1
    assert azure.run(*RELEASE, "--prepare").code == 0
    assert azure.run(*RELEASE, "--tested", "blue").code == 0
    assert endpoint(azure)["traffic"] == {"blue": 100}
    assert azure.run(*RETRAIN).code == 0
    untested = azure.run(*RELEASE)
    assert (untested.code, serves(azure)[0]) == (1, "churn:1")
    prepared = azure.run(*RELEASE, "--prepare", TF_BUILD="True")
    assert "variable=slots;isOutput=true]blue\n" in prepared.stdout
    assert (serves(azure)[0], endpoint(azure)["tags"]["mlinfra-untested"]) == ("churn:2", "blue")
    failed = azure.run(*RELEASE[:-2], "--discard", "blue")
    assert failed.stderr.splitlines()[-1].endswith("serves churn:1 again, as before this release")
    assert (serves(azure)[0], endpoint(azure)["tags"]["mlinfra-untested"]) == ("churn:1", "none")
    assert azure.run(*RELEASE, "--prepare").code == 0
    assert azure.run(*RELEASE, "--tested", "blue").code == 0
    assert (serves(azure)[0], endpoint(azure)["tags"]["mlinfra-untested"]) == ("churn:2", "none")
