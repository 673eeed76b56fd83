"""Code that holds the output folder: its hash stands in the output, so that the two never agree."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from azure.ai.ml._utils._asset_utils import get_ignore_file, get_upload_files_from_folder

from mlinfra.cli import run
from tests.spec import HEADER

WORKSPACE = "workspaces: {main: {}}\n"
JOB = "jobs: {t: {type: command, command: x, environment: azureml:e:1, compute: serverless, code: %s}}\n"
OTHERS = "environments: {e: {existing: true}}\n"
STEP = (
    "jobs: {p: {type: pipeline, settings: {default_compute: serverless}, "
    "jobs: {a: {type: command, component: ./c/c.yml}}}}\n"
)
DATA = "data: {d: {type: uri_file, path: generated/manifest.json}}\n"
COMPONENT = "name: c\nversion: 1\ntype: command\ncommand: x\nenvironment: azureml:e:1\ncode: ..\n"


class Holding(NamedTuple):
    what: str
    spec: str
    files: Mapping[str, str]
    said: list[str]  # the first line and the help; none where the output is not uploaded
    links: Mapping[str, str] = {}


def told(column: int, written: str, help: str) -> list[str]:
    message = f'error[MLI349]: "{written}" is uploaded with the output folder in it'
    return [f"ml-platform.yaml:7:{column}: {message}", f"help: {help}"]


MOVE = "move the code into a folder of its own, or write a line /generated/ in .amlignore"
CASES = (
    Holding("the folder of the spec", JOB % ".", {}, told(92, ".", MOVE)),
    Holding("the folder without the output", JOB % ".", {".amlignore": "/generated/\n"}, []),
    Holding(
        "the folder without some of the output",
        JOB % ".",
        {".amlignore": "*.sh\n"},
        told(92, ".", MOVE),
    ),
    Holding(
        "the folder with one file of the output",
        JOB % ".",
        {".amlignore": "generated\n!generated/manifest.json\n"},
        told(92, ".", MOVE),
    ),
    Holding("code beside it", JOB % "src", {"src/a.py": ""}, []),
    Holding("code of a component's file", STEP, {"c/c.yml": COMPONENT}, told(106, "./c/c.yml", MOVE)),
)
AFTERWARDS = (
    Holding(
        "a link in code",
        JOB % "src",
        {"src/a.py": ""},
        told(92, "src", "move what is uploaded into a folder of its own"),
        {"src/out": "../generated"},
    ),
    Holding(
        "a file",
        DATA,
        {},
        told(34, "generated/manifest.json", "move what is uploaded into a folder of its own"),
    ),
)


def laid_out(folder: Path, holding: Holding) -> None:
    spec = HEADER + WORKSPACE + holding.spec + OTHERS
    for name, text in {"train.py": "", "ml-platform.yaml": spec, **holding.files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name, target in holding.links.items():
        (folder / name).symlink_to(target)


@pytest.mark.parametrize("holding", CASES, ids=[case.what for case in CASES])
def test_output_is_written_where_it_is_not_uploaded(
    holding: Holding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    laid_out(tmp_path, holding)
    monkeypatch.chdir(tmp_path)
    for verb in (["validate"], ["compile"], ["compile", "--check"]):
        assert run(verb) == (1 if holding.said else 0)
        said = capsys.readouterr().err.splitlines()
        assert [line.strip() for line in said if "MLI349" in line or " help: " in line] == holding.said
    if not holding.said and "code: .}" in holding.spec:
        uploaded = [name for _, name in get_upload_files_from_folder(tmp_path, ignore_file=get_ignore_file(tmp_path))]
        assert sorted(uploaded) == [".amlignore", "ml-platform.yaml", "train.py"]


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
@pytest.mark.parametrize("holding", AFTERWARDS, ids=[case.what for case in AFTERWARDS])
def test_output_that_is_there_is_not_uploaded(
    holding: Holding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    laid_out(tmp_path, CASES[4])
    monkeypatch.chdir(tmp_path)
    assert run(["compile"]) == 0
    capsys.readouterr()
    laid_out(tmp_path, holding)
    assert run(["compile", "--check"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.strip() for line in said if "MLI349" in line or " help: " in line] == holding.said
