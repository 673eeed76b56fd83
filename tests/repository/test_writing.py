"""A file that a person names for writing: no link of a branch says where it goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.repository.writing import NotWritten, write_file
from tests.repository.repositories import committed

SPEC = """\
apiVersion: mlinfra/v1
platform: tiny
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
workspaces:
  main: {}
"""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "theirs").write_text("kept")
    return folder


@pytest.fixture
def root(tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "root"
    (folder / "sub").mkdir(parents=True)
    (folder / "ml-platform.yaml").write_text(SPEC)
    (folder / "to-a-file").symlink_to(outside / "theirs")
    (folder / "to-a-new-file").symlink_to(outside / "new")
    (folder / "to-a-folder").symlink_to(outside)
    (folder / "sub/up").symlink_to("../..")
    (folder / "within").symlink_to("sub")
    (folder / "hops").symlink_to("to-a-folder")
    committed(folder)
    monkeypatch.chdir(folder)
    return folder


REFUSED = {
    "to-a-file": "to-a-file is a link: name another file",
    "to-a-new-file": "to-a-new-file is a link: name another file",
    "./to-a-file": "to-a-file is a link: name another file",
    "sub/../to-a-file": "to-a-file is a link: name another file",
    "to-a-folder/x": "to-a-folder is a link of the repository: name the folder to which it leads",
    "to-a-folder/theirs": "to-a-folder is a link of the repository: name the folder to which it leads",
    "to-a-folder/../x": "to-a-folder is a link of the repository: name the folder to which it leads",
    "sub/up/outside/x": "sub/up is a link of the repository: name the folder to which it leads",
    "hops/x": "hops is a link of the repository: name the folder to which it leads",
    "within/x": "within is a link of the repository: name the folder to which it leads",
    "sub": "sub is not a file: name another file",
    "sub/": "sub is not a file: name another file",
    "nowhere/x": "No such file or directory",
    "n" * 300: "File name too long",
}


@pytest.mark.skipif(os.name == "nt", reason="links of another kind")
@pytest.mark.parametrize(("named", "why"), REFUSED.items(), ids=[*REFUSED])
def test_nothing_is_written_through_a_link_of_the_branch(named: str, why: str, root: Path, outside: Path) -> None:
    for each in (named, f"{root}/{named}", f"../root/{named}"):
        with pytest.raises(NotWritten) as raised:
            write_file(each, b"page", root)
        assert str(raised.value) == why
    assert [(each.name, each.read_text()) for each in outside.iterdir()] == [("theirs", "kept")]


def test_a_pipe_of_the_tree_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with pytest.raises(NotWritten, match=r"^pipe is not a file: name another file$"):
        write_file("pipe", b"page", root)


def test_a_link_of_the_person_is_followed(root: Path, outside: Path, tmp_path: Path) -> None:
    """It is none of the repository: a home may be one, and so may the repository's own folder."""
    (tmp_path / "link").symlink_to(outside / "theirs")
    write_file(str(tmp_path / "link"), b"page", root)
    assert (outside / "theirs").read_text() == "page"
    (tmp_path / "home").symlink_to(root)
    write_file(str(tmp_path / "home/sub/page"), b"page", root)
    assert (root / "sub/page").read_text() == "page"
    with pytest.raises(NotWritten, match=r"^to-a-file is a link: name another file$"):
        write_file(str(tmp_path / "home/to-a-file"), b"page", root)


def test_a_file_is_written_and_written_again(root: Path) -> None:
    for content in (b"a longer page", b"page"):
        write_file("sub/page", content, root)
        assert (root / "sub/page").read_bytes() == content


def test_the_page_of_diff_goes_through_no_link(root: Path, outside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "--report", "to-a-file"]) == 3
    assert capsys.readouterr().err.splitlines()[-1] == (
        "Error: --report to-a-file: to-a-file is a link: name another file"
    )
    assert (outside / "theirs").read_text() == "kept"
    assert run(["diff", "--report", "page.html"]) == 2
    assert (root / "page.html").read_text().startswith("<!doctype html>")
