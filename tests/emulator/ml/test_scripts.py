"""The generated scripts bring a model into service by azure-ai-ml's own client: what they ask for is what it says."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.emulator import Emulator
from tests.emulator.ml import orders
from tests.emulator.ml.client import sent_to
from tests.emulator.ml.desk import Desk
from tests.emulator.ml.ground import Platform, connect, lay_ground
from tests.emulator.people import Somebody
from tests.emulator.resources import of_type

pytestmark = pytest.mark.judges

ONLINE = ("--endpoint", "churn", "--kind", "online")
BATCH = ("--endpoint", "nightly", "--kind", "batch")


@pytest.fixture
def desk(emulator: Emulator, churn: Platform, tmp_path: Path) -> Iterator[Desk]:
    """Development and production, with the rights that bootstrap gave; jobs write what the example's write."""
    commit(_repository(churn.output))
    callers: dict[str, Somebody] = {}
    for target in ("dev", "prod"):
        lay_ground(emulator.state, churn, target)
        callers |= connect(emulator.state, churn, target)
    _measure(emulator, 0.9)
    orders.write_output(emulator.state, "score", {"predictions.csv": "a,0.5\n" * 1000})
    orders.name_outputs(emulator.state, "uri_folder")
    with sent_to(emulator), Desk(emulator, callers, churn.output, tmp_path) as desk:
        yield desk
    _git(_repository(churn.output), "checkout", "--quiet", ".")
    _git(_repository(churn.output), "clean", "--quiet", "--force", "-d")


def test_a_model_comes_into_service_and_the_second_run_of_each_script_changes_nothing(desk: Desk) -> None:
    trained, gated = desk.folder / "trained", desk.folder / "gated"
    models = ("--models", str(gated / "models.json"))
    walk = (
        ("create-computes.sh",),
        ("register-assets.sh",),
        ("run-job.sh", "--job", "train", "--build", "7", "--out", str(trained)),
        ("gate-model.sh", "--artifacts", str(trained), "--out", str(gated), "--build", "7"),
        ("release-endpoint.sh", *ONLINE, *models, "--run", "7"),
        ("release-endpoint.sh", *BATCH, *models, "--run", "7"),
        ("schedule.sh",),
        ("score-batch.sh", "--endpoint", "nightly", "--build", "7", "--date", "2026-01-05"),
    )
    for script, *words in walk:
        _do(desk, script, "dev", *words)
    assert _noted(desk) == ["1: auc=0.9"] * 2
    changes = len(_changes(desk))
    for script, *words in walk:
        _do(desk, script, "dev", *words)
    assert _changes(desk)[changes:] == []


def test_a_promoted_model_begins_its_canary_beside_what_serves_and_goes_back(desk: Desk) -> None:
    _do(desk, "register-assets.sh", "dev")
    _do(desk, "register-assets.sh", "prod")
    models = _promote(desk, "7")
    _do(desk, "release-endpoint.sh", "prod", *ONLINE, *models, "--run", "7")
    [(first, share)] = _traffic(desk).items()
    assert share == 100
    _measure(desk.emulator, 0.91)
    models = _promote(desk, "8")
    _do(desk, "release-endpoint.sh", "prod", *ONLINE, *models, "--run", "8")
    [(second, copied)] = _traffic(desk, "mirrorTraffic").items()
    assert (second != first, copied, _traffic(desk)) == (True, 10, {first: 100})
    _do(desk, "release-endpoint.sh", "prod", *ONLINE, "--run", "8", "--undo")
    assert (_traffic(desk, "mirrorTraffic"), _traffic(desk)) == ({}, {first: 100})


@pytest.mark.parametrize("kind", ["components", "data", "environments"])
def test_a_pipeline_takes_no_asset_that_a_person_registered(desk: Desk, kind: str) -> None:
    _do(desk, "register-assets.sh", "dev")
    found = [*of_type(desk.emulator.state, f"Microsoft.MachineLearningServices/workspaces/{kind}/versions")]
    assert found
    for one in found:
        one["systemData"] |= {"createdBy": "Sam Smith", "createdByType": "User"}
    changes = len(_changes(desk))
    done = desk.run("register-assets.sh", "dev")
    assert done.code == 1
    assert "was registered by a person, Sam Smith, and by no pipeline: archive that version" in done.stderr
    assert _changes(desk)[changes:] == []


def test_what_was_written_into_the_checkout_is_not_uploaded(desk: Desk) -> None:
    repository = _repository(desk.output)
    code = repository / "specs" / "churn" / "src"
    (code / "train.py").write_text("raise SystemExit('written by a step')\n")
    (code / "report.html").write_text("written by a test")
    _do(desk, "register-assets.sh", "dev")
    _do(desk, "run-job.sh", "dev", "--job", "train", "--build", "7", "--out", str(desk.folder / "trained"))
    uploaded = _uploaded(desk)
    assert "import" in uploaded["train.py"]
    assert "written by" not in uploaded["train.py"]
    assert "report.html" not in uploaded
    assert _git(repository, "worktree", "list").count("\n") == 1


def test_what_no_commit_holds_is_not_uploaded(desk: Desk) -> None:
    file = "dev/azureml/environments/train.yml"
    written = desk.output / file
    written.write_text(written.read_text() + "# by hand\n")
    done = desk.run("register-assets.sh", "dev")
    asked = f"{file} is not as the commit of {desk.output} holds it, and that is what is uploaded: commit it first"
    assert (done.code, done.stderr.splitlines()[-1]) == (1, f"error: {asked}")


def _promote(desk: Desk, build: str) -> tuple[str, str]:
    """Trains in development, and brings what passes the gate to production; returns how a release is told of it."""
    trained, gated = desk.folder / f"trained-{build}", desk.folder / f"gated-{build}"
    models = ("--models", str(gated / "models.json"))
    train = ("--job", "train", "--reason", "person", "--build", build, "--out", str(trained))
    _do(desk, "run-job.sh", "dev", *train)
    _do(desk, "gate-model.sh", "prod", "--artifacts", str(trained), "--out", str(gated), "--build", build)
    _do(desk, "promote-models.sh", "prod", *models, "--artifacts", str(trained))
    return models


def _do(desk: Desk, script: str, target: str, *words: str) -> None:
    done = desk.run(script, target, *words)
    assert done.code == 0, f"{script}: {done.stderr}"
    if script == "run-job.sh":
        _publish(Path(words[-1]))


def _measure(emulator: Emulator, auc: float) -> None:
    """What jobs write of their model from now on."""
    orders.write_output(emulator.state, "report", {"metrics.json": json.dumps({"auc": auc})})


def _traffic(desk: Desk, kind: str = "traffic") -> dict[str, int]:
    endpoints = of_type(desk.emulator.state, "Microsoft.MachineLearningServices/workspaces/onlineEndpoints")
    [endpoint] = [one for one in endpoints if "rg-churn-prod" in one["id"]]
    traffic: dict[str, int] = endpoint["properties"].get(kind) or {}
    return traffic


def _noted(desk: Desk) -> list[str]:
    """With which numbers the deployments say that they came to serve."""
    kinds = ("onlineEndpoints", "batchEndpoints")
    types = [f"Microsoft.MachineLearningServices/workspaces/{kind}/deployments" for kind in kinds]
    return [one["tags"]["mlinfra-numbers-1"] for each in types for one in of_type(desk.emulator.state, each)]


def commit(repository: Path) -> None:
    """Scripts upload what a commit holds; a release notes when it was made."""
    somebody = ("-c", "user.name=somebody", "-c", "user.email=somebody@contoso.example")
    _git(repository, "init", "--quiet")
    _git(repository, "add", "--all")
    _git(repository, *somebody, "commit", "--quiet", "--allow-empty", "--message", "one")


def _git(repository: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=repository, check=True, capture_output=True, text=True).stdout


def _repository(output: Path) -> Path:
    return output.parent.parent


def _uploaded(desk: Desk) -> dict[str, str]:
    """What lies in the storage of all targets, by the end of its path."""
    accounts = desk.emulator.state.table("blobs").values()
    found = [(name, blob) for account in accounts for blobs in account.values() for name, blob in blobs.items()]
    return {name.rpartition("/")[2]: str(blob) for name, blob in found}


def _publish(folder: Path) -> None:
    """As the pipeline publishes what is known of the models, beside them."""
    (folder / "models").mkdir(exist_ok=True)
    (folder / "models" / "models.json").write_bytes((folder / "models.json").read_bytes())


def _changes(desk: Desk) -> list[str]:
    """The requests that changed something."""
    return [str(one) for one in desk.emulator.log if one.request.method in ("PUT", "PATCH", "DELETE")]
