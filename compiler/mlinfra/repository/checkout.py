"""What a clean checkout of the repository has: the files that git tracks, and those that it would take in.

What git ignores lies on this machine alone: no pipeline finds it, and no branch brings it. Only git knows what that is:
its rules stand in many files, and what it tracks it does not ignore, whatever they say.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import NamedTuple

from mlinfra.repository.files import Files, Unreadable
from mlinfra.repository.git import GitProblem, Repository, TooSlow

LIST_SECONDS = 7  # for what git ignores, with what it was asked before: patterns full of stars may take it for ever
TRACKED_SECONDS = 2  # for what it tracks, which it only reads
NO_IGNORED = "which files it ignores: only those that it tracks count"
NO_FILES = "which files it tracks: those that it ignores count, too"
_UNTRACKED = "?"  # of the letters that `git ls-files -t` puts before a name


class _Checkout(NamedTuple):
    """Files by their paths from the root of the repository; a link is one, and so is the folder of a submodule."""

    tracked: frozenset[str]
    untracked: frozenset[str]  # and not ignored
    folders: frozenset[str]  # that hold any of them


class _Answer(NamedTuple):
    """What git said; `there` is None where all files count."""

    there: _Checkout | None
    unsaid: str = ""  # what it did not say in time


def is_checked_out(files: Files, path: Path) -> bool:
    """Whether a clean checkout has a file or a folder, or would have it once all was added.

    The path is one without links above it. Outside of a work tree of git everything is there. git is asked once; raises
    Unreadable where it fails. If it does not answer in time, everything is there.
    """
    there = files.once(files.root, _answer).there
    name = _name(path, files.root)
    return there is None or name in there.tracked or name in there.untracked or name in there.folders


def is_tracked(files: Files, path: Path) -> bool:
    """Whether git tracks a file, so that it comes with the branch; raises as `is_checked_out`."""
    there = files.once(files.root, _answer).there
    return there is not None and _name(path, files.root) in there.tracked


def is_work_tree(files: Files) -> bool:
    """Whether git can tell what is part of the repository; raises as `is_checked_out`."""
    return files.once(files.root, _answer).there is not None


def what_git_did_not_say(files: Files) -> str:
    """What git did not say in time, and which files count instead; raises as `is_checked_out`."""
    return files.once(files.root, _answer).unsaid


def _answer(files: Files, root: Path) -> _Answer:
    if not os.path.lexists(root / ".git"):
        return _Answer(None)
    try:
        repository = Repository.found(root, os.environ)
        return _listed(repository) if repository else _Answer(None)
    except TooSlow:
        return _Answer(None, NO_FILES)
    except GitProblem as error:
        raise Unreadable(f"can't be told from what git ignores: {error}") from error


def _listed(repository: Repository) -> _Answer:
    arguments, unsaid = ("ls-files", "-z", "-t", "--cached"), ""
    left = max(LIST_SECONDS - repository.allowance.spent, 1)
    try:
        listed = repository.ask(*arguments, "--others", "--exclude-standard", seconds=left)
    except TooSlow:  # a pipeline has what is tracked, and nothing else
        listed, unsaid = repository.ask(*arguments, seconds=TRACKED_SECONDS), NO_IGNORED
    if listed is None:
        raise GitProblem("git does not list the files of the repository")
    tracked, untracked = set[str](), set[str]()
    for line in filter(None, listed.split("\0")):
        letter, _, name = line.partition(" ")
        (untracked if letter == _UNTRACKED else tracked).add(_composed(name.removesuffix("/")))
    return _Answer(_Checkout(frozenset(tracked), frozenset(untracked), _above(tracked | untracked)), unsaid)


def _above(names: set[str]) -> frozenset[str]:
    found, pending = {"."}, {name.rpartition("/")[0] for name in names}
    while pending:
        found |= pending
        pending = {name.rpartition("/")[0] for name in pending} - found - {""}
    return frozenset(found)


def _name(path: Path, root: Path) -> str:
    """A path as git's answer names it; bytes that are no text are replaced there, too."""
    return _composed(os.fsencode(path.relative_to(root).as_posix()).decode(errors="replace"))


def _composed(name: str) -> str:
    """A name in the form in which git keeps it; macOS may hand out the decomposed one."""
    return unicodedata.normalize("NFC", name)
