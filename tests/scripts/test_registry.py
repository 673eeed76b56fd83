"""A model of a job that lies in a registry: put there once, and released from there by every target."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.trained import Evaluation, JobContext
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot, write_output
from tests.scripts.steps import GATE, PROMOTE, REGISTER, REGISTER_LATER, RELEASE, RELEASE_BATCH, TRAIN, Step, publish

REGISTRY = "mlr-shared"
PUT: Step = ("promote-models.sh", "--target", "dev", *PROMOTE[3:])
RELEASE_LATER: Step = (*RELEASE[:2], "prod", *RELEASE[3:])
GATE_LATER: Step = (*GATE[:2], "prod", *GATE[3:])
NAMED = f"azureml://registries/{REGISTRY}/models/churn/versions/1"
LOOKS = ["ml model download"]  # at its files
Shared = Callable[..., Azure]


def _platform() -> ScriptsContext:
    """The platform of the tests, whose model is released from a registry; in the first target a job scores it."""
    found = []
    for target in PLATFORM.targets:
        (model,) = target.models
        found.append(replace(target, models=(replace(model, registry=REGISTRY),)))
    (model,) = found[0].models
    job = JobContext("judge", model.workspace, "dev/azureml/jobs/judge.yml", "77aa" * 16, "churn-judge")
    scored = replace(model, evaluation=Evaluation(job, "model", "scored", "metrics.json"))
    found[0] = replace(found[0], jobs=(*found[0].jobs, job), models=(scored,))
    return replace(PLATFORM, targets=tuple(found))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_output(tmp_path_factory.mktemp("sharing"), _platform())


@pytest.fixture
def shared(tmp_path: Path, port: int, written: Path, after: Callable[..., Snapshot]) -> Shared:
    """Version 1 is trained in the first target; then these steps were done."""

    def made(*steps: Step) -> Azure:
        azure = Azure(tmp_path / "azure", port, written, _platform())
        azure.restore(after(REGISTER, TRAIN, REGISTER_LATER)).with_infrastructure()
        azure.script["registries"] = [REGISTRY]
        publish(azure)
        for step in steps:
            assert azure.run(*step).code == 0, step
        return azure

    return made


def _held(azure: Azure) -> dict[str, Any]:
    models: dict[str, Any] = azure.state["registries"][REGISTRY]["assets"]["model"]["churn"]
    return models


def test_the_first_target_puts_it_there_and_the_others_find_it(shared: Shared) -> None:
    azure = shared()
    result = azure.run(*PUT)
    assert (result.code, result.stderr) == (0, "creating model churn 1\n")
    assert _held(azure)["1"]["content"] == azure.workspace()["assets"]["model"]["churn"]["1"]["content"]
    for step in (PUT, PROMOTE):
        again = azure.run(*step)
        assert (again.code, again.stderr, azure.changes) == (0, "model churn 1 is registered\n", LOOKS)
    assert "churn" not in azure.workspace(1)["assets"]["model"]


def test_where_nobody_put_it_there_yet_a_later_target_does(shared: Shared) -> None:
    azure = shared()
    assert azure.run(*PROMOTE).stderr == "creating model churn 1\n"
    assert azure.run(*PUT).stderr == "model churn 1 is registered\n"


@pytest.mark.parametrize("release", [RELEASE_LATER, (*RELEASE_BATCH[:2], "prod", *RELEASE_BATCH[3:])])
def test_a_deployment_names_it_as_the_registry_has_it(shared: Shared, release: Step) -> None:
    azure = shared(PUT, PROMOTE, release)
    kind, name = release[6], release[4]
    slots = azure.workspace(1)[f"{kind}_endpoints"][f"{name}-prod-x1y2"]["slots"]
    assert next(slot["body"]["model"] for slot in slots.values() if "model" in slot["body"]) == NAMED


def test_the_gate_reads_the_numbers_of_what_serves_from_there(shared: Shared) -> None:
    azure = shared(PUT, PROMOTE, RELEASE_LATER)
    azure.run(*GATE_LATER)
    assert "model churn: this version serves already" in azure.run(*GATE_LATER).stderr
    del _held(azure)["1"]
    result = azure.run(*GATE_LATER)
    assert (result.code, azure.changes) == (0, [])
    gone = (
        "warning: model churn 1, which online endpoint churn serves, is registered no more: only what its deployment"
        " says is known of it"
    )
    assert result.stderr.splitlines()[0] == gone, result.stderr


def test_what_was_released_before_it_lay_there_is_read_in_the_workspace(shared: Shared) -> None:
    azure = shared(PUT, RELEASE)
    slots = azure.workspace()["online_endpoints"]["churn-dev-x1y2"]["slots"]
    slots["blue-e17bb5"]["body"]["model"] = "azureml:churn:1"
    _held(azure).clear()
    result = azure.run(*GATE, "--build", "9")
    assert (result.code, result.stderr.splitlines()[-1]) == (0, "model churn: this version serves already")


def test_a_job_that_scores_gets_what_serves_from_there(shared: Shared) -> None:
    azure = shared(PUT, RELEASE)
    file = azure.folder / "artifacts" / "models" / "models.json"
    file.write_text(file.read_text().replace('"version": "1"', '"version": "2"'))
    numbers = json.dumps({"auc": 0.9, "error": 0.1})
    azure.script["judged"] = {"what was uploaded": numbers, NAMED: numbers}
    assert azure.run(*GATE, "--build", "9").code == 0
    assert NAMED in {job.get("judged") for job in azure.workspace()["jobs"].values()}


def _other_files(azure: Azure) -> None:
    _held(azure)["1"]["content"] = "something else"


def _by_a_person(azure: Azure) -> None:
    _held(azure)["1"]["creation_context"] |= {"created_by_type": "User", "created_by": "Sam Smith"}


def _of_another_platform(azure: Azure) -> None:
    _held(azure)["1"]["tags"] |= {"job": "somebody-elses-7", "mlinfra-digest": "sha256:0"}


def _no_right(azure: Azure) -> None:
    azure.script["faults"] = [{"on": "ml model show", "error": "AuthorizationFailed", "times": 99}]


def _unreachable(azure: Azure) -> None:
    azure.script["faults"] = [{"on": "ml model show", "error": "503", "times": 99}]


def _no_registry(azure: Azure) -> None:
    azure.script["registries"] = []


REFUSALS: dict[str, tuple[Callable[[Azure], None], str]] = {
    "the tag is right, and the files are others": (_other_files, "of registry mlr-shared has other files (sha256:"),
    "a person put it there": (_by_a_person, "was registered by a person, Sam Smith, and by no pipeline: archive that"),
    "another platform has that version": (_of_another_platform, "is from job somebody-elses-7, not from train-3f2a"),
    "who is signed in may not look": (_no_right, "AuthorizationFailed"),
    "the registry does not answer": (_unreachable, "ServerBusy"),
    "there is no such registry": (_no_registry, "Registry 'mlr-shared' was not found"),
}


def test_what_is_not_as_it_should_be_there_stops_the_release(shared: Shared) -> None:
    azure = shared(PUT)
    whole, orders = azure.snapshot(), dict(azure.script)
    for case, (spoils, message) in REFUSALS.items():
        azure.restore(whole).script = dict(orders)
        spoils(azure)
        result = azure.run(*PROMOTE)
        assert (case, result.code, message in result.stderr) == (case, 1, True), result.stderr
        assert "churn" not in azure.workspace(1)["assets"]["model"]


def test_killed_while_it_is_put_there_the_next_run_ends_as_an_undisturbed_one(shared: Shared) -> None:
    azure = shared()
    assert azure.run(*PUT, kill_after=1).code == -9
    assert azure.run(*PROMOTE).code == 0
    assert list(_held(azure)) == ["1"]
