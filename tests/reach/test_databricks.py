"""Ways of Databricks: clusters to their control plane and lakes, agents with bundles and people to the workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, found

PLATFORM = f"""\
{HEADER}\
network: {{inbound: private, outbound: approved, virtual_network: main, endpoints_subnet: endpoints, dns: here}}
virtual_networks:
  hub: {{existing: true, resource_group: rg-hub, azure_name: vnet-hub, address_space: [10.0.0.0/20]}}
  main:
    address_space: [10.71.0.0/18]
    peerings: {{hub: {{}}, clusters: {{}}}}
    subnets:
      endpoints:
        {{address_prefix: 10.71.0.0/24, private_endpoint_network_policies: enabled, network_security_group: at}}
  clusters:
    address_space: [10.81.0.0/18]
    subnets:
      host: {{address_prefix: 10.81.8.0/22, network_security_group: clusters}}
      container: {{address_prefix: 10.81.12.0/22, network_security_group: clusters}}
network_security_groups: {{at: {{rules: {{}}}}, clusters: {{rules: {{}}}}}}
route_tables:
  nowhere: {{routes: {{all: {{address_prefix: 0.0.0.0/0, next_hop: none}}}}}}
  partly: {{routes: {{s: {{address_prefix: Storage, next_hop: none}}}}}}
  others: {{routes: {{s: {{address_prefix: AzureCosmosDB, next_hop: none}}}}}}
public_ips: {{out: {{}}}}
nat_gateways: {{out: {{public_ips: [out]}}}}
storage_accounts: {{lake: {{hierarchical_namespace: true, containers: {{raw: {{}}}}}}}}
databricks_workspaces:
  main: {{virtual_network: clusters, host_subnet: host, container_subnet: container}}
databricks_access_connectors: {{lake: {{storage: [lake]}}}}
databricks_storage_credentials: {{lake: {{access_connector: lake}}}}
databricks_external_locations: {{raw: {{url: storage_accounts.lake.containers.raw, credential_name: lake}}}}
"""
UI = "databricks_workspaces.main.private_endpoints.databricks_ui_api"
OMIT = 'derived:\n  %s: {omit: true, because: "elsewhere"}\n'
GROUP = "clusters: {rules: {}}"
SHUT = GROUP.replace("rules: {}", "derive: false, rules: {shut: {priority: 200, direction: outbound, access: deny}}")
CLUSTERS, LAKE = "clusters of databricks_workspaces.main", "dfs of storage_accounts.lake"
# What is changed, and into what; who can't reach what, as the message begins.
CASES = {
    "all is there": ("", "", []),
    "no endpoint of the control plane": (
        "",
        OMIT % UI,
        [f"{CLUSTERS} and 1 more can't reach databricks_ui_api of databricks_workspaces.main: it is closed"],
    ),
    "no endpoint of the lake": (
        "",
        OMIT % "storage_accounts.lake.private_endpoints.dfs",
        [f"{CLUSTERS} can't reach {LAKE}"],
    ),
    "no zone for the lake": ("", OMIT % "private_dns_zones.dfs.links.clusters", [f"{CLUSTERS} can't reach {LAKE}"]),
    "no names": (
        GROUP,
        GROUP.replace("{}", "{shut: {priority: 200, direction: outbound, access: deny, to: AzurePlatformDNS}}"),
        [
            (
                f"{CLUSTERS} can't reach databricks_ui_api of databricks_workspaces.main and 1 more: "
                "network_security_groups.clusters.rules.shut denies it"
            )
        ],
    ),
    "no peering": (
        "peerings: {hub: {}, clusters: {}}",
        "peerings: {hub: {}}",
        [
            f"{CLUSTERS} can't reach databricks_ui_api of databricks_workspaces.main and 1 more: {why}"
            for why in ("virtual_networks.clusters", "virtual_networks.clusters does not ask the zone")
        ],
    ),
    "clusters are led over the internet": (
        "container_subnet: container}",
        "container_subnet: container, private_link: none}",
        [],
    ),
    "only clusters go by endpoints": (
        "container_subnet: container}",
        f"container_subnet: container, private_link: back}}\n{OMIT % UI}".rstrip("\n"),
        [f"{CLUSTERS} can't reach databricks_ui_api of databricks_workspaces.main: it is closed"],
    ),
}


AT = "at: {rules: {}}"
_IN_GROUP = "network_security_group: clusters}"
_SQL = f"{CLUSTERS} can't reach Sql and 2 more: "
for table, out, said in (
    ("nowhere", ", nat_gateway: out", [f"{_SQL}route_tables.nowhere.routes.all drops what goes there"]),
    ("partly", ", nat_gateway: out", [f"{CLUSTERS} can't reach Storage: route_tables.partly.routes.s drops"]),
    ("others", ", nat_gateway: out", []),
    (
        "others",
        "",
        [f"{_SQL}nothing leaves virtual_networks.clusters.subnets.{each}" for each in ("host", "container")],
    ),
):
    CASES[f"a table to {table}{out}"] = (_IN_GROUP, f"{_IN_GROUP[:-1]}, route_table: {table}{out}}}", said)
for port in ("443", "3306", "6666", "8443-8451", "8450"):  # docs, "Azure Private Link concepts", key considerations
    CASES[f"port {port} denied at the endpoints"] = (
        AT,
        AT.replace("{}", f"{{shut: {{priority: 200, direction: inbound, access: deny, ports: {port}}}}}"),
        [f"{CLUSTERS} {'and 3 more ' if port == '443' else ''}can't reach databricks_ui_api of"],
    )
CASES["ports that nobody calls denied at the endpoints"] = (
    AT,
    AT.replace("{}", "{shut: {priority: 200, direction: inbound, access: deny, ports: 8452-9000}}"),
    [],
)


AGENTS = """\
pipelines:
  pool: {pull_request: {vmImage: ubuntu-24.04}, deploy: {name: agents, inside: hub}}
  service_connections: {dev: lab-dev}
  install: {source: tools/mlinfra, requirements: tools/mlinfra.txt}
key_vaults: {keys: {}}
databricks_secret_scopes: {own: {}}
databricks_secrets: {key: {catalog_name: main, schema_name: keys, name: key, value: {vault: keys, secret: key}}}
"""
CASES["agents read the secrets that a bundle is given"] = ("", AGENTS, [])
CASES["no endpoint of the vault whose secrets a bundle is given"] = (
    "",
    AGENTS + OMIT % "key_vaults.keys.private_endpoints.vault",
    ['agents of the pool "agents" can\'t reach vault of key_vaults.keys: it is closed'],
)


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_who_can_not_reach_what_is_named(old: str, new: str, expected: list[str], tmp_path: Path) -> None:
    text = PLATFORM.replace(old, new) if old else PLATFORM + new
    said = [each.message for each in found(tmp_path, text) if each.code.id in ("MLI401", "MLI402")]
    assert len(said) == len(expected)
    for message, begins in zip(said, expected, strict=True):
        assert message.startswith(begins)


def test_a_group_that_shuts_out_what_the_service_needs_is_named(tmp_path: Path) -> None:
    text = PLATFORM.replace(GROUP, SHUT)
    said = [each.message for each in found(tmp_path, text) if each.code.id == "MLI401"]
    assert any(
        f"{CLUSTERS} can't reach" in message and "network_security_groups.clusters.rules.shut" in message
        for message in said
    )
