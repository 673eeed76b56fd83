"""A place where the scripts run, which every worker shares what it learns with."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.loop.checkouts import make_checkouts
from tests.loop.machine import Scripts
from tests.loop.world import World, new_world
from tests.scripts.conftest import port  # noqa: F401 # a fixture

NewWorld = Callable[[], World]


@pytest.fixture(scope="session")
def checkouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_checkouts(tmp_path_factory.mktemp("checkouts"))


@pytest.fixture(scope="session")
def fresh_world(tmp_path_factory: pytest.TempPathFactory, checkouts: dict[str, Path], port: int) -> NewWorld:  # noqa: F811
    """Makes one world after another, each with infrastructure and nothing else."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if base.name.startswith("popen-") else base) / "memory"
    memory = Path(os.environ.get("MLINFRA_LOOP_MEMORY", shared))
    scripts = Scripts(tmp_path_factory.mktemp("machine"), port, checkouts, memory)
    return lambda: new_world(scripts, checkouts)
