"""The output folder that the scripts lie in, and a fresh Azure for each test."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from tests.scripts.example import PLATFORM
from tests.scripts.harness import ROOT, Azure, Snapshot, write_output
from tests.scripts.steps import Step

NewAzure = Callable[[], Azure]
FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is below this folder runs bash for a third of the minutes of all tests."""
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.scripts)


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_output(tmp_path_factory.mktemp("a folder") / "generated" / "churn", PLATFORM)


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """Of a server that answers for `az`."""
    command = [sys.executable, "-m", "tests.scripts.fake_az"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.terminate()


@pytest.fixture(scope="session")
def new_azure(tmp_path_factory: pytest.TempPathFactory, output: Path, port: int) -> NewAzure:
    """Makes one Azure after another, each empty."""
    return lambda: Azure(tmp_path_factory.mktemp("azure"), port, output, PLATFORM)


@pytest.fixture
def new_azure_of(tmp_path: Path, port: int) -> Callable[[ScriptsContext], Azure]:
    """An empty Azure for a platform of the test's own."""

    def make(context: ScriptsContext) -> Azure:
        return Azure(tmp_path / "azure", port, write_output(tmp_path / "output", context), context)

    return make


@pytest.fixture
def azure(new_azure: NewAzure) -> Azure:
    return new_azure()


@pytest.fixture(scope="session")
def after(new_azure: NewAzure) -> Callable[..., Snapshot]:
    """What steps leave behind, on infrastructure that is deployed; each beginning is run once."""
    known: dict[tuple[Step, ...], Snapshot] = {(): new_azure().with_infrastructure().snapshot()}

    def run(*steps: Step) -> Snapshot:
        if steps not in known:
            azure = new_azure().restore(run(*steps[:-1]))
            result = azure.run(*steps[-1])
            assert result.code == 0, result.stderr
            known[steps] = azure.snapshot()
        return known[steps]

    return run
