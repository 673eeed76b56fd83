"""A place where the scripts run, which every worker shares what it learns with."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.loop.checkouts import make_checkouts
from tests.loop.machine import Scripts
from tests.loop.world import World, new_world
from tests.scripts.conftest import port  # noqa: F401 # a fixture

NewWorld = Callable[[], World]
ScriptsOf = Callable[[Mapping[str, Path]], Scripts]


@pytest.fixture(scope="session")
def checkouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_checkouts(tmp_path_factory.mktemp("checkouts"))


@pytest.fixture(scope="session")
def scripts_of(tmp_path_factory: pytest.TempPathFactory, port: int) -> ScriptsOf:  # noqa: F811
    """Runs the scripts of checkouts, which it is given by commit."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if base.name.startswith("popen-") else base) / "memory"
    memory = Path(os.environ.get("MLINFRA_LOOP_MEMORY", shared))
    return lambda checkouts: Scripts(tmp_path_factory.mktemp("machine"), port, checkouts, memory)


@pytest.fixture(scope="session")
def fresh_world(checkouts: dict[str, Path], scripts_of: ScriptsOf) -> NewWorld:
    """Makes one world after another, each with infrastructure and nothing else."""
    scripts = scripts_of(checkouts)
    return lambda: new_world(scripts, checkouts)
