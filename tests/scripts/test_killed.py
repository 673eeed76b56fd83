"""Killed in the middle at every change, and started again, each script ends where an undisturbed run ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import AFTER, BOOTSTRAP, REGISTER, RELEASE, RELEASE_BATCH, RETRAIN, TRAIN, Step


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ((), BOOTSTRAP),
        *AFTER,
        ((REGISTER, TRAIN), RETRAIN),
        # Releases of another version beside one that serves, with an older one to make room.
        ((REGISTER, TRAIN, RELEASE, RETRAIN), RELEASE),
        ((REGISTER, TRAIN, RELEASE_BATCH, RETRAIN), RELEASE_BATCH),
    ],
    ids=lambda value: f"{value[0]} {value[-1]}" if value and isinstance(value[0], str) else f"{len(value)} before",
)
def test_a_run_that_was_killed_is_finished_by_the_next(
    new_azure: Callable[[], Azure], after: Callable[..., Snapshot], before: tuple[Step, ...], step: Step
) -> None:
    def prepared() -> Azure:
        return new_azure() if step == BOOTSTRAP else new_azure().restore(after(*before))

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
        assert azure.snapshot() == clean.snapshot(), (kill_after, changes[kill_after - 1])


def test_a_deployment_that_azure_still_works_on_is_waited_for(azure: Azure, after: Callable[..., Snapshot]) -> None:
    azure.restore(after(REGISTER, TRAIN))
    assert azure.run(*RELEASE, kill_after=2).code == -9
    again = azure.run(*RELEASE)
    assert again.code == 0
    assert "deployment blue-e17bb5 is creating, waiting" in again.stderr
