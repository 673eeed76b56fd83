"""Versions: what `auto` counts and what it does not, and what is kept as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from mlinfra.graph import Content
from tests.core.cases import WORKSPACE, told
from tests.spec import HEADER, compiled

ENVIRONMENT = "environments: {e: {image: a/b:1, conda_file: envs/e.yml}}\n"
REST = """\
components:
  c: {type: command, command: x, environment: e, code: src}
jobs:
  p:
    type: pipeline
    settings: {default_compute: serverless}
    jobs: {a: {type: command, component: c}, b: {type: command, component: ./comp/d.yml}}
"""
COMPONENT = "name: d\nversion: 1\ntype: command\ncommand: x\nenvironment: azureml:e:1\ncode: ./code\n"
FILES = {
    "envs/e.yml": "dependencies:\n- python=3.11\n",
    "src/a.py": "print(1)\n",
    "comp/d.yml": COMPONENT,
    "comp/code/d.py": "print(2)\n",
}
ADDRESSES = ("environments.e", "components.c", "jobs.p")


def contents(folder: Path, text: str, files: Mapping[str, str] = FILES) -> Mapping[str, Content]:
    folder.mkdir(exist_ok=True)
    (plan,) = compiled(folder, HEADER + WORKSPACE + text, files).plans
    return plan.graph.contents


def hashes(folder: Path, text: str, files: Mapping[str, str] = FILES) -> dict[str, str]:
    found = contents(folder, text, files)
    return {address: found[address].hash for address in ADDRESSES}


SAME = (
    ("line ends", ENVIRONMENT + REST, {name: text.replace("\n", "\r\n") for name, text in FILES.items()}),
    ("the order of keys", "environments: {e: {conda_file: envs/e.yml, image: a/b:1}}\n" + REST, FILES),
    ("another way to write the path", ENVIRONMENT.replace("envs/e", "./envs/../envs/e") + REST, FILES),
    (
        "what .amlignore leaves out",
        ENVIRONMENT + REST,
        {**FILES, "src/.amlignore": ".amlignore\n*.log\n", "src/a.log": "x"},
    ),
    ("a key of one's own", ENVIRONMENT.replace("image", "x-note: 1, image") + REST, FILES),
)


@pytest.mark.parametrize(("what", "text", "files"), SAME, ids=[case[0] for case in SAME])
def test_the_version_does_not_change_with(what: str, text: str, files: Mapping[str, str], tmp_path: Path) -> None:
    before = hashes(tmp_path / "before", ENVIRONMENT + REST)
    assert hashes(tmp_path / "after", text, files) == before


CHANGES = (
    ("a package", {"envs/e.yml": "dependencies:\n- python=3.12\n"}, ADDRESSES),
    ("code", {"src/a.py": "print(3)\n"}, ("components.c", "jobs.p")),
    ("another file of code", {"src/b.py": ""}, ("components.c", "jobs.p")),
    ("a component's file", {"comp/d.yml": COMPONENT.replace("command: x", "command: y")}, ("jobs.p",)),
    ("code that a component's file names", {"comp/code/d.py": "print(3)\n"}, ("jobs.p",)),
)


@pytest.mark.parametrize(("what", "files", "changed"), CHANGES, ids=[case[0] for case in CHANGES])
def test_the_version_changes_with(
    what: str, files: Mapping[str, str], changed: tuple[str, ...], tmp_path: Path
) -> None:
    before = hashes(tmp_path / "before", ENVIRONMENT + REST)
    after = hashes(tmp_path / "after", ENVIRONMENT + REST, {**FILES, **files})
    assert tuple(address for address in ADDRESSES if before[address] != after[address]) == changed


WRITTEN = (
    ("environments", "{e: {image: a/b:1, version: 3}}", "3"),
    ("environments", "{e: {image: a/b:1, version: '2024-01'}}", "2024-01"),
    ("models", "{e: {path: src, version: 4}}", "4"),
)


@pytest.mark.parametrize(("section", "text", "version"), WRITTEN)
def test_a_version_of_ones_own_is_kept(section: str, text: str, version: str, tmp_path: Path) -> None:
    assert contents(tmp_path, f"{section}: {text}\n")[f"{section}.e"].version == version


def test_what_a_run_gives_has_a_hash_and_no_version(tmp_path: Path) -> None:
    fields = "type: command, environment: e, compute: serverless, outputs: {m: {type: mlflow_model}}"
    job = f"jobs: {{t: {{command: %s, {fields}}}}}\n"
    text = ENVIRONMENT + "models: {m: {from_job: t, output: m}}\n"
    one, other = contents(tmp_path, text + job % "x"), contents(tmp_path, text + job % "y")
    assert (one["models.m"].version, one["jobs.t"].version) == (None, None)
    assert one["models.m"].hash != other["models.m"].hash


def test_a_declared_model_has_a_version_of_its_own_or_the_one_that_azure_gives(tmp_path: Path) -> None:
    text = HEADER + WORKSPACE + "models: {m: {path: src}, n: {path: src, version: auto}}\n"
    found = contents(tmp_path, "models: {m: {path: src}, n: {path: src, version: 3}}\n")
    assert (found["models.m"].version, found["models.n"].version) == (None, "3")
    assert told(tmp_path, text, FILES) == (
        '7:50 MLI677 version "auto" of a model is no positive integer\n'
        "  help: use 1, 2, 3…, or leave it out: Azure counts then"
    )
