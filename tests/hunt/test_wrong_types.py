"""Bodies of wrong types are answered: some of what `make hunt` looks at, at every key of every section."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.hunt.wrong_types import DRAWN_OF_A_SPEC, all_keys, drawn, searched

EACH = 16  # of the specs with every key one in so many; all are some minutes
SPECS_DRAWN = 5


@pytest.mark.parametrize("number", range(4))
def test_each_shape_at_each_key_is_answered(number: int, tmp_path: Path) -> None:
    assert [str(found) for found in searched(iter(list(all_keys())[number * 4 :: EACH]), tmp_path)] == []


def test_bodies_drawn_at_random_are_answered(tmp_path: Path) -> None:
    random = Random(7)
    specs = ([drawn(random) for _ in range(DRAWN_OF_A_SPEC)] for _ in range(SPECS_DRAWN))
    assert [str(found) for found in searched(specs, tmp_path)] == []
