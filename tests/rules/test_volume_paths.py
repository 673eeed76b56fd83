"""Paths that nearly lead into a volume of the spec, jobs that tell nobody, and principals that nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, said

SPEC = (
    HEADER
    + """\
databricks_workspaces: {main: {existing: true, azure_name: dbw-a, resource_group: rg-a}}
databricks_catalogs: {main: {name: sales_dev, storage_root: "abfss://x@theirs.dfs.core.windows.net/"}}
databricks_schemas: {landing: {catalog_name: main}, ml: {catalog_name: main, name: models}}
databricks_volumes:
  files: {catalog_name: main, schema_name: landing, volume_type: MANAGED}
  shared: {catalog_name: main, schema_name: ml, volume_type: MANAGED}
"""
)
RIGHT = "/Volumes/sales_dev/landing/files"
TASK = "tasks: [{task_key: a, notebook_task: {notebook_path: /Shared/a, base_parameters: {from: PATH}}}]"
SLIPS = {
    "/Volumes/saels_dev/landing/files": RIGHT,
    "/Volumes/sale_dev/landing/files/in": RIGHT,
    "/Volumes/sales_dev/landng/files": RIGHT,
    "--from=/Volumes/sales_dev/landing/fils/a.csv": RIGHT,
    "/Volumes/main/landing/files": RIGHT,  # keys of entries
    "/Volumes/sales_dev/ml/shared": "/Volumes/sales_dev/models/shared",
    "/volumes/sales_dev/landing/files": RIGHT,
    "dbfs:/Volume/sales_dev/landing/files": RIGHT,
}


@pytest.mark.parametrize(("path", "right"), SLIPS.items())
def test_a_path_that_nearly_leads_into_a_volume_is_told(path: str, right: str, tmp_path: Path) -> None:
    (message,) = said(tmp_path, f"{SPEC}databricks_jobs: {{j: {{{TASK.replace('PATH', path)}}}}}\n", "MLI627")
    assert message.endswith(f'of databricks_jobs.j is no path of a volume (did you mean "{right}"?)')


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"{RIGHT}/a.csv",
            "/Volumes/Sales_Dev/landing/FILES",
            '"/Volumes/${databricks_catalogs.main.name}/landing/x"',
        ),
        *("/Volumes/main/raw/files", "/Volumes/sales_prod/landing/files", "/Volumes/sales_dev/raw/files"),
        *("/Volumes/sales_dev/landing/photos", "/Volumes/sales_dev", "/volumes/others/of/theirs", "/data/volumes/a"),
        *("https://contoso.com/volumes/sales_dev/landing/files", "/mnt/volumes/main/landing/files"),
    ],
)
def test_what_is_another_place_is_let_alone(path: str, tmp_path: Path) -> None:
    assert said(tmp_path, f"{SPEC}databricks_jobs: {{j: {{{TASK.replace('PATH', path)}}}}}\n", "MLI627") == []


MONITOR = "{table_name: 'NAME', assets_dir: /Shared/m, output_schema_name: sales_dev.landing, snapshot: {}}"


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("sales_dev.landng.orders", "sales_dev.landing.orders"),
        ("saels_dev.landing.orders", "sales_dev.landing.orders"),
        ("sales_dev.model.orders", "sales_dev.models.orders"),
        ("sales_dev.landing.orders", None),
        ("sales_dev.raw.orders", None),
        ("sales_prod.landng.orders", None),
        ("${databricks_catalogs.main.name}.landing.orders", None),
        ("${databricks_catalogs.main.name}.lnading.orders", "sales_dev.landing.orders"),
    ],
)
def test_a_name_whose_schema_nearly_is_one_is_told(name: str, right: str | None, tmp_path: Path) -> None:
    found = said(tmp_path, f"{SPEC}databricks_quality_monitors: {{m: {MONITOR.replace('NAME', name)}}}\n", "MLI616")
    helps = [f'(did you mean "{right}"?)'] if right else []
    assert [message[message.index("(did") :] for message in found] == helps


def test_a_key_is_no_slip_where_something_else_is_called_so(tmp_path: Path) -> None:
    theirs = SPEC.replace("databricks_catalogs: {", "databricks_catalogs: {theirs: {existing: true, name: main}, ")
    schema = SPEC.replace("databricks_schemas: {", "databricks_schemas: {other: {catalog_name: main, name: ml}, ")
    for spec, path in ((theirs, "/Volumes/main/landing/files"), (schema, "/Volumes/sales_dev/ml/shared")):
        text = f"{spec}databricks_jobs: {{j: {{{TASK.replace('PATH', path)}}}}}\n"
        assert said(tmp_path, text, "MLI627") == []


def test_a_catalog_whose_name_has_a_dot_is_in_no_path(tmp_path: Path) -> None:
    spec = SPEC.replace("name: sales_dev", "name: sales.dev")
    text = f"{spec}databricks_jobs: {{j: {{{TASK.replace('PATH', '/Volumes/sales.dv/landing/files')}}}}}\n"
    assert said(tmp_path, text, "MLI627") == []


LATE = "on_duration_warning_threshold_exceeded: [a@contoso.com]"
LAGS = "on_streaming_backlog_exceeded: [{id: abc}]"
OF_JOB = "tasks: [{task_key: a, notebook_task: {notebook_path: /Shared/a}}]"


@pytest.mark.parametrize(
    ("job", "event", "metric"),
    [
        (f"email_notifications: {{{LATE}}}, {OF_JOB}", LATE, "RUN_DURATION_SECONDS"),
        (f"webhook_notifications: {{{LAGS}}}, {OF_JOB}", LAGS, "STREAMING_BACKLOG_BYTES"),
        (OF_JOB.replace("key: a,", f"key: a, email_notifications: {{{LATE}}},"), LATE, "RUN_DURATION_SECONDS"),
    ],
)
def test_a_warning_that_nobody_gets_is_told(job: str, event: str, metric: str, tmp_path: Path) -> None:
    line, rule = SPEC.count("\n") + 1, f"{{metric: {metric}, op: GREATER_THAN, value: "
    never = f"{event.partition(':')[0]} of databricks_jobs.j is never sent: no rule in health has a threshold for it"
    assert said(tmp_path, f"{SPEC}databricks_jobs: {{j: {{{job}}}}}\n", "MLI628") == [
        f"{line}: {never} (add health: {{rules: [{rule}…}}]}})"
    ]
    health = f"health: {{rules: [{rule}60}}]}}"
    assert said(tmp_path, f"{SPEC}databricks_jobs: {{j: {{{health}, {job}}}}}\n", "MLI628") == []


def test_a_service_principal_is_known_by_the_id_of_its_application(tmp_path: Path) -> None:
    help = "(write its application (client) id, by which Databricks knows a service principal)"
    line = SPEC.count("\n") + 1
    for where in (
        "run_as: {service_principal_name: WHO}",
        "permissions: [{service_principal_name: WHO, level: CAN_VIEW}]",
    ):
        text = f"{SPEC}databricks_jobs: {{j: {{{where}, {OF_JOB}}}}}\n"
        assert said(tmp_path, text.replace("WHO", "my-runner"), "MLI629") == [
            f'{line}: "my-runner" of databricks_jobs.j is no id of an application {help}'
        ]
        for right in ("77777777-7777-7777-7777-777777777777", "${workspace.current_user.userName}"):
            assert said(tmp_path, text.replace("WHO", f"'{right}'"), "MLI629") == []
