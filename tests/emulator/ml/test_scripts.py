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
from tests.emulator.ml.ground import Platform, lay_ground

ONLINE = ("--endpoint", "churn", "--kind", "online")
BATCH = ("--endpoint", "nightly", "--kind", "batch")


@pytest.fixture
def desk(emulator: Emulator, churn: Platform, tmp_path: Path) -> Iterator[Desk]:
    """Somebody who may release in development, where jobs write what the example's write."""
    _commit(churn.output.parent.parent)
    caller = lay_ground(emulator.state, churn, "dev")
    orders.write_output(emulator.state, "report", {"metrics.json": json.dumps({"auc": 0.9})})
    orders.write_output(emulator.state, "score", {"predictions.csv": "a,0.5\n" * 1000})
    orders.name_outputs(emulator.state, "uri_folder")
    with sent_to(emulator), Desk(emulator, caller, churn.output / "scripts", tmp_path) as desk:
        yield desk


def test_a_model_comes_into_service_and_the_second_run_of_each_script_changes_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    trained, gated = tmp_path / "trained", tmp_path / "gated"
    models = ("--models", str(gated / "models.json"))
    walk = (
        ("create-computes.sh",),
        ("register-assets.sh",),
        ("run-job.sh", "--job", "train", "--build", "7", "--out", str(trained)),
        ("gate-model.sh", "--artifacts", str(trained), "--out", str(gated)),
        ("promote-models.sh", *models, "--artifacts", str(trained)),
        ("release-endpoint.sh", *ONLINE, *models, "--run", "7"),
        ("release-endpoint.sh", *BATCH, *models, "--run", "7"),
        ("schedule.sh",),
        ("score-batch.sh", "--endpoint", "nightly", "--build", "7", "--date", "2026-01-05"),
    )
    for script, *words in walk:
        if script == "gate-model.sh":
            _publish(trained)
        done = desk.run(script, "dev", *words)
        assert done.code == 0, f"{script}: {done.stderr}"
    changes = len(_changes(desk))
    for script, *words in walk:
        done = desk.run(script, "dev", *words)
        assert done.code == 0, f"{script}: {done.stderr}"
    assert _changes(desk)[changes:] == []


def _commit(repository: Path) -> None:
    """A release notes when the commit that it comes from was made."""
    somebody = ("-c", "user.name=somebody", "-c", "user.email=somebody@contoso.example")
    for words in (("init", "--quiet"), (*somebody, "commit", "--quiet", "--allow-empty", "--message", "one")):
        subprocess.run(["git", *words], cwd=repository, check=True)


def _publish(folder: Path) -> None:
    """As the pipeline publishes what is known of the models, beside them."""
    (folder / "models").mkdir()
    (folder / "models" / "models.json").write_bytes((folder / "models.json").read_bytes())


def _changes(desk: Desk) -> list[str]:
    """The requests that changed something."""
    return [str(one) for one in desk.emulator.log if one.request.method in ("PUT", "PATCH", "DELETE")]
