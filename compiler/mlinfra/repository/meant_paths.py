"""Which path was meant, where one leads nowhere: the same from another folder, or one with a name that is near."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.repository.files import MAX_NAMES, Files


def from_a_folder_above(files: Files, folder: Path, written: str) -> str | None:
    """How a path is written that was counted from a folder above the right one, up to the root of the repository."""
    for above in (each for each in folder.parents if each == files.root or each.is_relative_to(files.root)):
        there = Path(posixpath.normpath((above / written).as_posix()))
        if files.leads(there).kind in ("file", "folder"):
            return Path(os.path.relpath(there, folder)).as_posix()
    return None


def similar(files: Files, target: Path) -> str | None:
    """The names beside the missing one, so that a slip of the pen is seen; none of what lies outside."""
    folder = target.parent
    if files.leads(folder).kind != "folder":
        return question(near_folder(files, folder), f"there is no folder {folder.name}")
    names = files.names(folder, lambda name: not name.startswith(".") and name != target.name)
    there = f"In the folder: {listed(names, are_all=len(names) <= MAX_NAMES)}" if names else "The folder is empty"
    return question(closest_name(target.name, names), there)


def near_folder(files: Files, folder: Path) -> str | None:
    """The folder whose name is near that of one that is missing, beside which it stands."""
    if files.leads(folder.parent).kind != "folder":
        return None
    names = files.names(folder.parent, lambda name: not name.startswith("."))
    return closest_name(folder.name, [name for name in names if files.leads(folder.parent / name).kind == "folder"])
