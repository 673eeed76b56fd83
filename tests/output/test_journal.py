"""Whatever kills a write, the next one ends with the same bytes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlinfra.diagnostics import Problem
from mlinfra.output import journal, write
from mlinfra.output.disk import Disk
from mlinfra.output.manifest import MANIFEST
from tests.output.disks import DyingDisk, Killed, MemoryDisk
from tests.output.outputs import PLACE, output_of, texts_on

OLD = {"README.md": "old", "dev/infra/main.bicep": "same", "dev/azureml/data/Gone.yml": "gone", "dev/x/Train.yml": "1"}
NEW = {"README.md": "new", "dev/infra/main.bicep": "same", "test/infra/main.bicep": "more", "dev/x/train.yml": "2"}
USERS = {"notes.md": "mine", "dev/x/notes.md": "mine"}


def parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def is_told_apart_without_case(texts: Mapping[str, str]) -> bool:
    """Entries differ in more than upper and lower case, and so do their files and folders."""
    names = {name for path in texts for name in (path, *parents(path))}
    return len({name.casefold() for name in names}) == len(names)


PATHS = st.sampled_from(("a", "B", "b", "f/a", "f/b", "f/g/a", "F/c", "h/a"))
TEXTS = st.dictionaries(PATHS, st.sampled_from(("1", "2\n", "")), max_size=5).filter(is_told_apart_without_case)


def disk_with(texts: Mapping[str, str], users: Mapping[str, str], knows_case: bool) -> MemoryDisk:
    disk = MemoryDisk(knows_case)
    write(disk, output_of(texts), PLACE)
    for path, text in users.items():
        disk.write(path, text.encode())
    return disk


def every_death(disk: MemoryDisk, texts: Mapping[str, str]) -> Iterator[MemoryDisk]:
    """The disk as it is after a write that died, for every change before which it can, and torn writes."""
    for tears in (False, True):
        for changes in itertools.count():
            copy = MemoryDisk(disk.knows_case, dict(disk.files), set(disk.folders))
            try:
                write(DyingDisk(copy, changes, tears), output_of(texts), PLACE)
            except Killed:
                yield copy
            else:
                break


@pytest.mark.parametrize("knows_case", [True, False])
def test_write_that_died_anywhere_is_finished_by_the_next(knows_case: bool) -> None:
    deaths = 0
    for disk in every_death(disk_with(OLD, USERS, knows_case), NEW):
        write(disk, output_of(NEW), PLACE)
        assert texts_on(disk) == {**NEW, **USERS}
        assert disk.read(MANIFEST) == output_of(NEW).manifest.encode()
        assert journal.FOLDER not in disk.folders
        assert disk.folders == {"dev", "dev/infra", "dev/x", "test", "test/infra"}
        deaths += 1
    assert deaths > 20


@pytest.mark.parametrize("knows_case", [True, False])
def test_write_of_something_else_after_a_death_ends_in_that(knows_case: bool) -> None:
    other = {"README.md": "other", "dev/x/TRAIN.yml": "3"}
    for disk in every_death(disk_with(OLD, USERS, knows_case), NEW):
        write(disk, output_of(other), PLACE)
        assert texts_on(disk) == {**other, **USERS}
        assert disk.folders == {"dev", "dev/x"}


def test_a_death_is_told_of_until_the_next_write() -> None:
    before = disk_with(OLD, {}, True)
    for disk in every_death(before, NEW):
        happened = disk.files != before.files or disk.folders != before.folders
        assert (journal.left_behind(disk) is not None) == happened
        assert write(disk, output_of(NEW), PLACE).recovered == happened
        assert journal.left_behind(disk) is None


def test_nothing_has_changed_before_the_journal_is_binding() -> None:
    before = disk_with(OLD, {}, True)
    for disk in every_death(before, NEW):
        if disk.read(journal.JOURNAL) is None and MANIFEST in disk.files:
            is_done = disk.read(MANIFEST) == output_of(NEW).manifest.encode()
            assert texts_without_journal(disk) == (NEW if is_done else OLD)


def texts_without_journal(disk: Disk) -> dict[str, str]:
    return {path: text for path, text in texts_on(disk).items() if not path.startswith(journal.FOLDER)}


def test_a_file_edited_after_the_death_is_kept() -> None:
    kept = 0
    for disk in every_death(disk_with(OLD, {}, True), NEW):
        if disk.read(journal.JOURNAL) is not None and disk.read("README.md") == b"old":
            disk.write("README.md", b"edited")
            with pytest.raises(Problem, match=r"README\.md was edited by hand"):
                write(disk, output_of(NEW), PLACE)
            assert disk.read("README.md") == b"edited"
            kept += 1
    assert kept


@settings(max_examples=60)
@given(outputs=st.lists(TEXTS, min_size=2, max_size=4), knows_case=st.booleans())
def test_a_sequence_of_specs_leaves_the_files_of_the_last_alone(
    outputs: list[dict[str, str]], knows_case: bool
) -> None:
    disk = MemoryDisk(knows_case)
    for texts in outputs:
        write(disk, output_of(texts), PLACE)
        assert texts_on(disk) == texts
    folders = {folder for path in outputs[-1] for folder in parents(path)}
    assert disk.folders == folders


@settings(max_examples=25)
@given(old=TEXTS, new=TEXTS, knows_case=st.booleans())
def test_any_two_specs_with_a_death_between_them(old: dict[str, str], new: dict[str, str], knows_case: bool) -> None:
    for disk in every_death(disk_with(old, {}, knows_case), new):
        write(disk, output_of(new), PLACE)
        assert texts_on(disk) == new
