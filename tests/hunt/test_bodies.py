"""Bodies written from our own schema: what the compiler takes of them, Bicep and the SDK take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from mlinfra.verify.bicep_cli import find_bicep
from tests.hunt.bodies import SECTION_NAMES, search, written
from tests.hunt.judge import Judges

SEED, BODIES = 11, 100  # some seconds; `make hunt` tries 20,000
LEAST_TAKEN = 40  # fewer, and the search looks at nothing


@pytest.fixture
def judges() -> Iterator[Judges]:
    judges = Judges(find_bicep(os.environ))
    yield judges
    judges.close()


@pytest.mark.slow
@pytest.mark.bicep
def test_what_is_taken_the_tools_take(judges: Judges, tmp_path: Path) -> None:
    outcomes = [outcome for _, outcome in search(SEED, BODIES, tmp_path, judges)]
    assert [fault for outcome in outcomes for fault in outcome.faults] == []
    assert sum(len(outcome.taken) for outcome in outcomes) >= LEAST_TAKEN


def test_every_section_that_is_compiled_is_written_and_a_seed_writes_the_same() -> None:
    first, again = ([written(random) for _ in range(400)] for random in (Random(3), Random(3)))
    assert first == again
    assert {each.section for each in first} == set(SECTION_NAMES)
