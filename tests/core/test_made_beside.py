"""What the Databricks CLI of the pipelines is too old to know in a bundle: a step makes it, and the bundle finds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.side import Side
from mlinfra.differ.spec import Spec
from mlinfra.languages.databricks.sections import SECTIONS
from mlinfra.pipelines.versions import VERSIONS, is_older
from tests.differ.platforms import side_of
from tests.pipelines.platforms import compiled_in, pipelines, repository, spec
from tests.reading_yaml import read_yaml

FOLDER = "dev/databricks/main"
SHA256 = "a" * 64
SPEC = """\
databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}
principals: {people: {object_id: 66666666-6666-6666-6666-666666666601, name: people, role: ml_engineer}}
databricks_cluster_policies:
  small-one:
    definition: {num_workers: {type: range, maxValue: 4}}
    permissions: [{group_name: people, level: CAN_USE}]
databricks_jobs:
  nightly:
    job_clusters:
      - job_cluster_key: c
        new_cluster:
          {spark_version: 17.3.x-scala2.13, node_type_id: Standard_D4ds_v5, num_workers: 1, policy_id: small-one}
    tasks: [{task_key: t, job_cluster_key: c, spark_python_task: {python_file: /a.py}}]
"""
# github.com/databricks/cli, bundle/config/resources.go of v1.9.0, whose archives have known hashes.
KNOWN_TO_1_9 = """
    jobs pipelines experiments model_serving_endpoints registered_models quality_monitors catalogs schemas volumes
    external_locations clusters dashboards genie_spaces apps secret_scopes alerts sql_warehouses postgres_projects
    postgres_branches postgres_endpoints postgres_catalogs postgres_databases postgres_roles postgres_synced_tables
    vector_search_endpoints vector_search_indexes instance_pools
"""


def _side(text: str = SPEC, version: str | None = None, *, installs: bool = True) -> Side:
    with repository() as root:
        return _compiled(root, text, version, installs=installs)[0]


def _compiled(root: Path, text: str, version: str | None = None, *, installs: bool = True) -> tuple[Side, Spec]:
    pin = f"  versions: {{databricks: {{version: {version}, sha256: {SHA256}}}}}\n" if version else ""
    compiled_in(root, spec(["dev"], text, pipelines(["dev"]) if installs else "", pin))
    return side_of(root / "specs" / "shop" / "ml-platform.yaml", root)


def _policy_of_the_job(files: Mapping[str, str]) -> Any:
    job = read_yaml(files[f"{FOLDER}/platform/resources/jobs/nightly.yml"])["resources"]["jobs"]["nightly"]
    return job["job_clusters"][0]["new_cluster"]["policy_id"]


def test_a_step_makes_policies_where_the_cli_of_the_pipelines_does_not_know_them() -> None:
    side = _side()
    files = side.texts
    catalog = json.loads(files[f"{FOLDER}/catalog.json"])
    definition = json.dumps({"num_workers": {"type": "range", "maxValue": 4}}, indent=2)
    assert catalog["cluster_policies"] == [
        {
            "variable": "cluster_policy_small-one",
            "policy": {"name": "small-one", "definition": definition},
            "permissions": [{"group_name": "people", "permission_level": "CAN_USE"}],
        }
    ]
    assert not any("/resources/cluster_policies/" in path for path in files)
    configuration = read_yaml(files[f"{FOLDER}/platform/databricks.yml"])
    lookup = {
        "description": "The id of databricks_cluster_policies.small-one",
        "lookup": {"cluster_policy": "small-one"},
    }
    assert configuration["variables"] == {"cluster_policy_small-one": lookup}
    assert configuration["include"] == ["resources/*/*.yml"]
    assert _policy_of_the_job(files) == "${var.cluster_policy_small-one}"
    shown = files[f"{FOLDER}/platform/beside/cluster_policies/small-one.yml"]
    assert shown.splitlines()[0].endswith("makes it, as the Databricks CLI of the pipelines knows none in a bundle")
    [listed] = [each for each in side.manifest.assets if "cluster_policies" in each.address]
    assert listed.file == f"{FOLDER}/platform/beside/cluster_policies/small-one.yml"


@pytest.mark.parametrize(
    ("version", "installs", "needed"),
    [("1.17.0", True, "1.17.0"), ("1.22.1", True, "1.22.1"), (None, False, "1.17.0")],
    ids=["a CLI that knows them", "a later one", "no pipelines that install one"],
)
def test_a_bundle_holds_them_where_the_cli_knows_them(version: str | None, installs: bool, needed: str) -> None:
    files = _side(version=version, installs=installs).texts
    body = read_yaml(files[f"{FOLDER}/platform/resources/cluster_policies/small-one.yml"])
    assert list(body["resources"]["cluster_policies"]) == ["small-one"]
    assert _policy_of_the_job(files) == "${resources.cluster_policies.small-one.id}"
    assert f"{FOLDER}/catalog.json" not in files
    assert f"needed_databricks='{needed}'" in files["scripts/lib.sh"]


POLICY = "databricks_cluster_policies.small-one"
LINES = SPEC.partition("databricks_cluster_policies:")[2].partition("databricks_jobs:")[0]
CHANGED = {  # the text that stands for another one -> what is told of the policy
    "a limit": ("maxValue: 4", "maxValue: 400", ("changed", ("in_place", "weakens"))),
    "who may use it": (
        "[{group",
        "[{group_name: users, level: CAN_USE}, {group",
        ("changed", ("in_place", "opens_access")),
    ),
    "all of it": (LINES, " {}\n", ("deleted", ("orphans",))),
}


@pytest.mark.parametrize(("old", "new", "expected"), CHANGED.values(), ids=CHANGED)
def test_a_change_of_what_a_step_makes_is_told(old: str, new: str, expected: tuple[str, tuple[str, ...]]) -> None:
    text = SPEC.replace(", policy_id: small-one", "")
    with repository() as root:
        sides = [_compiled(root, each) for each in (text, text.replace(old, new, 1))]
    (before, earlier), (after, now) = sides
    [found] = [each for each in difference(before, after, now, earlier, before).changes if each.address == POLICY]
    assert (found.action, found.classes) == expected
    assert found.action != "deleted" or found.remedy.startswith("catalog.py makes it beside the bundle and deletes no")


def test_what_only_a_bundle_can_fill_in_needs_a_cli_that_knows_it() -> None:
    text = SPEC.replace("maxValue: 4", "maxValue: 4}, instance_pool_id: {type: fixed, value: '${workspace.host}'")
    with repository() as root:
        found = compiled_in(root, spec(["dev"], text, pipelines(["dev"]))).diagnostics["dev"]
    assert [each.message for each in found if each.code.id == "MLI879"] == [
        "databricks_cluster_policies.small-one needs Databricks CLI 1.17.0, and pipelines install 1.9.0"
    ]


@pytest.mark.parametrize("row", SECTIONS, ids=lambda row: row.name)
def test_a_section_that_the_pinned_cli_does_not_know_says_since_when_one_does(row: Any) -> None:
    is_newer = is_older(VERSIONS.databricks, row.known_since)
    is_known = row.key in KNOWN_TO_1_9.split() or row.compiled_to == "step" or row.stands_in == "artifacts"
    assert is_newer != is_known
