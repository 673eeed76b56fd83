"""Who does what for Databricks the first time: what the first deployment of bundles takes stands before it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlinfra.emit.first_run import first_run
from tests.spec import compiled

SPEC = """\
apiVersion: mlinfra/v1
platform: lake
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
network: {outbound: open}
databricks_catalogs: {theirs: {existing: true, name: sales}}
databricks_schemas: {ml: {catalog_name: theirs, name: ml}}
"""
THEIRS = "databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}\n"
OURS = "databricks_workspaces: {main: {}}\n"
ACCOUNT = "databricks: {account_id: 55555555-5555-5555-5555-555555555555, account_admins: admins@contoso.com}\n"
BOOTSTRAP, INFRA, BUNDLES = (
    "scripts/bootstrap.sh --target dev",
    "scripts/deploy-infra.sh --target dev",
    "scripts/deploy-bundles.sh --target dev --bundle platform",
)
ADMIN = "Microsoft.Databricks/workspaces/assignWorkspaceAdmin/action"
GRANTS, OF_THE_ACCOUNT = (f"scripts/databricks-{each}.sh --target dev --apply" for each in ("grants", "account"))
CASES = {
    "where others own workspace and catalog both are asked at once": (
        THEIRS,
        [BOOTSTRAP, ADMIN, GRANTS, INFRA, BUNDLES],
    ),
    "a workspace of ours is there before anybody grants through it": (OURS, [BOOTSTRAP, INFRA, GRANTS, BUNDLES]),
    "an administrator of the account is asked before bundles, and again": (
        OURS + ACCOUNT,
        [BOOTSTRAP, OF_THE_ACCOUNT, INFRA, OF_THE_ACCOUNT, GRANTS, BUNDLES],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_each_is_asked_before_what_would_be_refused_without_him(text: str, expected: list[str], tmp_path: Path) -> None:
    page = str(first_run(compiled(tmp_path, SPEC + text).plans, None))
    assert re.findall("|".join(map(re.escape, sorted(set(expected) | {ADMIN}))), page) == expected


RUNNER = "77777777-7777-7777-7777-777777777777"
JOB = (
    f"databricks_jobs: {{j: {{run_as: {{service_principal_name: {RUNNER}}}, tasks: [{{task_key: t, notebook_task: "
    "{notebook_path: /Shared/n}}]}}\n"
)
TEAM = (
    "principals: {team: {type: group, name: analysts, role: reader, object_id: 66666666-6666-6666-6666-666666666601}}\n"
)
IN_ACCOUNT = f"has `analysts`, `{RUNNER}` in the account"
USER = f"gives who deploys `Service Principal User` on `{RUNNER}`, as which work runs"
IN_WORKSPACE = f"once it is there, has `analysts`, `{RUNNER}` in `dbw-lake-dev`; then the jobs run again"


def test_without_an_account_in_the_spec_its_administrator_is_told_what_a_script_would_do(tmp_path: Path) -> None:
    page = str(first_run(compiled(tmp_path, SPEC + OURS + JOB + TEAM).plans, None))
    steps = [BOOTSTRAP, IN_ACCOUNT, USER, INFRA, IN_WORKSPACE, BUNDLES]
    assert [page.index(step) for step in steps] == sorted(page.index(step) for step in steps)
    assert "with `databricks: {account_id: …, account_admins: …}` in the spec a script does it" in page


def test_in_a_workspace_that_is_there_he_does_it_at_once(tmp_path: Path) -> None:
    page = str(first_run(compiled(tmp_path, SPEC + THEIRS + JOB + TEAM).plans, None))
    assert f"{IN_ACCOUNT} and in `dbw`, and {USER}" in page
    assert page.index(USER) < page.index(ADMIN) < page.index(INFRA)
    assert "once it is there, has" not in page


@pytest.mark.parametrize("more", [ACCOUNT + JOB + TEAM, ""], ids=["a script does it", "nobody has to be known"])
def test_he_is_asked_for_nothing_else(more: str, tmp_path: Path) -> None:
    page = str(first_run(compiled(tmp_path, SPEC + OURS + more).plans, None))
    assert "administrator of the account" not in page
