"""`diff` tells the warnings that a change brings, and none that the spec had before."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from mlinfra.cli import run

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = yaml.safe_load((ROOT / "compiler/mlinfra/examples/MLI749.yaml").read_text(encoding="utf-8"))
BASE = (ROOT / "tests/examples/base.yaml").read_text(encoding="utf-8")
HEADER = BASE[: BASE.index("compute_clusters")]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A model that an endpoint serves, committed with its output."""
    for name, text in EXAMPLE["files"].items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "ml-platform.yaml").write_text(HEADER + EXAMPLE["right"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], check=True)
    assert run(["compile"]) == 0
    assert "MLI749" not in capsys.readouterr().err
    identity = ["-c", "user.name=a", "-c", "user.email=a@contoso.com"]
    subprocess.run(["git", "add", "-A"], check=True)
    subprocess.run(["git", *identity, "commit", "-qm", "served"], check=True)
    return tmp_path


def _codes(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.partition("[")[2][:6] for line in capsys.readouterr().err.splitlines() if ": warning[MLI" in line]


def test_endpoint_that_is_removed_brings_a_warning_and_no_other_is_repeated(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = repository / "ml-platform.yaml"
    run(["validate"])
    standing = _codes(capsys)
    assert standing
    spec.write_text(HEADER + EXAMPLE["wrong"], encoding="utf-8")
    assert run(["diff"]) == 2
    assert _codes(capsys) == ["MLI749"]
    assert run(["diff", "--against", "HEAD"]) == 2
    assert _codes(capsys) == ["MLI749"]


def test_the_comment_holds_the_new_warning_in_one_line(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = repository / "ml-platform.yaml"
    spec.write_text(HEADER + EXAMPLE["wrong"], encoding="utf-8")
    run(["validate"])
    standing = len(_codes(capsys))
    assert run(["diff", "-o", "markdown"]) == 2
    (line,) = [each for each in capsys.readouterr().out.splitlines() if "MLI749" in each]
    assert " · **New warnings:** `MLI749` models." in line
    assert line.endswith(f" · {standing} warnings in the spec; mlinfra validate has the text")


def test_what_differs_otherwise_brings_none(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = repository / "ml-platform.yaml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("max_instances: 1", "max_instances: 2"), encoding="utf-8")
    assert run(["diff"]) == 2
    assert _codes(capsys) == []
    assert run(["diff", "-o", "markdown"]) == 2
    page = capsys.readouterr().out
    assert "New warnings" not in page
    assert "in the spec; mlinfra validate has the text" in page
