"""git that is busy with a .gitignore full of stars: validate goes on with what git tracks, and says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlinfra.repository import checkout
from mlinfra.repository.files import Files
from mlinfra.repository.uploads import selected_files
from tests.repository.repositories import committed, git
from tests.spec import HEADER, found

JOB = "workspaces: {main: {}}\njobs: {t: {command: x, environment: azureml:e:1, compute: serverless, code: src}}\n"
FOLDERS, STARS = 60, 14  # what git takes minutes to compare

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no paths of that length")


def slow_repository(root: Path) -> None:
    committed(root)
    deep = root / "/".join(["a" * 6] * FOLDERS)
    deep.mkdir(parents=True)
    for number in range(20):
        (deep / f"x{number}").write_text("")
    (root / "src").mkdir()
    (root / "src/a.py").write_text("")
    (root / "src/b.py").write_text("")
    git(root, "add", "src/a.py")
    (root / ".gitignore").write_text(f"**/{'/'.join(['a*a', '**'] * STARS)}/b\n")


def test_what_git_tracks_counts_where_it_does_not_say_in_time_what_it_ignores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "LIST_SECONDS", 1)
    monkeypatch.setattr(checkout, "TRACKED_SECONDS", 60)  # a busy machine needs more than the seconds of a person
    slow_repository(tmp_path)
    said = [item for item in found(tmp_path, HEADER + JOB) if item.code.id in ("MLI309", "MLI324", "MLI340")]
    (only,) = said
    assert (only.code.id, only.severity) == ("MLI309", "warning")
    assert only.message.endswith("which files it ignores: only those that it tracks count")
    assert [file.path for file in selected_files(Files(tmp_path), tmp_path / "src")] == ["a.py"]


def test_git_is_given_less_than_ten_seconds() -> None:
    assert checkout.LIST_SECONDS + checkout.TRACKED_SECONDS < 10
