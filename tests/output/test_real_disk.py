"""The same promise on the file system of this machine: what dies in the middle is finished by the next write."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from mlinfra.output import local_disk, write
from mlinfra.output.disk import NotAFile
from mlinfra.output.local_disk import LocalDisk
from mlinfra.output.manifest import MANIFEST
from tests.output.disks import DyingDisk, Killed
from tests.output.outputs import PLACE, output_of, texts_on

OLD = {"README.md": "old", "dev/gone/a.yml": "1", "dev/gone/b.yml": "2", "same.yml": "same"}
NEW = {"README.md": "new", "dev/a/b/c.yml": "3", "same.yml": "same"}


@pytest.fixture(params=[True, False], ids=["descriptors", "paths"], autouse=True)
def _system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems that open names from an open folder, and Windows, which does not."""
    monkeypatch.setattr(local_disk, "_HAS_DESCRIPTORS", request.param)


def test_nothing_is_read_or_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x").write_bytes(b"mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/file").symlink_to("../outside/x")
    (tmp_path / "out/folder").symlink_to("../outside")
    disk = LocalDisk(tmp_path / "out")
    assert disk.tree().others == {"file", "folder"}
    with pytest.raises(NotAFile):
        disk.read("file")
    assert disk.read("folder/x") is None
    disk.write("new", b"new")
    acts: tuple[Callable[[], object], ...] = (
        lambda: disk.write("file", b"x"),
        lambda: disk.write("folder/y", b"x"),
        lambda: disk.replace("new", "folder/x"),
        lambda: disk.remove("folder/x"),
    )
    for act in acts:
        with pytest.raises(OSError, match=r"File exists|Not a directory"):
            act()
    assert not disk.remove_folder("folder")
    disk.replace("new", "file")
    assert (tmp_path / "out/file").read_bytes() == b"new"
    assert [path.read_bytes() for path in (tmp_path / "outside").iterdir()] == [b"mine"]


def test_write_that_died_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    for changes in itertools.count():
        disk = LocalDisk(tmp_path / str(changes))
        write(disk, output_of(OLD), PLACE)
        try:
            write(DyingDisk(disk, changes, tears=True), output_of(NEW), PLACE)
        except Killed:
            write(disk, output_of(NEW), PLACE)
        else:
            break
        finally:
            assert texts_on(disk) == NEW
            assert disk.read(MANIFEST) == output_of(NEW).manifest.encode()
            assert disk.tree().folders == {"dev", "dev/a", "dev/a/b"}
    assert changes > 10
