"""The services that are played; whoever adds one adds it here."""

from __future__ import annotations

from tests.emulator.arm import Arm
from tests.emulator.bricks.hosts import Account, Workspace
from tests.emulator.calls_home import CALLS_HOME
from tests.emulator.devops_host import DevopsHost
from tests.emulator.graph import Graph
from tests.emulator.ml.blobs import Blobs
from tests.emulator.ml.data_plane import DataPlane
from tests.emulator.ml.registries import RegistryPlane
from tests.emulator.ml.scoring import Scoring
from tests.emulator.protocol import Host
from tests.emulator.sign_in import SignIn


def hosts() -> tuple[Host, ...]:
    """All of them, anew."""
    return (
        SignIn(),
        Arm(),
        Graph(),
        DevopsHost(),
        *CALLS_HOME,
        DataPlane(),
        RegistryPlane(),
        Scoring(),
        Blobs(),
        Workspace(),
        Account(),
    )
