"""The owner of a hub runs the hand-overs of all targets, each twice: no run undoes another, and Azure takes each.

Azure refuses another network for a link that is there, and a second link of one network to one zone: docs, "What is a
virtual network link". It refuses the same of a peering: docs, "Troubleshoot virtual network peering issues".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mlinfra.compile import compile_spec
from mlinfra.emit.subnets import subnets_of_others
from mlinfra.emit.written_twice import with_ids
from mlinfra.plan import Plan

REPOSITORY = Path(__file__).parent.parent.parent
EVERYTHING = REPOSITORY / "tests" / "acceptance" / "everything"
FOLDERS = [spec.parent for spec in sorted((REPOSITORY / "specs").glob("*/ml-platform.yaml"))] + [EVERYTHING]
ROOT_OF = {EVERYTHING: EVERYTHING}  # of the repository that it stands for
JOINS = {"virtualNetworkLinks": "virtualNetwork", "virtualNetworkPeerings": "remoteVirtualNetwork"}
HUB = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
variables: {net: {type: string}}
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, variables: {net: "10.1"}}
  prod: {subscription: 11111111-1111-1111-1111-111111111111, mode: production, promote_from: dev,
    variables: {net: "10.2"}}
network:
  inbound: private
  outbound: internet
  virtual_network: main
  endpoints_subnet: ends
  dns: {zones: {subscription: 33333333-3333-3333-3333-333333333333, resource_group: rg-hub}}
virtual_networks:
  main:
    {address_space: ["${var.net}.0.0/20"], subnets: {ends: {address_prefix: "${var.net}.0.0/24"}}, peerings: {hub: {}}}
  hub: {existing: true, azure_name: vnet-hub, resource_group: rg-hub,
    subscription: 33333333-3333-3333-3333-333333333333}
private_dns_zones:
  corp: {existing: true, azure_name: corp.example, resource_group: rg-hub, links: {main: {}},
    subscription: 33333333-3333-3333-3333-333333333333}
key_vaults: {main: {}}
"""


class Hub:
    """What lies in the groups of others."""

    def __init__(self) -> None:
        self.there: dict[str, Any] = {}

    def run(self, plan: Plan) -> None:
        for item in (item for item in plan.resources if item.group):
            self._put(item.id.lower(), item.resource.type.rpartition("/")[2], with_ids(dict(item.resource.body), plan))
        for _, subnet in subnets_of_others(plan):
            self._put(subnet.id.lower(), "", [subnet.options, subnet.joints])

    def _put(self, identifier: str, kind: str, body: Any) -> None:
        before = self.there.setdefault(identifier, body)
        assert before == body, f"{identifier} is written over"
        if kind in JOINS:
            network, parent = body["properties"][JOINS[kind]], identifier.rpartition("/")[0]
            to_it = [
                each
                for each, other in self.there.items()
                if each.rpartition("/")[0] == parent and other["properties"][JOINS[kind]] == network
            ]
            assert to_it == [identifier], "a second one for the same network"


def run_twice(plans: Sequence[Plan]) -> Hub:
    hub = Hub()
    for plan in (*plans, *plans):
        hub.run(plan)
    return hub


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_run_undoes_another(folder: Path) -> None:
    run_twice(compile_spec(folder / "ml-platform.yaml", ROOT_OF.get(folder, REPOSITORY), {}).plans)


def test_links_in_zones_of_others_are_named_after_the_network(tmp_path: Path) -> None:
    (tmp_path / "ml-platform.yaml").write_text(HUB)
    plans = compile_spec(tmp_path / "ml-platform.yaml", tmp_path, {}).plans
    links = [each for each in run_twice(plans).there if "/virtualnetworklinks/" in each]
    names = {each.partition("/privatednszones/")[2].replace("/virtualnetworklinks/", " ") for each in links}
    zones = ("corp.example", "privatelink.vaultcore.azure.net")
    assert names == {f"{zone} vnet-churn-{target}" for zone in zones for target in ("dev", "prod")}


def test_links_in_zones_of_our_own_keep_their_names(tmp_path: Path) -> None:
    """A second name for one network is refused, so what is deployed already keeps its own."""
    own = HUB.replace("dns: {zones: {subscription: 33333333-3333-3333-3333-333333333333, resource_group: rg-hub}}", "")
    (tmp_path / "ml-platform.yaml").write_text(own)
    (dev, _) = compile_spec(tmp_path / "ml-platform.yaml", tmp_path, {}).plans
    assert dev.by_address["private_dns_zones.vault.links.main"].resource.names[-1] == "main"


def test_a_link_that_is_there_may_keep_its_name(tmp_path: Path) -> None:
    kept = "derived: {private_dns_zones.vault.links.main: {azure_name: main}}"
    (tmp_path / "ml-platform.yaml").write_text(
        HUB.replace("mode: development", f"mode: development, overrides: {{{kept}}}")
    )
    (dev, prod) = compile_spec(tmp_path / "ml-platform.yaml", tmp_path, {}).plans
    names = [plan.by_address["private_dns_zones.vault.links.main"].resource.names[-1] for plan in (dev, prod)]
    assert names == ["main", "vnet-churn-prod"]
