"""Bad specs through the front door: what a person reads of each file in `cases` stands beside it, in a .txt."""

from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.conftest import Golden

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_a_bad_spec_is_answered_under_the_right_line(
    case: Path, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("print()\n")
    (tmp_path / "ml-platform.yaml").write_bytes(case.read_bytes())
    monkeypatch.chdir(tmp_path)
    code = run(["validate"])
    said = capsys.readouterr()
    assert said.out == ""
    golden(case.with_suffix(".txt"), f"{said.err}exit {code}\n")
