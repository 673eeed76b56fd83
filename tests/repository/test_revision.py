"""A copy of a revision: nothing of it lands outside its folder, whatever its trees hold."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mlinfra.repository.git import GitProblem
from mlinfra.repository.revision import Revision
from tests.repository.repositories import committed, git


def _revision(root: Path, *entries: tuple[str, str, str]) -> Revision:
    """One whose tree has these entries: mode, path and content."""
    if not (root / ".git").exists():
        committed(root)
    lines = []
    for mode, path, content in entries:
        blob = git(root, "hash-object", "-w", "--stdin", input=content)
        lines.append(f"{mode} {blob}\t{path}\n")
    index = str(root / ".git" / "index-x")
    git(root, "update-index", "--index-info", input="".join(lines), GIT_INDEX_FILE=index)
    tree = git(root, "write-tree", GIT_INDEX_FILE=index)
    git(root, "update-ref", "refs/heads/x", git(root, "commit-tree", tree, "-m", "x"))
    return Revision.of("x", root)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    folder.mkdir()
    return folder.resolve()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("path", ["a/x", "a/b/x", "a/b/c/x"])
@pytest.mark.parametrize("leads", ["{outside}", "../outside", "b", "."])
def test_no_folder_is_made_through_a_link_of_an_earlier_write(
    path: str, leads: str, root: Path, outside: Path, copy: Path
) -> None:
    """On a disk that takes `A` and `a` for one, a tree may hold a link and a folder of one name."""
    link = _revision(root, ("120000", "a", leads.format(outside=outside)))
    link.write(copy, lambda _: True)
    assert (copy / "a").is_symlink()
    _revision(root, ("120000", "a", "x"), ("100644", path, "theirs")).write(copy, lambda each: each == path)
    assert list(outside.iterdir()) == []
    assert sorted(each.name for each in copy.iterdir()) == ["a"]


def test_what_no_disk_takes_is_left_out(root: Path, copy: Path) -> None:
    long = "n" * 200
    revision = _revision(
        root,
        ("100644", f"{long * 2}/x", "a folder with too long a name"),
        ("100644", long * 2, "a file with too long a name") if sys.platform == "linux" else ("100644", "y", ""),
        ("100644", "/".join([long] * 40), "too long a path"),
        ("120000", "a-link", "l" * 5000),
        ("120000", "to-nothing", ""),
        ("100644", "kept", "whole"),
    )
    revision.write(copy, lambda _: True)
    assert (copy / "kept").read_text() == "whole"
    assert not (copy / "a-link").is_symlink()


def test_a_disk_that_is_full_is_said(root: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    revision = _revision(root, ("100644", "x", "some text"))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(GitProblem, match=r"^x of x can't be copied: No space left on device$"):
        revision.write(copy, lambda _: True)
