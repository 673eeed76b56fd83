"""diff, report and cost on a hostile branch and a hostile revision: nothing runs, leaks, is written or breaks off."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.repository.repositories import committed, git

SECRET = "what-stands-outside"
SPEC = """\
apiVersion: mlinfra/v1
platform: tiny
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
workspaces: {main: {}}
environments:
  score: {image: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1', conda_file: conda.yml}
components:
  prep: {type: command, code: src, command: python a.py, environment: score}
"""
CONDA = "channels: [nodefaults]\ndependencies: [python=3.11, {pip: [numpy==2.3.1]}]\n"
MORE = "compute_clusters: {cpu: {size: Standard_D4as_v4, max_instances: 1}}\n"
VERBS = {
    "diff": ["diff", "--against", "main"],
    "markdown": ["diff", "--against", "main", "-o", "markdown", "--report", "page.html"],
    "report": ["report", "--against", "main"],
    "cost": ["cost"],
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "root"
    (folder / "src").mkdir(parents=True)
    (folder / "ml-platform.yaml").write_text(SPEC)
    (folder / "conda.yml").write_text(CONDA)
    (folder / "src/a.py").write_text("print(1)\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/theirs").write_text(SECRET)
    monkeypatch.chdir(folder)
    assert run(["compile", "-q"]) == 0
    committed(folder)
    (folder / "ml-platform.yaml").write_text(SPEC + MORE)
    return folder


def _entry(root: Path, mode: str, path: str, content: str = "", *, object_id: str = "", without: str = "") -> None:
    """Gives main one more commit, with an entry that no work tree may be able to hold."""
    index = str(root / ".git/index-x")
    git(root, "read-tree", "main", GIT_INDEX_FILE=index)
    found = object_id or git(root, "hash-object", "-w", "--stdin", input=content)
    lines = f"0 {'0' * 40}\t{without}\n" if without else ""
    git(root, "update-index", "--index-info", input=f"{lines}{mode} {found}\t{path}\n", GIT_INDEX_FILE=index)
    tree = git(root, "write-tree", "--missing-ok", GIT_INDEX_FILE=index)
    git(root, "update-ref", "refs/heads/main", git(root, "commit-tree", tree, "-p", "main", "-m", "x"))


def _with_files(root: Path) -> None:
    """The manifest of the revision, and that of the output, name files outside."""
    manifest = root / "generated/manifest.json"
    read = json.loads(manifest.read_text())
    read["files"] += [{**read["files"][0], "path": path} for path in ("../../outside/theirs", "/etc/passwd")]
    manifest.write_text(json.dumps(read))
    _entry(root, "100644", "generated/manifest.json", json.dumps(read))


def _programs(root: Path) -> None:
    """Settings, hooks, attributes and filters that name a program."""
    ran = f"touch {root.parent}/ran;"
    for name in ("core.fsmonitor", "core.pager", "core.sshCommand", "core.alternateRefsCommand", "diff.external"):
        git(root, "config", name, ran)
    for name in ("filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.x.textconv", "diff.x.command"):
        git(root, "config", name, ran)
    (root / ".gitattributes").write_text("* filter=x diff=x merge=x ident working-tree-encoding=UTF-16\n")
    for name in ("post-index-change", "reference-transaction", "post-checkout"):
        hook = root / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{ran}\n")
        hook.chmod(0o755)


ATTACKS: dict[str, Callable[[Path], object]] = {
    "programs": _programs,
    "manifest with files outside": _with_files,
    "link as spec": lambda root: _entry(root, "120000", "ml-platform.yaml", str(root.parent / "outside/theirs")),
    "link as conda file": lambda root: _entry(root, "120000", "conda.yml", str(root.parent / "outside/theirs")),
    "link as code": lambda root: _entry(root, "120000", "src", str(root.parent / "outside"), without="src/a.py"),
    "link in code": lambda root: _entry(root, "120000", "src/b", "../../outside/theirs"),
    "link as output": lambda root: _entry(root, "120000", "generated/README.md", "../../outside/theirs"),
    "link as manifest": lambda root: _entry(root, "120000", "generated/manifest.json", "../../outside/theirs"),
    "link to itself": lambda root: _entry(root, "120000", "conda.yml", "conda.yml"),
    "link without end": lambda root: _entry(root, "120000", "conda.yml", "x" * 9000),
    "submodule as code": lambda root: _entry(
        root, "160000", "src", object_id=git(root, "rev-parse", "main"), without="src/a.py"
    ),
    "blob that is not there": lambda root: _entry(root, "100644", "conda.yml", object_id="1" * 40),
    "manifest that is not there": lambda root: _entry(root, "100644", "generated/manifest.json", object_id="1" * 40),
    "manifest without end": lambda root: _entry(root, "100644", "generated/manifest.json", "[" * 100_000),
    "manifest of bytes": lambda root: _entry(root, "100644", "generated/manifest.json", "\x00\x7f\ufffd"),
    "bicep without end": lambda root: _entry(root, "100644", "generated/dev/infra/main.bicep", "{" * 100_000),
    "spec without end": lambda root: _entry(root, "100644", "ml-platform.yaml", "{" * 100_000),
    "name of commands": lambda root: _entry(root, "100644", "src/##vso[task.complete]\x1b[2J", "x"),
    "name too long": lambda root: _entry(root, "100644", f"src/{'n' * 300}", "x"),
    "folders without end": lambda root: _entry(root, "100644", f"src/{'n/' * 1500}x", "x"),
    "page through a link": lambda root: (root / "page.html").symlink_to("../outside/theirs"),
    "page as a folder": lambda root: (root / "page.html").mkdir(),
}


@pytest.mark.skipif(os.name == "nt", reason="links and names of another kind")
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_of_a_branch_or_a_revision_breaks_a_promise(
    attack: Callable[[Path], object], root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attack(root)
    for name, verb in VERBS.items():
        code = run(verb)
        said = capsys.readouterr()
        assert code in (0, 1, 2, 3), (name, said.err)
        assert SECRET not in said.out + said.err
        assert "##vso[" not in said.out + said.err
        assert "\x1b" not in said.out + said.err
        page = root / "page.html"
        assert not page.is_file() or page.is_symlink() or SECRET not in page.read_text()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["outside", "root"]
    assert [(each.name, each.read_text()) for each in (tmp_path / "outside").iterdir()] == [("theirs", SECRET)]
