"""Bodies written from our own schema: what the compiler takes of them, Bicep and the SDK take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from mlinfra.verify.bicep_cli import find_bicep
from tests.hunt.bodies import OF_AZUREML, SECTION_NAMES, Pair, every_pair, platforms, search, written
from tests.hunt.judge import Judges
from tests.languages.azureml.generated_bodies import Wanted

SEED, BODIES = 11, 200  # half a minute of two busy cores
BODIES_OF_A_HUNT = 20_000
LEAST_TAKEN = 80  # fewer, and the search looks at nothing


@pytest.fixture
def judges() -> Iterator[Judges]:
    judges = Judges(find_bicep(os.environ))
    yield judges
    judges.close()


@pytest.mark.judges
@pytest.mark.slow
@pytest.mark.bicep
def test_what_is_taken_the_tools_take(judges: Judges, tmp_path: Path) -> None:
    outcomes = [outcome for _, outcome in search(SEED, BODIES, tmp_path, judges)]
    assert [fault for outcome in outcomes for fault in outcome.faults] == []
    assert sum(len(outcome.taken) for outcome in outcomes) >= LEAST_TAKEN


def test_each_pair_of_options_of_each_kind_is_among_the_bodies_of_a_hunt() -> None:
    every = every_pair()
    first = [pair for _, some in platforms(SEED, len(every)) for pair in some]
    assert len(every) <= BODIES_OF_A_HUNT
    assert {(pair.section, _options(pair)) for pair in first} == {(pair.section, _options(pair)) for pair in every}
    assert {pair.section for pair in every} == set(SECTION_NAMES)


def test_a_body_has_the_options_that_it_is_to_have_and_a_seed_writes_the_same() -> None:
    some = Random(SEED).sample(every_pair(), 400)
    first, again = ([written(pair, random) for pair in some] for random in (Random(3), Random(3)))
    assert first == again
    assert None not in first
    for pair, body in zip(some, first, strict=True):
        if body is not None and pair.section in OF_AZUREML and pair.section != body.section:
            keys = pair.options.keys if isinstance(pair.options, Wanted) else pair.options
            assert set(keys) - {"type"} <= body.body["deployments"]["d"].keys()  # where it says none, it has none


def _options(pair: Pair) -> tuple[object, ...]:
    options = pair.options
    return (id(options.leaf), *options.keys) if isinstance(options, Wanted) else options
