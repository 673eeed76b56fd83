"""An emulated Azure for a session of tests, empty again for each of them."""

from collections.abc import Iterator

import pytest

from tests.emulator.emulator import Emulator
from tests.emulator.hosts import hosts


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator with every host that is played."""
    with Emulator(tmp_path_factory.mktemp("emulator"), *hosts()) as emulator:
        yield emulator


@pytest.fixture
def emulator(serving: Emulator) -> Iterator[Emulator]:
    """An empty Azure. No test may ask a host that is not played, or find a bug of the emulator."""
    serving.reset()
    yield serving
    assert [str(exchange) for exchange in serving.unknown] == []
    assert serving.bugs == []
