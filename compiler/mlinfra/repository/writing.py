"""A file that a person names for writing, below which a branch may have put links."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class NotWritten(Exception):
    """Why nothing is written; the text says it to the user."""


def write_file(named: str, content: bytes, root: Path) -> None:
    """Writes a file, through no link in the repository `root`; raises NotWritten.

    Git brings links, and one would lead to a file of whoever runs this. Links elsewhere are their own.
    """
    root = Path(os.path.realpath(root))
    try:
        folder, name = _folder(Path.cwd() / named, root)
        place = folder / name
        if not _is_below(folder, root):
            place.write_bytes(content)
            return
        if os.path.lexists(place) and not stat.S_ISREG(place.lstat().st_mode):
            what = "a link" if place.is_symlink() else "not a file"
            raise NotWritten(f"{place.relative_to(root).as_posix()} is {what}: name another file")
        descriptor = os.open(place, _FLAGS, 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise NotWritten(str(error.strerror)) from error
    except ValueError as error:  # a name with NUL in it
        raise NotWritten("is not a path") from error


def _folder(path: Path, root: Path) -> tuple[Path, str]:
    """The real folder of a file, and its name there; raises NotWritten for a link in the repository."""
    here = Path(path.anchor)
    *above, name = path.parts[1:]
    for each in above:
        if each == "..":
            here = here.parent
            continue
        below = here / each
        if _is_below(here, root) and os.path.realpath(below) != str(below):
            way = below.relative_to(root).as_posix()
            raise NotWritten(f"{way} is a link of the repository: name the folder to which it leads")
        here = Path(os.path.realpath(below))
    return here, name


def _is_below(path: Path, root: Path) -> bool:
    return path == root or path.is_relative_to(root)
