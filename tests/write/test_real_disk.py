"""The same promise on the file system of this machine: what dies in the middle is finished by the next write."""

from __future__ import annotations

import itertools
from pathlib import Path

from mlinfra.emit.manifest import MANIFEST
from mlinfra.write import write
from mlinfra.write.local_disk import LocalDisk
from tests.write.disks import DyingDisk, Killed
from tests.write.outputs import PLACE, output_of, texts_on

OLD = {"README.md": "old", "dev/gone/a.yml": "1", "dev/gone/b.yml": "2", "same.yml": "same"}
NEW = {"README.md": "new", "dev/a/b/c.yml": "3", "same.yml": "same"}


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
