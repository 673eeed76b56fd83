"""States are compared behind their last dot, without case and underscores: newer SDKs print JobStatus.COMPLETED."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import COMPUTES, REGISTER, RELEASE, RELEASE_BATCH, RETRAIN, TRAIN, Step


@pytest.mark.parametrize("steps", [(REGISTER, TRAIN, TRAIN, RETRAIN, RELEASE, RELEASE_BATCH), (COMPUTES,)])
def test_each_way_of_writing_a_state_comes_to_the_same(
    azure: Azure, after: Callable[..., Snapshot], steps: tuple[Step, ...]
) -> None:
    azure.restore(after())
    before = azure.snapshot()
    ended = []
    for members in (False, True):
        azure.restore(before).script["members"] = members
        results = [(azure.run(*step), azure.changes) for step in steps]
        assert [result.code for result, _ in results] == [0] * len(steps), results
        ended.append(([changes for _, changes in results], azure.state))
    assert ended[0] == ended[1]


@pytest.mark.parametrize("state", ["JobStatus.FAILED", "failed", "JobStatus.CANCELED", "Cancelled", "CANCELED"])
def test_a_job_that_came_to_nothing_is_over(azure: Azure, after: Callable[..., Snapshot], state: str) -> None:
    azure.restore(after(REGISTER)).script["job_outcomes"] = [state]
    result = azure.run(*TRAIN)
    assert (result.code, "ended as Failed" in result.stderr or "ended as Canceled" in result.stderr) == (1, True)
