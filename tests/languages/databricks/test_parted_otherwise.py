"""A key with the letters of a field, parted otherwise, is a slip of it, whatever these letters are elsewhere."""

from __future__ import annotations

from pathlib import Path

from mlinfra.diagnostics import has_errors
from tests.spec import HEADER, found

JOB = """\
databricks_workspaces: {main: {}}
databricks_jobs:
  nightly:
    tasks:
      - task_key: main
        noteboo_ktask: {notebook_path: notebooks/main.py}
        environment_key: default
    environments:
      - environment_key: default
        spec: {environment_version: "3"}
"""


def test_a_task_whose_kind_is_parted_otherwise_is_read_as_that_kind(tmp_path: Path) -> None:
    files = {"notebooks/main.py": "# Databricks notebook source\n"}
    said = [
        (each.code.id, each.span.line, each.help) for each in found(tmp_path, HEADER + JOB, files) if has_errors([each])
    ]
    assert said == [("MLI860", 11, 'did you mean "notebook_task"?')]
