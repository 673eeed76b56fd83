"""The page of the first week says what really happens."""

from __future__ import annotations

import pytest

from tests.emulator.first_week import written
from tests.emulator.platforms import ROOT


@pytest.mark.azure
@pytest.mark.slow
def test_the_first_week_is_what_happens() -> None:
    assert (ROOT / "docs" / "first-week.md").read_text() == written(), "write it anew: make docs"
