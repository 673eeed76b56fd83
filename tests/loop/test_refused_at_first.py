"""A first release of two models, of which one is refused: what the other's endpoint needs is deployed all the same."""

from __future__ import annotations

import pytest

from tests.loop.cases import everywhere
from tests.loop.conftest import PlaceOf
from tests.loop.pipeline import Result
from tests.loop.platforms import BATCH, CHURN, DEV, ONLINE, PROD, TWO_ENDPOINTS, VALUE
from tests.loop.serving import endpoints, entry_of, split
from tests.loop.world import SCHEDULE, World

pytestmark = pytest.mark.matrix

DEPLOYED = ["release dev_deploy deploy-infra.sh serving", "release prod_settle deploy-infra.sh serving"]


def _shares(world: World, target: str) -> dict[tuple[str, str], list[int]]:
    azure = world.azure[target]
    return {entry_of(each): [*split(azure, each).values()] for each in endpoints(azure)}


def test_one_refused_model_holds_back_nothing_that_callers_of_the_other_need(place_of: PlaceOf) -> None:
    world = place_of(TWO_ENDPOINTS).new_world()
    for value, of_its_endpoint, result in ((0.5, [], Result.ISSUES), (0.9, [100], Result.SUCCEEDED)):
        world.set_numbers(everywhere({CHURN: 0.85, VALUE: value}))
        trained = world.train(SCHEDULE)
        before = len(world.commands)
        assert world.release(trained).result is result
        for target in (DEV, PROD):
            assert _shares(world, target) == {
                (ONLINE, "ask"): [100],
                (ONLINE, "offer"): of_its_endpoint,
                (BATCH, "nightly"): [100],
            }
        assert [name for name, _ in world.commands[before:] if name.endswith("deploy-infra.sh serving")] == DEPLOYED
