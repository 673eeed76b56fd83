"""validate and compile say the same of every spec in the tests: what one calls right, the other writes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlinfra.cli import EXIT_INTERNAL, run
from tests.bad_input.test_cases import CASES

REPOSITORY = Path(__file__).parent.parent.parent
FOLDERS = (
    *sorted(path.parent for path in (REPOSITORY / "specs").glob("*/ml-platform.yaml")),
    *sorted(path.parent for path in (REPOSITORY / "tests").glob("**/ml-platform.yaml")),
)


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_validate_and_compile_agree_on_a_bad_spec(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("print()\n")
    (tmp_path / "ml-platform.yaml").write_bytes(case.read_bytes())
    _agree(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("folder", FOLDERS, ids=[str(folder.relative_to(REPOSITORY)) for folder in FOLDERS])
def test_validate_and_compile_agree_on_a_platform_of_the_tests(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    _agree(tmp_path, monkeypatch, capsys)


def _agree(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".git").mkdir(exist_ok=True)
    monkeypatch.chdir(folder)
    code = run(["validate", "-o", "json"])
    said = capsys.readouterr().out
    assert code != EXIT_INTERNAL
    assert run(["compile", "-o", "json", "--outdir", "new"]) == code
    assert capsys.readouterr().out == said
