"""All targets of the bank, deployed to one Azure one after the other, each with the rights that bootstrap.sh gave.

In `test_walk.py` what another target lends is there as somebody else made it; here that target was deployed before:
the registry and its parts, the logs, and the roles on them that are handed over. It takes half an hour: `make hunt`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.chances import KILLS, PART
from tests.emulator.emulator import Emulator
from tests.emulator.extension import Extension
from tests.emulator.machine import Machine
from tests.emulator.platforms import targets, targets_in
from tests.emulator.resources import of_type
from tests.emulator.walk import Walk, reach
from tests.tools import azure_cli, bicep

SHARED_FIRST = ("common", "dev", "test", "prod")


@pytest.mark.azure
@pytest.mark.slow
@pytest.mark.skipif(KILLS != "all" or not PART.startswith("1/"), reason="takes half an hour: make hunt")
def test_targets_are_deployed_one_after_the_other(emulator: Emulator, tmp_path: Path) -> None:
    bicep()
    az = azure_cli()
    output = targets("bank")[0].output
    together = targets_in("bank", output.parent.parent)
    assert tuple(each.name for each in together) == SHARED_FIRST
    with Extension(emulator, tmp_path / "ml") as extension:
        machine = Machine(tmp_path / "machine", emulator, az, extension)
        for target in together:
            walk = Walk(machine, target)
            for step in walk.steps():
                reach(walk, step)
            group = f"/subscriptions/{target.subscription}/resourceGroups/{target.group}/"
            of_target = [each for each in of_type(walk.state, _WORKSPACES) if each["id"].startswith(group)]
            assert len(of_target) == _COUNTS[target.name]
        assert extension.refused == []
        assert machine.forks.started_anew == []


_WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
_COUNTS = {"common": 0, "dev": 9, "test": 3, "prod": 3}  # of dev with a hub and five projects
