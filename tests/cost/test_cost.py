"""What a platform costs: each figure worked out by hand from the tables of `azure/prices`, a month having 730 hours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.azure.prices import meter_price, vm_price
from mlinfra.cost import Cost, costs, total
from mlinfra.cost.report import document, text
from mlinfra.languages import SECTIONS
from mlinfra.languages.charges import Amount, amount
from tests.spec import HEADER, PRODUCTION, SCORING, compiled

WORKSPACE = "workspaces: {main: {}}\n"
FILES = {"model/x": "", "src/s.py": "def init(): ...\n\n\ndef run(data): ...\n", "request.json": "{}"}
CLUSTER = WORKSPACE + "compute_clusters: {cpu: {size: Standard_D4ds_v4%s}}\n"  # 0.272 an hour in westeurope
USER = "33333333-3333-3333-3333-333333333333"
INSTANCE = (
    WORKSPACE + f"principals: {{lead: {{type: user, object_id: {USER}, role: data_scientist}}}}\n"
    "compute_instances: {nb: {size: Standard_D4ds_v4, create_on_behalf_of: lead%s}}\n"
)
BATCH = """\
batch_endpoints:
  b:
    %s
    defaults: {deployment_name: d}
    deployments:
      d: {type: model, model: m, compute: cpu, environment: e, code_configuration: {code: src, scoring_script: s.py}}
models: {m: {path: model, version: 1}}
environments: {e: {image: 'a/b:1', conda_file: {dependencies: [azureml-core]}}}
"""
OFFICE = (
    "{action: start, trigger: {type: cron, expression: '0 8 * * 1-5'}}, "
    "{action: stop, trigger: {type: recurrence, frequency: day, interval: 1, schedule: {hours: [18], minutes: [0]}}}"
)
LOGS = "log_analytics: {main: {%s}}\n"
HOSTS = (
    "workspaces: {main: {managed_network: {isolation_mode: allow_only_approved_outbound, %s"
    "outbound_rules: [{name: first, type: fqdn, destination: a.contoso.example}, "
    "{name: second, type: fqdn, destination: b.contoso.example}]}}}\n"
)
OPEN = "network: {inbound: public, outbound: internet}\n"


class Case(NamedTuple):
    spec: str
    address: str
    found: tuple[str, ...]  # of that address: idle, expected, most, what; or what is not counted and why
    header: str = HEADER


WITH_PHOTON = "with Photon, which is reckoned at twice the DBUs"
BRICKS = OPEN + "databricks_workspaces: {main: {sku: premium}}\n"
SERVERLESS = (
    "databricks_sql_warehouses: {w: {cluster_size: Small, warehouse_type: PRO, enable_serverless_compute: true, "
    "auto_stop_mins: 0}}\n"
)
CLASSIC = "spark_version: 17.3.x-scala2.13, node_type_id: Standard_D4ds_v4, data_security_mode: SINGLE_USER"
OF_A_JOB = "0.00 None {} {} nodes Standard_D4ds_v4 (how long its runs take is not written)"
DBUS_OF_A_JOB = "0.00 None {} DBUs of {} nodes Standard_D4ds_v4 (how long its runs take is not written)"

CASES = {
    "a cluster of Databricks that ends by itself": Case(
        BRICKS + f"databricks_clusters: {{c: {{{CLASSIC}, num_workers: 2, autotermination_minutes: 30}}}}\n",
        "databricks_clusters.c",
        # the driver, and two workers; each 0.75 DBUs an hour: 0.75 × 0.55 × 730 = 301.125
        (
            OF_A_JOB.format("198.56", 1),
            DBUS_OF_A_JOB.format("301.12", 1),
            OF_A_JOB.format("397.12", 2),
            DBUS_OF_A_JOB.format("602.25", 2),
        ),
    ),
    "a cluster of Databricks that goes on": Case(
        BRICKS + f"databricks_clusters: {{c: {{{CLASSIC}, num_workers: 1, autotermination_minutes: 0}}}}\n",
        "databricks_clusters.c",
        (
            "198.56 198.56 198.56 1 nodes Standard_D4ds_v4",
            "301.12 301.12 301.12 DBUs of 1 nodes Standard_D4ds_v4",
        )
        * 2,
    ),
    "a job of Databricks, by the price of jobs": Case(
        BRICKS + f"databricks_jobs: {{j: {{job_clusters: [{{job_cluster_key: k, new_cluster: {{{CLASSIC}, "
        "num_workers: 1}}], tasks: [{task_key: t, job_cluster_key: k, notebook_task: {notebook_path: /Shared/n}}]}}\n",
        "databricks_jobs.j",
        # 0.75 × 0.30 × 730 = 164.25
        (OF_A_JOB.format("198.56", 1), DBUS_OF_A_JOB.format("164.25", 1)) * 2,
    ),
    "a pipeline of Databricks, by the price of its edition": Case(
        BRICKS + "databricks_pipelines: {p: {serverless: false, edition: core, continuous: true, catalog: main, "
        "schema: s, clusters: [{label: default, node_type_id: Standard_D4ds_v4, num_workers: 1}]}}\n",
        "databricks_pipelines.p",
        (
            "198.56 198.56 198.56 1 nodes Standard_D4ds_v4",
            "164.25 164.25 164.25 DBUs of 1 nodes Standard_D4ds_v4",
        )
        * 2,
    ),
    "a cluster with Photon": Case(
        BRICKS + f"databricks_clusters: {{c: {{{CLASSIC}, runtime_engine: PHOTON, num_workers: 1, "
        "autotermination_minutes: 0}}\n",
        "databricks_clusters.c",
        (
            "198.56 198.56 198.56 1 nodes Standard_D4ds_v4",
            # 0.75 × 2 × 0.55 × 730 = 602.25
            "602.25 602.25 602.25 DBUs of 1 nodes Standard_D4ds_v4 (with Photon, which is reckoned at twice the DBUs)",
        )
        * 2,
    ),
    "a SQL warehouse whose type is not written": Case(
        BRICKS + "databricks_sql_warehouses: {w: {cluster_size: 2X-Small, auto_stop_mins: 10}}\n",
        "databricks_sql_warehouses.w",
        (
            (
                "SQL warehouse, while it runs: which type it is of is not written (warehouse_type, "
                "enable_serverless_compute), and they differ in price"
            ),
        ),
    ),
    "a classic SQL warehouse": Case(
        BRICKS + "databricks_sql_warehouses: {w: {cluster_size: 2X-Small, warehouse_type: CLASSIC, "
        "max_num_clusters: 2}}\n",
        "databricks_sql_warehouses.w",
        # 2 × 0.692 × 730 = 1010.32; 2 × 4 × 0.22 × 730 = 1284.80
        (
            "0.00 None 1010.32 driver Standard_E8ds_v4 of each cluster (how long it runs is not written)",
            "0.00 None 1010.32 1 workers Standard_E8ds_v4 of each cluster (how long it runs is not written)",
            "0.00 None 1284.80 DBUs of 1 to 2 clusters 2X-Small (how long it runs is not written)",
        ),
    ),
    "a serverless SQL warehouse that never stops": Case(
        BRICKS + SERVERLESS,
        "databricks_sql_warehouses.w",
        # 12 × 0.70 × 730 = 6132
        ("6132.00 6132.00 6132.00 DBUs of 1 cluster Small",),
        HEADER.replace("westeurope", "eastus"),
    ),
    "a serverless SQL warehouse where its price was not seen": Case(
        BRICKS + SERVERLESS,
        "databricks_sql_warehouses.w",
        ("DBUs of 1 cluster Small: no price in westeurope is known here",),
    ),
    "a cluster that scales to zero": Case(
        CLUSTER % ", max_instances: 2",
        "compute_clusters.cpu",
        # 2 × 0.272 × 730 = 397.12; a balancer for each 50 nodes: 0.33 × 30 = 9.90
        (
            "0.00 None 397.12 0 to 2 nodes Standard_D4ds_v4 (usage.hours_a_month is not written)",
            "9.90 9.90 9.90 load balancer, also while it stands still",
        ),
    ),
    "a cluster without max_instances has four nodes at most": Case(
        CLUSTER % "",
        "compute_clusters.cpu",
        (
            "0.00 None 794.24 0 to 4 nodes Standard_D4ds_v4 (usage.hours_a_month is not written)",
            "9.90 9.90 9.90 load balancer, also while it stands still",
        ),
    ),
    "hours of a cluster are those of all nodes together": Case(
        CLUSTER % ", min_instances: 1, max_instances: 60, usage: {hours_a_month: 1000}",
        "compute_clusters.cpu",
        # idle 0.272 × 730 = 198.56; 1000 × 0.272 = 272; 60 × 198.56 = 11913.60; two balancers at most
        (
            "198.56 272.00 11913.60 1 to 60 nodes Standard_D4ds_v4",
            "9.90 9.90 19.80 load balancer, also while it stands still",
        ),
    ),
    "hours below those of the nodes that never stop are not believed": Case(
        CLUSTER % ", min_instances: 1, max_instances: 2, usage: {hours_a_month: 5}",
        "compute_clusters.cpu",
        (
            "198.56 198.56 397.12 1 to 2 nodes Standard_D4ds_v4",
            "9.90 9.90 9.90 load balancer, also while it stands still",
        ),
    ),
    "a cluster of one size never stops": Case(
        CLUSTER % ", min_instances: 2, max_instances: 2",
        "compute_clusters.cpu",
        (
            "397.12 397.12 397.12 2 to 2 nodes Standard_D4ds_v4",
            "9.90 9.90 9.90 load balancer, also while it stands still",
        ),
    ),
    "a size that nobody knows is not counted": Case(
        WORKSPACE + "compute_clusters: {cpu: {size: Standard_X4_v9, max_instances: 2}}\n",
        "compute_clusters.cpu",
        (
            "9.90 9.90 9.90 load balancer, also while it stands still",
            "0 to 2 nodes Standard_X4_v9: no price in westeurope is known here",
        ),
    ),
    "batch scoring says how long a cluster runs that does nothing else": Case(
        CLUSTER % ", max_instances: 2" + BATCH % "usage: {hours_a_month: 50}",
        "compute_clusters.cpu",
        # 50 × 0.272 = 13.60
        (
            "0.00 13.60 397.12 0 to 2 nodes Standard_D4ds_v4",
            "9.90 9.90 9.90 load balancer, also while it stands still",
        ),
    ),
    "a batch endpoint without hours leaves it open": Case(
        CLUSTER % ", max_instances: 2" + BATCH % "description: nightly",
        "compute_clusters.cpu",
        (
            "0.00 None 397.12 0 to 2 nodes Standard_D4ds_v4 (usage.hours_a_month is not written)",
            "9.90 9.90 9.90 load balancer, also while it stands still",
        ),
    ),
    "an instance that nothing stops": Case(
        INSTANCE % "",
        "compute_instances.nb",
        (
            "198.56 198.56 198.56 Standard_D4ds_v4",
            "9.90 9.90 9.90 load balancer, also while it stands still",
            "disk, also while it is stopped: no price in westeurope is known here",
        ),
    ),
    "an instance that stops when nobody uses it": Case(
        INSTANCE % ", idle_time_before_shutdown_minutes: 60",
        "compute_instances.nb",
        (
            "0.00 None 198.56 Standard_D4ds_v4 (usage.hours_a_month is not written)",
            "9.90 9.90 9.90 load balancer, also while it stands still",
            "disk, also while it is stopped: no price in westeurope is known here",
        ),
    ),
    "an instance that schedules start and stop": Case(
        INSTANCE % f", schedules: {{compute_start_stop: [{OFFICE}]}}",
        "compute_instances.nb",
        # five days of 10 hours are 50 of the 168 of a week: 730 × 50 / 168 = 217.26 hours, × 0.272 = 59.10
        (
            "59.10 59.10 198.56 Standard_D4ds_v4",
            "9.90 9.90 9.90 load balancer, also while it stands still",
            "disk, also while it is stopped: no price in westeurope is known here",
        ),
    ),
    "an instance whose hours are written": Case(
        INSTANCE % ", idle_time_before_shutdown_minutes: 60, usage: {hours_a_month: 100}",
        "compute_instances.nb",
        (
            "0.00 27.20 198.56 Standard_D4ds_v4",
            "9.90 9.90 9.90 load balancer, also while it stands still",
            "disk, also while it is stopped: no price in westeurope is known here",
        ),
    ),
    "a disk has a price in one region": Case(
        INSTANCE % "",
        "compute_instances.nb",
        # 0.226 × 730 = 164.98
        (
            "164.98 164.98 164.98 Standard_D4ds_v4",
            "19.71 19.71 19.71 disk, also while it is stopped",
            "9.90 9.90 9.90 load balancer, also while it stands still",
        ),
        HEADER.replace("westeurope", "eastus"),
    ),
    "a deployment in development": Case(
        WORKSPACE + SCORING.replace("DS3_v2", "D4as_v4").replace("instance_count: 1", "instance_count: 2"),
        "online_endpoints.o.deployments.blue",
        # 2 × 0.23 × 730 = 335.80
        ("335.80 335.80 335.80 2 instances Standard_D4as_v4",),
    ),
    "a deployment whose endpoint keeps the slot before": Case(
        WORKSPACE
        + SCORING.replace("DS3_v2", "D4as_v4").replace("    traffic", "    rollout: {keep: full}\n    traffic"),
        "online_endpoints.o.deployments.blue",
        (
            "167.90 167.90 167.90 1 instance Standard_D4as_v4",
            "167.90 167.90 167.90 1 instance Standard_D4as_v4 of the slot before, until the next release",
        ),
    ),
    "one instance of the slot before": Case(
        WORKSPACE
        + SCORING.replace("DS3_v2", "D4as_v4")
        .replace("instance_count: 1", "instance_count: 3")
        .replace("    traffic", "    rollout: {keep: one}\n    traffic"),
        "online_endpoints.o.deployments.blue",
        (
            "503.70 503.70 503.70 3 instances Standard_D4as_v4",
            "167.90 167.90 167.90 1 instance Standard_D4as_v4 of the slot before, until the next release",
        ),
    ),
    "hours of an endpoint": Case(
        WORKSPACE
        + SCORING.replace("DS3_v2", "D4as_v4").replace("    traffic", "    usage: {hours_a_month: 200}\n    traffic"),
        "online_endpoints.o.deployments.blue",
        ("0.00 46.00 167.90 1 instance Standard_D4as_v4",),
    ),
    "a managed network that names hosts has one firewall": Case(
        OPEN.replace("internet", "approved") + HOSTS % "",
        "workspaces.main",
        ("912.50 912.50 912.50 firewall standard of the managed network, as rules name hosts",),  # 1.25 × 730
    ),
    "a firewall of the smaller kind": Case(
        OPEN.replace("internet", "approved") + HOSTS % "firewall_sku: basic, ",
        "workspaces.main",
        ("288.35 288.35 288.35 firewall basic of the managed network, as rules name hosts",),  # 0.395 × 730
    ),
    "a rule that leads to a private endpoint": Case(
        OPEN + WORKSPACE + "storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}\n"
        "datastores: {raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}}\n",
        "workspaces.main.outbound_rules.lake-dfs",
        ("7.30 7.30 7.30 private endpoint of the managed network",),  # 0.01 × 730
    ),
    "registries by their tier": Case(
        "container_registries: {r: {sku: premium}}\n",
        "container_registries.r",
        ("50.00 50.00 50.00 registry premium",),  # 1.6666 × 30 = 49.998
    ),
    "a registry where its price is not known": Case(
        "container_registries: {r: {sku: basic, location: uksouth}}\n",
        "container_registries.r",
        ("registry basic: no price in uksouth is known here",),
    ),
    "storage of which nothing is said": Case(
        "storage_accounts: {lake: {}}\n",
        "storage_accounts.lake",
        ("what lies in storage: usage.gb is not written",),
    ),
    "storage with an amount": Case(
        "storage_accounts: {lake: {usage: {gb: 500}}}\n",
        "storage_accounts.lake",
        ("9.80 9.80 9.80 500 GB in storage Standard_LRS",),  # 500 × 0.0196
    ),
    "storage in zones": Case(
        "network: {inbound: public, allowed_ips: [203.0.113.0/24]}\nstorage_accounts: {lake: {usage: {gb: 1000}}}\n",
        "storage_accounts.lake",
        ("24.00 24.00 24.00 1000 GB in storage Standard_ZRS",),
        PRODUCTION,
    ),
    "storage at a price that is not known": Case(
        "storage_accounts: {lake: {access_tier: cool, usage: {gb: 500}}}\n",
        "storage_accounts.lake",
        ("what lies in storage Standard_LRS cool: its price is not known here",),
    ),
    "logs of which nothing is said": Case(LOGS % "", "log_analytics.main", ("logs: usage.gb_a_day is not written",)),
    "logs with an amount": Case(
        LOGS % "usage: {gb_a_day: 2}",
        "log_analytics.main",
        # 2 × 30 × 2.99 = 179.40
        (
            "0.00 179.40 179.40 2 GB a day of logs",
            "more than 2 GB a day of logs: no daily_quota_gb bounds them",
        ),
    ),
    "logs with a bound that are kept": Case(
        LOGS % "usage: {gb_a_day: 2}, daily_quota_gb: 5, retention_days: 61",
        "log_analytics.main",
        # most: 5 × 30 × 2.99 = 448.50; kept 30 days longer: 60 GB × 0.13 = 7.80, at most 150 × 0.13 = 19.50
        (
            "0.00 179.40 448.50 2 GB a day of logs",
            "0.00 7.80 19.50 2 GB a day of logs, kept 30 days longer than is in the price",
        ),
    ),
    "logs at an amount that is reserved": Case(
        LOGS % "sku: capacity_reservation, reserved_gb_per_day: 100",
        "log_analytics.main",
        ("logs at 100 GB a day reserved: its price is not known here",),
    ),
    "a network with service endpoints": Case(
        "virtual_networks: {spoke: {address_space: [10.0.0.0/16], subnets: {a: {address_prefix: 10.0.0.0/24, "
        "service_endpoints: [Microsoft.Storage]}, b: {address_prefix: 10.0.1.0/24, "
        "service_endpoints: [Microsoft.KeyVault]}}}}\n",
        "virtual_networks.spoke",
        ("73.00 73.00 73.00 service endpoints",),  # 0.10 × 730
    ),
    "a network without": Case(
        "virtual_networks: {spoke: {address_space: [10.0.0.0/16], subnets: {a: {address_prefix: 10.0.0.0/24}}}}\n",
        "virtual_networks.spoke",
        (),
    ),
    "a way out": Case(
        "nat_gateways: {out: {public_ips: [ip]}}\npublic_ips: {ip: {}}\n",
        "nat_gateways.out",
        ("NAT gateway, and what goes through it: its price is not known here",),
    ),
    "an address": Case("public_ips: {ip: {}}\n", "public_ips.ip", ("3.65 3.65 3.65 public address",)),  # 0.005 × 730
    "a zone": Case(
        "private_dns_zones: {z: {azure_name: privatelink.blob.core.windows.net}}\n",
        "private_dns_zones.z",
        ("0.50 0.50 0.50 private DNS zone",),
    ),
    "keys in hardware": Case(
        "key_vaults: {v: {sku: premium, keys: {a: {type: RSA-HSM, size: 2048}}}}\n",
        "key_vaults.v.keys.a",
        ("1.00 1.00 1.00 key in a hardware module",),
        HEADER.replace("westeurope", "eastus"),
    ),
    "keys in hardware, longer": Case(
        "key_vaults: {v: {sku: premium, keys: {a: {type: RSA-HSM}}}}\n",
        "key_vaults.v.keys.a",
        ("5.00 5.00 5.00 key in a hardware module",),
        HEADER.replace("westeurope", "eastus"),
    ),
    "keys in software": Case("key_vaults: {v: {keys: {a: {}}}}\n", "key_vaults.v.keys.a", ()),
    "a job without a compute": Case(
        WORKSPACE + "jobs: {train: {command: a, environment: 'azureml:e:1', compute: serverless}}\n",
        "jobs.train",
        ("serverless compute: how long its runs take is not written",),
    ),
    "a job on a cluster": Case(
        CLUSTER % "" + "jobs: {train: {command: a, environment: 'azureml:e:1', compute: cpu}}\n", "jobs.train", ()
    ),
    "what someone else owns costs them": Case(
        "container_registries: {r: {existing: true, azure_name: crhub, resource_group: rg-hub}}\n",
        "container_registries.r",
        (),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_an_entry_costs_what_is_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    assert _of(_cost(tmp_path, case.header + case.spec), case.address) == case.found


def _cost(folder: Path, spec: str) -> Cost:
    (found,) = costs([plan.graph for plan in compiled(folder, spec, FILES).plans])
    return found


def _of(cost: Cost, address: str) -> tuple[str, ...]:
    """The lines of an address, and then what is not counted of it."""
    counted = [
        f"{_figures(line.dollars)} {line.what}{f' ({line.why})' if line.why else ''}"
        for line in cost.lines
        if line.address == address
    ]
    return (*counted, *(f"{item.what}: {item.why}" for item in cost.unpriced if item.address == address))


def _figures(amount: Amount) -> str:
    return " ".join("None" if value is None else f"{value:.2f}" for value in amount)


def test_a_number_is_not_known_where_one_of_its_parts_is_not() -> None:
    assert total([amount(1, None, 3), amount(10, 20, 30)]) == amount(11, None, 33)
    assert total([]) == amount(0, 0, 0)


def test_figures_are_had_by_address_so_that_two_platforms_can_be_subtracted(tmp_path: Path) -> None:
    before = _cost(tmp_path, HEADER + CLUSTER % ", max_instances: 2")
    after = _cost(tmp_path, HEADER + CLUSTER % ", max_instances: 4")
    changed = {address for address, figures in before.by_address.items() if figures != after.by_address[address]}
    assert changed == {"compute_clusters.cpu"}
    cluster = "compute_clusters.cpu"
    shown = [_figures(cost.by_address[cluster]) for cost in (before, after)]
    assert shown == ["9.90 None 407.02", "9.90 None 804.14"]  # two nodes more are 2 × 0.272 × 730 = 397.12 more
    assert total(before.by_address.values()) == before.total


def test_quota_counts_both_slots_and_a_fifth_more(tmp_path: Path) -> None:
    """Three instances and a fifth more are four, in two slots: 8 × 4 vCPUs."""
    spec = SCORING.replace("DS3_v2", "D4as_v4").replace("instance_count: 1", "instance_count: 3")
    clusters = "compute_clusters:\n  cpu: {size: Standard_D4ds_v4, max_instances: 2}\n"
    header = HEADER.replace("mode: development}", "mode: development, quota: {STANDARDDASV4FAMILY: 30}}")
    quotas = _cost(tmp_path, header + WORKSPACE + spec + clusters).quotas
    assert [(item.family, item.vcpus, item.quota) for item in quotas] == [
        ("standardDASv4Family", 32, 30),
        ("standardDDSv4Family", 8, None),
    ]


def test_text_and_document_say_the_same(tmp_path: Path) -> None:
    found = _cost(tmp_path, HEADER + CLUSTER % ", max_instances: 2, usage: {hours_a_month: 100}")
    said = document("churn", [found])
    assert json.loads(json.dumps(said)) == said
    (target,) = said["targets"]
    shown = text("churn", [found], every=True)
    for entry in target["entries"]:
        assert f"{entry['idle']:,.2f}" in shown
        assert f"{entry['address']}: " in shown
    for item in target["unpriced"]:
        assert item["address"] in shown
    assert f"{target['expected']:,.2f}  " in shown


def test_every_meter_that_a_row_names_is_in_the_table(tmp_path: Path) -> None:
    """A meter without any price would leave its line out everywhere, and nobody would see it."""
    meters: tuple[str, ...] = ("load_balancer", "disk_p10", "private_endpoint", "service_endpoint", "dns_zone")
    meters += ("public_ip", "registry_basic", "registry_standard", "registry_premium", "firewall_basic")
    meters += ("firewall_standard", "logs_ingested", "logs_kept", "hsm_key_rsa2048", "hsm_key_other")
    meters += ("blobs_lrs", "blobs_zrs", "blobs_grs", "blobs_gzrs", "blobs_ragrs")
    regions = ("westeurope", "eastus", "eastus2")
    assert [meter for meter in meters if not any(meter_price(meter, region) for region in regions)] == []


NOTHING_IS_BILLED_FOR = {  # what rows of Azure resources without charges cost, and why that is nothing
    *("identities", "network_security_groups", "route_tables", "service_endpoint_policies", "subnets", "peerings"),
    *("links", "derived_links", "federated_credentials", "security_rules", "routes", "derived_security_rules"),
    *("role_assignments", "derived_role_assignments", "locks", "derived_locks", "role_definitions"),
    *("diagnostic_settings", "derived_diagnostic_settings"),  # what they send is billed where it arrives
    *("containers", "file_shares", "queues", "tables"),  # so is what lies in them, by their account
    *("application_insights", "monitor_private_link_scopes"),  # its data is that of its Log Analytics workspace
    "key_vaults",  # by operations, which are in no number
    *("cognitive_services", "search_services", "connections"),  # others pay for what they lead to
    *(
        "workspaces",
        "hubs",
        "projects",
        "datastores",
        "databricks_access_connectors",  # an identity
        "online_endpoints",
        "batch_endpoints",
        "batch_deployments",
        "schedules",
    ),
}


def test_a_row_says_what_it_is_billed_for_or_is_known_to_cost_nothing() -> None:
    silent = {row.name for row in SECTIONS if row.resource_type and row.charges is None}
    free = NOTHING_IS_BILLED_FOR & {row.name for row in SECTIONS if row.resource_type}
    assert sorted(silent - free) == [], "say `charges` in the row, or why it costs nothing in NOTHING_IS_BILLED_FOR"
    assert sorted(free - silent) == [], "its row has `charges`: it leaves NOTHING_IS_BILLED_FOR"


def test_no_price_is_zero_or_made_up() -> None:
    assert vm_price("Standard_D4as_v4", "brazilsouth") is None
    assert vm_price("Standard_NC40ads_H100_v5", "francecentral") is None  # an empty cell of the list
    assert meter_price("nothing", "westeurope") is None
