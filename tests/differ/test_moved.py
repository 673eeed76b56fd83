"""What was moved is the same on both sides, and what is changed of it at the same time is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.model import Found
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

NET = f"""{HEADER}
network: {{inbound: public}}
databricks_workspaces: {{main: {{}}}}
databricks_catalogs: {{lake: {{existing: true, name: lake}}}}
"""
OF_LAKE = "catalog_name: lake"
# A section, what stands in an entry of it, and what comes to that as it is moved.
CASES = (
    ("databricks_schemas", OF_LAKE, "grants: [{principal: account users, privileges: [SELECT]}]", "grants"),
    ("databricks_secret_scopes", "name: own", "permissions: [{level: READ, group_name: users}]", "permissions"),
    ("databricks_experiments", "name: /Shared/e", "permissions: [{level: CAN_READ, group_name: users}]", "permissions"),
)


def _moved(folder: Path, section: str, before: str, after: str, line: bool = True) -> list[Found]:
    old, earlier = compiled_side(folder / "before", f"{NET}{section}: {{first: {{{before}}}}}\n")
    moved = f"moved: [{{from: {section}.first, to: {section}.second}}]\n" if line else ""
    new, now = compiled_side(folder / "after", f"{NET}{moved}{section}: {{second: {{{after}}}}}\n")
    return list(difference(old, new, now, earlier, old).changes)


@pytest.mark.parametrize(("section", "body", "more", "path"), CASES, ids=[case[0] for case in CASES])
def test_what_a_bundle_holds_is_renamed_and_no_other(
    section: str, body: str, more: str, path: str, tmp_path: Path
) -> None:
    (found,) = _moved(tmp_path, section, body, f"{body}, {more}")
    assert (found.action, found.address, found.renamed_from) == ("renamed", f"{section}.second", f"{section}.first")
    assert [each.path for each in found.properties] == [path]
    assert set(found.classes) == {"renames", "in_place", "opens_access"}


def test_nothing_else_comes_of_it(tmp_path: Path) -> None:
    (found,) = _moved(tmp_path, "databricks_schemas", OF_LAKE, OF_LAKE)
    assert (found.action, found.classes) == ("renamed", ("renames",))


def test_without_the_line_one_is_lost_and_another_made(tmp_path: Path) -> None:
    found = _moved(tmp_path, "databricks_schemas", OF_LAKE, OF_LAKE, line=False)
    assert [(each.action, set(each.classes)) for each in found] == [
        ("deleted", {"refused", "loses_data"}),
        ("created", {"creates"}),
    ]


IN_A_TARGET = """apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {{subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
  {0}: {{subscription: 22222222-2222-2222-2222-222222222222, mode: {1}, promote_from: dev}}
network: {{inbound: public, outbound: internet, allowed_ips: [203.0.113.0/24]}}
storage_accounts: {{lake: {{containers: {{raw: {{}}}}}}}}
principals:
  readers: {{object_id: 33333333-3333-3333-3333-333333333333, type: group, role: data_scientist}}
workspaces: {{main: {{}}}}
datastores: {{raw: {{type: azure_blob, account_name: lake, container_name: raw}}}}
{2}"""


def test_a_target_is_the_same_under_another_name(tmp_path: Path) -> None:
    """What only the spec says of it is compared, and nobody gains what was there already."""
    old, earlier = compiled_side(tmp_path / "before", IN_A_TARGET.format("prod", "production", ""))
    moved = "moved: [{from: targets.prod, to: targets.live}]\n"
    new, now = compiled_side(tmp_path / "after", IN_A_TARGET.format("live", "development", moved))
    found = difference(old, new, now, earlier, old)
    (target,) = [each for each in found.changes if each.address == "targets.live"]
    assert [(each.path, each.before, each.after) for each in target.properties] == [
        ("mode", "production", "development")
    ]
    assert "weakens" in target.classes
    assert found.data == ()
    assert all(each.before is not None for each in found.costs if each.target == "live")


OF_BOTH = f"""{HEADER}
databricks_workspaces: {{main: {{existing: true, azure_name: dbw-a, resource_group: rg-a}}}}
databricks_catalogs: {{main: {{name: ours, storage_root: "abfss://x@theirs.dfs.core.windows.net/"}}}}
databricks_schemas: {{ml: {{catalog_name: main}}}}
"""
DIRECT = "index_type: DIRECT_ACCESS, direct_access_index_spec: {schema_json: '{}'}"
SYNCED = "primary_key_columns: [id], synced_table_id: ours.ml.b, scheduling_policy: SNAPSHOT, source_table_full_name"
SPACE = "title: Ask, warehouse_id: '12', serialized_space: {data_sources: {tables: [{identifier:"
STARTS = "tasks: [{task_key: a, run_job_task: {job_id: 12}}], trigger: {table_update: {table_names:"
WAITING = {  # what names a table
    "databricks_apps": (
        "{source_code_path: /Workspace/a, resources: [{name: t, uc_securable: "
        "{securable_full_name: TABLE, securable_type: KIND, permission: SELECT}}]}"
    ),
    "databricks_jobs": f"{{{STARTS} [TABLE]}}}}}}",
    "databricks_genie_spaces": f"{{{SPACE} TABLE}}]}}}}}}",
    "databricks_postgres_synced_tables": f"{{{SYNCED}: TABLE}}",
}


@pytest.mark.parametrize(("section", "body"), WAITING.items(), ids=WAITING)
def test_what_waits_for_a_run_from_now_on_is_made_anew_in_another_bundle(
    section: str, body: str, tmp_path: Path
) -> None:
    def written(table: str) -> str:
        return f"{OF_BOTH}{section}: {{it: {body.replace('TABLE', table).replace('KIND', 'TABLE')}}}\n"

    old, earlier = compiled_side(tmp_path / "before", written("a.b.c"))
    new, now = compiled_side(tmp_path / "after", written("ours.ml.pages"))
    (found,) = difference(old, new, now, earlier, old).changes
    (bundle,) = [each for each in found.properties if each.path == "bundle"]
    assert (bundle.before, bundle.after) == ("dev/databricks/main/platform", "dev/databricks/main/serving")
    assert bundle.classes == ("replaced", "interrupts")
    assert bundle.note == "it leaves one bundle, which deletes it, and another one makes it"


def test_what_leaves_a_bundle_that_is_gone_with_it_stays_there(tmp_path: Path) -> None:
    job = f"databricks_jobs: {{it: {{{STARTS} [TABLE]}}}}}}}}\n"
    old, earlier = compiled_side(tmp_path / "before", OF_BOTH + job.replace("TABLE", "ours.ml.pages"))
    new, now = compiled_side(tmp_path / "after", OF_BOTH + job.replace("TABLE", "a.b.c"))
    (found,) = difference(old, new, now, earlier, old).changes
    assert (found.action, found.classes) == ("changed", ("in_place", "orphans"))
    assert found.remedy == (
        "Nothing deploys dev/databricks/main/serving any more. To remove it: databricks bundle destroy there, as it was"
    )
    (bundle,) = [each for each in found.properties if each.path == "bundle"]
    assert bundle.classes == ("orphans",)
    assert (
        bundle.note
        == "it leaves a bundle that nothing deploys any more, where it stays, and another one makes it once more"
    )
