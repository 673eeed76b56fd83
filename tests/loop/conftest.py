"""A place where the scripts run, which every worker shares what it learns with."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.loop.cases import Place
from tests.loop.checkouts import make_checkouts
from tests.loop.machine import Scripts
from tests.loop.platforms import SMALL, Platform
from tests.loop.world import new_world

PlaceOf = Callable[[Platform], Place]
ScriptsOf = Callable[[Mapping[str, Path]], Scripts]


@pytest.fixture(scope="session")
def scripts_of(tmp_path_factory: pytest.TempPathFactory) -> ScriptsOf:
    """Runs the scripts of checkouts, which it is given by commit."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if base.name.startswith("popen-") else base) / "memory"
    memory = Path(os.environ.get("MLINFRA_LOOP_MEMORY", shared))
    return lambda checkouts: Scripts(tmp_path_factory.mktemp("machine"), checkouts, memory)


@pytest.fixture(scope="session")
def place_of(tmp_path_factory: pytest.TempPathFactory, scripts_of: ScriptsOf) -> PlaceOf:
    """Where a platform is run, compiled when it is asked for first."""
    known: dict[str, Place] = {}

    def place(platform: Platform) -> Place:
        if platform.name not in known:
            checkouts = make_checkouts(tmp_path_factory.mktemp(platform.name), platform)
            scripts = scripts_of(checkouts)
            known[platform.name] = Place(lambda: new_world(scripts, checkouts, platform), checkouts)
        return known[platform.name]

    return place


@pytest.fixture(scope="session")
def place(place_of: PlaceOf) -> Place:
    """Where the small platform is run."""
    return place_of(SMALL)
