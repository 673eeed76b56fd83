"""A model of a run that lies in a registry, by azure-ai-ml's own client: put there once, and taken by all targets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.emulator import Emulator
from tests.emulator.ml import orders
from tests.emulator.ml.client import sent_to
from tests.emulator.ml.desk import Desk
from tests.emulator.ml.ground import Platform, compile_file, connect, lay_ground
from tests.emulator.ml.test_scripts import commit
from tests.emulator.people import Somebody
from tests.emulator.platforms import lay_out
from tests.emulator.resources import of_type

pytestmark = pytest.mark.judges

REGISTRY = "Microsoft.MachineLearningServices/registries"
SLOTS = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments"
EDITS = (
    ("\nmodels:\n", "\nregistries: {models: {made_in: dev}}\n\nmodels:\n"),
    ("    from_job: train\n", "    from_job: train\n    registry: models\n"),
    ("      evaluate: {job: judge, model: model, metrics: {output: report, file: metrics.json}}\n", ""),
)


@pytest.fixture(scope="module")
def sharing(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The example, whose model every target takes from a registry that the first one made."""
    repository = tmp_path_factory.mktemp("sharing") / "repository"
    lay_out("churn", repository)
    spec = repository / "specs" / "churn" / "ml-platform.yaml"
    text = spec.read_text(encoding="utf-8")
    for old, new in EDITS:
        assert old in text
        text = text.replace(old, new, 1)
    spec.write_text(text, encoding="utf-8")
    platform = compile_file(spec, repository)
    commit(repository)
    return platform


@pytest.fixture
def desk(emulator: Emulator, sharing: Platform, tmp_path: Path) -> Iterator[Desk]:
    """A model was trained in development; connections have the rights of bootstrap and of the owner of the registry."""
    callers: dict[str, Somebody] = {}
    for target in ("dev", "prod"):
        lay_ground(emulator.state, sharing, target)
        callers |= connect(emulator.state, sharing, target)
    orders.write_output(emulator.state, "report", {"metrics.json": json.dumps({"auc": 0.9})})
    orders.name_outputs(emulator.state, "uri_folder")
    with sent_to(emulator), Desk(emulator, callers, sharing.output, tmp_path) as desk:
        trained, gated = desk.folder / "trained", desk.folder / "gated"
        for target in ("dev", "prod"):
            _do(desk, "register-assets.sh", target)
        train = ("--job", "train", "--reason", "person", "--build", "7", "--out", str(trained))
        _do(desk, "run-job.sh", "dev", *train)
        (trained / "models").mkdir(exist_ok=True)
        (trained / "models" / "models.json").write_bytes((trained / "models.json").read_bytes())
        for target in ("dev", "prod"):
            words = ("--artifacts", str(trained), "--out", str(gated / target))
            _do(desk, "gate-model.sh", target, *words)
        yield desk


def test_the_first_target_puts_it_there_and_every_other_one_takes_it_from_there(desk: Desk) -> None:
    _do(desk, "promote-models.sh", "dev", *_handed_on(desk, "dev"))
    [version] = _held(desk)
    made = len(_changes(desk))
    for target in ("dev", "prod"):
        _do(desk, "promote-models.sh", target, *_handed_on(desk, target))
    assert [one for one in _changes(desk)[made:] if "/registries/" in one] == []
    assert _held(desk) == [version]
    words = ("--endpoint", "churn", "--kind", "online", *_models(desk, "prod"), "--run", "7")
    _do(desk, "release-endpoint.sh", "prod", *words)
    name, number = version["id"].split("/")[-3], version["id"].split("/")[-1]
    named = f"azureml://registries/{version['id'].split('/')[8]}/models/{name}/versions/{number}"
    slots = [one for one in of_type(desk.emulator.state, SLOTS) if "rg-churn-prod" in one["id"]]
    assert [slot["properties"]["model"] for slot in slots] == [named]


def test_a_version_whose_files_are_others_is_not_taken(desk: Desk) -> None:
    _do(desk, "promote-models.sh", "dev", *_handed_on(desk, "dev"))
    _overwrite(desk)
    done = desk.run("promote-models.sh", "prod", *_handed_on(desk, "prod"))
    assert done.code == 1
    assert "has other files" in done.stderr


def test_who_was_given_no_right_on_it_does_not_find_it(desk: Desk) -> None:
    _do(desk, "promote-models.sh", "dev", *_handed_on(desk, "dev"))
    resources = desk.emulator.state.table("resources")
    for key in [each for each in resources if "/registries/" in each and "/roleassignments/" in each]:
        del resources[key]
    done = desk.run("promote-models.sh", "prod", *_handed_on(desk, "prod"))
    assert done.code == 1
    assert "does not have authorization to perform action" in done.stderr


def _handed_on(desk: Desk, target: str) -> tuple[str, ...]:
    return (*_models(desk, target), "--artifacts", str(desk.folder / "trained"))


def _models(desk: Desk, target: str) -> tuple[str, str]:
    return "--models", str(desk.folder / "gated" / target / "models.json")


def _held(desk: Desk) -> list[Any]:
    return list(of_type(desk.emulator.state, f"{REGISTRY}/models/versions"))


def _overwrite(desk: Desk) -> None:
    """What lies in the account that Azure keeps for the registry is changed behind its back."""
    [version] = _held(desk)
    account = version["properties"]["modelUri"].split("/")[2].partition(".")[0]
    for container in desk.emulator.state.table("blobs")[account].values():
        for blob in container.values():
            blob["content"] += "more"


def _changes(desk: Desk) -> list[str]:
    return [str(one) for one in desk.emulator.log if one.request.method in ("PUT", "PATCH", "DELETE")]


def _do(desk: Desk, script: str, target: str, *words: str) -> None:
    done = desk.run(script, target, *words)
    assert done.code == 0, f"{script}: {done.stderr}"
