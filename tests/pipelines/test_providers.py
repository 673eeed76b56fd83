"""Resource providers: each kind says what Azure makes on its behalf, and somebody registers it where that is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.emit.providers import providers, providers_elsewhere
from mlinfra.emit.readme import readme
from mlinfra.languages import SECTIONS
from mlinfra.plan import Plan
from tests.installation import FROM_INDEX, add_installation

# Looked at, kind by kind: Azure makes nothing beside these that another provider than that of their own type has.
NOTHING_BESIDE = frozenset((Path(__file__).parent / "nothing_beside.txt").read_text(encoding="utf-8").split())
OWN, HUB, OTHER = (f"{digit}" * 8 + "-1111-1111-1111-111111111111" for digit in "123")
HEAD = f"""\
apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets: {{dev: {{subscription: {OWN}, mode: development}}}}
"""
WORKSPACE = "workspaces: {main: {}}\n"
ENDPOINT = """\
online_endpoints:
  best:
    deployments:
      blue:
        model: azureml://registries/azureml/models/m/versions/1
        instance_type: Standard_D4as_v4
        instance_count: 1
"""
KEY = "customer_managed_key: {key_vault: keys, key_uri: https://k.example/keys/a/1}"
INSTANCE = (
    "principals: {ann: {type: user, object_id: 22222222-2222-2222-2222-222222222222, role: data_scientist}}\n"
    "compute_instances: {nb: {size: Standard_D4as_v4, create_on_behalf_of: ann}}\n"
)
PIPELINES = f"pipelines:\n  pool: {{name: agents}}\n  service_connections: {{dev: shop}}\n{FROM_INDEX}"
ALWAYS = {
    "Microsoft.AlertsManagement",  # of the component
    "Microsoft.Authorization",
    "Microsoft.ContainerRegistry",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.MachineLearningServices",
    "Microsoft.ManagedIdentity",
    "Microsoft.OperationalInsights",
    "Microsoft.Storage",
}
REGISTRY = "registries: {shared: {}}\n"
BRICKS = "databricks_workspaces: {lab: {}}\n"
_LAB = f"/subscriptions/{OWN}/resourceGroups/rg-lab/providers/Microsoft.Databricks/workspaces/dbw-lab"
THEIRS = f"databricks_workspaces: {{lab: {{existing: true, id: {_LAB}}}}}\n"
CLUSTER = """\
databricks_clusters:
  work: {spark_version: 17.3.x-scala2.13, node_type_id: Standard_D4ds_v5, num_workers: 1, autotermination_minutes: 20}
"""
JOB = """\
databricks_jobs:
  nightly:
    tasks:
      - task_key: main
        notebook_task: {notebook_path: /Shared/nightly}
"""
NEW_CLUSTER = "        new_cluster: {spark_version: 17.3.x-scala2.13, node_type_id: Standard_D4ds_v5, num_workers: 1}\n"
WAREHOUSE = "databricks_sql_warehouses: {small: {cluster_size: Small, %s}}\n"
POOL = "databricks_instance_pools: {warm: {node_type_id: Standard_D4ds_v5, max_capacity: 2}}\n"


def planned(folder: Path, text: str) -> list[Plan]:
    (folder / ".git").mkdir()
    add_installation(folder)
    whole = text if text.startswith("apiVersion") else HEAD + text
    (folder / "ml-platform.yaml").write_text(whole, encoding="utf-8")
    compiled = compile_spec(folder / "ml-platform.yaml", folder, {})
    wrong = [each for found in compiled.diagnostics.values() for each in found if each.severity == "error"]
    assert not wrong, wrong
    return list(compiled.plans)


def test_every_kind_says_what_azure_makes_on_its_behalf() -> None:
    said = {row.name for row in SECTIONS if row.providers is not None}
    assert said & NOTHING_BESIDE == set()
    assert {row.name for row in SECTIONS} == said | NOTHING_BESIDE


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (WORKSPACE, set()),
        (WORKSPACE + "network: {inbound: public, outbound: internet}\n", {"Microsoft.Network"}),
        ("workspaces: {main: {managed_network: {isolation_mode: allow_internet_outbound}}}\n", {"Microsoft.Network"}),
        ("workspaces: {main: {managed_network: {isolation_mode: disabled}}}\n", set()),
        (WORKSPACE + ENDPOINT, {"Microsoft.Cdn", "Microsoft.PolicyInsights"}),
        (WORKSPACE + INSTANCE, {"Microsoft.Notebooks"}),
        (
            f"workspaces: {{main: {{{KEY}}}}}\nkey_vaults: {{keys: {{}}}}\n",
            {"Microsoft.DocumentDB", "Microsoft.Search"},
        ),
    ],
    ids=["nothing more", "network", "network of one workspace", "no network", "endpoint", "instance", "key"],
)
def test_every_provider_that_is_needed_is_registered(tmp_path: Path, text: str, more: set[str]) -> None:
    plans = planned(tmp_path, text)
    assert set(providers(plans[0], plans)) == ALWAYS | more


@pytest.mark.parametrize(
    ("text", "some"),
    [
        (REGISTRY, {"Microsoft.Storage", "Microsoft.ContainerRegistry", "Microsoft.MachineLearningServices"}),
        ("hubs: {lab: {}}\n", {"Microsoft.ContainerRegistry"}),
        ("application_insights: {main: {}}\nlog_analytics: {main: {}}\n", {"Microsoft.AlertsManagement"}),
        (BRICKS, {"Microsoft.Compute", "Microsoft.ManagedIdentity", "Microsoft.Network", "Microsoft.Storage"}),
        (THEIRS + CLUSTER, {"Microsoft.Compute", "Microsoft.Network"}),
        (THEIRS + POOL, {"Microsoft.Compute", "Microsoft.Network"}),
        (THEIRS + JOB + NEW_CLUSTER, {"Microsoft.Compute", "Microsoft.Network"}),
        (THEIRS + WAREHOUSE % "enable_serverless_compute: false", {"Microsoft.Compute", "Microsoft.Network"}),
        (
            THEIRS + "databricks_pipelines: {flow: {catalog: a, schema: b}}\n",
            {"Microsoft.Compute", "Microsoft.Network"},
        ),
    ],
    ids=["registry", "hub", "insights", "Databricks", "cluster", "pool", "job", "warehouse", "pipeline"],
)
def test_what_azure_makes_by_itself_needs_its_providers(tmp_path: Path, text: str, some: set[str]) -> None:
    plans = planned(tmp_path, text)
    assert some <= set(providers(plans[0], plans))


@pytest.mark.parametrize(
    "text",
    [
        "databricks_workspaces: {lab: {compute_mode: serverless}}\n",
        THEIRS + JOB,
        THEIRS + WAREHOUSE % "enable_serverless_compute: true",
        THEIRS + "databricks_pipelines: {flow: {serverless: true, catalog: a, schema: b}}\n",
    ],
    ids=["workspace", "job", "warehouse", "pipeline"],
)
def test_serverless_compute_has_no_machines_of_ours(tmp_path: Path, text: str) -> None:
    plans = planned(tmp_path, text)
    assert set(providers(plans[0], plans)) & {"Microsoft.Compute", "Microsoft.Network"} == set()


def test_connections_need_identities_where_nothing_else_does(tmp_path: Path) -> None:
    storage = "storage_accounts: {lake: {}}\n"
    plans = planned(tmp_path, storage)
    assert "Microsoft.ManagedIdentity" not in providers(plans[0], plans)
    (tmp_path / "with").mkdir()
    plans = planned(tmp_path / "with", storage + PIPELINES)
    assert "Microsoft.ManagedIdentity" in providers(plans[0], plans)


LOCATION = f"""\
{BRICKS}storage_accounts:
  lake:
    {{existing: true, azure_name: stl, subscription: {OTHER}, resource_group: rg, containers: {{raw: {{}}}}}}
databricks_access_connectors: {{lake: {{}}}}
databricks_storage_credentials: {{lake: {{access_connector: lake, comment: lake}}}}
databricks_external_locations:
  raw: {{url: storage_accounts.lake.containers.raw, credential_name: lake, enable_file_events: %s}}
"""


def test_file_events_of_a_location_are_topics_where_the_account_is(tmp_path: Path) -> None:
    assert providers_elsewhere(planned(tmp_path, LOCATION % "true")) == {OTHER: ("Microsoft.EventGrid",)}
    (tmp_path / "without").mkdir()
    assert providers_elsewhere(planned(tmp_path / "without", LOCATION % "false")) == {}


LINKED = f"""\
workspaces: {{main: {{storage_account: theirs}}}}
storage_accounts:
  theirs: {{existing: true, azure_name: sttheirs, subscription: {OTHER}, resource_group: rg-data}}
"""


def test_a_workspace_that_works_with_another_subscription_is_known_there(tmp_path: Path) -> None:
    plans = planned(tmp_path, LINKED)
    assert providers_elsewhere(plans)[OTHER] == ("Microsoft.MachineLearningServices",)
    registers = f"az provider register --subscription {OTHER} --namespace Microsoft.MachineLearningServices --wait"
    assert registers in readme(plans, "").text


ENDPOINTS = f"""\
virtual_networks: {{main: {{address_space: [10.0.0.0/16], subnets: {{main: {{address_prefix: 10.0.0.0/24}}}}}}}}
private_endpoints:
  sales:
    resource: /subscriptions/{OTHER}/resourceGroups/rg-sql/providers/Microsoft.Sql/servers/sql-sales
    group: sqlServer
    subnet: virtual_networks.main.subnets.main
    dns: policy
"""


def test_an_endpoint_needs_the_network_and_its_service_on_both_sides(tmp_path: Path) -> None:
    plans = planned(tmp_path, ENDPOINTS)
    assert {"Microsoft.Network", "Microsoft.Sql"} <= set(providers(plans[0], plans))
    assert providers_elsewhere(plans) == {OTHER: ("Microsoft.Network",)}


SHARED = f"""\
apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets:
  common: {{subscription: {HUB}, mode: development, shared: true}}
  dev: {{subscription: {OWN}, mode: development}}
network: {{inbound: public, outbound: approved}}
registries: {{shared: {{made_in: common}}}}
storage_accounts: {{lake: {{made_in: common}}, main: {{targets: [dev]}}}}
workspaces: {{main: {{targets: [dev], storage_account: main}}}}
datastores: {{lake: {{targets: [dev], type: azure_blob, account_name: lake, container_name: raw}}}}
"""


def test_a_target_registers_what_others_need_in_its_subscription(tmp_path: Path) -> None:
    """The managed network of another target makes its endpoints to what lies here."""
    plans = planned(tmp_path, SHARED)
    (common,) = (plan for plan in plans if plan.graph.target.name == "common")
    assert "Microsoft.Network" not in providers(common, [common])
    assert "Microsoft.Network" in providers(common, plans)
    assert providers_elsewhere(plans) == {}
