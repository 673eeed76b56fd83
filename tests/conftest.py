"""What every test may use: ``--update``, the fixture ``golden``, Hypothesis without chance, and slow files first."""

import os
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from mlinfra.verify.bicep_server import STARTS_FAST

Golden = Callable[[Path, str], None]

# The same examples on every machine and in every run: what failed once fails again, and a slow machine is no finding.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")
os.environ.update(STARTS_FAST)  # for the tests that start the Bicep CLI themselves


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite expected files from what the compiler does")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that none keeps one worker busy when the others have nothing left."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """``golden(path, text)`` asserts that the file holds exactly the text; under ``--update`` it writes the text."""
    return _rewrite if request.config.getoption("--update") else _compare


def _rewrite(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _compare(path: Path, text: str) -> None:
    assert path.exists(), f"{path} does not exist; `make update` writes it"
    expected = path.read_bytes().decode()
    assert text == expected, f"{path} is not what the compiler does now; `make update` rewrites it"
