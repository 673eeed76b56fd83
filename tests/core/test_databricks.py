"""Databricks in a network of one's own: what follows from a workspace and from a connector, each with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlinfra.differ.comparing import Differing
from mlinfra.differ.effects import known
from mlinfra.languages.platform.databricks.databricks_workspaces import DATABRICKS_WORKSPACES
from mlinfra.plan import Plan
from tests.spec import compiled

HEADER = """\
apiVersion: mlinfra/v1
platform: lake
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
network: {NETWORK}
log_analytics: {main: {}}
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}, old: {}}}}
identities: {reader: {}}
public_ips: {out: {}}
nat_gateways: {out: {public_ips: [out]}}
route_tables: {inspected: {routes: {default: {address_prefix: 0.0.0.0/0, next_hop: 10.71.0.4}}}}
virtual_networks:
  main:
    address_space: [10.71.0.0/18]
    subnets:
      e: {address_prefix: 10.71.0.0/24}
      h: {address_prefix: 10.71.8.0/22MORE}
      c: {address_prefix: 10.71.12.0/22MORE}
databricks_workspaces:
  main: {virtual_network: main, host_subnet: h, container_subnet: cBODY}
"""
PRIVATE = "inbound: private, outbound: internet, virtual_network: main, endpoints_subnet: e, dns: here"
W, SUBNET = "databricks_workspaces.main", "virtual_networks.main.subnets.h"


def _plan(folder: Path, network: str = "outbound: open", body: str = "", more: str = "", text: str = "") -> Plan:
    spec = HEADER.replace("NETWORK", network).replace("BODY", body).replace("MORE", more) + text
    (plan,) = compiled(folder, spec).plans
    return plan


def _properties(plan: Plan, address: str) -> Any:
    return plan.by_address[address].resource.body["properties"]


ALONE = (
    f"{HEADER.partition('log_analytics')[0].replace('NETWORK', 'outbound: open')}databricks_workspaces: {{w: {{}}}}\n"
)


def test_what_happens_is_kept_also_where_nothing_else_of_the_spec_has_logs(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, ALONE).plans
    logs = plan.graph.entries["log_analytics.databricks"]
    because = "who does what in databricks_workspaces.w is kept in Log Analytics, and in no other place"
    assert (logs.because, "databricks_workspaces.w.diagnostics" in plan.by_address) == (because, True)
    derived = "derived: {log_analytics.databricks: {omit: true, because: they are kept elsewhere}}\n"
    (plan,) = compiled(tmp_path, ALONE + derived).plans
    assert [address for address in plan.by_address if "logs" in address or "diagnostics" in address] == []
    (plan,) = compiled(tmp_path, f"{ALONE}log_analytics: {{main: {{}}}}\n").plans
    assert [each.name for each in plan.graph.section("log_analytics")] == ["main"]


# network and private_link -> public access, rules that Azure wants, groups of private endpoints.
LINKS = {
    "public": ("outbound: open", "", ("Enabled", "AllRules", [])),
    "private": (PRIVATE, "", ("Disabled", "NoAzureDatabricksRules", ["databricks_ui_api", "browser_authentication"])),
    "front": (PRIVATE, "front", ("Enabled", "AllRules", ["databricks_ui_api", "browser_authentication"])),
    "back": (PRIVATE, "back", ("Enabled", "NoAzureDatabricksRules", ["databricks_ui_api"])),
    "none": (PRIVATE, "none", ("Enabled", "AllRules", [])),
}


@pytest.mark.parametrize(("network", "link", "expected"), LINKS.values(), ids=LINKS)
def test_who_reaches_it_follows_from_its_private_link(
    network: str, link: str, expected: tuple[str, str, list[str]], tmp_path: Path
) -> None:
    plan = _plan(tmp_path, network, f", private_link: {link}" if link else "")
    made = _properties(plan, W)
    groups = [
        connection["properties"]["groupIds"][0]
        for each in plan.resources
        if each.resource.address.startswith(f"{W}.private_endpoints.")
        for connection in each.resource.body["properties"].get("privateLinkServiceConnections", ())
    ]
    assert (made["publicNetworkAccess"], made["requiredNsgRules"], groups) == expected


def test_a_serverless_workspace_says_nothing_that_azure_refuses_there(tmp_path: Path) -> None:
    """The REST specification marks the rest as "Not allowed in Serverless ComputeMode workspace"."""
    plan = _plan(tmp_path, text="  last: {compute_mode: serverless}\n")
    assert _properties(plan, "databricks_workspaces.last") == {
        "computeMode": "Serverless",
        "publicNetworkAccess": "Enabled",
    }


# A connector -> as whom the workspace reaches its own account, by the REST specification.
IDENTITIES = {
    "its own": ("{}", ("SystemAssigned", None)),
    "both": ("{identities: [reader]}", ("SystemAssigned", None)),
    "one of the spec": ("{identities: [reader], system_identity: false}", ("UserAssigned", "identities.reader")),
    "someone else's": ("{existing: true, azure_name: dbac-shared}", ("SystemAssigned", None)),
}


@pytest.mark.parametrize(("connector", "expected"), IDENTITIES.values(), ids=IDENTITIES)
def test_a_workspace_names_the_identity_that_its_connector_has(
    connector: str, expected: tuple[str, str | None], tmp_path: Path
) -> None:
    text = f"databricks_access_connectors: {{own: {connector}}}\n"
    named = _properties(_plan(tmp_path, body=", access_connector: own", text=text), W)["accessConnector"]
    of_user = named.get("userAssignedIdentityId")
    assert (named["identityType"], of_user and of_user.address) == expected


# What more there is, and what the first one is -> who has the endpoint by which people sign in.
SIGN_IN = {
    "one for all": ("", "last: {compute_mode: serverless}", ["main"]),
    "the first in which people sign in by one": (
        ", private_link: back",
        "none: {compute_mode: serverless, private_link: none}\n  last: {compute_mode: serverless}",
        ["last"],
    ),
    "one of each region": (
        "",
        "near: {compute_mode: serverless}\n  far: {compute_mode: serverless, location: northeurope}",
        ["main", "far"],
    ),
}


@pytest.mark.parametrize(("body", "more", "expected"), SIGN_IN.values(), ids=SIGN_IN)
def test_sign_in_of_a_region_has_one_private_endpoint(
    body: str, more: str, expected: list[str], tmp_path: Path
) -> None:
    plan = _plan(tmp_path, PRIVATE, body, text=f"  {more}\n")
    found = [each.split(".")[1] for each in plan.graph.entries if each.endswith(".browser_authentication")]
    assert sorted(found) == sorted(expected)


def test_the_workspace_by_which_others_are_signed_in_says_so(tmp_path: Path) -> None:
    plan = _plan(tmp_path, PRIVATE, "", text="  near: {compute_mode: serverless}\n")
    because = str(plan.graph.entries["databricks_workspaces.main.private_endpoints.browser_authentication"].because)
    assert because.partition("; ")[2] == (
        "people sign in by it to every Databricks workspace of westeurope that is reached in this network, such as "
        "databricks_workspaces.near, and to none of them once databricks_workspaces.main is deleted"
    )


# Rules by the end of their names, with the number of each in its direction.
PLANE = {"control-plane-to-worker-ssh": 101, "control-plane-to-worker-proxy": 102}
OUT = {"worker-to-sql": 101, "worker-to-storage": 102, "worker-to-worker-outbound": 103, "worker-to-eventhub": 104}
INSIDE = {"worker-to-worker-inbound": 100, **OUT}
ALL = {"worker-to-databricks-webapp": 100, **INSIDE}


@pytest.mark.parametrize(
    ("network", "body", "expected"),
    [
        ("outbound: open", "", ALL),
        ("outbound: open", ", required_rules: all_rules", ALL),
        ("outbound: open", ", no_public_ip: false", {**PLANE, **ALL}),
        (PRIVATE, "", INSIDE),
        (PRIVATE, ", required_rules: no_azure_databricks_rules", INSIDE),
    ],
)
def test_subnets_are_the_services_with_its_own_rules(
    network: str, body: str, expected: dict[str, int], tmp_path: Path
) -> None:
    plan = _plan(tmp_path, network, body)
    of_service = "Microsoft.Databricks-workspaces_UseOnly_databricks-"
    for name in ("h", "c"):
        delegation = _properties(plan, f"virtual_networks.main.subnets.{name}")["delegations"]
        assert [each["properties"]["serviceName"] for each in delegation] == ["Microsoft.Databricks/workspaces"]
        rules = _properties(plan, f"network_security_groups.main-{name}")["securityRules"]
        numbers = {each["name"].removeprefix(of_service): each["properties"]["priority"] for each in rules}
        assert numbers == expected
        for each in (each["properties"] for each in rules):
            ends = (each["sourceAddressPrefix"], each["destinationAddressPrefix"])
            assert ends[each["direction"] == "Inbound"] == "VirtualNetwork"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Enabled", "Disabled", "opens_access"),
        ("Enabled", None, "opens_access"),
        ("Disabled", "Enabled", "closes_access"),
        (None, "Enabled", "closes_access"),
        (None, "Disabled", None),
    ],
)
def test_the_account_of_a_workspace_is_closed_by_its_firewall(
    before: str | None, after: str | None, expected: str | None
) -> None:
    found = known(DATABRICKS_WORKSPACES.changes, Differing("properties.defaultStorageFirewall", before, after))
    assert found.classes == (("in_place", expected) if expected else ("in_place",))


WAYS_OUT = {
    "nothing is written": ("", "", "nat_gateways.databricks-main"),
    "a gateway is written": ("", ", nat_gateway: out", "nat_gateways.out"),
    "a route is written": ("", ", route_table: inspected", None),
    "machines have addresses": (", no_public_ip: false", "", None),
}


@pytest.mark.parametrize(("body", "more", "expected"), WAYS_OUT.values(), ids=WAYS_OUT)
def test_machines_without_addresses_have_a_way_out(body: str, more: str, expected: str | None, tmp_path: Path) -> None:
    plan = _plan(tmp_path, body=body, more=more)
    gateway = _properties(plan, SUBNET).get("natGateway")
    assert (gateway and gateway["id"].address) == expected
    if expected == "nat_gateways.databricks-main":
        assert _properties(plan, expected)["publicIpAddresses"][0]["id"].address == "public_ips.databricks-main"


CONNECTORS = {
    "its own identity": (
        "storage: [lake]",
        [("databricks_access_connectors.lake", "storage_accounts.lake")],
    ),
    "an identity of the spec": (
        "storage: [storage_accounts.lake.containers.raw], identities: [reader], system_identity: false",
        [("identities.reader", "storage_accounts.lake.containers.raw")],
    ),
    "both, on two containers": (
        "storage: [storage_accounts.lake.containers.raw, storage_accounts.lake.containers.old], identities: [reader]",
        [
            ("databricks_access_connectors.lake", "storage_accounts.lake.containers.old"),
            ("databricks_access_connectors.lake", "storage_accounts.lake.containers.raw"),
            ("identities.reader", "storage_accounts.lake.containers.old"),
            ("identities.reader", "storage_accounts.lake.containers.raw"),
        ],
    ),
}


@pytest.mark.parametrize(("body", "expected"), CONNECTORS.values(), ids=CONNECTORS)
def test_a_connector_gets_the_lakes_that_it_names_and_no_others(
    body: str, expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    plan = _plan(tmp_path, text=f"databricks_access_connectors: {{lake: {{{body}}}}}\n")
    of_lakes: list[Any] = [
        entry.model
        for entry in plan.graph.section("derived_role_assignments")
        if entry.because and "Unity Catalog" in entry.because
    ]
    assert sorted((model.identity, model.scope) for model in of_lakes) == expected
    assert {model.role for model in of_lakes} == {"Storage Blob Data Contributor"}


def test_what_follows_can_be_read_with_its_reason_and_left_out(tmp_path: Path) -> None:
    text = "derived: {network_security_groups.main-h.rules.sql: {omit: true, because: a firewall of ours says so}}\n"
    plan = _plan(tmp_path, text=text)
    reasons = {entry.address: entry.because for entry in plan.graph.entries.values() if entry.because}
    assert "network_security_groups.main-h.rules.sql" not in reasons
    assert reasons["network_security_groups.main-c.rules.sql"] == (
        "machines of databricks_workspaces.main reach the metastore of the service, and Azure adds the rule by itself"
    )
    assert reasons["nat_gateways.databricks-main"] == (
        "machines of databricks_workspaces.main have no public addresses, and no other way out"
    )
    assert reasons[f"{W}.diagnostics"] == "what happens on databricks_workspaces.main is kept in log_analytics.main"


def test_one_that_exists_is_read_and_nothing_is_made_for_it(tmp_path: Path) -> None:
    there = "existing: true, azure_name: dbw-theirs, resource_group: rg-theirs"
    spec = HEADER.replace("NETWORK", "outbound: open").replace("MORE", "")
    spec = spec.replace("virtual_network: main, host_subnet: h, container_subnet: cBODY", there)
    (plan,) = compiled(tmp_path, spec).plans
    assert str(plan.graph.entries[W].id).endswith("/Microsoft.Databricks/workspaces/dbw-theirs")
    assert W not in plan.by_address
    assert "delegations" not in _properties(plan, SUBNET)
