"""What Databricks fills in may stand in the value of a variable, which is then known in its own sections alone."""

from __future__ import annotations

from pathlib import Path

from tests.core.cases import told
from tests.spec import HEADER

VARIABLES = """\
variables:
  who: {type: string, default: "${workspace.current_user.short_name}"}
"""
OURS = 'storage_accounts: {lake: {tags: {by: "a-${var.who}"}}}\n'
THEIRS = """\
databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}
databricks_schemas: {own: {name: "a_${var.who}", catalog_name: main, comment: "${var.who}"}}
"""


def test_a_variable_that_databricks_fills_in_stays_in_its_sections(tmp_path: Path) -> None:
    assert told(tmp_path, HEADER + VARIABLES + THEIRS, {}) == ""
    assert told(tmp_path, HEADER + VARIABLES + THEIRS + OURS, {}) == (
        '10:38 MLI235 "${workspace.current_user.short_name}", of which the value of variable "who" is made, is not '
        "known here\n  help: a service fills it in, in its own sections alone"
    )
    wrong = VARIABLES.replace("workspace.current", "workspaces.current")
    assert "MLI235" in told(tmp_path, HEADER + wrong + THEIRS, {})
