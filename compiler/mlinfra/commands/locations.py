"""Where things lie: the spec, the root of its repository, and the folder of its output."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

SPEC_NAME = "ml-platform.yaml"
SPECS = "specs"  # the folder of a repository that holds its specs
GENERATED = "generated"


def find_spec(given: str | None, current: Path) -> Path | None:
    """The absolute path of the spec: a file, the one in a folder, or the nearest in `current` and above; or None."""
    if given is not None:
        path = (current / given).resolve()
        return path / SPEC_NAME if path.is_dir() else path
    folders = (current, *current.parents)
    return next((path.resolve() for folder in folders if (path := folder / SPEC_NAME).is_file()), None)


def repository_root(spec: Path) -> Path:
    """The nearest folder above the spec with `.git`, else the parent of `specs/`, else the spec's own folder."""
    for folder in spec.parents:
        if (folder / ".git").exists():
            return folder
    holder = next(_specs_folders(spec), None)
    return holder.parent if holder else spec.parent


def default_outdir(spec: Path, root: Path, platform: str) -> Path:
    """`generated/<platform>` next to the folder `specs/` that holds the spec, else `generated/` beside the spec."""
    for folder in _specs_folders(spec):
        if folder.parent.is_relative_to(root):
            return folder.parent / GENERATED / platform
    return spec.parent / GENERATED


def _specs_folders(spec: Path) -> Iterator[Path]:
    return (folder for folder in spec.parents if folder.name == SPECS)
