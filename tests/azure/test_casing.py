"""The spellings of ARM."""

from __future__ import annotations

import datetime

import isodate  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.azure.casing import duration


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "P0D"), (1, "PT1S"), (60, "PT1M"), (301, "PT5M1S"), (7200, "PT2H"), (86400, "P1D"), (90061, "P1DT1H1M1S")],
)
def test_a_number_of_seconds_as_arm_writes_it(seconds: int, written: str) -> None:
    assert duration(seconds) == written


@given(st.integers(0, 10**9))
def test_every_number_of_seconds_is_written_as_the_sdk_does(seconds: int) -> None:
    assert duration(seconds) == isodate.duration_isoformat(datetime.timedelta(seconds=seconds))
