"""A folder of our own that goes with all that programs left in it, however deep they nested it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path


@contextmanager
def own_folder(prefix: str) -> Iterator[Path]:
    """A new folder, without links on its way, that is removed at the end."""
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix=prefix)))
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it; what the system does not let go stays.

    Folders are moved up before they are looked into: neither calls nor paths get longer with the depth. No link is
    followed.
    """
    number = count()
    pending = [folder]
    while pending:
        here = pending.pop()
        with suppress(OSError):
            here.chmod(0o700)
            for path in [*here.iterdir()]:
                with suppress(OSError):
                    if path.is_symlink() or not path.is_dir():
                        path.unlink()
                        continue
                    path.chmod(0o700)
                    target = folder / f"{next(number)}.removed"
                    while os.path.lexists(target):
                        target = folder / f"{next(number)}.removed"
                    path.rename(target)
                    pending.append(target)
            if here != folder:
                here.rmdir()
    with suppress(OSError):
        folder.rmdir()
