"""What was taken back comes again where a person says why: the model that is meant, and no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.programs import rejected
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import GATE, REGISTER, RELEASE, RETRAIN, TRAIN, write_models
from tests.scripts.test_gate import decided, write_candidates
from tests.scripts.test_release import ENDPOINT as ONLINE

FIRST, *LATER = PLATFORM.targets
OTHER = replace(FIRST.models[0], entry="other", name="other", job="second")
SLOT = replace(FIRST.endpoints[0].deployments[0], entry="main", model="other", model_name="other")
ENDPOINT = replace(FIRST.endpoints[0], entry="others", name="others-dev-x1y2", deployments=(SLOT,))
TWO = replace(
    PLATFORM,
    targets=(replace(FIRST, models=(*FIRST.models, OTHER), endpoints=(*FIRST.endpoints, ENDPOINT)), *LATER),
)
GOOD = {"auc": 0.9, "error": 0.1}
OUT = "stays out: online endpoint {} took version 2 of job j back, or its canary failed there"
USAGE = (
    'again (MLINFRA_AGAIN) begins with the models that are meant, and a colon, as in "churn: why", not with '
    '"{}"; there are: churn other\n'
)


@pytest.fixture
def taken_back(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    """Version 1 of two models serves, each on an endpoint that took version 2 back; that is released again."""
    azure = new_azure_of(TWO).with_infrastructure()
    assert azure.run(*REGISTER).code == 0
    models = azure.workspace()["assets"].setdefault("model", {})
    tags = {f"mlinfra-metric-{name}": str(number) for name, number in GOOD.items()} | {"job": "j"}
    for name in ("churn", "other"):
        made = {"name": name, "type": "mlflow_model", "content": name, "tags": tags}
        models[name] = {each: made | {"version": each, "tags": tags | {"job": "i"}} for each in ("1",)}
        models[name]["2"] = made | {"version": "2"}
    record = {"job": "i", "metrics": GOOD}
    write_candidates(azure, {name: record | {"version": "1"} for name in ("churn", "other")})
    for endpoint in ("churn", "others"):
        assert _release(azure, endpoint)[0] == 0
    for endpoint, name in (("churn-dev-x1y2", "churn"), (ENDPOINT.name, "other")):
        azure.workspace()["online_endpoints"][endpoint]["tags"]["mlinfra-rejected"] = f"{name}:2"
    record = {"job": "j", "metrics": GOOD, "build": "8"}
    write_candidates(azure, {name: record | {"version": "2"} for name in ("churn", "other")})
    return azure


def _release(azure: Azure, endpoint: str, again: str = "", chosen: str = "candidate") -> tuple[int, str]:
    step = (*RELEASE[:4], endpoint, *RELEASE[5:-1], "artifacts/models/models.json")
    result = azure.run(*step, MLINFRA_AGAIN=again, MLINFRA_MODELS=chosen)
    return result.code, result.stderr


@pytest.mark.parametrize(
    ("again", "passes"),
    [
        (" ", ""),
        ("churn: it was the network", "churn"),
        ("other:it was the network", "other"),
        ("other, churn: it was the network", "churn other"),
        ("churn other: it was: the network", "churn other"),
    ],
)
def test_only_the_model_that_is_meant_passes(taken_back: Azure, again: str, passes: str) -> None:
    result = taken_back.run(*GATE, "--trained", "8", MLINFRA_AGAIN=again)
    said = result.stderr.splitlines()
    assert decided(taken_back) == {name: "2" if name in passes else "1" for name in ("churn", "other")}
    for name, endpoint in (("churn", "churn"), ("other", "others")):
        word = f"model {name} passes" if name in passes else f"warning: model {name} {OUT.format(endpoint)}"
        assert word in said
    for name, endpoint in (("churn", "churn"), ("other", "others")):
        code, stderr = _release(taken_back, endpoint, again)
        assert (code == 0) is (name in passes), stderr


@pytest.mark.parametrize("chosen", ["churn:2", "other:2", "churn:2 other:2"])
def test_the_version_that_a_person_chose_passes(taken_back: Azure, chosen: str) -> None:
    result = taken_back.run(*GATE, MLINFRA_MODELS=chosen)
    assert decided(taken_back) == {name: "2" if name in chosen else "1" for name in ("churn", "other")}
    assert "may be released again" not in result.stderr
    told = json.loads((taken_back.folder / "out" / "gate.json").read_text())["again"]
    assert told == {name: f"a person chose {chosen}" for name in ("churn", "other") if name in chosen}
    for name, endpoint in (("churn", "churn"), ("other", "others")):
        code, stderr = _release(taken_back, endpoint, chosen=chosen)
        assert (code == 0) is (name in chosen), stderr


@pytest.mark.parametrize("again", ["it was the network", "chrun: it was the network", "churn and other: why", "churn:"])
def test_who_names_no_model_is_asked_which(taken_back: Azure, again: str) -> None:
    result = taken_back.run(*GATE, "--trained", "8", MLINFRA_AGAIN=again)
    assert (result.code, USAGE.format(again) in result.stderr) == (2, True), result.stderr
    code, stderr = _release(taken_back, "churn", again)
    assert (code, USAGE.format(again) in stderr) == (2, True)


def test_who_chooses_an_older_version_takes_back_what_serves(azure: Azure, after: Callable[..., Snapshot]) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    write_models(azure, "1")
    result = azure.run(*RELEASE, MLINFRA_MODELS="churn:1")
    assert result.code == 0, result.stderr
    said = f"warning: endpoint {ONLINE}: an older version was chosen than churn:2, which is rejected"
    assert said in result.stderr.splitlines()
    tags = azure.workspace()["online_endpoints"][ONLINE]["tags"]
    assert tags["mlinfra-rejected"] == rejected.noted("churn:2/train-3f2a91c07b1e-8-1")
    write_models(azure, "2")
    assert azure.run(*RELEASE).code == 1
    assert azure.run(*RELEASE, MLINFRA_AGAIN="it was another one").code == 0


@pytest.mark.parametrize(
    ("chosen", "version"), [("churn:2", "2"), ("candidate", "1"), ("serving", "1"), ("other:1", "1")]
)
def test_nothing_else_takes_anything_back(
    azure: Azure, after: Callable[..., Snapshot], chosen: str, version: str
) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, *((RELEASE,) if version == "1" else ())))
    write_models(azure, version)
    assert azure.run(*RELEASE, MLINFRA_MODELS=chosen).code == 0
    assert azure.workspace()["online_endpoints"][ONLINE]["tags"]["mlinfra-rejected"] == "none"
