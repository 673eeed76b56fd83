"""Zones of services that a platform reaches and does not make: known by name, made or read, and found by DNS name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mlinfra.azure.private_dns import KNOWN
from tests.core.derived import plan_of
from tests.spec import HEADER, said

ROOT = Path(__file__).parents[2]
HUB = "{zones: {subscription: 99999999-9999-9999-9999-999999999999, resource_group: rg-hub-dns}%s}"
SPOKE = """\
virtual_networks:
  spoke: {address_space: [10.60.0.0/18], subnets: {endpoints: {address_prefix: 10.60.0.0/24}}}
"""
GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-data/providers"


def _spec(dns: str = "here", more: str = "") -> str:
    network = f"inbound: private, outbound: internet, virtual_network: spoke, endpoints_subnet: endpoints, dns: {dns}"
    return f"network: {{{network}}}\n{SPOKE}{more}"


def _endpoint(resource: str, group: str, more: str = "") -> str:
    subnet = "virtual_networks.spoke.subnets.endpoints"
    return f"private_endpoints: {{own: {{resource: {resource}, group: {group}, subnet: {subnet}{more}}}}}\n"


def _zones(folder: Path, text: str) -> list[str]:
    """The ids of the zones in which the written endpoint is registered, from their group on."""
    body = plan_of(folder, text).by_address["private_endpoints.own.dns"].resource.body
    plan = plan_of(folder, text)
    zones = [each["properties"]["privateDnsZoneId"] for each in body["properties"]["privateDnsZoneConfigs"]]
    return [_tail(plan, zone) for zone in zones]


def _tail(plan: Any, zone: Any) -> str:
    entry = plan.graph.entries[zone.address]
    return str(entry.id).partition("/resourceGroups/")[2].replace("/providers/Microsoft.Network/privateDnsZones", "")


OF_GROUPS = (
    (f"{GROUP}/Microsoft.Search/searchServices/docs", "searchService", ["privatelink.search.windows.net"]),
    (f"{GROUP}/Microsoft.DataFactory/factories/adf", "dataFactory", ["privatelink.datafactory.azure.net"]),
    (f"{GROUP}/Microsoft.DataFactory/factories/adf", "portal", ["privatelink.adf.azure.com"]),
    (f"{GROUP}/Microsoft.Purview/accounts/own", "portal", ["privatelink.purviewstudio.azure.com"]),
    (f"{GROUP}/Microsoft.Sql/servers/own", "sqlServer", ["privatelink.database.windows.net"]),
    (f"{GROUP}/Microsoft.DocumentDB/databaseAccounts/own", "Sql", ["privatelink.documents.azure.com"]),
    (f"{GROUP}/Microsoft.Synapse/workspaces/own", "Sql", ["privatelink.sql.azuresynapse.net"]),
    (f"{GROUP}/Microsoft.Storage/storageAccounts/own", "web", ["privatelink.web.core.windows.net"]),
    (f"{GROUP}/Microsoft.Storage/storageAccounts/own", "blob_secondary", ["privatelink.blob.core.windows.net"]),
    (
        f"{GROUP}/Microsoft.CognitiveServices/accounts/own",
        "account",
        [
            "privatelink.cognitiveservices.azure.com",
            "privatelink.openai.azure.com",
            "privatelink.services.ai.azure.com",
        ],
    ),
)


@pytest.mark.parametrize(("resource", "group", "zones"), OF_GROUPS)
def test_a_written_endpoint_is_registered_in_zones_of_its_group(
    tmp_path: Path, resource: str, group: str, zones: list[str]
) -> None:
    made = _zones(tmp_path, _spec(more=_endpoint(resource, group)))
    assert made == [f"rg-churn-dev/{zone}" for zone in zones]
    of_hub = _zones(tmp_path, _spec(HUB % "", _endpoint(resource, group)))
    assert of_hub == [f"rg-hub-dns/{zone}" for zone in zones]


def test_its_zone_is_asked_by_the_network(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, _spec(more=_endpoint(OF_GROUPS[0][0], "searchService")))
    assert [address for address in plan.by_address if address.startswith("private_dns_zones.search")] == [
        "private_dns_zones.search",
        "private_dns_zones.search.links.spoke",
    ]


def test_of_zones_of_an_account_those_that_are_written_are_enough(tmp_path: Path) -> None:
    account = _endpoint(OF_GROUPS[-1][0], "account")
    zones = _zones(tmp_path, _spec(more=account + "private_dns_zones: {openai: {}}\n"))
    assert zones == ["rg-churn-dev/privatelink.openai.azure.com"]


def test_an_entry_of_another_name_with_the_dns_name_is_the_zone(tmp_path: Path) -> None:
    own = "private_dns_zones: {ai-search: {zone: privatelink.search.windows.net}}\n"
    zones = _zones(tmp_path, _spec(more=_endpoint(OF_GROUPS[0][0], "searchService") + own))
    assert zones == ["rg-churn-dev/privatelink.search.windows.net"]


def test_so_is_one_of_a_derived_endpoint(tmp_path: Path) -> None:
    """Elsewhere a second zone of the same name would be made beside it, which Azure refuses to link."""
    lake = "key_vaults: {main: {}}\nprivate_dns_zones: {keys: {zone: privatelink.vaultcore.azure.net}}\n"
    addresses = [each for each in plan_of(tmp_path, _spec(more=lake)).by_address if "private_dns_zones" in each]
    assert addresses == ["private_dns_zones.keys", "private_dns_zones.keys.links.spoke"]


def test_a_zone_that_exists_and_says_nothing_else_is_kept_by_the_hub(tmp_path: Path) -> None:
    text = _spec(
        HUB % "", _endpoint(OF_GROUPS[0][0], "searchService") + "private_dns_zones: {search: {existing: true}}"
    )
    assert _zones(tmp_path, text) == ["rg-hub-dns/privatelink.search.windows.net"]


def test_more_zones_of_a_resource_are_those_of_the_hub(tmp_path: Path) -> None:
    text = _spec(HUB % ", also: {storage_accounts.lake: [web]}", "storage_accounts: {lake: {}}\n")
    body = plan_of(tmp_path, text).by_address["storage_accounts.lake.private_endpoints.blob.dns"].resource.body
    configurations = body["properties"]["privateDnsZoneConfigs"]
    assert [each["properties"]["privateDnsZoneId"].address for each in configurations] == [
        "private_dns_zones.blob",
        "private_dns_zones.web",
    ]


UNKNOWN = (
    ("privatelink.web.core.windows.net", "write web"),
    ("privatelink.westeurope.kusto.windows.net", "write kusto"),
    ("webs", 'did you mean "web"?'),
    (
        "batch",
        (
            "add private_dns_zones: {batch: {existing: true, azure_name: <the DNS name of the zone>, subscription: "
            "99999999-9999-9999-9999-999999999999, resource_group: rg-hub-dns}}"
        ),
    ),
    (
        "privatelink.batch.azure.com",
        (
            "add private_dns_zones: {<name>: {existing: true, azure_name: privatelink.batch.azure.com, subscription: "
            "99999999-9999-9999-9999-999999999999, resource_group: rg-hub-dns}}, and write <name> here"
        ),
    ),
)


@pytest.mark.parametrize(("zone", "help"), UNKNOWN)
def test_a_zone_of_no_name_is_an_entry_that_exists(tmp_path: Path, zone: str, help: str) -> None:
    kusto = "kusto: {existing: true, azure_name: privatelink.westeurope.kusto.windows.net, resource_group: rg-hub-dns}"
    more = f"storage_accounts: {{lake: {{}}}}\nprivate_dns_zones: {{{kusto}}}\n"
    text = _spec(HUB % f", also: {{storage_accounts.lake: [{zone}]}}", more)
    (message,) = said(tmp_path, HEADER + text, "MLI367")
    assert message.startswith(f'6: "{zone}", which network.dns names, is no zone ({help}')
    assert said(tmp_path, HEADER + text, "MLI455") == []


def test_the_names_of_zones_are_on_the_page() -> None:
    page = (ROOT / "docs/language.md").read_text(encoding="utf-8")
    listed = page.partition("**Zones have names.**")[2].partition("The names are")[2].partition("An entry")[0]
    assert re.findall("`([a-z_]+)`", listed) == sorted(KNOWN)
