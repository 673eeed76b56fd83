"""Killed in the middle at every change, and started again, each script ends where an undisturbed run ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scripts.harness import Azure

Step = tuple[str, ...]

DEPLOYER = ("--deployer-object-id", "00000000-0000-0000-0000-000000000001")
PLANNER = ("--planner-object-id", "00000000-0000-0000-0000-000000000002")
TRUST = ("--federated-identity", "id-deploy", "--issuer", "https://issuer", "--subject", "sc://org/project/connection")

BOOTSTRAP: Step = ("bootstrap.sh", "--target", "prod", *DEPLOYER, *PLANNER, *TRUST)
DEPLOY: Step = ("deploy-infra.sh", "--target", "dev")
COMPUTES: Step = ("create-computes.sh", "--target", "dev")
REGISTER: Step = ("register-assets.sh", "--target", "dev")
TRAIN: Step = ("run-job.sh", "--target", "dev", "--job", "train", "--out", "out", "--run-id", "7")
REGISTER_LATER: Step = ("register-assets.sh", "--target", "prod")
PROMOTE: Step = ("promote-models.sh", "--target", "prod", "--models", "out/models.json", "--artifacts", "out")
RELEASE: Step = (
    *("release-endpoint.sh", "--target", "dev", "--endpoint", "churn", "--kind", "online"),
    *("--models", "out/models.json"),
)
RELEASE_BATCH: Step = (
    *("release-endpoint.sh", "--target", "dev", "--endpoint", "scores", "--kind", "batch"),
    *("--models", "out/models.json"),
)
SCHEDULE: Step = ("schedule.sh", "--target", "dev")
RETRAIN: Step = (*TRAIN[:-1], "8", "--force")


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ((), BOOTSTRAP),
        ((), DEPLOY),
        ((), COMPUTES),
        ((), REGISTER),
        ((REGISTER,), TRAIN),
        ((REGISTER, TRAIN), RETRAIN),
        ((REGISTER, TRAIN, REGISTER_LATER), PROMOTE),
        ((REGISTER, TRAIN), RELEASE),
        ((REGISTER, TRAIN), RELEASE_BATCH),
        # Releases of another version beside one that serves, with an older one to make room.
        ((REGISTER, TRAIN, RELEASE, RETRAIN), RELEASE),
        ((REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE), (*RELEASE[:-2], "--back")),
        ((REGISTER, TRAIN, RELEASE_BATCH, RETRAIN), RELEASE_BATCH),
        ((REGISTER, TRAIN, RELEASE), SCHEDULE),
    ],
    ids=lambda value: " ".join(value) if value and isinstance(value[0], str) else f"after {len(value)}",
)
def test_a_run_that_was_killed_is_finished_by_the_next(
    new_azure: Callable[[], Azure], before: tuple[Step, ...], step: Step
) -> None:
    def prepared() -> Azure:
        azure = new_azure()
        if step != BOOTSTRAP:
            azure.with_infrastructure()
        azure.state = state
        _restore(azure.folder / "out", files)
        return azure

    start = new_azure()
    if step != BOOTSTRAP:
        start.with_infrastructure()
    for earlier in before:
        assert start.run(*earlier).code == 0
    state, files = start.state, _files(start.folder / "out")

    clean = prepared()
    assert clean.run(*step).code == 0, step
    changes = clean.changes
    assert changes

    for kill_after in range(1, len(changes) + 1):
        azure = prepared()
        killed = azure.run(*step, kill_after=kill_after)
        assert killed.code == -9, (kill_after, killed.stderr)
        assert azure.changes == changes[:kill_after]
        again = azure.run(*step)
        assert again.code == 0, (kill_after, changes[kill_after - 1], again.stderr)
        assert azure.state == clean.state, (kill_after, changes[kill_after - 1])
        assert _files(azure.folder / "out") == _files(clean.folder / "out")


def _files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def _restore(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_what_is_killed_while_azure_works_on_it_is_waited_for(azure: Azure) -> None:
    azure.with_infrastructure()
    states: list[Any] = []
    for step in (REGISTER, TRAIN):
        assert azure.run(*step).code == 0
    assert azure.run(*RELEASE, kill_after=2).code == -9
    again = azure.run(*RELEASE)
    states.append(again.code)
    assert "is creating, waiting" in again.stderr
    assert states == [0]
