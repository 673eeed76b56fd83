"""The spellings of ARM."""

from __future__ import annotations

import datetime
import itertools

import isodate  # type: ignore[import-untyped]  # what azure-ai-ml writes times with
import pytest
from azure.ai.ml._utils.utils import camel_to_snake
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.azure.casing import duration, snake
from mlinfra.languages.azureml.schema import SCHEMA


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "P0D"), (1, "PT1S"), (60, "PT1M"), (301, "PT5M1S"), (7200, "PT2H"), (86400, "P1D"), (90061, "P1DT1H1M1S")],
)
def test_a_number_of_seconds_as_arm_writes_it(seconds: int, written: str) -> None:
    assert duration(seconds) == written


@given(st.integers(0, 10**9))
def test_every_number_of_seconds_is_written_as_the_sdk_does(seconds: int) -> None:
    assert duration(seconds) == isodate.duration_isoformat(datetime.timedelta(seconds=seconds))


def test_a_word_in_any_casing_that_the_sdk_takes_is_that_word() -> None:
    spelled = {word: set(_spellings(word)) for word in _words(SCHEMA.read()) if "_" in word}
    taken = {word: {each for each in known if camel_to_snake(each) == word} for word, known in spelled.items()}
    assert {"AADToken", "aadToken", "AAD_token"} <= taken["aad_token"]
    assert {word: {each for each in known if snake(each) != word} for word, known in taken.items()} == {
        word: set() for word in taken
    }


def _words(node: object) -> set[str]:
    """The words of every enumeration of the schema."""
    if isinstance(node, dict):
        return set(node.get("x-enum", ())).union(*map(_words, node.values()))
    return set().union(*map(_words, node)) if isinstance(node, list) else set()


def _spellings(word: str) -> list[str]:
    first, *rest = word.split("_")
    parts = [(first, first.capitalize(), first.upper())]
    parts += [(f"_{part}", f"_{part.upper()}", part.capitalize()) for part in rest]
    return ["".join(chosen) for chosen in itertools.product(*parts)]
