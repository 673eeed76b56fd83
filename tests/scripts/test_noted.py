"""A deployment says with which numbers it came to serve: who may only write models makes nothing worse pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlinfra.programs import models, noted
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import BACK, GATE, REGISTER, RELEASE, RELEASE_BATCH, RETRAIN, TRAIN, publish
from tests.scripts.test_gate import JOB, NOTED, as_noted, decided, note, write_candidates
from tests.scripts.test_in_place import begun as begun
from tests.scripts.test_in_place import endpoint as in_place_endpoint
from tests.scripts.test_in_place import make as make

NEW = {"auc": 0.83, "error": 0.2}
WORSE = "warning: model churn stays out: auc 0.83 is worse than 0.9 of what serves, by more than 0.01"


def _tags(azure: Azure, version: str = "1") -> dict[str, str]:
    found: dict[str, str] = azure.workspace()["assets"]["model"]["churn"][version]["tags"]
    return found


def _slots(azure: Azure, kind: str = "online_endpoints") -> dict[str, dict[str, str]]:
    """The tags of each deployment whose model a job makes."""
    (endpoint,) = azure.workspace()[kind].values()
    return {
        name: slot["body"].get("tags", {})
        for name, slot in endpoint["slots"].items()
        if slot["body"]["model"].startswith("azureml:churn:")
    }


@pytest.fixture
def serving(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    """Version 1 serves with 0.9; what a run made since is worse."""
    azure.restore(after(REGISTER, TRAIN, RELEASE))
    write_candidates(azure, {"churn": {"version": "2", "job": f"{JOB}-8-1", "metrics": NEW}})
    return azure


OF_SLOT = "warning: model churn 1: deployment {slot} of online endpoint churn"
OLD = (
    f"{OF_SLOT} does not say with which numbers it came to serve, as it was made before releases noted that: those in"
    " the tags of that version count, which whoever may write models can change, until a release makes a new one"
)


def _changed(said: str, came: str = "with auc 0.9") -> str:
    told = f"the tags of that version say {said} by now: somebody changed them, so they don't count"
    return f"{OF_SLOT} came to serve {came}, and {told}"


@pytest.mark.parametrize(
    ("noted_of", "auc", "version", "said"),
    [
        ({"auc": 0.9}, "0.9", "1", [WORSE]),
        ({"auc": 0.9}, "0.8", "1", [_changed("0.8"), WORSE]),
        ({"auc": 0.9}, "high", "1", [_changed("nothing of it"), WORSE]),
        ({"auc": 0.9}, None, "1", [_changed("nothing of it"), WORSE]),
        ({"auc": 0.83}, "0.99", "2", [_changed("0.99", "with auc 0.83"), "model churn passes"]),
        (
            {"recall": 0.9},
            "0.8",
            "1",
            [
                _changed("0.8", "without auc"),
                "warning: model churn stays out: auc of version 1, which serves, is not known",
            ],
        ),
        (None, "0.8", "2", [OLD, "model churn passes"]),
        (None, "0.9", "1", [OLD, WORSE]),
    ],
)
def test_what_the_deployment_says_counts(
    serving: Azure, noted_of: dict[str, float] | None, auc: str | None, version: str, said: list[str]
) -> None:
    note(serving, "1", noted_of and noted_of | {"error": 0.1})
    _tags(serving).pop("mlinfra-metric-auc")
    if auc is not None:
        _tags(serving)["mlinfra-metric-auc"] = auc
    result = serving.run(*GATE)
    (slot,) = {name for name, share in _endpoint(serving)["traffic"].items() if share and name.startswith("blue-")}
    assert decided(serving) == {"churn": version}, result.stderr
    found = [
        line
        for line in result.stderr.splitlines()
        if "would not pass today" not in line and not line.startswith("error: ")
    ]
    assert found == [line.replace("{slot}", slot) for line in said]


def _endpoint(azure: Azure) -> dict[str, Any]:
    (endpoint,) = azure.workspace()["online_endpoints"].values()
    found: dict[str, Any] = endpoint
    return found


def test_what_it_says_of_another_version_is_not_said_of_this_one(serving: Azure) -> None:
    """Somebody deployed another model into it."""
    note(serving, "7", {"auc": 0.1})
    _tags(serving)["mlinfra-metric-auc"] = "0.9"
    result = serving.run(*GATE)
    assert (result.code, decided(serving)) == (1, {"churn": "1"})
    assert WORSE in result.stderr.splitlines()


def test_of_a_version_that_somebody_deleted_the_numbers_are_known(serving: Azure) -> None:
    del serving.workspace()["assets"]["model"]["churn"]["1"]
    result = serving.run(*GATE)
    assert (result.code, decided(serving)) == (1, {"churn": "1"})
    assert result.stderr.splitlines()[1:-1] == [WORSE]


def test_a_release_notes_them_and_code_that_goes_out_carries_them_on(serving: Azure) -> None:
    """The tags of the version were changed in the meantime, and stay so."""
    said = {NOTED: as_noted("1", {"auc": 0.9, "error": 0.1})}
    assert set(map(str, _slots(serving).values())) == {str(said)}
    _tags(serving)["mlinfra-metric-auc"] = "0.1"
    assert serving.run(*GATE, "--models", "serving").code == 0
    for blue in serving.output.glob("dev/azureml/online_endpoints/*/blue.yml"):
        blue.write_text(blue.read_text() + "# another one\n")
    assert serving.run(*RELEASE).code == 0
    assert serving.run(*RELEASE_BATCH).code == 0
    assert set(map(str, _slots(serving).values())) == {str(said)}
    assert set(map(str, _slots(serving, "batch_endpoints").values())) == {str(said)}


def test_what_is_updated_in_place_keeps_those_of_the_way_back(make: Callable[..., Azure]) -> None:
    azure = make()
    write_candidates(azure, {"churn": {"version": "2", "job": f"{JOB}-8-1", "metrics": NEW}})
    (azure.folder / "out" / "models.json").write_text((azure.folder / "artifacts/models/models.json").read_text())
    assert azure.run(*RELEASE).code == 0
    tags = in_place_endpoint(azure)["slots"]["blue"]["body"]["tags"]
    was = as_noted("1", {"auc": 0.9, "error": 0.1})
    assert (tags[NOTED], tags["mlinfra-numbers-2"]) == (as_noted("2", NEW), was)
    assert azure.run(*BACK).code == 0
    _tags(azure)["mlinfra-metric-auc"] = "0.1"
    write_candidates(azure, {"churn": {"version": "3", "job": f"{JOB}-9-1", "metrics": NEW}})
    result = azure.run(*GATE)
    assert (result.code, decided(azure)) == (1, {"churn": "1"})
    assert WORSE in result.stderr.splitlines()
    assert azure.run(*RELEASE).code == 0
    assert was in in_place_endpoint(azure)["slots"]["blue"]["body"]["tags"].values()


def test_a_training_by_hand_is_noted_as_any(azure: Azure, after: Callable[..., Snapshot]) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN))
    publish(azure)
    assert azure.run(*RELEASE).code == 0
    assert {as_noted("2", {"auc": 0.9, "error": 0.1})} <= {tags[NOTED] for tags in _slots(azure).values()}


@pytest.mark.parametrize(
    ("metrics", "count"),
    [
        ({}, 1),
        ({"auc": 0.1 + 0.2}, 1),
        ({"a.b": 1, "c_d": -1e-300, "e-f": 10**200}, 1),
        ({f"{'a' * 62}{number:02}": 1 / 3 for number in range(25)}, 9),
        ({"long": 10**299, "auc": 0.5}, 1),
    ],
)
def test_all_numbers_of_a_model_find_room(
    tmp_path: Path, metrics: dict[str, float], count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """But for one that has more digits than a tag."""
    file = tmp_path / "models.json"
    models.write(file, {"churn": models.of_tags("7", {}) | {"metrics": metrics}})
    noted.main([str(file), "churn"])
    tags = dict(line.partition("=")[::2] for line in capsys.readouterr().out.splitlines())
    assert list(tags) == [f"mlinfra-numbers-{number}" for number in range(1, count + 1)]
    assert max(map(len, tags.values())) <= noted.MOST_CHARACTERS
    assert noted.of_tags(tags, "7") == {name: value for name, value in metrics.items() if name != "long"}
    assert noted.of_tags(tags, "8") is None
    assert noted.of_tags({**tags, "mlinfra-numbers-99": "7:", "mlinfra-numbers-x": json.dumps({})}, "7") is not None
