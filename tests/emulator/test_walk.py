"""The generated scripts under the real az: whoever runs them has the rights that bootstrap.sh gave, and no others.

Each is run twice; then, from where it began, killed at some requests, or answered by a fault, and run again: what Azure
holds in the end is the same. Which, and where, a seed says: MLINFRA_AZURE_SEED, and MLINFRA_AZURE_KILLS how often;
"all" is at each request, or at those of a part: MLINFRA_AZURE_PART=1/8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.emulator.chances import KILLS, SPREADING, Chance, chances, everywhere
from tests.emulator.emulator import Emulator
from tests.emulator.extension import Extension
from tests.emulator.machine import Machine
from tests.emulator.outcome import differences, outcome
from tests.emulator.platforms import MODES, Target, targets
from tests.emulator.resources import of_type
from tests.emulator.spreading import begin, order
from tests.emulator.walk import Reached, Walk, reach
from tests.tools import azure_cli, bicep

NewWalk = Callable[[Target], Walk]
PLACES = [f"{spec} {mode}" for spec in MODES for mode in MODES[spec]]


@pytest.fixture
def new_walk(emulator: Emulator, tmp_path: Path) -> Iterator[NewWalk]:
    """Begins to walk, on a machine of its own, with an empty Azure."""
    bicep()
    az = azure_cli()
    with Extension(emulator, tmp_path / "ml") as extension:
        machine = Machine(tmp_path / "machine", emulator, az, extension)
        yield lambda target: Walk(machine, target)
        assert extension.refused == []
        assert machine.forks.started_anew == []


@pytest.mark.azure
@pytest.mark.slow
@pytest.mark.parametrize("place", [pytest.param(place, marks=pytest.mark.xdist_group(place)) for place in PLACES])
def test_scripts_run_and_run_again_whatever_stops_them(new_walk: NewWalk, place: str) -> None:
    spec, mode = place.split()
    walk = new_walk(next(target for target in targets(spec) if target.mode == mode))
    reached = [reach(walk, step) for step in walk.steps()]
    for step, chance in _chances_of(place, reached):
        _meet(walk, step, chance)


def _chances_of(place: str, reached: list[Reached]) -> Iterator[tuple[Reached, Chance]]:
    """What happens on this target, of all that happens on all of them, and at which step."""
    for chance in chances(_scripts_of_all()):
        if chance.place == place:
            yield next(one for one in reached if one.step.script == chance.script), chance
    if KILLS == "all":
        for number, chance in everywhere(place, [(one.step.script, one.requests) for one in reached]):
            yield reached[number], chance


def _meet(walk: Walk, reached: Reached, chance: Chance) -> None:
    """Something goes wrong on the way; then the step runs again, to the same end."""
    walk.state.load(reached.after)
    made = outcome(walk.state)
    walk.state.load(reached.before)
    walk.sign_in(reached.step)
    if chance.fault < 0:
        stopped = walk.run(reached.step, kill_at=chance.at(reached.requests))
        assert stopped.code == -9, f"{chance}\n{stopped.stderr}"
    elif chance.fault == SPREADING:
        order(walk.state, 1)
        for assignment in of_type(walk.state, "Microsoft.Authorization/roleAssignments"):
            begin(walk.state, "assignments", assignment["id"])
        stopped = walk.run(reached.step)
        assert stopped.code == 0, f"{chance}\n{stopped.stderr}"
    else:
        walk.machine.emulator.faults.append(chance.ordered(reached.requests))
        stopped = walk.run(reached.step)
        walk.machine.emulator.faults.clear()
        assert stopped.code in (0, 1), f"{chance}\n{stopped.stderr}"
        assert stopped.code == 0 or "error: " in stopped.stderr, f"{chance}\n{stopped.stderr}"
    again = walk.run(reached.step)
    assert again.code == 0, f"{chance}\n{stopped.stderr}\nagain:\n{again.stderr}"
    assert differences(made, outcome(walk.state)) == [], str(chance)


def _scripts_of_all() -> dict[str, list[str]]:
    """Which scripts run on which targets."""
    scripts: dict[str, list[str]] = {}
    for place in PLACES:
        spec, mode = place.split()
        target = next(target for target in targets(spec) if target.mode == mode)
        for name in target.scripts:
            scripts.setdefault(name, []).append(place)
    return scripts
