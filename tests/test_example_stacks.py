"""specs/stacks is what a template of Databricks makes: what is committed of it is what Databricks' own SDK reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from mlinfra.languages.databricks.row import PREFIX
from mlinfra.languages.databricks.sections import BY_NAME
from tests.languages.databricks.sdk import judged_part, round_trip
from tests.reading_yaml import read_yaml

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "generated" / "stacks"
READ = re.compile(r'\bsay\("(\w+)"\)|for name in \(("[^)]*")\)')


@cache
def _resources() -> tuple[tuple[str, str, str, dict[str, Any]], ...]:
    """Each resource of each bundle: its target, its bundle, its section and its body."""
    return tuple(_read())


def _read() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for file in sorted(OUTPUT.glob("*/databricks/*/*/resources/*/*.yml")):
        target, _, _, bundle, *_ = file.relative_to(OUTPUT).parts
        for section, resources in read_yaml(file.read_text(encoding="utf-8"))["resources"].items():
            for body in resources.values():
                yield target, bundle, section, body


def _jobs(target: str) -> list[dict[str, Any]]:
    return [body for of, _, section, body in _resources() if (of, section) == (target, "jobs")]


def test_the_sdk_reads_each_resource_and_writes_it_as_it_was() -> None:
    for _, _, section, body in _resources():
        row = BY_NAME[f"{PREFIX}{section}"]
        assert round_trip(row, body) == judged_part(row, body)
    assert {target for target, *_ in _resources()} == {"dev", "test", "staging", "prod"}


def test_two_targets_share_a_workspace_and_nothing_in_it() -> None:
    pages = {
        target: read_yaml((OUTPUT / target / "databricks/main/platform/databricks.yml").read_text(encoding="utf-8"))
        for target in ("test", "staging")
    }
    places = [page["targets"][target]["workspace"] for target, page in pages.items()]
    assert len({place["azure_workspace_resource_id"] for place in places}) == 1
    assert len({place["root_path"] for place in places}) == 2
    experiments = [body["name"] for of, _, kind, body in _resources() if of in pages and kind == "experiments"]
    assert experiments == ["/Shared/taxi/staging-taxi-experiment", "/Shared/taxi/test-taxi-experiment"]


def test_what_watches_the_predictions_is_deployed_once_they_are_there() -> None:
    later = {(target, section) for target, bundle, section, _ in _resources() if bundle == "serving"}
    assert later == {("staging", "quality_monitors"), ("prod", "quality_monitors")}


def test_jobs_start_by_themselves_where_nobody_develops() -> None:
    for target, is_paused in (("dev", True), ("test", True), ("staging", False), ("prod", False)):
        said = [job["schedule"].get("pause_status") == "PAUSED" for job in _jobs(target)]
        assert said == [is_paused] * (4 if target in ("staging", "prod") else 3)


def test_each_notebook_gets_what_it_reads() -> None:
    folder = OUTPUT / "prod" / "databricks" / "main" / "platform" / "resources" / "jobs"
    notebooks = [task["notebook_task"] for job in _jobs("prod") for task in job["tasks"] if "notebook_task" in task]
    for notebook in notebooks:
        text = (folder / notebook["notebook_path"]).read_text(encoding="utf-8")
        assert text.startswith("# Databricks notebook source\n")
        found = READ.findall(text)
        read = {name for one, several in found for name in ([one] if one else re.findall(r"\w+", several))}
        assert read <= set(notebook["base_parameters"])
    assert len(notebooks) == 7
