"""Code of Databricks is in no file of the output: a change of it alone is said, of those who run it."""

from __future__ import annotations

from pathlib import Path

from mlinfra.differ.build import difference
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

SPEC = f"""{HEADER}
databricks_workspaces: {{main: {{}}}}
databricks_jobs:
  night:
    name: night
    tasks: [{{task_key: a, notebook_task: {{notebook_path: ./src/night.py}}, environment_key: e}}]
    environments: &e [{{environment_key: e, spec: {{client: "2"}}}}]
  day:
    name: day
    tasks: [{{task_key: a, spark_python_task: {{python_file: ./other/day.py}}, environment_key: e}}]
    environments: *e
  both:
    name: both
    tasks: [{{task_key: a, run_job_task: {{job_id: night}}}}]
"""
FILES = {
    "src/night.py": "# Databricks notebook source\nimport helpers\nhelpers.run()\n",
    "src/helpers.py": "def run():\n    print(1)\n",
    "src/notes.md": "one\n",
    "other/day.py": "print(2)\n",
}


def _told(tmp_path: Path, edited: dict[str, str]) -> dict[str, tuple[tuple[str, ...], list[str], list[str]]]:
    (old, earlier), (new, now) = (
        compiled_side(tmp_path / name, SPEC, {**FILES, **files}) for name, files in (("a", {}), ("b", edited))
    )
    return {
        each.address: (each.classes, [prop.path for prop in each.properties], [cause.file for cause in each.cause])
        for each in difference(old, new, now, earlier, old).changes
    }


def test_a_notebook_hits_its_job_and_who_uses_that_is_named(tmp_path: Path) -> None:
    changed = {"src/night.py": FILES["src/night.py"] + "print(3)\n"}
    told = _told(tmp_path, changed)
    assert told == {"databricks_jobs.night": (("in_place",), ["src/night.py"], ["src/night.py"])}


def test_what_lies_beside_a_notebook_may_be_imported_by_it(tmp_path: Path) -> None:
    told = _told(tmp_path, {"src/helpers.py": "def run():\n    print(4)\n", "src/notes.md": "two\n"})
    assert told == {"databricks_jobs.night": (("in_place",), ["src/helpers.py"], ["src/helpers.py"])}


def test_code_that_does_not_change_is_not_told(tmp_path: Path) -> None:
    assert _told(tmp_path, {}) == {}
