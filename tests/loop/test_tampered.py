"""Somebody who may write models, and nothing else, changes what the tags of what serves say of its numbers.

No worse model passes for it, and no better one is lost; also on the way back, and with what is updated in place.
"""

from __future__ import annotations

import json

import pytest

from tests.loop.cases import everywhere
from tests.loop.conftest import PlaceOf
from tests.loop.pipeline import Result
from tests.loop.platforms import IN_PLACE, MIRROR, ONE_ENDPOINT, PROD, SMALL, Platform
from tests.loop.serving import contents, endpoints, entry_of, split
from tests.loop.world import SCHEDULE, World

pytestmark = pytest.mark.matrix


def _claim(world: World, number: float) -> None:
    """Each model of production, what serves among them, is said to have that number."""
    (workspace,) = world.azure[PROD]["state"]["workspaces"].values()
    for versions in workspace["assets"]["model"].values():
        for version in versions.values():
            for name in version["tags"]:
                if name.startswith("mlinfra-metric-"):
                    version["tags"][name] = json.dumps(number)


def _serving(world: World) -> set[float | None]:
    """The true numbers of all that has traffic in production, and of what scores there."""
    azure = world.azure[PROD]
    return {
        world.judge.number(PROD, contents(azure, each)[slot])
        for each in endpoints(azure)
        for slot in split(azure, each)
    }


@pytest.mark.parametrize("platform", [SMALL, MIRROR, IN_PLACE, ONE_ENDPOINT], ids=lambda each: each.name)
def test_what_the_tags_of_models_say_decides_nothing(place_of: PlaceOf, platform: Platform) -> None:
    world = place_of(platform).new_world()

    def go(number: float) -> Result:
        world.set_numbers(everywhere(dict.fromkeys(platform.models, number)))
        return world.release(world.train(SCHEDULE)).result

    assert (go(0.9), _serving(world)) == (Result.SUCCEEDED, {0.9})
    _claim(world, 0.8)
    assert (go(0.85), _serving(world)) == (Result.FAILED, {0.9})
    assert "somebody changed them, so they don't count" in "".join(world.said)
    _claim(world, 0.99)
    assert (go(0.95), _serving(world)) == (Result.SUCCEEDED, {0.95})
    for each in endpoints(world.azure[PROD]):
        assert (
            world.back(PROD, f"{each.kind.removesuffix('_endpoints')}/{entry_of(each)[1]}").result is Result.SUCCEEDED
        )
    assert _serving(world) == {0.9}
    _claim(world, 0.8)
    assert (go(0.86), _serving(world)) == (Result.FAILED, {0.9})
