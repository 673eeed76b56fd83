"""Hostile branches through the front door: an answer in time, and nothing of what lies outside the repository."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.bad_input.links import LINKS
from tests.bad_input.trees import CONDA, FILES, SECRET, SHAPES, TEXTS, Tree, header
from tests.limits import limited_time

MAX_CPU_SECONDS = 60  # every case takes below three
MAX_WALL_SECONDS = 600  # a pipe that nobody writes to takes no processor
DIAGNOSTIC = re.compile(r"^\S+: (?:error|warning)\[(MLI\d+)\]: (.*)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    with limited_time(MAX_CPU_SECONDS, MAX_WALL_SECONDS):
        yield


@pytest.fixture(autouse=True)
def clean(tmp_path: Path) -> Iterator[None]:
    """Some trees are deeper than Python's own functions can follow, and pytest clears up with these."""
    yield
    subprocess.run(["rm", "-rf", "--", *tmp_path.iterdir()], cwd=tmp_path.parent, check=True)


def planted(folder: Path, tree: Tree) -> Path:
    """The repository of a case, next to a folder that is none of its business."""
    root, outside = folder / "repository", folder / "outside"
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "config").write_text(SECRET)
    outside.mkdir()
    (outside / "conda.yml").write_text(f"{SECRET}: [\n")
    (outside / f"{SECRET}.yml").write_text(SECRET)
    for name, content in tree.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content) if isinstance(content, str) else content(path)
    (root / "ml-platform.yaml").write_text(header() + tree.spec)
    return root


@pytest.mark.parametrize("verb", ["validate", "compile"])
@pytest.mark.parametrize("tree", [*LINKS, *FILES, *TEXTS], ids=lambda tree: tree.what)
def test_a_hostile_tree_is_answered(
    tree: Tree, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(planted(tmp_path, tree))
    code = run([verb])
    said = capsys.readouterr()
    messages = [" ".join(found) for found in DIAGNOSTIC.findall(said.err)]
    assert tree.said == "" or any(message.startswith(tree.said) for message in messages), messages
    assert code == (0 if tree.said in ("", "MLI643") else 3 if "MLI101" in tree.said else 1)
    assert SECRET not in said.err + said.out
    assert not any(SECRET in path.read_text() for path in Path("generated").rglob("*") if path.is_file())


@pytest.mark.parametrize(("conda", "message"), SHAPES, ids=[conda for conda, _ in SHAPES])
def test_a_conda_file_that_conda_cannot_read(
    conda: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(planted(tmp_path, Tree("", CONDA, {"envs/e.yml": f"name: e\n{conda}\n"}, "")))
    assert run(["validate"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f'ml-platform.yaml:7:66: error[MLI335]: "envs/e.yml": {message}'
    assert re.fullmatch(r"   note: envs/e\.yml:2:\d+: it is written here", lines[3])


@pytest.mark.parametrize(("conda", "message"), SHAPES, ids=[conda for conda, _ in SHAPES])
def test_a_conda_specification_in_place_that_conda_cannot_read(
    conda: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = f"environments:\n  e:\n    image: mcr.microsoft.com/a/b:1\n    conda_file:\n      {conda}\n"
    monkeypatch.chdir(planted(tmp_path, Tree("", spec, {}, "")))
    assert run(["validate"]) == 1
    assert re.fullmatch(
        rf"ml-platform\.yaml:11:\d+: error\[MLI335\]: {re.escape(message)}", capsys.readouterr().err.splitlines()[0]
    )


@pytest.mark.parametrize("target", ["../outside/conda.yml", "../outside/nothing.yml", "/dev/zero", "/etc/shadow"])
def test_a_spec_that_is_a_link_out_of_the_repository_is_not_read(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = planted(tmp_path, Tree("", "", {}, ""))
    (root / "ml-platform.yaml").unlink()
    (root / "ml-platform.yaml").symlink_to(target)
    monkeypatch.chdir(root)
    assert run(["validate", "-f", "ml-platform.yaml"]) == 3
    assert capsys.readouterr().err.splitlines()[-1] == (
        "Error: ml-platform.yaml is a link that leads outside its repository"
    )
