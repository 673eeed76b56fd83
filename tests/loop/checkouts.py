"""A platform of the matrix in a repository of two commits, the later one training by other code, both compiled."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from mlinfra.cli import run
from tests.loop.pipeline import Json
from tests.loop.platforms import SMALL, Platform, merged
from tests.reading_yaml import read_yaml
from tests.repository.repositories import git

ROOT = Path(__file__).parents[2]
PLATFORM = "loop"
FIRST, SECOND = "1" * 40, "2" * 40  # commits, as the pipelines call them
_WHEN = {FIRST: "2026-01-01T00:00:00Z", SECOND: "2026-01-02T00:00:00Z"}


def make_checkouts(folder: Path, platform: Platform = SMALL) -> dict[str, Path]:
    """A checkout of each commit; the dates of the commits are always the same."""
    checkouts: dict[str, Path] = {}
    for commit, when in _WHEN.items():
        root = folder / commit
        if not checkouts:
            root.mkdir(parents=True)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(Path(__file__).with_name("platform"), root / "specs" / PLATFORM, ignore=ignored)
            if platform.changes:
                spec = root / "specs" / PLATFORM / "ml-platform.yaml"
                laid_over = merged(read_yaml(spec.read_text()), platform.changes)
                spec.write_text(yaml.safe_dump(laid_over, sort_keys=False))
            shutil.copytree(ROOT / "requirements", root / "requirements")
            shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
            git(root, "init", "-q", "-b", "main")
        else:
            shutil.copytree(folder / FIRST, root)
            code = root / "specs" / PLATFORM / "src" / "train.py"
            code.write_text(code.read_text() + "# in another way\n")
        assert run(["compile", "-q", "-f", str(root / "specs" / PLATFORM)]) == 0
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", commit, GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)
        checkouts[commit] = root
    return checkouts


def output(checkout: Path) -> Path:
    """What was compiled in a checkout."""
    return checkout / "generated" / PLATFORM


def documents(checkout: Path, platform: Platform) -> dict[str, Json]:
    """The pipelines of a checkout, by name."""
    folder = output(checkout) / "pipelines"
    return {name: read_yaml((folder / f"{name}.yml").read_text()) for name in platform.pipelines}
