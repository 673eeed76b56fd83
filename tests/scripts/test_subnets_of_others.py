"""Subnets in a network of someone else's: its owner makes them, and joins them to what is ours once it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installation import FROM_INDEX
from tests.scripts.handing_over import BOOTSTRAP, HEADER, OWN, PIPELINES, World, compiled, manifest_of

POOL = "pull_request: {vmImage: ubuntu-24.04}, deploy: {name: agents, inside: corp}"
SPEC = f"""\
{HEADER}network:
  inbound: private
  outbound: vnet
  virtual_network: corp
  endpoints_subnet: endpoints
  compute_subnet: training
  dns: policy
virtual_networks:
  corp:
    existing: true
    azure_name: vnet-corp
    resource_group: rg-net
    address_space: [10.30.0.0/16]
    subnets:
      endpoints: {{existing: true, azure_name: snet-pe, address_prefix: 10.30.1.0/24, network_security_group: pe}}
      training:
        azure_name: snet-ml
        address_prefix: 10.30.2.0/24
        route_table: corp
        service_endpoints: [Microsoft.Storage]
network_security_groups: {{pe: {{}}}}
route_tables:
  corp:
    existing: true
    azure_name: rt-corp
    resource_group: rg-net
    routes: {{ours: {{address_prefix: 0.0.0.0/0, next_hop: 10.30.0.4}}}}
workspaces: {{main: {{}}}}
compute_clusters: {{cpu: {{size: Standard_D4ds_v5, max_instances: 2}}}}
{PIPELINES.replace("name: agents", POOL)}{FROM_INDEX}"""
UNIT = "handover/rg-net"
_OURS = f"/subscriptions/{OWN}/resourceGroups/rg-shop-dev/providers/Microsoft.Network"
_THEIRS = f"/subscriptions/{OWN}/resourceGroups/rg-net/providers/Microsoft.Network"
_SUBNETS = f"{_THEIRS}/virtualNetworks/vnet-corp/subnets"
ENDPOINTS, TRAINING, TABLE = f"{_SUBNETS}/snet-pe", f"{_SUBNETS}/snet-ml", f"{_THEIRS}/routeTables/rt-corp"
PE, ML = f"{_OURS}/networkSecurityGroups/nsg-shop-dev-pe", f"{_OURS}/networkSecurityGroups/nsg-shop-dev-corp-training"
SCRIPT = f"../dev/{UNIT}/run.sh"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("subnets of others"), SPEC)


def test_templates_make_no_subnet_and_the_route_beside_those_of_its_owner(output: Path) -> None:
    made = {one["address"]: one["type"] for one in manifest_of(output)["resources"] if one["unit"] == UNIT}
    assert made == {"route_tables.corp.routes.ours": "Microsoft.Network/routeTables/routes"}
    assert not any(one["type"].endswith("/subnets") for one in manifest_of(output)["resources"])
    rules = [one for one in manifest_of(output)["resources"] if one["id"] == ML]
    assert [one["address"] for one in rules] == ["network_security_groups.corp-training"]


def test_the_page_says_what_is_made_and_what_it_gets(output: Path) -> None:
    page = (output / "dev" / UNIT / "README.md").read_text()
    subnet = "`virtual_networks.corp.subnets.training`"
    assert f"| {subnet} | `Microsoft.Network/virtualNetworks/subnets` | it is written in the spec |\n" in page
    assert f"| {subnet} | `network_security_groups.corp-training` | `{ML}` |\n" in page
    assert f"| `virtual_networks.corp.subnets.endpoints` | `network_security_groups.pe` | `{PE}` |\n" in page
    assert f"| `Microsoft.Network/networkSecurityGroups/join/action` | `{PE}` |\n" in page
    late = "route_tables.corp.routes.ours, network_security_groups.pe on virtual_networks.corp.subnets.endpoints"
    assert f"\nSome of it needs what that deployment makes: {late}" in page


def test_its_owner_makes_them_before_and_joins_them_after_the_first_deployment(
    output: Path, tmp_path: Path, port: int
) -> None:
    azure = World(tmp_path, port, output).azure
    azure.state["subnets"] = {ENDPOINTS: {"addressPrefixes": ["10.30.1.0/24"], "delegations": ["theirs"]}}
    azure.script["resources"] = [TABLE]
    assert azure.run(*BOOTSTRAP).code == 0
    result = azure.run(SCRIPT, "--dry-run")
    assert (result.code, azure.changes) == (0, []), result.stderr
    assert "would make virtual_networks.corp.subnets.training\n" in result.stderr
    result = azure.run(SCRIPT)
    assert result.code == 0, result.stderr
    assert azure.changes[0] == "network vnet subnet create"
    assert azure.state["subnets"][TRAINING] == {"addressPrefixes": ["10.30.2.0/24"], "routeTable": {"id": TABLE}}
    later = "gets network_security_groups.pe once the first deployment of dev has made it: run this again after it\n"
    assert f"virtual_networks.corp.subnets.endpoints {later}" in result.stderr
    azure.script["resources"] = [TABLE, PE, ML]
    result = azure.run(SCRIPT, "--audit")
    assert (result.code, azure.changes) == (1, []), result.stderr
    assert "differs: would give virtual_networks.corp.subnets.endpoints network_security_groups.pe\n" in result.stderr
    result = azure.run(SCRIPT)
    assert (result.code, azure.changes) == (0, ["network vnet subnet update"] * 2), result.stderr
    theirs = {"addressPrefixes": ["10.30.1.0/24"], "delegations": ["theirs"]}
    assert azure.state["subnets"][ENDPOINTS] == theirs | {"networkSecurityGroup": {"id": PE}}
    assert azure.state["subnets"][TRAINING]["networkSecurityGroup"] == {"id": ML}
    result = azure.run(SCRIPT)
    assert (result.code, azure.changes) == (0, []), result.stderr


def test_what_it_takes_the_place_of_is_said(output: Path, tmp_path: Path, port: int) -> None:
    azure = World(tmp_path, port, output).azure
    own = {"networkSecurityGroup": {"id": f"{_THEIRS}/networkSecurityGroups/nsg-corp"}}
    azure.state["subnets"] = {ENDPOINTS: own, TRAINING: {"routeTable": {"id": TABLE.lower()}}}
    azure.script["resources"] = [TABLE, PE, ML]
    assert azure.run(*BOOTSTRAP).code == 0
    result = azure.run(SCRIPT, "--dry-run")
    said = "would give virtual_networks.corp.subnets.endpoints network_security_groups.pe in place of nsg-corp\n"
    assert (result.code, said in result.stderr, "route_tables" in result.stderr) == (0, True, False), result.stderr
