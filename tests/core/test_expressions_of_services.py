"""What Databricks fills in may stand in the value of a variable, which is then known in its own sections alone."""

from __future__ import annotations

from pathlib import Path

import pytest

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
    of_it = VARIABLES + '  path: {type: string, default: "/Users/${var.who}"}\n'
    beside = OURS.replace("who", "path").replace("lake", "raw")
    assert 'of which the value of variable "path" is made' in told(tmp_path, HEADER + of_it + THEIRS + beside, {})
    assert told(tmp_path, HEADER + of_it + THEIRS.replace('comment: "${var.who}', 'comment: "${var.path}'), {}) == ""
    wrong = VARIABLES.replace("workspace.current", "workspaces.current")
    assert "MLI235" in told(tmp_path, HEADER + wrong + THEIRS, {})


LOOKUPS = """\
variables:
  pager: {lookup: {notification_destination: pager}}
  id: {type: string, lookup: {warehouse: Shared}}
"""
KINDS = (
    "alert, cluster, cluster_policy, dashboard, instance_pool, job, metastore, notification_destination, pipeline, "
    "query, service_principal, warehouse"
)


FORM = "lookup: {warehouse: <its name>}"
OF_AN_ENTRY = "${storage_accounts.lake.name}"


@pytest.mark.parametrize(
    ("body", "place", "message", "help"),
    [
        (
            "{lookup: {wharehouse: x}}",
            "9:20 MLI208",
            'variable "wrong": lookup knows no "wharehouse"',
            f'did you mean "warehouse"? Databricks looks up {KINDS}',
        ),
        (
            "{lookup: Shared}",
            "9:19 MLI208",
            'variable "wrong": lookup takes a mapping, not text',
            f"write {FORM}",
        ),
        (
            "{lookup: {job: a, alert: b}}",
            "9:19 MLI208",
            'variable "wrong": lookup looks up job, alert at once',
            f"write one: {FORM}",
        ),
        (
            "{lookup: {job: 1}}",
            "9:25 MLI208",
            'variable "wrong": job takes the name of one, not a number',
            "write lookup: {job: <its name>}",
        ),
        (
            "{lookup: {job: a}, default: b}",
            "9:29 MLI208",
            'variable "wrong" has a lookup and default, of which only the lookup would count',
            "leave default or lookup out",
        ),
        (
            "{type: number, lookup: {job: a}}",
            "9:17 MLI208",
            'variable "wrong" is looked up, and what is found is text',
            "write type: string, or leave it out",
        ),
        (
            '{lookup: {job: "${var.id}"}}',
            "9:25 MLI235",
            'variable "id" is looked up when a bundle of Databricks is deployed, and not known here',
            "write the value itself here; in sections of Databricks the variable may stand",
        ),
        (
            f'{{lookup: {{job: "{OF_AN_ENTRY}"}}}}',
            "9:19 MLI235",
            f'"{OF_AN_ENTRY}" is looked up by its name, which can\'t be made of an entry',
            "name the entry itself in the body, and leave the variable out",
        ),
    ],
)
def test_a_lookup_is_the_name_of_one_thing(body: str, place: str, message: str, help: str, tmp_path: Path) -> None:
    spec = f"{HEADER}{LOOKUPS}  wrong: {body}\n{THEIRS.replace('${var.who}', 'who')}"
    assert told(tmp_path, spec, {}) == f"{place} {message}\n  help: {help}"


def test_what_is_looked_up_is_known_to_bundles_alone(tmp_path: Path) -> None:
    """Neither what Azure makes nor what a step of ours sends is filled in by Databricks."""
    spec = f"{HEADER}{LOOKUPS}{THEIRS.replace('${var.who}', '${var.id}')}"
    assert told(tmp_path, spec, {}) == ""
    ours = OURS.replace("who", "id")
    sent = 'databricks_storage_credentials: {c: {comment: "${var.pager} ${bundle.target}", access_connector: c}}\n'
    connector = "databricks_access_connectors: {c: {}}\n"
    help = "help: write the value itself here; in sections of Databricks the variable may stand"
    unknown = "is looked up when a bundle of Databricks is deployed, and not known here"
    assert told(tmp_path, spec + ours + sent + connector, {}).split("\n") == [
        f'11:38 MLI235 variable "id" {unknown}',
        f"  {help}",
        f'12:47 MLI235 variable "pager" {unknown}',
        f"  {help}",
        '12:47 MLI235 "${bundle.target}" is not known',
        "  help: write ${target.name}; bundles alone know ${bundle.target}",
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{lookup: {notification_destination: other}}", ""),
        ("0123-id", ""),
        ("{lookup: {notification: other}}", 'variable "pager": lookup knows no "notification"'),
        ("{warehouse: other}", 'variable "pager" takes text, not a mapping'),
    ],
)
def test_a_target_gives_another_lookup_or_the_id(value: str, said: str, tmp_path: Path) -> None:
    header = HEADER.replace("mode: development}", f"mode: development, variables: {{pager: {value}}}}}")
    found = told(tmp_path, header + LOOKUPS + THEIRS.replace("${var.who}", "${var.pager}"), {})
    assert found.partition("\n")[0].partition(" MLI209 ")[2] == said
