"""Repositories for tests, made by git with nothing of the user's settings."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=somebody", "-c", "user.email=somebody@contoso.com", "-c", "commit.gpgsign=false")


def git(root: Path, *arguments: str, input: str | None = None, **variables: str) -> str:
    """What git says in a folder; raises subprocess.CalledProcessError."""
    program = shutil.which("git")
    assert program is not None
    done = subprocess.run(
        [program, *IDENTITY, *arguments],
        cwd=root,
        env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, **variables},
        input=input,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


def committed(root: Path, message: str = "all", **variables: str) -> Path:
    """The folder as a repository with one more commit, of everything in it; `variables` are of git, as its date."""
    if not (root / ".git").exists():
        git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message, **variables)
    return root


def with_entry(root: Path, branch: str, mode: str, path: str, object_id: str) -> None:
    """A branch whose only entry has a mode that a work tree can't always hold."""
    index = str(root / ".git" / f"index-{branch}")
    git(root, "update-index", "--index-info", input=f"{mode} {object_id}\t{path}\n", GIT_INDEX_FILE=index)
    tree = git(root, "write-tree", "--missing-ok", GIT_INDEX_FILE=index)
    git(root, "branch", branch, git(root, "commit-tree", tree, "-m", branch))
