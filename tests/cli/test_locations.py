"""Where the spec, the root and the output lie, for every layout of a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.commands.locations import default_outdir, find_specs, repository_root

SPEC = "ml-platform.yaml"
LAYOUTS = {  # files and folders -> spec, root, output of platform churn
    "specs in a repository": ((".git/", f"specs/churn/{SPEC}"), f"specs/churn/{SPEC}", ".", "generated/churn"),
    "specs without a repository": ((f"a/specs/churn/{SPEC}",), f"a/specs/churn/{SPEC}", "a", "a/generated/churn"),
    "specs right in the folder": ((f"a/specs/{SPEC}",), f"a/specs/{SPEC}", "a", "a/generated/churn"),
    "specs below the root": (
        (".git/", f"ml/specs/churn/{SPEC}"),
        f"ml/specs/churn/{SPEC}",
        ".",
        "ml/generated/churn",
    ),
    "a repository without specs": ((".git/", f"ml/{SPEC}"), f"ml/{SPEC}", ".", "ml/generated"),
    "a worktree, where .git is a file": ((".git", f"ml/{SPEC}"), f"ml/{SPEC}", ".", "ml/generated"),
    "neither": ((f"ml/{SPEC}",), f"ml/{SPEC}", "ml", "ml/generated"),
    "a repository below a folder that happens to be called specs": (
        ("specs/r/.git/", f"specs/r/{SPEC}"),
        f"specs/r/{SPEC}",
        "specs/r",
        "specs/r/generated",
    ),
}


@pytest.mark.parametrize(("items", "spec", "root", "outdir"), LAYOUTS.values(), ids=LAYOUTS)
def test_root_and_output(tmp_path: Path, items: tuple[str, ...], spec: str, root: str, outdir: str) -> None:
    for item in items:
        path = tmp_path / item
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if item.endswith("/") else path.touch()
    found = repository_root(tmp_path / spec)
    assert found == tmp_path / root
    assert default_outdir(tmp_path / spec, found, "churn") == tmp_path / outdir


@pytest.mark.parametrize(
    ("given", "current", "expected"),
    [
        (None, "a/b", f"a/{SPEC}"),
        (None, "a", f"a/{SPEC}"),
        (None, ".", None),
        ("a", ".", f"a/{SPEC}"),
        (f"a/{SPEC}", ".", f"a/{SPEC}"),
        ("..", "a/b", f"a/{SPEC}"),
        ("other.yaml", "a", "a/other.yaml"),
    ],
)
def test_the_spec_that_is_meant(tmp_path: Path, given: str | None, current: str, expected: str | None) -> None:
    for folder in ("a/b", ".git"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "a" / SPEC).touch()
    assert find_specs(given, tmp_path / current) == ((tmp_path / expected,) if expected else ())
