"""What is refused of machines, policies, libraries and files of Databricks, though every schema takes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.test_bundle_values import SPEC, cluster
from tests.spec import said

RULES = "{num_workers: {type: fixed, value: 1}}"
LAKES = "(write abfss://<container>@<account>.dfs.core.windows.net/, or the address of a container of the spec)"
FILE = "(leave it out, or leave file_path out and write all of it here)"


def _pool(more: str) -> str:
    return f"databricks_instance_pools: {{p: {{node_type_id: Standard_D4ds_v5, {more}}}}}"


def _policy(body: str) -> str:
    return f"databricks_cluster_policies: {{p: {{{body}}}}}"


def _location(url: str) -> str:
    return f'databricks_external_locations: {{l: {{url: "{url}", credential_name: c}}}}'


def _library(maven: str) -> str:
    return cluster(f"num_workers: 1, libraries: [{{maven: {{coordinates: '{maven}'}}}}]")


def _alert(more: str) -> str:
    return f"databricks_alerts: {{a: {{warehouse_id: w, file_path: a.dbalert.json, {more}}}}}"


REFUSED: dict[str, tuple[str, str]] = {
    "more tags than there may be": (
        cluster(f"num_workers: 1, custom_tags: {{{', '.join(f'k{n}: v' for n in range(46))}}}"),
        "databricks_clusters.c has 46 custom_tags, of 45 that there may be (leave some out)",
    ),
    "a driver on no machine": (
        cluster("num_workers: 1, azure_attributes: {first_on_demand: -1}"),
        "first_on_demand of databricks_clusters.c must be 1 or more, not -1: the driver is the first machine (write 1)",
    ),
    "less than nothing for a machine": (
        cluster("num_workers: 1, azure_attributes: {spot_bid_max_price: -5}"),
        (
            "spot_bid_max_price of databricks_clusters.c must be more than 0, or -1, not -5 "
            "(write -1 for the price on demand)"
        ),
    ),
    "two places of logs": (
        cluster(
            "num_workers: 1, cluster_log_conf: {dbfs: {destination: 'dbfs:/a'}, volumes: {destination: /Volumes/a/b/c}}"
        ),
        "databricks_clusters.c: dbfs and volumes exclude each other (leave one of them out)",
    ),
    "a script that is in no volume": (
        cluster("num_workers: 1, init_scripts: [{volumes: {destination: /Shared/a.sh}}]"),
        (
            '"/Shared/a.sh" of databricks_clusters.c is no path of a volume '
            "(write /Volumes/<catalog>/<schema>/<volume>/<file>)"
        ),
    ),
    "a library without a version": (
        _library("org.jsoup:jsoup"),
        (
            '"org.jsoup:jsoup" of databricks_clusters.c names no package of Maven '
            "(write <group>:<artifact>:<version>, such as org.jsoup:jsoup:1.7.2)"
        ),
    ),
    "two runtimes of a pool": (
        _pool("preloaded_spark_versions: [17.3.x-scala2.13, 16.4.x-scala2.12]"),
        "databricks_instance_pools.p has 2 preloaded_spark_versions, of 1 that there may be (leave some out)",
    ),
    "fewer idle machines than none": (
        _pool("min_idle_instances: -1"),
        "min_idle_instances must be 0 or more, not -1 (write 0 or more)",
    ),
    "a long name of a pool": (
        _pool(f"instance_pool_name: {'p' * 101}"),
        ("the name of databricks_instance_pools.p has 101 characters, of 100 that it may have (write a shorter one)"),
    ),
    "a policy of a family with rules of its own": (
        _policy(f"policy_family_id: personal-vm, definition: {RULES}"),
        (
            "databricks_cluster_policies.p: policy_family_id and definition exclude each other "
            "(write policy_family_definition_overrides instead)"
        ),
    ),
    "rules for a family that is not named": (
        _policy(f"policy_family_definition_overrides: {RULES}"),
        (
            "databricks_cluster_policies.p overrides the policy of a family, and names none "
            "(add policy_family_id, or write definition)"
        ),
    ),
    "rules that are no JSON": (
        _policy("definition: num_workers=1"),
        "definition of databricks_cluster_policies.p is no JSON (write it as a map, or as JSON)",
    ),
    "a space twice": (
        ("databricks_genie_spaces: {s: {warehouse_id: w, file_path: a.dbalert.json, serialized_space: {version: 2}}}"),
        "databricks_genie_spaces.s: file_path and serialized_space exclude each other (leave one of them out)",
    ),
    "an alert beside its file": (
        _alert("query_text: SELECT 1"),
        f"query_text of databricks_alerts.a is in its file, and not beside file_path {FILE}",
    ),
    "a location by the endpoint for blobs": (
        _location("abfss://raw@lake.blob.core.windows.net/"),
        f'"abfss://raw@lake.blob.core.windows.net/" is no place that Unity Catalog reads {LAKES}',
    ),
    "a location of no container": (
        _location("abfss://lake.dfs.core.windows.net/raw"),
        f'"abfss://lake.dfs.core.windows.net/raw" is no place that Unity Catalog reads {LAKES}',
    ),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_said_at_its_place(text: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "a.dbalert.json").write_text("{}")
    assert said(tmp_path, SPEC + text + "\n", "MLI875") == [f"{SPEC.count(chr(10)) + 1}: {expected}"]


TAKEN = (
    cluster("num_workers: 1, azure_attributes: {first_on_demand: 1, spot_bid_max_price: -1}"),
    cluster("num_workers: 1, azure_attributes: {first_on_demand: 0}"),  # of which the service makes 1
    cluster("num_workers: 1, init_scripts: [{volumes: {destination: /Volumes/a/b/c/d.sh}}]"),
    _library("org.jsoup:jsoup:1.7.2"),
    _pool("preloaded_spark_versions: [17.3.x-scala2.13], min_idle_instances: 0"),
    _policy(f"policy_family_id: personal-vm, policy_family_definition_overrides: {RULES}"),
    _policy('definition: \'{"num_workers": {"type": "fixed", "value": 1}}\''),
    _policy("policy_family_id: personal-vm, definition: null"),  # that it is no text is said of it
    _alert("display_name: Late, permissions: [{group_name: people, level: CAN_READ}]"),
    _location("abfss://raw@lake.z11.dfs.storage.azure.net/in"),
    _location("abfss://raw@lake.dfs.core.usgovcloudapi.net"),
)


@pytest.mark.parametrize("text", TAKEN)
def test_nothing_is_said_of_what_is_taken(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.dbalert.json").write_text("{}")
    assert said(tmp_path, SPEC + text + "\n", "MLI875") == []


def test_a_type_that_no_artifact_has_is_said_as_that(tmp_path: Path) -> None:
    artifact = "databricks_artifacts: {a: {type: wheel, build: python -m build}}\n"
    line = SPEC.count("\n") + 1
    assert said(tmp_path, SPEC + artifact, "MLI860") == [
        f'{line}: type must be one of whl, jar, not "wheel" (did you mean "whl"?)'
    ]
