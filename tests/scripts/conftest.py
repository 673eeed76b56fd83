"""The output folder that the scripts lie in, and a fresh Azure for each test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, write_output


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_output(tmp_path_factory.mktemp("a folder") / "generated" / "churn", PLATFORM)


@pytest.fixture
def new_azure(tmp_path: Path, output: Path) -> Callable[[], Azure]:
    """Makes one Azure after another, each empty."""
    made: list[Azure] = []

    def new() -> Azure:
        made.append(Azure(tmp_path / f"azure-{len(made)}", output, PLATFORM))
        return made[-1]

    return new


@pytest.fixture
def azure(new_azure: Callable[[], Azure]) -> Azure:
    return new_azure()
