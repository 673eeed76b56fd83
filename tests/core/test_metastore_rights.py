"""What whoever deploys may make in a metastore: asked for by what the spec makes there, in each workspace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.emit.databricks_account import account_files
from mlinfra.emit.readme import readme

LAB = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g/providers/Microsoft.Databricks/workspaces/dbw"
)
ACCOUNT = "databricks: {account_id: 55555555-5555-5555-5555-555555555555, account_admins: data-admins}\n"
HEAD = """\
apiVersion: mlinfra/v1
platform: lake
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
"""
NEW, THEIRS = "databricks_workspaces: {lab: {}}\n", f"databricks_workspaces: {{lab: {{existing: true, id: {LAB}}}}}\n"
CATALOG = "databricks_catalogs: {shop: {storage_root: 'abfss://a@b.dfs.core.windows.net/c'}}\n"
LOCATION = """\
storage_accounts: {lake: {containers: {raw: {}}}}
databricks_access_connectors: {lake: {}}
databricks_storage_credentials: {lake: {access_connector: lake}}
databricks_external_locations: {raw: {url: storage_accounts.lake.containers.raw, credential_name: lake}}
"""
SCHEMA = "databricks_schemas: {s: {catalog_name: others}}\n"


def _compiled(folder: Path, text: str) -> tuple[list[list[str]], str]:
    """The rights by workspace of account.json, and the page."""
    (folder / "ml-platform.yaml").write_text(HEAD + text, encoding="utf-8")
    compiled = compile_spec(folder / "ml-platform.yaml", folder, {})
    wrong = [each for found in compiled.diagnostics.values() for each in found if each.severity == "error"]
    assert not wrong, wrong
    files = [json.loads(file.text) for plan in compiled.plans for file in account_files(plan)]
    return [each["rights"] for file in files for each in file["workspaces"]], readme(compiled.plans, "").text


@pytest.mark.parametrize(
    ("text", "rights"),
    [
        (CATALOG, ["CREATE_CATALOG"]),
        (LOCATION, ["CREATE_EXTERNAL_LOCATION", "CREATE_STORAGE_CREDENTIAL"]),
        (CATALOG + LOCATION, ["CREATE_CATALOG", "CREATE_EXTERNAL_LOCATION", "CREATE_STORAGE_CREDENTIAL"]),
        (SCHEMA, []),
        ("", []),
    ],
    ids=["catalog", "location", "both", "schema", "nothing"],
)
def test_the_script_grants_what_is_made_in_the_metastore_and_no_more(
    text: str, rights: list[str], tmp_path: Path
) -> None:
    found, page = _compiled(tmp_path, ACCOUNT + NEW + text)
    assert found == [rights]
    words = ", ".join(f"`{each.replace('_', ' ')}`" for each in rights)
    assert (f"once the workspace is there, which grants who deploys {words} on the metastore" in page) is bool(rights)
    assert ("and admin of the metastore of its region" in page) is bool(rights)


def test_in_a_workspace_of_others_it_is_granted_before_the_first_deployment(tmp_path: Path) -> None:
    _, page = _compiled(tmp_path, ACCOUNT + THEIRS + CATALOG)
    assert "may let jobs run as others, which grants who deploys `CREATE CATALOG` on the metastore" in page


def test_without_an_account_in_the_spec_the_first_run_says_what_to_grant(tmp_path: Path) -> None:
    person = "principals: {ann: {type: group, object_id: 22222222-2222-2222-2222-222222222222, role: reader}}\n"
    found, page = _compiled(tmp_path, NEW + CATALOG + person)
    assert found == []
    assert "grants who deploys `CREATE CATALOG` on the metastore, unless Databricks assigned it by itself" in page
