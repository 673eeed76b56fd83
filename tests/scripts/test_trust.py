"""What anybody who may write in the workspace can forge, and what counts for a model that is handed on all the same."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from tests.scripts.example import PLATFORM
from tests.scripts.fake_az.world import CREATED
from tests.scripts.harness import METRICS, Azure, Snapshot
from tests.scripts.steps import GATE, PROMOTE, REGISTER, REGISTER_LATER, RETRAIN, SCORE, TRAIN, Step, publish

JOB = "train-3f2a91c07b1e"
SAM = {"created_at": "2026-02-01T00:00:00+00:00", "created_by": "Sam Smith", "created_by_type": "User"}
OTHER_APPLICATION = SAM | {"created_by": "0ddc0de0-0000-4000-8000-00000000bbbb", "created_by_type": "Application"}
OF_NOBODY: dict[str, str] = {}
FORGERS = pytest.mark.parametrize(
    "forger", [SAM, OTHER_APPLICATION, OF_NOBODY], ids=["person", "application", "nobody"]
)


@pytest.fixture
def ready(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    return azure.restore(after(REGISTER))


@pytest.fixture
def trained(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    return azure.restore(after(REGISTER, TRAIN))


def _handed_on(azure: Azure) -> dict[str, Any]:
    models: dict[str, Any] = json.loads((azure.folder / "out" / "models.json").read_text())["models"]
    return models


def _versions(azure: Azure, name: str = "churn", target: int = 0) -> dict[str, Any]:
    versions: dict[str, Any] = azure.workspace(target)["assets"]["model"][name]
    return versions


@FORGERS
def test_a_version_that_somebody_else_registered_is_passed_over(trained: Azure, forger: dict[str, str]) -> None:
    versions = _versions(trained)
    tags = versions["1"]["tags"] | {"mlinfra-metric-auc": "0.99"}
    for version, job in (("2", "notebook"), ("3", f"{JOB}-1")):
        forged = {"version": version, "content": "evil", "tags": tags | {"job": job}, "creation_context": forger}
        versions[version] = versions["1"] | forged
    assert trained.run(*TRAIN).code == 0
    assert _handed_on(trained)["churn"]["version"] == "1"
    assert _handed_on(trained)["churn"]["metrics"] == METRICS
    del _versions(trained)["1"]
    result = trained.run(*TRAIN)
    assert (result.code, trained.changes) == (0, ["ml model create", "ml model download"])
    said = f"warning: model churn 3 says that it comes from job {JOB}-1, and somebody else registered it: it is passed"
    assert said in result.stderr
    assert _handed_on(trained)["churn"]["version"] == "4"


def test_numbers_are_those_of_the_job_and_not_of_a_tag(trained: Azure) -> None:
    trained.script["outputs"] = {"report": {"metrics.json": '{"auc": 0.5, "error": 0.2}'}}
    _versions(trained)["1"]["tags"] |= {"mlinfra-metric-auc": "0.99", "mlinfra-metric-error": "0"}
    assert trained.run(*TRAIN).code == 0
    assert _handed_on(trained)["churn"]["metrics"] == {"auc": 0.5, "error": 0.2}
    publish(trained)
    assert trained.run(*GATE).code == 1


def test_a_version_does_not_become_that_of_a_better_job_by_its_tag(trained: Azure) -> None:
    assert trained.run(*RETRAIN).code == 0
    versions = _versions(trained)
    versions["1"]["tags"]["job"] = versions["2"]["tags"]["job"]
    versions["1"]["creation_context"]["created_at"] = "2026-01-05T05:00:00+00:00"  # before that job
    assert trained.run(*TRAIN).code == 0
    assert _handed_on(trained)["churn"]["version"] == "2"


@FORGERS
@pytest.mark.parametrize("status", ["Completed", "Running"])
def test_a_job_of_the_name_that_somebody_else_started_is_passed_over(
    ready: Azure, forger: dict[str, str], status: str
) -> None:
    forged = {"name": f"{JOB}-1", "status": status, "ahead": [], "settings": {}, "tags": {}, "display_name": "mine"}
    ready.workspace().setdefault("jobs", {})[f"{JOB}-1"] = forged | {"creation_context": forger}
    result = ready.run(*TRAIN)
    assert result.code == 0
    by = forger.get("created_by", "-")
    assert f"warning: job {JOB}-1 was started by somebody else, {by}: it is passed over\n" in result.stderr
    assert _handed_on(ready)["churn"]["job"] == f"{JOB}-2"
    assert ready.run(*TRAIN).code == 0
    assert ready.changes == ["ml model download"]


def test_who_holds_back_a_schedule_is_who_it_belongs_to(ready: Azure) -> None:
    tags = {"mlinfra-job": "train", "mlinfra-reason": "schedule", "mlinfra-build": "8"}
    forged = {"name": "mine", "status": "Running", "ahead": [], "settings": {}, "tags": tags, "display_name": "mine"}
    ready.workspace().setdefault("jobs", {})["mine"] = forged | {"creation_context": SAM}
    assert ready.run(*TRAIN, "--reason", "Schedule", "--build", "9").code == 0
    cancel: Step = (*TRAIN[:-2], "--cancel", "--build", "8")
    assert (ready.run(*cancel).code, ready.changes) == (0, [])


def test_a_job_that_scores_is_started_by_who_scores(azure: Azure, after: Callable[..., Snapshot]) -> None:
    azure.restore(after(*_BEFORE_SCORING))
    forged = {"name": "score-scores-person-7-1", "status": "Completed", "ahead": [], "tags": {}}
    forged["result"] = {"rows": 9, "batches": [["0", "RUN_DONE", "0"]]}
    azure.workspace()["jobs"]["score-scores-person-7-1"] = forged | {"creation_context": SAM}
    result = azure.run(*SCORE)
    assert result.code == 0
    assert (
        "warning: job score-scores-person-7-1 was started by somebody else, Sam Smith: it is passed over"
        in result.stderr
    )
    assert azure.workspace()["jobs"]["score-scores-person-7-2"]["scores"]


_BEFORE_SCORING: tuple[Step, ...] = (
    REGISTER,
    TRAIN,
    (
        "release-endpoint.sh",
        "--target",
        "dev",
        "--endpoint",
        "scores",
        "--kind",
        "batch",
        "--models",
        "out/models.json",
    ),
)


SIGNED_IN: dict[str, tuple[dict[str, Any], bool]] = {
    "another application": ({"type": "servicePrincipal", "name": OTHER_APPLICATION["created_by"]}, False),
    "the same in capitals": ({"type": "servicePrincipal", "name": "C11E47C1-0000-4000-8000-00000000AAAA"}, True),
    "the same on a machine": (
        {
            "type": "servicePrincipal",
            "name": "userAssignedIdentity",
            "assignedIdentityInfo": "MSIClient-c11e47c1-0000-4000-8000-00000000aaaa",
        },
        True,
    ),
    "a person": ({"type": "user", "name": "sam@contoso.com"}, False),
}


@pytest.mark.parametrize(("user", "is_own"), SIGNED_IN.values(), ids=SIGNED_IN)
def test_what_is_ones_own_is_told_by_who_is_signed_in(trained: Azure, user: dict[str, Any], is_own: bool) -> None:
    trained.script["signed_in"] = {"assignedIdentityInfo": None} | user
    assert trained.run(*TRAIN).code == 0
    assert ("ml job create" in trained.changes) is not is_own


def test_who_does_not_say_who_it_is_trains_nothing(ready: Azure) -> None:
    ready.script["signed_in"] = {
        "type": "servicePrincipal",
        "name": "systemAssignedIdentity",
        "assignedIdentityInfo": "MSI",
    }
    result = ready.run(*TRAIN)
    assert (result.code, ready.changes) == (1, [])
    assert "az is signed in as systemAssignedIdentity, and does not say its client id" in result.stderr


# ---- assets ----

PERSON_OF_NEWER_CLIENTS = SAM | {"created_by_type": "CreatedByType.USER"}
ASSETS = [
    ("environment", "train", "3f2a91c07b1e"),
    ("data", "customers", "a1b2c3d4e5f6"),
    ("component", "prep", "0a0b0c0d0e0f"),
    ("model", "vendor", "3"),
]


@pytest.mark.parametrize(
    ("forger", "maker"),
    [
        (SAM, "a person, Sam Smith"),
        (PERSON_OF_NEWER_CLIENTS, "a person, Sam Smith"),
        (OF_NOBODY, "somebody unknown, -"),
    ],
    ids=["person", "person of newer clients", "nobody"],
)
@pytest.mark.parametrize(("kind", "name", "version"), ASSETS, ids=[kind for kind, *_ in ASSETS])
def test_a_pipeline_takes_no_asset_that_no_pipeline_registered(
    ready: Azure, kind: str, name: str, version: str, forger: dict[str, str], maker: str
) -> None:
    ready.workspace()["assets"][kind][name][version]["creation_context"] = forger
    before = copy.deepcopy(ready.state)
    result = ready.run(*REGISTER)
    assert (result.code, ready.changes, ready.state) == (1, [], before)
    said = f"error: {kind} {name} {version} was registered by {maker}, and by no pipeline: archive that version, and"
    assert said in result.stderr


@pytest.mark.parametrize("kind", ["Application", "ManagedIdentity", "CreatedByType.MANAGED_IDENTITY"])
def test_an_asset_that_another_connection_registered_is_taken(ready: Azure, kind: str) -> None:
    for asset, name, version in ASSETS:
        made = OTHER_APPLICATION | {"created_by_type": kind}
        ready.workspace()["assets"][asset][name][version]["creation_context"] = made
    result = ready.run(*REGISTER)
    assert (result.code, ready.changes) == (0, []), result.stderr


@pytest.mark.parametrize("maker", [SAM, PERSON_OF_NEWER_CLIENTS, OTHER_APPLICATION])
def test_a_person_takes_the_asset_that_anybody_registered(ready: Azure, maker: dict[str, str]) -> None:
    ready.script["signed_in"] = {"type": "user", "name": "sam@contoso.com", "assignedIdentityInfo": None}
    ready.workspace()["assets"]["component"]["prep"]["0a0b0c0d0e0f"]["creation_context"] = maker
    result = ready.run(*REGISTER)
    assert (result.code, ready.changes) == (0, []), result.stderr


# ---- a later target ----


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"creation_context": SAM}, "was registered by a person, Sam Smith, and by no pipeline"),
        ({"creation_context": PERSON_OF_NEWER_CLIENTS}, "was registered by a person, Sam Smith, and by no pipeline"),
        ({"creation_context": OF_NOBODY}, "was registered by somebody unknown, -, and by no pipeline"),
        ({"type": "custom_model"}, "is a custom_model, not a mlflow_model"),
        (
            {"tags": {"job": f"{JOB}-1 Application x"}, "creation_context": SAM},
            f"is from job {JOB}-1 Application x, not from",
        ),
        ({"tags": {"job": "none"}}, "is from job none, not from"),
    ],
)
def test_a_version_of_a_later_target_is_the_one_that_a_pipeline_brought(
    azure: Azure, after: Callable[..., Snapshot], forged: dict[str, Any], why: str
) -> None:
    azure.restore(after(REGISTER, TRAIN, REGISTER_LATER))
    assert azure.run(*PROMOTE).code == 0
    _versions(azure, target=1)["1"] |= forged
    result = azure.run(*PROMOTE)
    assert (result.code, azure.changes) == (1, [])
    assert f"error: model churn 1 of target prod {why}" in result.stderr


# ---- models of one job ----


@pytest.fixture
def with_two_models(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    target, *later = PLATFORM.targets
    (model,) = target.models
    models = (model, replace(model, entry="second", name="second", output="second"))
    azure = new_azure_of(replace(PLATFORM, targets=(replace(target, models=models), *later))).with_infrastructure()
    assert azure.run(*REGISTER).code == 0
    return azure


def test_models_of_one_job_are_never_those_of_two(with_two_models: Azure) -> None:
    assert with_two_models.run(*TRAIN).code == 0
    assert with_two_models.run(*RETRAIN, kill_after=2).code == -9  # between the first and the second registration
    assert (len(_versions(with_two_models)), len(_versions(with_two_models, "second"))) == (2, 1)
    assert with_two_models.run(*TRAIN, "--build", "9").code == 0
    assert {model["job"] for model in _handed_on(with_two_models).values()} == {f"{JOB}-8-1"}
    contents = {name: _versions(with_two_models, name)["2"]["content"] for name in ("churn", "second")}
    assert contents == {"churn": f"model of {JOB}-8-1", "second": f"second of {JOB}-8-1"}


def test_every_kill_between_two_models_comes_to_the_same_end(with_two_models: Azure) -> None:
    clean = copy.deepcopy(with_two_models.state)
    assert with_two_models.run(*TRAIN).code == 0
    end, changes = _handed_on(with_two_models), len(with_two_models.changes)
    for killed in range(1, changes + 1):
        with_two_models.state = copy.deepcopy(clean)
        assert with_two_models.run(*TRAIN, kill_after=killed).code == -9
        assert with_two_models.run(*TRAIN).code == 0
        assert _handed_on(with_two_models) == end


# ---- numbers of what a step of the run registers ----


@pytest.fixture
def registering(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    target, *later = PLATFORM.targets
    models = tuple(replace(model, registered_by="run", output="") for model in target.models)
    azure = new_azure_of(replace(PLATFORM, targets=(replace(target, models=models), *later))).with_infrastructure()
    assert azure.run(*REGISTER).code == 0
    return azure


RELEASE: Step = (
    *(
        "release-endpoint.sh",
        "--target",
        "dev",
        "--endpoint",
        "churn",
        "--kind",
        "online",
        "--models",
        "out/models.json",
    ),
)


@pytest.mark.parametrize("refuses", [[], ["job_name"]], ids=["kept", "lost"])
def test_what_a_step_registers_is_compared_with_the_next(registering: Azure, refuses: list[str]) -> None:
    registering.script |= {"steps": ["step-1"], "registers": ["churn"], "refuses": refuses}
    assert registering.run(*TRAIN).code == 0
    publish(registering)
    for step in (GATE, ("promote-models.sh", "--target", "dev", *PROMOTE[3:]), RELEASE):
        assert registering.run(*step).code == 0
    for build, auc, code in (("8", 0.89, 0), ("9", 0.8, 1)):
        registering.script |= {"steps": [f"step-{build}"]}
        registering.script["outputs"] = {"report": {"metrics.json": json.dumps({"auc": auc, "error": 0.1})}}
        assert registering.run(*TRAIN, "--reason", "Schedule", "--build", build).code == 0
        publish(registering)
        result = registering.run(*GATE)
        assert result.code == code, result.stderr
    assert "auc 0.8 is worse than 0.9 of what serves, by more than 0.01" in result.stderr


def test_numbers_that_could_not_be_kept_are_said_and_cost_no_release(registering: Azure) -> None:
    registering.script |= {"steps": ["step-1"], "registers": ["churn"], "refuses": ["tags"]}
    result = registering.run(*TRAIN)
    assert result.code == 0
    said = "model churn 1: its numbers could not be written into its tags, so no later model is compared with it"
    assert f"warning: {said}\n" in result.stderr
    assert registering.run("promote-models.sh", "--target", "dev", *PROMOTE[3:]).code == 0


@pytest.mark.parametrize("person", [SAM, PERSON_OF_NEWER_CLIENTS])
def test_what_a_person_registers_is_not_what_the_run_registered(registering: Azure, person: dict[str, str]) -> None:
    registering.script |= {"steps": ["step-1"], "registers": ["churn"]}
    assert registering.run(*TRAIN).code == 0
    forged = {"version": "2", "job_name": "step-1", "creation_context": person, "tags": {"job": f"{JOB}-1"}}
    _versions(registering)["2"] = _versions(registering)["1"] | forged
    assert registering.run(*TRAIN).code == 0
    assert _handed_on(registering)["churn"]["version"] == "1"


# ---- how many numbers fit ----


def test_numbers_that_a_release_asks_for_are_kept_before_all_others(ready: Azure) -> None:
    numbers = {f"m{number}": number for number in range(40)} | {"auc": 0.83, "error": 0.1}
    ready.script["outputs"] = {"report": {"metrics.json": json.dumps(numbers)}}
    result = ready.run(*TRAIN)
    assert result.code == 0
    assert f"model churn: 17 more numbers of job {JOB}-1 are left out, which no release asks for\n" in result.stderr
    kept = _handed_on(ready)["churn"]["metrics"]
    assert list(kept) == [*(f"m{number}" for number in range(23)), "auc", "error"]
    publish(ready)
    assert ready.run(*GATE).code == 0


def test_more_than_fit_asked_for_is_an_error(new_azure_of: Callable[[ScriptsContext], Azure]) -> None:
    targets = []
    for target in PLATFORM.targets:
        asked = {f"{target.name}{number}": 0.1 for number in range(13)}
        models = tuple(replace(model, gate=replace(model.gate, at_least=asked)) for model in target.models)
        targets.append(replace(target, models=models))
    azure = new_azure_of(replace(PLATFORM, targets=tuple(targets))).with_infrastructure()
    result = azure.run(*TRAIN)
    assert result.code == 1
    assert result.stderr.endswith("error: releases ask for 28 numbers, and the tags of a model hold 25\n")


@pytest.mark.parametrize("digits", [401, 100_000])
def test_a_huge_number_is_none_and_no_traceback(ready: Azure, digits: int) -> None:
    ready.script["outputs"] = {"report": {"metrics.json": '{"auc": 0.83, "error": 0.2, "rows": 1' + "0" * digits + "}"}}
    result = ready.run(*TRAIN)
    assert "Traceback" not in result.stderr
    if result.code:  # a newer Python reads no number of so many digits
        assert result.stderr.rstrip().endswith("metrics.json is no JSON")
    else:
        assert _handed_on(ready)["churn"]["metrics"] == {"auc": 0.83, "error": 0.2}


def test_two_numbers_of_one_name_are_an_error_whichever_would_count(ready: Azure) -> None:
    ready.script["outputs"] = {"report": {"metrics.json": '{"auc": 0.1, "error": 0.2, "auc": 0.95}'}}
    result = ready.run(*TRAIN)
    assert (result.code, result.stderr.rstrip().endswith("metrics.json has a name twice")) == (1, True), result.stderr


@pytest.mark.parametrize("tag", ["by hand", "2" * 40 + "\n", "9999-99-99", "g" * 40])
def test_a_tag_of_the_commit_by_hand_stops_nothing(trained: Azure, tag: str) -> None:
    _versions(trained)["1"]["tags"] |= {"mlinfra-commit": tag, "mlinfra-build": "a b", "mlinfra-reason": "mine"}
    assert trained.run(*TRAIN, "--build", "9").code == 0
    said = _handed_on(trained)["churn"]
    assert (said["commit"], said["build"], said["reason"]) == ("", "", "")
    assert said["data"][0]["at"] == CREATED
