"""The page of the first week says what really happens."""

from __future__ import annotations

import pytest

from tests.emulator.first_week import checklist, written
from tests.emulator.platforms import ROOT


@pytest.mark.azure
@pytest.mark.slow
def test_the_first_week_is_what_happens() -> None:
    assert (ROOT / "docs" / "first-week.md").read_text() == written(), "write it anew: make docs"


def test_its_checklist_is_that_of_the_platform() -> None:
    of_the_platform = checklist((ROOT / "generated" / "churn" / "README.md").read_text())
    assert of_the_platform
    assert f"\n\n{of_the_platform}\n\n" in (ROOT / "docs" / "first-week.md").read_text(), "write it anew: make docs"
