"""network.monitor: private reaches logs by one endpoint in five zones, and shuts what nobody needs from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.languages.resource import Of
from mlinfra.plan import Plan
from tests.spec import HEADER, compiled

NETWORK = """\
network:
  {inbound: private, outbound: %s, virtual_network: spoke, endpoints_subnet: a, compute_subnet: t, monitor: private}
public_ips: {out: {}}
nat_gateways: {out: {public_ips: [out]}}
virtual_networks:
  spoke:
    address_space: [10.60.0.0/18]
    subnets: {a: {address_prefix: 10.60.0.0/24}, t: {address_prefix: 10.60.4.0/23, nat_gateway: out}}
workspaces: {main: {}}
"""
SCOPE = "monitor_private_link_scopes.main"


def _plan(folder: Path, outbound: str, rest: str = "") -> Plan:
    network = NETWORK % outbound
    if outbound != "vnet":
        network = network.replace(", compute_subnet: t", "")
    (plan,) = compiled(folder, HEADER + network + rest).plans
    return plan


def test_logs_are_in_one_scope_with_one_endpoint_in_five_zones(tmp_path: Path) -> None:
    made = _plan(tmp_path, "vnet").by_address
    scoped = [address for address in made if ".scopes." in address]
    assert scoped == [f"{each}.main.scopes.main" for each in ("log_analytics", "application_insights")]
    linked = made[scoped[0]].resource.body["properties"]["linkedResourceId"]
    assert linked == Of("log_analytics.main")
    group = made[f"{SCOPE}.private_endpoints.azuremonitor.dns"].resource.body["properties"]["privateDnsZoneConfigs"]
    assert [each["name"] for each in group] == ["monitor", "oms", "ods", "agentsvc", "blob"]


@pytest.mark.parametrize(("outbound", "ingestion"), [("vnet", "Disabled"), ("internet", "Enabled")])
def test_logs_are_asked_from_inside_and_computes_outside_of_the_scope_still_send(
    outbound: str, ingestion: str, tmp_path: Path
) -> None:
    made = _plan(tmp_path, outbound).by_address
    for address in ("log_analytics.main", "application_insights.main"):
        properties = made[address].resource.body["properties"]
        assert properties["publicNetworkAccessForQuery"] == "Disabled"
        assert properties["publicNetworkAccessForIngestion"] == ingestion


def test_in_a_scope_that_exists_elsewhere_logs_are_put_by_its_owner(tmp_path: Path) -> None:
    where = "subscription: 99999999-9999-9999-9999-999999999999, resource_group: rg-hub"
    existing = f"monitor_private_link_scopes: {{hub: {{existing: true, azure_name: ampls-hub, {where}}}}}\n"
    made = _plan(tmp_path, "vnet", existing).by_address
    assert not any(address.startswith(SCOPE) for address in made)
    scoped = made["log_analytics.main.scopes.hub"]
    assert scoped.group == ("99999999-9999-9999-9999-999999999999", "rg-hub")
    assert scoped.resource.names[0] == "ampls-hub"
