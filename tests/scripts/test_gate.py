"""Which models of a run may serve: what the gate says, writes and hands on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import GATE, MODELS, REGISTER, RELEASE, RELEASE_BATCH, TRAIN, Step
from tests.scripts.test_release import BATCH_ENDPOINT

JOB = "train-3f2a91c07b1e"
NOTED = "mlinfra-numbers-1"
NOTHING_PASSES = "error: no model of this run may serve in dev, and what serves there goes on to"


@pytest.fixture
def azure_with(azure: Azure, after: Callable[..., Snapshot]) -> Callable[..., Azure]:
    """A target in which a version 1 serves, with these numbers or nothing, and a run that made a version 2."""

    def prepare(serving: dict[str, Any] | None, candidate: dict[str, Any] | None) -> Azure:
        azure.restore(after(REGISTER, TRAIN, *((RELEASE,) if serving is not None else ())))
        tags = azure.workspace()["assets"]["model"]["churn"]["1"]["tags"]
        for name in [name for name in tags if name.startswith("mlinfra-metric-")]:
            del tags[name]
        tags |= {f"mlinfra-metric-{name}": json.dumps(value) for name, value in (serving or {}).items()}
        note(azure, "1", serving or {})
        record = {"version": "2", "job": f"{JOB}-8-1", "metrics": candidate}
        write_candidates(azure, {"churn": record} if candidate is not None else {})
        return azure

    return prepare


def write_candidates(azure: Azure, models: dict[str, Any], artifact: str = "models") -> None:
    folder = azure.folder / "artifacts" / artifact
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "models.json").write_text(json.dumps({"schema": "mlinfra/models/v1", "models": models}))


def as_noted(version: str, numbers: dict[str, Any]) -> str:
    """What a deployment says of the numbers with which it came to serve a version."""
    return f"{version}: {' '.join(f'{name}={json.dumps(value)}' for name, value in numbers.items()) or 'none'}"


def note(azure: Azure, version: str, numbers: dict[str, Any] | None) -> None:
    """The deployments that serve the model say that; nothing, as they were made before releases noted numbers."""
    for endpoint in azure.workspace().get("online_endpoints", {}).values():
        for slot in endpoint["slots"].values():
            tags = {} if numbers is None else {NOTED: as_noted(version, numbers)}
            slot["body"]["tags"] = tags if slot["body"]["model"].startswith("azureml:churn:") else {}


def decided(azure: Azure) -> dict[str, str]:
    models = json.loads((azure.folder / "out" / "models.json").read_text())["models"]
    return {name: model["version"] for name, model in models.items()}


GOOD = {"auc": 0.83, "error": 0.2}
OUT = "warning: model churn stays out: "
CASES: dict[str, tuple[dict[str, Any] | None, dict[str, Any] | None, int, dict[str, str], str]] = {
    # name: (numbers of what serves, of the candidate, exit code, what shall serve, the last word of the script)
    "nothing serves": (None, GOOD, 0, {"churn": "2"}, "model churn passes: nothing serves"),
    "better than what serves": ({"auc": 0.8}, GOOD, 0, {"churn": "2"}, "model churn passes"),
    "worse, within the tolerance": ({"auc": 0.84}, GOOD, 0, {"churn": "2"}, "model churn passes"),
    "worse than what serves": (
        {"auc": 0.85},
        GOOD,
        1,
        {"churn": "1"},
        f"{OUT}auc 0.83 is worse than 0.85 of what serves, by more than 0.01",
    ),
    "below the floor": (None, {"auc": 0.74, "error": 0.2}, 1, {}, f"{OUT}auc 0.74 is below 0.75"),
    "at the floor": (None, {"auc": 0.75, "error": 0.3}, 0, {"churn": "2"}, "model churn passes: nothing serves"),
    "above the ceiling": (None, {"auc": 0.9, "error": 0.31}, 1, {}, f"{OUT}error 0.31 is above 0.3"),
    "below, where something serves": (
        {"auc": 0.7},
        {"auc": 0.74, "error": 0.2},
        1,
        {"churn": "1"},
        f"{OUT}auc 0.74 is below 0.75",
    ),
    "a number is missing": (None, {"error": 0.2}, 1, {}, f"{OUT}auc is not a number of version 2"),
    "what serves has no numbers": ({}, GOOD, 1, {"churn": "1"}, f"{OUT}auc of version 1, which serves, is not known"),
    "what serves has something else": (
        {"auc": "high"},
        GOOD,
        1,
        {"churn": "1"},
        f"{OUT}auc of version 1, which serves, is not known",
    ),
    "no candidate": ({"auc": 0.8, "error": 0.1}, None, 0, {"churn": "1"}, "model churn: what serves goes on to"),
    "no candidate, and nothing serves": (
        None,
        None,
        0,
        {},
        "warning: of churn there is no version that could serve in dev, and nothing serves: no model is released",
    ),
    "what serves is below a floor that was raised": (
        {"auc": 0.7, "error": 0.1},
        None,
        0,
        {"churn": "1"},
        "warning: model churn serves, and would not pass today: auc 0.7 is below 0.75",
    ),
}


@pytest.mark.parametrize(("serving", "candidate", "code", "serves", "said"), CASES.values(), ids=CASES)
def test_what_may_serve(
    azure_with: Callable[..., Azure],
    serving: dict[str, Any] | None,
    candidate: dict[str, Any] | None,
    code: int,
    serves: dict[str, str],
    said: str,
) -> None:
    azure = azure_with(serving, candidate)
    result = azure.run(*GATE)
    assert (result.code, azure.changes, decided(azure)) == (code, [], serves)
    lines = result.stderr.splitlines()
    assert lines[-2 if code else -1] == said
    if code:
        assert lines[-1] == NOTHING_PASSES


@pytest.mark.parametrize("serving", [None, GOOD])
def test_a_run_that_has_no_model_to_release_says_so(
    azure_with: Callable[..., Azure], serving: dict[str, Any] | None
) -> None:
    """A job of which no step registered anything is green, and so is its release: nobody would look."""
    result = azure_with(serving, None).run(*GATE, TF_BUILD="True")
    said = "##vso[task.complete result=SucceededWithIssues;]no model is released\n"
    assert (result.code, said in result.stdout) == (0, serving is None)


def test_what_goes_on_serving_below_a_floor_is_said_beside_what_is_refused(azure_with: Callable[..., Azure]) -> None:
    azure = azure_with({"auc": 0.7, "error": 0.1}, {"auc": 0.74, "error": 0.2})
    result = azure.run(*GATE)
    below = "warning: model churn: version 1 serves in dev, and would not pass today: auc 0.7 is below 0.75"
    assert result.stderr.splitlines()[-3:] == [below, f"{OUT}auc 0.74 is below 0.75", NOTHING_PASSES]


@pytest.mark.parametrize("word", ["nan", "Infinity", "true", '"0.9"', "null", "[1]"])
def test_a_number_that_is_none_lets_nothing_pass(azure_with: Callable[..., Azure], word: str) -> None:
    azure = azure_with(None, GOOD)
    file = azure.folder / "artifacts" / "models" / "models.json"
    file.write_text(file.read_text().replace("0.83", word))
    result = azure.run(*GATE)
    assert result.code == 1
    assert "the metrics of model churn" in result.stderr or "is no JSON" in result.stderr
    assert not (azure.folder / "out" / "models.json").exists()


def test_what_serves_is_not_compared_where_a_person_says_so(azure_with: Callable[..., Azure]) -> None:
    azure = azure_with({}, GOOD)
    assert azure.run(*GATE, "--without-numbers").code == 0
    assert decided(azure) == {"churn": "2"}


def test_of_what_serves_and_was_deleted_nothing_is_known(azure_with: Callable[..., Azure]) -> None:
    azure = azure_with(GOOD, GOOD)
    del azure.workspace()["assets"]["model"]["churn"]["1"]
    note(azure, "1", None)
    result = azure.run(*GATE)
    gone = (
        "warning: model churn 1, which online endpoint churn serves, is registered no more: only what its"
        " deployment says is known of it"
    )
    assert (result.code, result.stderr.splitlines()[0], decided(azure)) == (1, gone, {"churn": "1"})
    assert f"{OUT}auc of version 1, which serves, is not known" in result.stderr.splitlines()
    kept = azure.run("promote-models.sh", "--target", "dev", *MODELS, "--artifacts", "artifacts")
    assert (kept.code, kept.stderr) == (1, "error: model churn 1 is there no more: train anew\n")
    assert (azure.run(*GATE, "--without-numbers").code, decided(azure)) == (0, {"churn": "2"})


def test_a_release_of_code_takes_what_serves(azure_with: Callable[..., Azure]) -> None:
    azure = azure_with({"auc": 0.8, "error": 0.1}, GOOD)
    assert azure.run(*GATE, "--models", "serving").code == 0
    assert decided(azure) == {"churn": "1"}


@pytest.mark.parametrize(
    ("passed", "version"), [("churn:2", "2"), ("other:1 churn:2", "2"), ("churn:3", "1"), ("other:2", "1"), ("", "1")]
)
def test_what_did_not_pass_before_does_not_pass(azure_with: Callable[..., Azure], passed: str, version: str) -> None:
    azure = azure_with({"auc": 0.8}, GOOD)
    assert azure.run(*GATE, "--passed", passed).code == 0
    assert decided(azure) == {"churn": version}


def test_the_artifact_of_the_latest_attempt_counts(azure_with: Callable[..., Azure]) -> None:
    azure = azure_with(None, {"auc": 0.1})
    write_candidates(azure, {"churn": {"version": "3", "job": "j", "metrics": GOOD}}, "models.2")
    write_candidates(azure, {"churn": {"version": "4", "job": "j", "metrics": GOOD}}, "models.10")
    assert azure.run(*GATE).code == 0
    assert decided(azure) == {"churn": "4"}


def test_the_pipeline_is_told_what_passed_and_sees_the_numbers(azure_with: Callable[..., Azure]) -> None:
    azure = azure_with({"auc": 0.8}, GOOD)
    result = azure.run(*GATE, TF_BUILD="True")
    assert result.stdout == (
        "##vso[task.setvariable variable=accepted;isOutput=true]churn:2\n"
        f"##vso[task.uploadsummary]{azure.folder.resolve()}/out/gate.md\n"
        "##vso[task.setvariable variable=mlinfra.decided]true\n"
        "##vso[task.setvariable variable=mlinfra.model.churn]true\n"
    )
    assert (azure.folder / "out" / "gate.md").read_text() == (
        "### Gate of dev\n\n"
        "| Model | | Version | Trained by | Reason | Commit | Data | Parameters |\n"
        "|---|---|---|---|---|---|---|---|\n"
        "| churn | new | 2 | train-3f2a91c07b1e-8-1 | unknown | unknown |  |  |\n"
        "| churn | live | 1 | train-3f2a91c07b1e-1 | change | unknown | "
        "customers&#58;a1b2c3d4e5f6 (2026-01-05T05&#58;00&#58;30&#46;123456+00&#58;00) |  |\n\n"
        "| Model | Verdict | Metric | New | Live |\n"
        "|---|---|---|---|---|\n"
        "| churn | accepted | auc | 0.83 | 0.8 |\n"
        "| | | error | 0.2 |  |\n\n"
    )


def _with_batch(azure: Azure, version: str) -> dict[str, Any]:
    """The batch endpoint, which serves that version of churn, as the online one serves version 1."""
    assert azure.run(*RELEASE_BATCH).code == 0
    versions = azure.workspace()["assets"]["model"]["churn"]
    versions.setdefault(version, versions["1"] | {"version": version, "tags": dict(versions["1"]["tags"])})
    endpoint: dict[str, Any] = next(iter(azure.workspace()["batch_endpoints"].values()))
    for slot in endpoint["slots"].values():
        slot["body"] = slot["body"] | {"model": f"azureml:churn:{version}"}
    return endpoint


def _versions_of(azure: Azure) -> dict[str, str]:
    """What was decided for each endpoint by itself."""
    endpoints = json.loads((azure.folder / "out" / "models.json").read_text()).get("endpoints", {})
    return {endpoint: models["churn"]["version"] for endpoint, models in endpoints.items()}


@pytest.mark.parametrize(("words", "code"), [(("--models", "serving"), 0), ((), 1)])
def test_each_endpoint_keeps_what_it_serves(azure_with: Callable[..., Azure], words: Step, code: int) -> None:
    azure = azure_with({"auc": 0.8, "error": 0.1}, {"auc": 0.1, "error": 0.2})
    _with_batch(azure, "7")
    assert azure.run(*GATE, *words).code == code
    assert (decided(azure), _versions_of(azure)) == (
        {"churn": "1"},
        {"online endpoint churn": "1", "batch endpoint scores": "7"},
    )
    assert azure.run(*RELEASE_BATCH).code == 0
    (model,) = {
        slot["body"]["model"] for slot in azure.workspace()["batch_endpoints"][BATCH_ENDPOINT]["slots"].values()
    }
    assert model == "azureml:churn:7"


def test_a_new_model_is_compared_with_what_each_endpoint_serves(azure_with: Callable[..., Azure]) -> None:
    azure = azure_with({"auc": 0.8, "error": 0.1}, GOOD)
    _with_batch(azure, "7")
    azure.workspace()["assets"]["model"]["churn"]["7"]["tags"]["mlinfra-metric-auc"] = "0.95"
    result = azure.run(*GATE)
    assert (result.code, decided(azure)) == (1, {"churn": "1"})
    assert "auc 0.83 is worse than 0.95 of what serves" in result.stderr
    azure.workspace()["assets"]["model"]["churn"]["7"]["tags"]["mlinfra-metric-auc"] = "0.8"
    assert azure.run(*GATE).code == 0
    assert (decided(azure), _versions_of(azure)) == ({"churn": "2"}, {})


@pytest.mark.parametrize(("candidate", "words"), [(None, ()), (None, ("--models", "serving")), ("1", ()), ("2", ())])
def test_a_floor_that_was_raised_gives_a_new_endpoint_nothing(
    azure_with: Callable[..., Azure], candidate: str | None, words: Step
) -> None:
    """What serves below it stays where it serves; the batch endpoint is new."""
    below = {"auc": 0.7, "error": 0.1}
    azure = azure_with(below, None)
    if candidate:
        write_candidates(azure, {"churn": {"version": candidate, "job": "j", "metrics": below}})
    result = azure.run(*GATE, *words)
    assert (result.code, decided(azure)) == (int(candidate == "2"), {"churn": "1"}), result.stderr
    said = "version 1 serves in dev, and would not pass today (auc 0.7 is below 0.75), so batch endpoint scores, where"
    assert f"warning: model churn: {said} nothing serves yet, gets none of it\n" in result.stderr
    online = azure.run(*RELEASE)
    assert online.code == 0, online.stderr
    batch = azure.run(*RELEASE_BATCH)
    assert (batch.code, azure.changes, azure.workspace().get("batch_endpoints", {})) == (1, [], {})
    assert batch.stderr.endswith(
        'error: batch endpoint scores gets no model "churn": what serves elsewhere would not pass its gate today\n'
    )


DATUM = "churn:3 at 2026-01-05T04:00:00Z from azureml:a"


@pytest.mark.parametrize(
    ("tags", "record"),
    [
        ({"job": "a b"}, {"job": "none"}),
        ({"job": ""}, {"job": "none"}),
        ({"job": "train-1"}, {"job": "train-1"}),
        ({"mlinfra-metric-my auc": "1", "mlinfra-metric-": "1"}, {"metrics": ["auc", "error"]}),
        (
            {f"mlinfra-metric-a{number:02}": "1" for number in range(30)},
            {"metrics": ["auc", "error", *(f"a{number:02}" for number in range(23))]},
        ),
        ({"mlinfra-data-1": f"{DATUM}\x1b[2J", "mlinfra-data-2": DATUM}, {"data": ["azureml:a"]}),
        ({"mlinfra-data-1": f"{DATUM}\u2028", "mlinfra-data-2": f"{DATUM}{'a' * 1000}"}, {"data": []}),
        ({f"mlinfra-data-{number}": DATUM for number in range(1, 30)}, {"data": ["azureml:a"] * 8}),
    ],
)
def test_a_tag_of_what_serves_that_is_none_of_ours_says_nothing(
    azure_with: Callable[..., Azure], tags: dict[str, str], record: dict[str, Any]
) -> None:
    """Anybody may write tags: none of them keeps code from going out with what serves."""
    azure = azure_with({"auc": 0.8, "error": 0.1}, GOOD)
    written = azure.workspace()["assets"]["model"]["churn"]["1"]["tags"]
    for name in [name for name in written if name.startswith("mlinfra-data-")]:
        del written[name]
    written |= tags
    note(azure, "1", None)
    result = azure.run(*GATE, "--models", "serving")
    assert (result.code, decided(azure)) == (0, {"churn": "1"}), result.stderr
    found = json.loads((azure.folder / "out" / "models.json").read_text())["models"]["churn"]
    found["data"] = [datum["path"] for datum in found["data"]]
    assert {key: sorted(found[key]) if key == "metrics" else found[key] for key in record} == {
        key: sorted(value) if key == "metrics" else value for key, value in record.items()
    }


TAKEN_BACK = "online endpoint churn took version 2 of job j back, or its canary failed there"
ONE_OF_MANY = (
    "online endpoint churn took so many versions back that its tag mlinfra-rejected no longer names each, and version 2"
    " may be one of them: who knows it better chooses it"
)


@pytest.mark.parametrize(
    ("rejected", "build", "why", "code", "serves", "said"),
    [
        ("churn:2", "8", "", 1, "1", f"{OUT}{TAKEN_BACK}"),
        ("churn:1 Churn:2", "8", "", 1, "1", f"{OUT}{TAKEN_BACK}"),
        ("churn:22 other:2", "8", "", 0, "2", "model churn passes"),
        ("churn:~2 churn:9/1a2b3c4d", "8", "", 1, "1", f"{OUT}{ONE_OF_MANY}"),
        ("churn:~1 other:~2", "8", "", 0, "2", "model churn passes"),
        ("churn:2", "8", " \n ", 1, "1", f"{OUT}{TAKEN_BACK}"),
        ("churn:2", "8", "it was the network", 0, "2", "model churn passes"),
        (
            "churn:2",
            "7",
            "",
            0,
            "1",
            f"{OUT}{TAKEN_BACK}. It is version 2, which this run did not train, so code goes out with what serves",
        ),
    ],
)
def test_what_was_taken_back_comes_again_only_where_a_person_says_why(
    azure_with: Callable[..., Azure], rejected: str, build: str, why: str, code: int, serves: str, said: str
) -> None:
    azure = azure_with({"auc": 0.8, "error": 0.1}, None)
    write_candidates(azure, {"churn": {"version": "2", "job": "j", "build": build, "metrics": GOOD}})
    endpoint = next(iter(azure.workspace()["online_endpoints"].values()))
    endpoint["tags"]["mlinfra-rejected"] = rejected
    result = azure.run(*GATE, "--trained", "8", TF_BUILD="True", MLINFRA_AGAIN=why)
    assert (result.code, decided(azure)) == (code, {"churn": serves})
    assert said in result.stderr.splitlines()
    issues = "##vso[task.complete result=SucceededWithIssues;]some models stay out\n"
    assert (issues in result.stdout) == (code == 0 and serves == "1")
    assert ("##vso[task.setvariable variable=accepted;isOutput=true]churn:2\n" in result.stdout) == (serves == "2")


def test_what_was_refused_is_refused_anew_where_nothing_serves(azure_with: Callable[..., Azure]) -> None:
    """A version that an earlier run trained is no reason to be green where there is nothing to go on with."""
    azure = azure_with(None, None)
    write_candidates(azure, {"churn": {"version": "2", "job": "j", "build": "7", "metrics": {"auc": 0.1, "error": 0}}})
    assert azure.run(*GATE, "--trained", "8").code == 1


@pytest.mark.parametrize("model", ["{group}/Models/CHURN/Versions/1", "azureml:Churn:1", "AzureML:churn:1"])
def test_what_serves_is_known_in_whatever_case(azure_with: Callable[..., Azure], model: str) -> None:
    azure = azure_with({"auc": 0.95}, GOOD)
    _serve(azure, model)
    result = azure.run(*GATE)
    assert (result.code, decided(azure)) == (1, {"churn": "1"})


@pytest.mark.parametrize("model", ["", "azureml:churn@latest"])
def test_what_serves_and_can_not_be_read_lets_nothing_pass(azure_with: Callable[..., Azure], model: str) -> None:
    azure = azure_with({"auc": 0.95}, GOOD)
    _serve(azure, model)
    assert azure.run(*GATE).code == 1
    assert not (azure.folder / "out" / "models.json").exists()


def _serve(azure: Azure, model: str) -> None:
    """What az prints as the model of each deployment of churn's."""
    endpoint = next(iter(azure.workspace()["online_endpoints"].values()))
    for slot in endpoint["slots"].values():
        if slot["body"]["model"].startswith("azureml:churn:"):
            slot["printed"] = model.replace("{group}", "azureml:/subscriptions/s/resourceGroups/g/workspaces/w")


def test_what_serves_is_what_served_before_a_canary_that_was_left(azure_with: Callable[..., Azure]) -> None:
    azure = azure_with({"auc": 0.95}, GOOD)
    endpoint = next(iter(azure.workspace()["online_endpoints"].values()))
    (good,) = (name for name, share in endpoint["traffic"].items() if share == 100)
    body = endpoint["slots"][good]["body"] | {"model": "azureml:churn:9"}
    endpoint["slots"]["blue-ffffff"] = endpoint["slots"][good] | {"body": body}
    endpoint["traffic"] = {good: 40, "blue-ffffff": 60}
    split = f"now {good}=40 blue-ffffff=60, before {good}=100"
    endpoint["tags"]["mlinfra-split"] = " ".join(sorted((f"{good}=40", "blue-ffffff=60")))
    endpoint["tags"]["mlinfra-rollout"] = f"run 7, step 60, since 2026-01-05T05:00:00Z, {split}"
    result = azure.run(*GATE)
    assert (result.code, decided(azure)) == (1, {"churn": "1"})
    assert "auc 0.83 is worse than 0.95 of what serves" in result.stderr


def test_a_release_of_code_where_nothing_serves_is_no_success(azure_with: Callable[..., Azure]) -> None:
    result = azure_with(None, GOOD).run(*GATE, "--models", "serving")
    assert (result.code, result.stderr.splitlines()[-1]) == (
        1,
        "error: of churn nothing serves in dev that could go on to: a person starts churn-train",
    )


@pytest.mark.parametrize("version", ["@file", "-x", "1 2", "a'b"])
def test_a_version_that_a_service_gives_is_a_plain_name(azure_with: Callable[..., Azure], version: str) -> None:
    azure = azure_with({"auc": 0.8}, GOOD)
    endpoint = next(iter(azure.workspace()["online_endpoints"].values()))
    for slot in endpoint["slots"].values():
        if slot["body"]["model"].startswith("azureml:churn:"):
            slot["body"]["model"] = f"azureml:churn:{version}"
    result = azure.run(*GATE)
    assert (result.code, result.stderr) == (1, f'error: model churn: its version "{version}" is no plain name\n')


@pytest.mark.parametrize(
    ("serving", "candidate", "code", "said"),
    [
        ({"auc": 0.8}, GOOD | {"auc": 1.0000000000000002}, 0, "model churn passes"),
        (
            {"auc": 0.8},
            GOOD | {"auc": 62},
            1,
            f"{OUT}auc 62 of version 2 does not lie between 0 and 1 as its limits do: is it in per cent?",
        ),
        ({"auc": 90}, GOOD, 1, f"{OUT}auc of version 1, which serves, is not known"),
    ],
)
def test_a_share_in_per_cent_passes_no_limit_and_holds_nothing_else_back(
    new_azure_of: Callable[[ScriptsContext], Azure],
    after: Callable[..., Snapshot],
    serving: dict[str, Any],
    candidate: dict[str, Any],
    code: int,
    said: str,
) -> None:
    """62 per cent is more than 0.75, and nothing that comes after it is as good."""
    first, *others = PLATFORM.targets
    (model,) = first.models
    asked = replace(model, gate=replace(model.gate, shares=("auc",)))
    azure = new_azure_of(replace(PLATFORM, targets=(replace(first, models=(asked,)), *others)))
    azure.restore(after(REGISTER, TRAIN, RELEASE)).with_infrastructure()
    tags = azure.workspace()["assets"]["model"]["churn"]["1"]["tags"]
    tags["mlinfra-metric-auc"] = json.dumps(serving["auc"])
    note(azure, "1", serving)
    write_candidates(azure, {"churn": {"version": "2", "job": f"{JOB}-8-1", "metrics": candidate}})
    result = azure.run(*GATE)
    assert (result.code, decided(azure)) == (code, {"churn": "1" if code else "2"}), result.stderr
    assert said in result.stderr.splitlines()
