"""Data that something else versions: a run reads the newest version, and says which that was."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.trained import DataContext, FillContext
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure
from tests.scripts.steps import REGISTER, RETRAIN, TRAIN

DEV, *LATER = PLATFORM.targets
JOB = dataclasses.replace(
    DEV.jobs[0],
    data=(DataContext("rides", "", "", "raw"),),
    fills=(FillContext("inputs.raw.path", (TextPart("azureml:rides:", "newest.rides"),)),),
)
CONTEXT = dataclasses.replace(PLATFORM, targets=(dataclasses.replace(DEV, jobs=(JOB,)), *LATER))


@pytest.fixture
def azure(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    return new_azure_of(CONTEXT).with_infrastructure()


def _add_version(azure: Azure, version: str) -> None:
    versions = azure.workspace().setdefault("assets", {}).setdefault("data", {}).setdefault("rides", {})
    versions[version] = {"name": "rides", "version": version}


def _record(azure: Azure) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((azure.folder / "out" / "models.json").read_text())["models"]["churn"]
    return record


def _ran(azure: Azure, *steps: tuple[str, ...]) -> None:
    for step in steps:
        result = azure.run(*step)
        assert result.code == 0, result.stderr


def _data(azure: Azure) -> list[tuple[str, str, str]]:
    return [(each["name"], each["version"], each["path"]) for each in _record(azure)["data"]]


def test_the_run_names_the_version_that_it_read(azure: Azure) -> None:
    _ran(azure, REGISTER)
    _add_version(azure, "2026-10-01")
    _ran(azure, TRAIN)
    assert _data(azure) == [("rides", "2026-10-01", "azureml:rides:2026-10-01")]
    (model,) = azure.workspace()["assets"]["model"]["churn"].values()
    assert model["tags"]["mlinfra-data-1"].startswith("rides:2026-10-01 at ")


def test_a_newer_version_trains_nothing_by_itself_and_is_read_by_who_trains_anew(azure: Azure) -> None:
    _ran(azure, REGISTER)
    _add_version(azure, "1")
    _ran(azure, TRAIN)
    _add_version(azure, "2")
    _ran(azure, TRAIN)
    assert _data(azure) == [("rides", "1", "azureml:rides:1")]
    _ran(azure, RETRAIN)
    assert _data(azure) == [("rides", "2", "azureml:rides:2")]


def test_data_of_which_there_is_no_version_start_no_job(azure: Azure) -> None:
    _ran(azure, REGISTER)
    result = azure.run(*TRAIN)
    assert result.code == 1
    said = "error: job train reads data rides, and there is no version of it: what makes them has to run first"
    assert result.stderr.splitlines()[-1] == said
    assert azure.workspace().get("jobs", {}) == {}
