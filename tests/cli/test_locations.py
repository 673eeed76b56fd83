"""Where the spec, the root and the output lie, for every layout of a repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.commands import locations
from mlinfra.commands.locations import default_outdir, find_specs, repository_root

SPEC = "ml-platform.yaml"
MINIMAL = Path(__file__).parent.parent / "acceptance/compile_minimal" / SPEC
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


SEARCHED = {  # files and folders, the current folder -> the specs that are found
    "in the current folder": ((".git/", f"a/{SPEC}"), "a", (f"a/{SPEC}",)),
    "the nearest above": ((".git/", SPEC, f"a/{SPEC}", "a/b/c/"), "a/b/c", (f"a/{SPEC}",)),
    "at the root": ((".git/", SPEC, "a/b/"), "a/b", (SPEC,)),
    "not above the root": ((SPEC, "r/.git/", "r/a/"), "r/a", ()),
    "not above a submodule, whose .git is a file": ((".git/", SPEC, "r/.git", "r/a/"), "r/a", ()),
    "the only one below specs": ((".git/", f"specs/x/{SPEC}", "a/b/"), "a/b", (f"specs/x/{SPEC}",)),
    "right in specs": ((".git/", f"specs/{SPEC}", "a/"), "a", (f"specs/{SPEC}",)),
    "several below specs": (
        (".git/", f"specs/y/{SPEC}", f"specs/x/{SPEC}"),
        ".",
        (f"specs/x/{SPEC}", f"specs/y/{SPEC}"),
    ),
    "above before below specs": ((".git/", SPEC, f"specs/x/{SPEC}", "a/"), "a", (SPEC,)),
    "without a repository, the current folder alone": ((SPEC, "a/"), "a", ()),
    "without a repository, up to the folder that holds specs": (
        (SPEC, f"r/{SPEC}", "r/specs/x/"),
        "r/specs/x",
        (f"r/{SPEC}",),
    ),
}


@pytest.mark.parametrize(("items", "current", "expected"), SEARCHED.values(), ids=SEARCHED)
def test_the_search_stops_at_the_root(
    tmp_path: Path, items: tuple[str, ...], current: str, expected: tuple[str, ...]
) -> None:
    for item in items:
        path = tmp_path / item
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True) if item.endswith("/") else path.touch()
    assert find_specs(None, tmp_path / current) == tuple(tmp_path / path for path in expected)


def test_several_specs_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("y", "x"):
        (tmp_path / "specs" / name).mkdir(parents=True)
        (tmp_path / "specs" / name / SPEC).touch()
    monkeypatch.chdir(tmp_path)
    assert run(["validate"]) == 3
    message = f"there are several specs; name one with -f FILE: specs/x/{SPEC}, specs/y/{SPEC}"
    assert capsys.readouterr().err.endswith(f"Error: {message}\n")


LINKS = {  # the link -> what it leads to, from its folder, and whether that is a spec of the repository
    "to a file outside": ("repository/ml-platform.yaml", "../outside.yaml", False),
    "to a device": ("repository/ml-platform.yaml", "/dev/zero", False),
    "behind a folder outside": ("repository/specs/x", "../../specs/x", False),
    "to another file of the repository": ("repository/ml-platform.yaml", "platform/dev.yaml", True),
    "to a file of the repository, by where that lies": ("repository/ml-platform.yaml", "{}/platform/dev.yaml", False),
    "to a file of the repository, by a way outside": (
        "repository/ml-platform.yaml",
        "../repository/platform/dev.yaml",
        False,
    ),
    "to a file of the repository, by where this program is": (
        "repository/ml-platform.yaml",
        "/proc/self/cwd/platform/dev.yaml",
        False,
    ),
    "to itself": ("repository/ml-platform.yaml", "ml-platform.yaml", False),
    "to nothing outside": ("repository/ml-platform.yaml", "../nothing.yaml", False),
    "below specs": ("repository/specs/ml-platform.yaml", "../../outside.yaml", False),
}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(("link", "target", "is_spec"), LINKS.values(), ids=LINKS)
def test_a_spec_is_not_read_outside_its_repository(  # a row of the table, and the fixtures
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    link: str,
    target: str,
    is_spec: bool,
    named: bool,
) -> None:
    text = MINIMAL.read_text(encoding="utf-8")
    for file in ("outside.yaml", f"specs/x/{SPEC}", "repository/platform/dev.yaml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    for folder in ("repository/.git", "repository/specs"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / link).symlink_to(target.format(tmp_path / "repository"))
    monkeypatch.chdir(tmp_path / "repository")
    given = ["-f", (tmp_path / link).relative_to(tmp_path / "repository").as_posix()] if named else []
    assert run(["validate", *given]) == (0 if is_spec else 3)
    said = capsys.readouterr().err
    assert "apiVersion" not in said
    if not is_spec:
        assert any(
            words in said for words in ("leads outside its repository", "no file that can be read", "there is no")
        )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a file and a folder of specs beside it."""
    root = tmp_path / "repository"
    for folder in (root / ".git", tmp_path / "outside/x"):
        folder.mkdir(parents=True)
    for name in ("outside/x/ml-platform.yaml", "outside/file"):
        (tmp_path / name).write_text("x")
    monkeypatch.chdir(root)
    return root


OUTSIDE = "../outside/file"
NOTHING = "../outside/nothing"


@pytest.mark.parametrize("place", [SPEC, f"specs/{SPEC}", f"specs/x/{SPEC}"])
def test_the_search_does_not_tell_what_is_outside(
    repository: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (repository / place).parent.mkdir(parents=True, exist_ok=True)
    said = set()
    for target in (OUTSIDE, NOTHING):
        (repository / place).symlink_to(repository / target)
        assert run(["validate"]) == 3
        said.add(capsys.readouterr().err)
        (repository / place).unlink()
    assert [text.splitlines()[-1] for text in said] == [f"Error: {place} is a link that leads outside its repository"]


@pytest.mark.parametrize("target", ["../outside", "/", "nothing"])
def test_specs_that_is_a_link_is_not_searched(
    repository: Path, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    (repository / "specs").symlink_to(target)
    assert run(["validate"]) == 3
    message = "specs is a link, and is not searched for specs; name one with -f FILE"
    assert capsys.readouterr().err.endswith(f"Error: {message}\n")


def test_the_search_below_specs_is_bounded(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locations, "MAX_ITEMS", 3)
    for name in "abcd":
        (repository / "specs" / name).mkdir(parents=True)
    assert run(["validate"]) == 3
    message = "specs holds more than 3 files; name a spec with -f FILE"
    assert capsys.readouterr().err.endswith(f"Error: {message}\n")


@pytest.mark.parametrize("place", [SPEC, f"specs/x/{SPEC}"])
def test_a_pipe_of_the_name_of_a_spec_is_no_spec(
    repository: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (repository / place).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(repository / place)
    assert run(["validate"]) == 3
    assert capsys.readouterr().err.endswith(f"Error: {place} is no file that can be read\n")


LINKED = {  # a link -> the file of the output that explain is asked for
    "the file": ("generated/README.md", "generated/README.md"),
    "a folder above": ("generated/dev", "generated/dev/file"),
    "the output folder": ("generated", "generated/file"),
}


@pytest.mark.parametrize(("link", "asked"), LINKED.values(), ids=LINKED)
@pytest.mark.parametrize("target", ["outside/file", "outside", "outside/nothing"])
def test_explain_does_not_tell_what_is_outside(
    repository: Path, capsys: pytest.CaptureFixture[str], link: str, asked: str, target: str
) -> None:
    (repository / link).parent.mkdir(exist_ok=True)
    (repository / link).symlink_to(repository.parent / target)
    assert run(["explain", asked]) == 3
    assert capsys.readouterr().err.endswith(f"Error: {link} is a link; name the file by the path that it leads to\n")


@pytest.mark.parametrize("target", [OUTSIDE, NOTHING])
def test_a_manifest_that_is_a_link_is_one_that_cannot_be_read(
    repository: Path, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    (repository / "generated").mkdir()
    (repository / "generated/README.md").write_text("x")
    (repository / "generated/manifest.json").symlink_to(repository / target)
    assert run(["explain", "generated/README.md"]) == 3
    message = "generated/manifest.json can't be read: it is no regular file"
    assert capsys.readouterr().err.endswith(f"{message}\n")
