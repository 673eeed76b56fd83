"""No input of any kind ends in a traceback: the example platforms, damaged, are compiled or answered."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlinfra.cli import run
from tests.bad_input.damage import damaged_data, damaged_texts

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"
INSTALLED = ("pyproject.toml", "requirements/run.txt")  # that the pipelines of an example install
TEXTS = {name: (SPECS / name / "ml-platform.yaml").read_text(encoding="utf-8") for name in ("churn", "minimal")}
MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

Answer = Callable[[str, str], tuple[int, str]]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the examples with all that they refer to."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(SPECS, folder / "specs", ignore=shutil.ignore_patterns("__pycache__"))
    for name in INSTALLED:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / ".git").mkdir()
    return folder


@pytest.fixture
def answer(repository: Path, capsys: pytest.CaptureFixture[str]) -> Answer:
    """The exit code and what is said of a text in the place of an example's spec."""

    def validated(name: str, text: str) -> tuple[int, str]:
        path = repository / "specs" / name / "ml-platform.yaml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        code = run(["-v", "-f", str(path), "validate"])
        return code, capsys.readouterr().err

    return validated


@pytest.mark.judges
@pytest.mark.parametrize("name", TEXTS)
@MANY
@given(data=st.data())
def test_a_damaged_text_is_compiled_or_answered(name: str, answer: Answer, data: st.DataObject) -> None:
    code, said = answer(name, data.draw(damaged_texts(TEXTS[name])))
    assert (code in (0, 1), "Traceback" in said) == (True, False), said


@pytest.mark.judges
@pytest.mark.parametrize("name", TEXTS)
@MANY
@given(data=st.data())
def test_damaged_data_are_compiled_or_answered(name: str, answer: Answer, data: st.DataObject) -> None:
    code, said = answer(name, data.draw(damaged_data(TEXTS[name])))
    assert (code in (0, 1), "Traceback" in said) == (True, False), said
