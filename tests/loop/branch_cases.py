"""Rows of the matrix where production is deployed from another branch than development.

What happens, happens to what a merge starts: by then development serves the new model, which another branch trained.
"""

from __future__ import annotations

from tests.loop.cases import OUTCOMES, REASONS, Case, NewWorld, Outcome, Runs, everywhere, need, need_serving, through
from tests.loop.checkouts import FIRST
from tests.loop.pipeline import BRANCH
from tests.loop.platforms import BRANCHES, DEV, PROD
from tests.loop.world import PERSON, SCHEDULE, World

DEVELOP, MAIN = "refs/heads/develop", BRANCH


class OfBranches(Case):
    """A merge to the branch of production, which is given the versions that serve in development."""

    code_goes_out = True
    waits_in = (PROD,)
    handed_on_as = f"{PROD}-"

    @property
    def right_colour(self) -> str:
        """A model that is refused stays out, and the code of the merge goes out with what serves."""
        return "green" if self.goes_everywhere else "orange"

    def begin(self, new_world: NewWorld) -> World:
        world = new_world()
        world.set_numbers(everywhere(self.outcome.serves))
        runs = self.follow(world, SCHEDULE, FIRST)
        need(runs.colour == "green", f"the beginning is {runs.colour}: {runs.last.stages}")
        need_serving(world, everywhere(self.outcome.serves))
        world.set_numbers(everywhere(self.outcome.finds))
        developed = self._develop(world, SCHEDULE, FIRST)
        need(developed.colour == "green", f"development is {developed.colour}: {developed.last.stages}")
        need_serving(world, {DEV: self.outcome.finds, PROD: self.outcome.serves})
        return world

    def follow(self, world: World, why: str, commit: str) -> Runs:
        developed = self._develop(world, why, commit)
        return through(world, world.train(PERSON, commit)) if developed.colour == "green" else developed

    def _develop(self, world: World, why: str, commit: str) -> Runs:
        world.branch = DEVELOP
        runs = through(world, world.train(why, commit))
        world.branch = MAIN
        return runs


def _row(title: str, of: Outcome) -> Case:
    return OfBranches(Outcome(title, of.serves, of.finds, of.goes_to), REASONS[0], BRANCHES)


PASSES, BELOW, *_ = OUTCOMES
OF_BRANCHES = (
    _row("a merge brings what serves in development, and it passes", PASSES),
    _row("a merge brings what serves in development, below the floor of production", BELOW),
)
