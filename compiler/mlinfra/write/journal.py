"""A write that is finished by the next one, whatever kills it.

All new content is staged in a folder of the output folder; then one rename makes the journal, and with it the write,
binding. From there on every step can be taken again: remove what is stale, move each file over the old one, the
manifest last, and throw the journal away. Before that rename nothing has changed.

Nothing is synchronised to the disk: this guards against the death of the process, not of the machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath

from mlinfra.emit.manifest import sha256
from mlinfra.write.disk import Disk, Tree
from mlinfra.write.written import is_below

FOLDER = ".mlinfra-journal"
JOURNAL = f"{FOLDER}/journal.json"


class NotAJournal(Exception):
    """What lies there is no journal of ours; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """A file to be written, or removed where nothing is staged for it."""

    path: str
    was: str | None  # SHA-256 of what it replaces; whatever else lies there by then is a person's, and stays
    staged: str | None


def begin(disk: Disk, removed: Sequence[str], written: Mapping[str, bytes]) -> list[Step]:
    """Makes the write binding and returns its steps; of `written` the last one is moved last."""
    steps = [Step(path, _hash(disk, path), None) for path in removed]
    for number, (path, content) in enumerate(written.items()):
        staged = f"{FOLDER}/{number}"
        disk.write(staged, content)
        steps.append(Step(path, _hash(disk, path), staged))
    disk.write(f"{JOURNAL}.new", json.dumps([asdict(step) for step in steps]).encode())
    disk.replace(f"{JOURNAL}.new", JOURNAL)
    return steps


def finish(disk: Disk, steps: Sequence[Step]) -> None:
    """Takes every step that is not taken yet, and throws the journal away."""
    tree = disk.tree()  # nothing is written before all is removed
    for step in steps:
        if step.staged is None:
            _remove(disk, tree, step)
        elif disk.read(step.staged) is not None and _hash(disk, step.path) in (step.was, None):
            disk.replace(step.staged, step.path)
    _throw_away(disk)


def interrupted(disk: Disk) -> bool:
    """Whether a write before this one did not come to its end."""
    return FOLDER in disk.tree().folders


def recover(disk: Disk) -> bool:
    """Finishes a write that was interrupted; says whether there was one. Raises NotAJournal."""
    tree = disk.tree()
    if FOLDER in tree.links | tree.files:
        raise NotAJournal("it is no folder")
    if not interrupted(disk):
        return False
    finish(disk, _binding(disk))
    return True


def _binding(disk: Disk) -> list[Step]:
    """The steps of the journal; none where the write was killed before it was binding, or when all was done."""
    content = disk.read(JOURNAL)
    try:
        steps = [Step(**step) for step in json.loads(content)] if content else []
        paths = [path for step in steps for path in (step.path, step.staged) if path is not None]
        outside = [path for path in paths if not is_below(path)]
    except (ValueError, TypeError, AttributeError) as error:
        raise NotAJournal("its journal.json does not say what mlinfra writes into one") from error
    if outside:
        raise NotAJournal(f'it lists "{outside[0]}", which is no path below the output folder')
    return steps


def _hash(disk: Disk, path: str) -> str | None:
    content = disk.read(path)
    return None if content is None else sha256(content)


def _remove(disk: Disk, tree: Tree, step: Step) -> None:
    # by its exact name: where Train.yml became train.yml on a disk that knows no case, the new file has taken its place
    if step.path in tree.files and _hash(disk, step.path) == step.was:
        disk.remove(step.path)
    for folder in map(str, PurePosixPath(step.path).parents[:-1]):
        if folder in tree.folders and not disk.remove_folder(folder):
            break


def _throw_away(disk: Disk) -> None:
    """The journal first: without it, what is left of the folder means nothing."""
    if disk.read(JOURNAL) is not None:
        disk.remove(JOURNAL)
    for path in sorted(disk.tree().files):
        if path.startswith(f"{FOLDER}/"):
            disk.remove(path)
    disk.remove_folder(FOLDER)
