"""An emulated Azure for a session of tests, empty again for each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.emulator import Emulator
from tests.emulator.extension import Extension
from tests.emulator.groups import add_subscription
from tests.emulator.hosts import hosts
from tests.emulator.machine import Machine
from tests.emulator.people import (
    SECRET,
    SOMEBODY,
    SUBSCRIPTION,
    add_somebody,
    add_to_directory,
    give_role,
    let_read_the_directory,
)
from tests.tools import azure_cli, bicep


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


@pytest.fixture
def machine(emulator: Emulator, tmp_path: Path) -> Iterator[Machine]:
    """Somebody's who owns a subscription."""
    bicep()
    az = azure_cli()
    add_subscription(emulator.state, SUBSCRIPTION, "x")
    owner = add_somebody(emulator.state, "owner")
    give_role(emulator.state, owner.object_id, "Owner", f"/subscriptions/{SUBSCRIPTION}")
    let_read_the_directory(emulator.state, owner.object_id)
    add_to_directory(emulator.state, SOMEBODY, "ServicePrincipal")
    with Extension(emulator, tmp_path / "ml") as extension:
        machine = Machine(tmp_path / "machine", emulator, az, extension)
        machine.sign_in_by_secret(owner.client_id, SECRET)
        yield machine
