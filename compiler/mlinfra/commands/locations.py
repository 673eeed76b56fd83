"""Where things lie: the spec, the root of its repository, and the folder of its output."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click

from mlinfra.output.local_disk import LocalDisk, is_link
from mlinfra.repository.files import MAX_ITEMS

SPEC_NAME = "ml-platform.yaml"
SPECS = "specs"  # the folder of a repository that holds its specs
GENERATED = "generated"


def find_specs(given: str | None, current: Path) -> tuple[Path, ...]:
    """The spec that is meant, absolute and through the links that were written; several where it is not clear which.

    Given is a file or a folder. Else it is the nearest in `current` and above, up to the root of the repository, else
    the one below `specs/` there. Without a repository the root is the folder that holds the `specs/` above `current`,
    else `current`: what others have put above that is not looked at. Whatever has the name of a spec counts, also what
    can't be read as one: where a link leads, and whether there is anything, is not asked here.
    """
    if given is not None:
        path = Path(os.path.abspath(current / given))  # noqa: PTH100  # a link in it is looked at by the caller
        return (path / SPEC_NAME if path.is_dir() else path,)
    root = repository_root(current / SPEC_NAME)
    folders = [folder for folder in (current, *current.parents) if folder.is_relative_to(root)]
    nearest = next((path for folder in folders if os.path.lexists(path := folder / SPEC_NAME)), None)
    return (nearest,) if nearest else _specs_below(root / SPECS)


def _specs_below(folder: Path) -> tuple[Path, ...]:
    """The specs in a folder of the repository; raises click.UsageError where it is a link, or holds too much."""
    if is_link(folder):
        raise click.UsageError(f"{folder.name} is a link, and is not searched for specs; name one with -f FILE")
    found = list(islice(LocalDisk(folder).everything(), MAX_ITEMS + 1))
    if len(found) > MAX_ITEMS:
        raise click.UsageError(f"{folder.name} holds more than {MAX_ITEMS:,} files; name a spec with -f FILE")
    return tuple(folder / path for path, _ in sorted(found) if path.rpartition("/")[2] == SPEC_NAME)


def repository_root(spec: Path) -> Path:
    """The nearest folder above the spec with `.git`, else the parent of `specs/`, else the spec's own folder."""
    if repository := enclosing_repository(spec):
        return repository
    holder = next(_specs_folders(spec), None)
    return holder.parent if holder else spec.parent


def enclosing_repository(path: Path) -> Path | None:
    """The nearest folder above a path with `.git`, None without one.

    A repository to which a link of another one leads is no part of that: the path lies in the other one.
    """
    repositories = [folder for folder in path.parents if (folder / ".git").exists()]
    for nearest, *above in (repositories[index:] for index in range(len(repositories))):
        if all(nearest.resolve().is_relative_to(folder.resolve()) for folder in above):
            return nearest
    return None


def default_outdir(spec: Path, root: Path, platform: str) -> Path:
    """`generated/<platform>` next to the folder `specs/` that holds the spec, else `generated/` beside the spec."""
    for folder in _specs_folders(spec):
        if folder.parent.is_relative_to(root):
            return folder.parent / GENERATED / platform
    return spec.parent / GENERATED


def _specs_folders(spec: Path) -> Iterator[Path]:
    return (folder for folder in spec.parents if folder.name == SPECS)
