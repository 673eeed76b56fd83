"""specs/lakehouse is Databricks beside Azure ML: what is committed of it is what Databricks' own SDK reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from mlinfra.languages.databricks.row import PREFIX
from mlinfra.languages.databricks.sections import BY_NAME
from tests.languages.databricks.sdk import judged_part, round_trip
from tests.reading_yaml import read_yaml

ROOT = Path(__file__).parents[1]
OUTPUT, SOURCES = ROOT / "generated" / "lakehouse", ROOT / "specs" / "lakehouse" / "src"


@cache
def _resources() -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Each resource of each bundle: its target, its section and its body."""
    return tuple(_read())


def _read() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for file in sorted(OUTPUT.glob("*/databricks/*/*/resources/*/*.yml")):
        for section, resources in read_yaml(file.read_text(encoding="utf-8"))["resources"].items():
            for body in resources.values():
                yield file.relative_to(OUTPUT).parts[0], section, body


def _of(section: str, target: str = "dev") -> list[dict[str, Any]]:
    return [body for in_target, kind, body in _resources() if (in_target, kind) == (target, section)]


def test_the_sdk_reads_each_resource_and_writes_it_as_it_was() -> None:
    for _, section, body in _resources():
        row = BY_NAME[f"{PREFIX}{section}"]
        assert round_trip(row, body) == judged_part(row, body)
    assert {target for target, _, _ in _resources()} == {"dev", "test", "prod"}


def test_each_target_has_a_catalog_of_its_own_in_the_metastore_that_they_share() -> None:
    shared = ("catalogs", "external_locations")
    names = [body["name"] for _, section, body in _resources() if section in shared]
    assert len(names) == len(set(names)) == 12
    places = [body["url"] for _, section, body in _resources() if section == "external_locations"]
    assert len(places) == len(set(places))


def test_files_that_land_become_tables_features_a_model_and_nightly_scores() -> None:
    jobs = {job["name"]: job for job in _of("jobs", "prod")}
    assert [task["task_key"] for task in jobs["refresh"]["tasks"]] == ["ingest", "features"]
    assert "file_arrival" in jobs["refresh"]["trigger"]
    assert jobs["score"]["schedule"]["quartz_cron_expression"] == "0 0 22 * * ?"
    least = {target: _of("jobs", target) for target in ("dev", "prod")}
    said = {
        target: task["spark_python_task"]["parameters"][-1]
        for target, of_target in least.items()
        for job in of_target
        for task in job["tasks"]
        if task["task_key"] == "train"
    }
    assert said == {"dev": "0.78", "prod": "0.8"}


def test_nothing_starts_by_itself_in_development() -> None:
    for target, is_paused in (("dev", True), ("test", False), ("prod", False)):
        starts = [job[field] for job in _of("jobs", target) for field in ("schedule", "trigger") if field in job]
        assert [start.get("pause_status") == "PAUSED" for start in starts] == [is_paused] * 3


def test_each_job_gives_its_code_the_arguments_that_it_takes() -> None:
    for job in _of("jobs"):
        for task in job["tasks"]:
            if code := task.get("spark_python_task"):
                given = {word for word in code["parameters"] if word.startswith("--")}
                taken, needed = _arguments(SOURCES / Path(code["python_file"]).name)
                assert needed <= given <= taken


def _arguments(script: Path) -> tuple[set[str], set[str]]:
    """What `add_argument` declares, and what of it is required."""
    taken, needed = set(), set()
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument":
            name = ast.literal_eval(node.args[0])
            taken.add(name)
            if any(word.arg == "required" for word in node.keywords):
                needed.add(name)
    return taken, needed


def test_the_monitor_looks_at_columns_that_the_scores_have() -> None:
    (monitor,) = _of("quality_monitors")
    scores = (SOURCES / "score_churn.py").read_text(encoding="utf-8")
    assert f'"{monitor["table_name"].split(".", 1)[1]}"' in scores
    for field in ("model_id_col", "prediction_col", "timestamp_col"):
        assert f"{monitor['inference_log'][field]}=" in scores


def test_what_a_person_tries_takes_no_name_from_what_is_deployed() -> None:
    """Databricks' mode development renames jobs and the like; what it does not rename is renamed in the target."""
    page = read_yaml((OUTPUT / "dev/databricks/main/platform/databricks.yml").read_text(encoding="utf-8"))
    renamed = page["targets"]["me"]["resources"]
    for section in ("catalogs", "secret_scopes"):
        deployed = {body["name"] for body in _of(section)}
        own = [body["name"] for body in renamed[section].values()]
        assert len(own) == len(deployed)
        assert all(name.rpartition("${")[0][:-1] in deployed for name in own)
    production = read_yaml((OUTPUT / "prod/databricks/main/platform/databricks.yml").read_text(encoding="utf-8"))
    assert set(production["targets"]) == {"prod"}
