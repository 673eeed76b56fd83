"""Agents in a network of ours reach what they call on the internet, or it is said what keeps them from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installation import FROM_INDEX, FROM_SOURCE, add_installation
from tests.spec import HEADER, found

AGENTS = "agents: {address_prefix: 10.60.1.0/24, network_security_group: ci, nat_gateway: out}"
RULES = "ci: {rules: {}}"
ROUTES = "ci: {routes: {}}"
PLATFORM = f"""\
{HEADER}\
network: {{inbound: private, virtual_network: spoke, endpoints_subnet: endpoints}}
virtual_networks:
  hub: {{existing: true, resource_group: rg-hub, azure_name: vnet-hub, address_space: [10.0.0.0/20]}}
  spoke:
    address_space: [10.60.0.0/18]
    peerings: {{hub: {{allow_forwarded_traffic: true}}}}
    subnets:
      endpoints: {{address_prefix: 10.60.0.0/24}}
      {AGENTS}
network_security_groups: {{{RULES}}}
route_tables: {{{ROUTES}}}
public_ips: {{out: {{}}}}
nat_gateways: {{out: {{public_ips: [out]}}}}
workspaces: {{main: {{}}}}
pipelines:
  pool: {{pull_request: {{vmImage: ubuntu-24.04}}, deploy: {{name: ci, inside: spoke}}}}
  service_connections: {{dev: churn-dev}}
"""
DEVOPS = "[150.171.22.0/23, 150.171.73.0/24, 150.171.74.0/23, 150.171.76.0/24]"
SHUT = "priority: 4000, direction: outbound, access: deny"
_FREE = AGENTS.replace(", nat_gateway: out", "")  # of a way out


def _rules(*rules: str) -> tuple[str, str]:
    return RULES, f"ci: {{rules: {{{', '.join(f'r{number}: {{{rule}}}' for number, rule in enumerate(rules))}}}}}"


def _allow(priority: int, to: str) -> str:
    return f"priority: {priority}, direction: outbound, access: allow, to: {to}"


def _routes(hop: str, prefix: str = "0.0.0.0/0", agents: str = AGENTS) -> tuple[tuple[str, str], ...]:
    return (
        (ROUTES, f"ci: {{routes: {{all: {{address_prefix: {prefix}, next_hop: {hop}}}}}}}"),
        (AGENTS, agents.replace("}", ", route_table: ci}")),
    )


_BY_RULE = "network_security_groups.ci.rules.%s denies it"
_ALL, _DEVOPS, _ENTRA = "Azure DevOps and 2 more", "Azure DevOps", "Entra"
_ENOUGH = (_allow(100, DEVOPS), _allow(101, "AzureActiveDirectory"), _allow(102, "AzureResourceManager"))
WRONG = {  # what is changed, what can't be reached, and why
    "all of it denied": ((_rules(f"{SHUT}, to: Internet"),), _ALL, _BY_RULE % "r0"),
    "sign-in denied": ((_rules(f"{SHUT}, to: AzureActiveDirectory"),), _ENTRA, _BY_RULE % "r0"),
    "Resource Manager denied": (
        (_rules(f"{SHUT}, to: AzureResourceManager"),),
        "Resource Manager",
        _BY_RULE % "r0",
    ),
    "all of Azure denied": ((_rules(f"{SHUT}, to: AzureCloud"),), "Entra and 1 more", _BY_RULE % "r0"),
    "ranges of Azure DevOps denied": ((_rules(f"{SHUT}, to: [150.171.0.0/16]"),), _DEVOPS, _BY_RULE % "r0"),
    "HTTPS denied": ((_rules(f"{SHUT}, to: Internet, protocol: tcp, ports: 443"),), _ALL, _BY_RULE % "r0"),
    "a tag that is of what comes in": (
        (_rules(_allow(100, "AzureDevOps"), *_ENOUGH[1:], f"{SHUT}, to: Internet"),),
        _DEVOPS,
        _BY_RULE % "r3",
    ),
    "some of the ranges": (
        (_rules(_allow(100, "[150.171.22.0/24]"), *_ENOUGH[1:], f"{SHUT}, to: Internet"),),
        _DEVOPS,
        _BY_RULE % "r3",
    ),
    "no way out": (((AGENTS, _FREE),), _ALL, "nothing leaves virtual_networks.spoke.subnets.agents"),
    "a route to the internet, and no address": (
        _routes("internet", agents=_FREE),
        _ALL,
        "nothing leaves virtual_networks.spoke.subnets.agents",
    ),
    "a route that drops": (_routes("none"), _ALL, "route_tables.ci.routes.all drops what goes there"),
    "a route that stays inside": (
        _routes("virtual_network"),
        _ALL,
        "route_tables.ci.routes.all drops what goes there",
    ),
    "a service dropped": (
        _routes("none", "AzureResourceManager"),
        "Resource Manager",
        "route_tables.ci.routes.all drops what goes there",
    ),
    "ranges dropped": (
        _routes("none", "150.171.0.0/16"),
        _DEVOPS,
        "route_tables.ci.routes.all drops what goes there",
    ),
    "a gateway that is not there": (
        _routes("gateway"),
        _ALL,
        "route_tables.ci.routes.all leads to a gateway, and virtual_networks.spoke has none",
    ),
    "an appliance in no network": (
        _routes("192.168.1.4"),
        _ALL,
        (
            "route_tables.ci.routes.all leads to 192.168.1.4, and no network that holds it is joined to "
            "virtual_networks.spoke"
        ),
    ),
    "an appliance whose answers are kept out": (
        (*_routes("10.0.0.4"), ("allow_forwarded_traffic: true", "allow_forwarded_traffic: false")),
        _ALL,
        "answers of 10.0.0.4 are forwarded traffic, which virtual_networks.spoke.peerings.hub does not let in",
    ),
    "two subnets, and neither leads out": (
        ((AGENTS, f"{_FREE}\n      more: {{address_prefix: 10.60.2.0/24}}"),),
        _ALL,
        "nothing leaves virtual_networks.spoke.subnets.agents",
    ),
    "a subnet of pools that leads nowhere, beside one that does": (
        ((AGENTS, f"{AGENTS}\n      pool: {{address_prefix: 10.60.2.0/24, delegation: {'%s'}}}"),),
        _ALL,
        "nothing leaves virtual_networks.spoke.subnets.pool",
    ),
    "a subnet that leads out, and is of something else": (
        (
            (
                AGENTS,
                (
                    f"{_FREE}\n      dns: {{address_prefix: 10.60.2.0/28, delegation: Microsoft.Network/dnsResolvers, "
                    "nat_gateway: out}"
                ),
            ),
        ),
        _ALL,
        "nothing leaves virtual_networks.spoke.subnets.agents",
    ),
}
RIGHT = {
    "a NAT gateway": (),
    "a firewall": _routes("10.0.0.4", agents=_FREE),
    "halves to a firewall": (
        (
            ROUTES,
            (
                "ci: {routes: {a: {address_prefix: 0.0.0.0/1, next_hop: 10.0.0.4}, "
                "b: {address_prefix: 128.0.0.0/1, next_hop: 10.0.0.4}}}"
            ),
        ),
        (AGENTS, _FREE.replace("}", ", route_table: ci}")),
    ),
    "an address of Azure's": ((AGENTS, _FREE.replace("}", ", default_outbound_access: true}")),),
    "routes that a hub's gateway learned": (
        (AGENTS, _FREE),
        ("hub: {allow_forwarded_traffic: true}", "hub: {use_remote_gateways: true}"),
    ),
    "a table of someone else's": (
        (ROUTES, "ci: {existing: true, resource_group: rg-hub, azure_name: rt-hub}"),
        (AGENTS, _FREE.replace("}", ", route_table: ci}")),
    ),
    "a group of someone else's": ((RULES, "ci: {existing: true, resource_group: rg-hub, azure_name: nsg-hub}"),),
    "what is needed, and no more": (_rules(*_ENOUGH, f"{SHUT}, to: Internet"),),
    "older ranges beside these": (
        _rules(
            _allow(100, f"[13.107.6.0/24, 13.107.9.0/24, {DEVOPS[1:-1]}]"),
            *_ENOUGH[1:],
            f"{SHUT}, to: Internet",
        ),
    ),
    "all of Azure let through": (_rules(_allow(100, "AzureCloud"), f"{SHUT}, to: Internet"),),
    "other services denied": (
        _rules(f"{SHUT}, to: Sql", "priority: 4001, direction: outbound, access: deny, to: [203.0.113.0/24]"),
    ),
    "other ports denied": (_rules(f"{SHUT}, to: Internet, protocol: tcp, ports: 22"),),
    "what comes in denied": (_rules("priority: 4000, direction: inbound, access: deny, from: Internet"),),
    "half of the subnet denied": (_rules(f"{SHUT}, from: [10.60.1.0/25], to: Internet"),),
    "a route of a service to a firewall": _routes("10.0.0.4", "AzureResourceManager"),
    "ranges of someone else's dropped": _routes("none", "203.0.113.0/24"),
    "another subnet that leads nowhere": ((AGENTS, f"{AGENTS}\n      more: {{address_prefix: 10.60.2.0/24}}"),),
    "agents in a network of someone else's": (("inside: spoke", "inside: hub"), (AGENTS, _FREE)),
    "hosted agents": (("{name: ci, inside: spoke}", "{vmImage: ubuntu-24.04}"), (AGENTS, _FREE)),
    "agents nobody knows where": ((", inside: spoke", ""), (AGENTS, _FREE)),
}


def _said(folder: Path, edits: tuple[tuple[str, str], ...], installation: str = FROM_INDEX) -> list[str]:
    text = PLATFORM + installation
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new.replace("%s", "Microsoft.DevOpsInfrastructure/pools"))
    add_installation(folder)
    return [item.message for item in found(folder, text) if item.code.id == "MLI615"]


@pytest.mark.parametrize("name", WRONG)
def test_what_keeps_agents_from_the_internet_is_said(tmp_path: Path, name: str) -> None:
    edits, called, why = WRONG[name]
    can = "might not" if "forwarded traffic" in why else "can't"
    message = f'agents of the pool "ci" {can} reach {called} from virtual_networks.spoke: {why}'
    assert _said(tmp_path, edits) == [message]


@pytest.mark.parametrize("name", RIGHT)
def test_agents_with_a_way_out_are_not_named(tmp_path: Path, name: str) -> None:
    assert _said(tmp_path, RIGHT[name]) == []


def test_packages_are_called_where_no_index_is_named(tmp_path: Path) -> None:
    edits = (_rules(*_ENOUGH, f"{SHUT}, to: Internet"),)
    message = 'agents of the pool "ci" can\'t reach packages of Python from virtual_networks.spoke: '
    assert _said(tmp_path, edits, FROM_SOURCE) == [message + _BY_RULE % "r3"]


_APPS = """\
  apps:
    address_space: [10.70.0.0/18]
    peerings: {spoke: {}}
    subnets: {web: {address_prefix: 10.70.0.0/24, delegation: Microsoft.Web/serverFarms, nat_gateway: out}}
  spoke:
"""


def test_a_network_whose_subnets_are_all_of_services_holds_no_agents(tmp_path: Path) -> None:
    edits = (("  spoke:\n", _APPS), ("inside: spoke", "inside: apps"))
    message = (
        f'agents of the pool "ci" can\'t reach {_ALL} from virtual_networks.apps: none of its subnets may hold agents'
    )
    assert _said(tmp_path, edits) == [message]
