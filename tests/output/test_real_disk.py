"""The same promise on the file system of this machine: what dies in the middle is finished by the next write."""

from __future__ import annotations

import errno
import itertools
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from mlinfra.output import local_disk, manifest_of, write
from mlinfra.output.comparison import compare
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


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (errno.ELOOP, NotADirectoryError),  # of a link, where a system says so
        (errno.EMLINK, NotADirectoryError),
        (errno.ENOENT, FileNotFoundError),
        (errno.EACCES, PermissionError),
    ],
)
def test_whatever_a_system_calls_it_a_link_is_no_folder(
    answer: int, raised: type[OSError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not local_disk._HAS_DESCRIPTORS:
        return  # there the status of the path tells
    (tmp_path / "out").mkdir()
    disk, opened = LocalDisk(tmp_path / "out"), os.open

    def refuse(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == "folder":
            raise OSError(answer, os.strerror(answer))
        return opened(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(raised):
        disk.write("folder/file", b"x")


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


def test_a_program_may_be_run_by_all_whatever_the_process_takes_from_its_files(tmp_path: Path) -> None:
    disk, program = LocalDisk(tmp_path / "out"), tmp_path / "out/scripts/a.sh"
    before = os.umask(0o077)
    try:
        for body in ("first", "second"):
            write(disk, output_of({"README.md": "#", "scripts/a.sh": f"#!/bin/sh\n{body}\n"}), PLACE)
            assert stat.S_IMODE(program.stat().st_mode) == 0o755
            assert stat.S_IMODE((tmp_path / "out/README.md").stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_a_program_that_lost_its_right_gets_it_back_and_is_no_difference(tmp_path: Path) -> None:
    disk, program = LocalDisk(tmp_path / "out"), tmp_path / "out/scripts/a.sh"
    output = output_of({"scripts/a.sh": "#!/bin/sh\n"})
    write(disk, output, PLACE)
    program.chmod(0o644)
    assert {state.state for state in compare(disk, output.texts(), manifest_of(disk, PLACE))} == {"same"}
    assert write(disk, output, PLACE).changes == ()
    assert stat.S_IMODE(program.stat().st_mode) == 0o755


def test_a_file_system_without_rights_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    output = output_of({"scripts/a.sh": "#!/bin/sh\n"})
    monkeypatch.setattr(os, "fchmod", refuse)
    write(LocalDisk(tmp_path / "refuses"), output, PLACE)
    monkeypatch.delattr(os, "fchmod")
    write(LocalDisk(tmp_path / "knows none"), output, PLACE)
    for folder in ("refuses", "knows none"):
        assert (tmp_path / folder / "scripts/a.sh").read_bytes() == b"#!/bin/sh\n"
