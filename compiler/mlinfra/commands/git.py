"""A file as a revision of the repository has it."""

from __future__ import annotations

import subprocess
from pathlib import Path


class GitProblem(Exception):
    """What git could not do; the message says it to the user."""


def file_at(revision: str, path: Path, root: Path) -> str | None:
    """The text of a file in a revision, None where that has no such file; raises GitProblem."""
    top = _git(root, "rev-parse", "--show-toplevel")
    if top is None:
        raise GitProblem("the spec lies in no git repository")
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise GitProblem(f'"{revision}" is no revision of this repository')
    if not path.is_relative_to(top.strip()):
        raise GitProblem(f"{path} lies outside the repository of the spec")
    inside = path.relative_to(top.strip()).as_posix()
    return _git(root, "cat-file", "blob", f"{commit.strip()}:{inside}")


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints, None where it fails."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except FileNotFoundError as error:
        raise GitProblem("git is not installed, or not on the PATH") from error
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None
