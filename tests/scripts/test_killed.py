"""Killed in the middle at every change, and started again, each script ends where an undisturbed run ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scripts.harness import Azure
from tests.scripts.steps import (
    BACK,
    BACK_BATCH,
    BOOTSTRAP,
    COMPUTES,
    DEPLOY,
    PROMOTE,
    REGISTER,
    REGISTER_LATER,
    RELEASE,
    RELEASE_BATCH,
    RETRAIN,
    SCHEDULE,
    TRAIN,
    Step,
)

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
        ((REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE), BACK),
        ((REGISTER, TRAIN, RELEASE_BATCH, RETRAIN), RELEASE_BATCH),
        ((REGISTER, TRAIN, RELEASE_BATCH, RETRAIN, RELEASE_BATCH), BACK_BATCH),
        ((REGISTER, TRAIN, RELEASE), SCHEDULE),
    ],
    ids=lambda value: f"{value[0]} {value[-1]}" if value and isinstance(value[0], str) else f"{len(value)} before",
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


def test_a_deployment_that_azure_still_works_on_is_waited_for(azure: Azure) -> None:
    azure.with_infrastructure()
    for step in (REGISTER, TRAIN):
        assert azure.run(*step).code == 0
    assert azure.run(*RELEASE, kill_after=2).code == -9
    again = azure.run(*RELEASE)
    assert again.code == 0
    assert "deployment blue-e17bb5 is creating, waiting" in again.stderr
