"""A platform whose infrastructure is there, and somebody who works in the workspace of its first target."""

from collections.abc import Iterator

import pytest

from tests.emulator.emulator import Emulator
from tests.emulator.ml.client import sent_to
from tests.emulator.ml.ground import Platform, compile_platform, lay_ground, workspace_id
from tests.emulator.ml.hands import Hands


@pytest.fixture(scope="session")
def churn(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The example, compiled."""
    return compile_platform("churn", tmp_path_factory.mktemp("churn") / "repository")


@pytest.fixture
def hands(emulator: Emulator, churn: Platform) -> Iterator[Hands]:
    """Who may release, in the development target of the example."""
    caller = lay_ground(emulator.state, churn, "dev")
    with sent_to(emulator):
        yield Hands(emulator, caller, workspace_id(churn, "dev"))
