"""What is known of a script is what bash does: in another Azure, and where it is killed at any of its changes."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.loop.agent import Command
from tests.loop.cases import CASES, Place
from tests.loop.checkouts import FIRST
from tests.loop.machine import Scripts
from tests.loop.platforms import DEV, SMALL
from tests.loop.traces import Json, Ran
from tests.loop.world import CHANGE, new_world
from tests.repository.repositories import git

pytestmark = pytest.mark.matrix


class _Noting(Scripts):
    """Knows what it was asked, and how often bash was started for that."""

    def __init__(self, *more: Any) -> None:
        super().__init__(*more)
        self.asked: list[tuple[Json, dict[str, str], str, Command, int]] = []
        self.started = 0

    def run(self, azure: Json, files: Mapping[str, str], commit: str, command: Command, kill_after: int = 0) -> Ran:
        before = copy.deepcopy(azure), dict(files)
        ran = super().run(azure, files, commit, command, kill_after)
        self.asked.append((*before, commit, command, len(ran.changes)))
        return ran

    def record(self, *more: Any) -> Ran:
        self.started += 1
        return super().record(*more)


@pytest.fixture
def scripts(place: Place, tmp_path: Path) -> _Noting:
    """Over checkouts of the small platform, with nothing known yet."""
    return _Noting(tmp_path / "machine", place.checkouts, tmp_path / "memory")


def test_a_script_that_is_said_to_be_killed_left_what_one_leaves_that_is(
    place: Place, scripts: _Noting, tmp_path: Path
) -> None:
    """At each change of each command of a training and its release; bash has the whole environment."""
    case = CASES[0]
    world = case.begin(lambda: new_world(scripts, place.checkouts, SMALL))
    scripts.asked.clear()
    case.go(world)
    killed = 0
    for azure, files, commit, command, changes in list(scripts.asked):
        for after in range(1, changes + 1):
            really = scripts.record("killed", azure, files, commit, command, after)
            shutil.rmtree(tmp_path / "machine" / "agent")
            git(place.checkouts[commit], "worktree", "prune", "--expire", "now")  # the next agent is another one
            assert really.code == -9, really.said
            assert scripts.run(azure, files, commit, command, after) == really, (command, after)
            killed += 1
    assert killed > 15


def test_bash_is_started_only_where_az_answers_otherwise(place: Place, scripts: _Noting) -> None:
    world = new_world(scripts, place.checkouts, SMALL)
    world.train(CHANGE)
    azure, files, commit, command, _ = next(each for each in scripts.asked if each[3].script == "infra-ready.sh")
    before = scripts.started

    beside = copy.deepcopy(azure)
    beside["state"]["of somebody else"] = {"is": "kept"}
    ran = scripts.run(beside, files, commit, command)
    assert (ran.code, ran.azure, scripts.started) == (0, beside, before)
    assert "is the one of this commit" in ran.said or "true" in ran.said

    world.lose_infrastructure(DEV)
    other = scripts.run(world.azure[DEV], files, commit, command)
    assert scripts.started == before + 1
    assert other.said != ran.said


def test_what_one_process_learnt_the_next_one_knows(place: Place, scripts: _Noting, tmp_path: Path) -> None:
    new_world(scripts, place.checkouts, SMALL).train(CHANGE)
    other = _Noting(tmp_path / "other machine", place.checkouts, tmp_path / "memory")
    assert new_world(other, place.checkouts, SMALL).train(CHANGE).commit == FIRST
    assert (scripts.started > 0, other.started) == (True, 0)
    assert [each[4] for each in other.asked] == [each[4] for each in scripts.asked]
