"""An emulated Azure for a session of tests, empty again for each of them."""

from collections.abc import Iterator

import pytest

from tests.emulator.arm import Arm
from tests.emulator.calls_home import CALLS_HOME
from tests.emulator.devops_host import DevopsHost
from tests.emulator.emulator import Emulator
from tests.emulator.graph import Graph
from tests.emulator.sign_in import SignIn


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator with every host that is played; whoever adds a service adds it here."""
    with Emulator(tmp_path_factory.mktemp("emulator"), SignIn(), Arm(), Graph(), DevopsHost(), *CALLS_HOME) as emulator:
        yield emulator


@pytest.fixture
def emulator(serving: Emulator) -> Iterator[Emulator]:
    """An empty Azure. No test may ask a host that is not played, or find a bug of the emulator."""
    serving.reset()
    yield serving
    assert [str(exchange) for exchange in serving.unknown] == []
    assert serving.bugs == []
