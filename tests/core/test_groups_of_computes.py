"""In the group of each subnet in which computes lie stands what these need, whoever said where they lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlinfra.plan import Plan
from tests.spec import HEADER, compiled, found

OWN = """\
virtual_networks:
  own:
    SPACE
    subnets:
      a: {A, network_security_group: shut, nat_gateway: out}
      b: {address_prefix: 10.1.1.0/24, network_security_group: shut, nat_gateway: out}
network_security_groups: {shut: {rules: {shut: {priority: 4096, direction: outbound, access: deny}}}}
public_ips: {out: {}}
nat_gateways: {out: {public_ips: [out]}}
workspaces: {main: {}}
compute_clusters:
"""
MADE = OWN.replace("SPACE", "address_space: [10.1.0.0/16]").replace("A,", "address_prefix: 10.1.0.0/24,")
THERE = OWN.replace("SPACE", "existing: true\n    azure_name: vnet-own\n    resource_group: rg-own").replace(
    "A, network_security_group: shut, nat_gateway: out", "existing: true, network_security_group: shut"
)
IN = "  {0}: {{size: Standard_D4ds_v4, network_settings: {{subnet: '${{virtual_networks.own.subnets.{0}.id}}'}}}}\n"
A, B = IN.format("aaa").replace("subnets.aaa", "subnets.a"), IN.format("bbb").replace("subnets.bbb", "subnets.b")
BOTH = ["10.1.0.0/24", "10.1.1.0/24"]
SIDES: dict[str, tuple[str, object, object]] = {  # from where rules lead out, and to where nodes talk to one another
    "one subnet": (MADE + A, "10.1.0.0/24", "10.1.0.0/24"),
    "two subnets with one group": (MADE + A + B, BOTH, BOTH),
    "a subnet whose range nobody knows": (THERE + A, "*", "VirtualNetwork"),
}
PUBLIC = ["registry", "management"]
ALWAYS = (
    *("machine-learning", "machine-learning-udp", "batch", "storage", "entra", "resource-manager", "images"),
    *("front-door", "studio", "monitor", "network", "nodes", "nodes-in"),
)


@pytest.mark.parametrize(("text", "near", "among"), SIDES.values(), ids=SIDES)
def test_computes_that_say_their_subnet_themselves_have_their_rules(
    tmp_path: Path, text: str, near: object, among: object
) -> None:
    rules = _derived(_plan(tmp_path, text))
    names = "*" if near == "*" else ""
    assert sorted(rules) == sorted([*ALWAYS, *PUBLIC, *(["names"] if names else [])])
    assert _side(rules["batch"], "source") == near
    assert _side(rules["nodes"], "destination") == among
    assert _side(rules["registry"], "destination") == "AzureContainerRegistry.westeurope"
    assert (rules["management"]["direction"], rules["management"]["destinationPortRange"]) == ("Inbound", "44224")


def test_the_group_of_a_subnet_in_which_nobody_is_stays_as_it_is_written(tmp_path: Path) -> None:
    nobody = MADE.replace("compute_clusters:\n", "")
    assert _derived(_plan(tmp_path, nobody)) == {}


PRIVATE = """\
network:
  {inbound: private, outbound: vnet, virtual_network: spoke, endpoints_subnet: a, compute_subnet: b, dns: here}
virtual_networks:
  spoke:
    address_space: [10.60.0.0/18]
    subnets:
      a: {address_prefix: 10.60.0.0/24}
      b: {address_prefix: 10.60.4.0/23, nat_gateway: out, network_security_group: open}
network_security_groups: {open: {}}
public_ips: {out: {}}
nat_gateways: {out: {public_ips: [out]}}
"""
MANAGED = "workspaces: {main: {managed_network: {isolation_mode: allow_only_approved_outbound}}}\n"


@pytest.mark.parametrize(
    ("workspaces", "said"), [("workspaces: {main: {}}\n", ["MLI386"]), (MANAGED, []), ("", ["MLI386"])]
)
def test_a_subnet_of_computes_in_which_nobody_is_lets_nothing_out(
    tmp_path: Path, workspaces: str, said: list[str]
) -> None:
    codes = [each.code.id for each in found(tmp_path, HEADER + PRIVATE + workspaces) if each.severity != "info"]
    assert codes == said


HUB = """\
virtual_networks:
  hub:
    existing: true
    azure_name: vnet-hub
    resource_group: rg-hub
    subscription: 22222222-2222-2222-2222-222222222222
    subnets: {mine: {address_prefix: 10.0.9.0/24MORE}}
network_security_groups: {theirs: {existing: true, id: GROUP}}
"""
GROUP = (
    "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-hub/providers/Microsoft.Network"
    "/networkSecurityGroups/nsg-hub"
)
WAYS_OUT = (
    "network_security_groups.hub-mine is in subscription 11111111-1111-1111-1111-111111111111, and "
    "virtual_networks.hub in 22222222-2222-2222-2222-222222222222 | add network_security_group: <an entry with "
    "existing: true> of subscription 22222222-2222-2222-2222-222222222222, or existing: true where the subnet is there "
    "already"
)


@pytest.mark.parametrize(
    ("more", "said"), [("", [WAYS_OUT]), (", network_security_group: theirs", []), (", existing: true", [])]
)
def test_a_group_that_nobody_wrote_is_told_with_its_ways_out(tmp_path: Path, more: str, said: list[str]) -> None:
    text = HEADER + HUB.replace("MORE", more).replace("GROUP", GROUP)
    assert [f"{each.message} | {each.help}" for each in found(tmp_path, text) if each.code.id == "MLI831"] == said


def _plan(tmp_path: Path, text: str) -> Plan:
    (plan,) = compiled(tmp_path, HEADER + text).plans
    return plan


def _derived(plan: Plan) -> dict[str, dict[str, Any]]:
    group = next(each.resource for each in plan.resources if each.resource.address == "network_security_groups.shut")
    rules = {each["name"]: each["properties"] for each in group.body["properties"]["securityRules"]}
    return {name: rule for name, rule in rules.items() if name != "shut"}


def _side(rule: dict[str, Any], side: str) -> object:
    return rule.get(f"{side}AddressPrefix", rule.get(f"{side}AddressPrefixes"))
