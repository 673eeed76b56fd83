"""A case: an example and the changes that it gets, all of it a function of a seed and a number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.hunt import header, mutate
from tests.hunt.draft import Draft
from tests.hunt.examples import Example, examples
from tests.hunt.mutate import Change
from tests.hunt.mutate_text import text_change
from tests.hunt.trees import DAMAGES, Ground

# How often each change is made, of a hundred or so.
CHANGES: tuple[tuple[int, Change], ...] = (
    (14, mutate.hostile_text),
    (6, mutate.hostile_flood),
    (3, mutate.hostile_key),
    (6, mutate.rename_with_references),
    (8, mutate.number_at_a_bound),
    (4, mutate.other_type),
    (3, mutate.wrapped),
    (6, mutate.removed),
    (2, mutate.emptied),
    (3, mutate.duplicated),
    (3, mutate.swapped),
    (3, mutate.moved),
    (14, mutate.borrowed),
    (14, mutate.added),
    (8, mutate.spliced),
    (2, mutate.cased),
    (4, mutate.expression),
    (7, header.of_header),
    (8, header.override),
    (3, header.only_in_some_targets),
    (3, header.template),
    (3, header.own_name),
    (2, header.of_someone_else),
    (2, header.extension),
)
TEXT_SHARE, TREE_SHARE = 0.05, 0.12
COUNTS = (1,) * 13 + (2,) * 5 + (3,) + (5,)
TRIES = 10  # changes that fit nowhere are drawn again
SHARE_OF_ONE_TARGET = 0.75  # of a case: what is judged is then a third


@dataclass(frozen=True)
class Recipe:
    """What a case is made from; `steps` is how many changes it gets, the reduction to one target being the first."""

    seed: int
    number: int
    example: Example
    steps: int
    to_one_target: bool

    @staticmethod
    def of(seed: int, number: int) -> Recipe:
        random = Random(f"{seed}/{number}")
        example = random.choice(examples())
        return Recipe(seed, number, example, random.choice(COUNTS) + 1, random.random() < SHARE_OF_ONE_TARGET)

    def random(self, step: int) -> Random:
        return Random(f"{self.seed}/{self.number}/{step}")


class LaidOut(NamedTuple):
    """What was done to an example: what each change says of itself, and what of the resources' own properties differs.

    A change can't say all that it puts somewhere, and what Bicep says of `properties:` is judged by what they became.
    """

    changes: list[str]
    differences: list[str]


def lay_out(recipe: Recipe, ground: Ground, only: Collection[int] | None = None) -> LaidOut:
    """Writes the repository of a case, with all its changes or only some of them."""
    draft = Draft(recipe.example)
    steps = [step for step in range(recipe.steps) if only is None or step in only]
    said = [_changed(recipe, step, draft) for step in steps]
    _write(draft, ground.root)
    changes = [what or _damaged(recipe, step, ground) for step, what in zip(steps, said, strict=True)]
    return LaidOut(changes, draft.differences())


def _changed(recipe: Recipe, step: int, draft: Draft) -> str | None:
    """What a change of data or text did; None where the step is damage to the tree."""
    random = recipe.random(step)
    if step == 0:
        return (header.one_target(random, draft) if recipe.to_one_target else None) or "all targets"
    share = random.random()
    if share < TREE_SHARE:
        return None
    if share < TREE_SHARE + TEXT_SHARE:
        return text_change(random, draft)
    weights, changes = [weight for weight, _ in CHANGES], [change for _, change in CHANGES]
    for _ in range(TRIES):
        said = random.choices(changes, weights)[0](random, draft)
        if said is not None:
            return said
    return "nothing"


def _damaged(recipe: Recipe, step: int, ground: Ground) -> str:
    random = recipe.random(step)
    for _ in range(TRIES):
        said = random.choice(DAMAGES)(random, ground)
        if said is not None:
            return said
    return "nothing"


def _write(draft: Draft, root: Path) -> None:
    for name, content in draft.written().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
