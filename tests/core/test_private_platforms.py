"""Private platforms as people build them: each compiles, and says nothing but what is told of it here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.derived import graph, plan_of
from tests.spec import HEADER, found

_SPOKE = """\
virtual_networks:
  spoke:
    address_space: [10.60.0.0/18]
    subnets:
      endpoints: {address_prefix: 10.60.0.0/24}
      training: {address_prefix: 10.60.4.0/23%s}
"""
_PRIVATE = "network: {inbound: private, virtual_network: spoke, endpoints_subnet: endpoints%s}\n"
_SHUT = (
    "network_security_groups: {spoke-training: {rules: {shut: {priority: 4096, direction: outbound, access: deny}}}}\n"
)
_SIZE = "size: Standard_D4ds_v4"
_IN = 'network_settings: {subnet: "${virtual_networks.spoke.subnets.training.id}"}'


def _vnet(more: str, *, subnet: str = "", compute_subnet: bool = True) -> str:
    named = ", compute_subnet: training" if compute_subnet else ""
    return _PRIVATE % f", outbound: vnet{named}" + _SPOKE % subnet + _SHUT + more


RIGHT = {
    "a network, and nothing in it": _PRIVATE % "" + _SPOKE % "",
    "a network and data": _PRIVATE % "" + _SPOKE % "" + "storage_accounts: {lake: {}}\n",
    "a workspace without computes": _PRIVATE % "" + _SPOKE % "" + "workspaces: {main: {}}\n",
    "a workspace without computes, whose network is yours": _vnet("workspaces: {main: {}}\n", compute_subnet=False),
    "a network for computes, which are still to come": _vnet(""),
    "computes that name their own subnets": _vnet(
        f"workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{{_SIZE}, {_IN}, enable_node_public_ip: false}}}}\n",
        subnet=", default_outbound_access: true",
        compute_subnet=False,
    ),
    "a hub without computes": _PRIVATE % "" + _SPOKE % "" + "hubs: {main: {}}\nprojects: {a: {hub_id: main}}\n",
    "an identity of its own, and a network that comes later": (
        _PRIVATE % ", outbound: approved"
        + _SPOKE % ""
        + "workspaces: {main: {identity: {type: system_assigned}, provision_network_now: false}}\n"
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_accepted(tmp_path: Path, name: str) -> None:
    messages = [each.message for each in found(tmp_path, HEADER + RIGHT[name])]
    assert [each for each in messages if not each.startswith("nothing uses storage_accounts.lake")] == []
    assert plan_of(tmp_path, RIGHT[name]).resources


def test_computes_with_addresses_leave_by_themselves(tmp_path: Path) -> None:
    """So do what is derived beside them, which would have no way out."""
    text = _vnet(f"workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{{_SIZE}, enable_node_public_ip: true}}}}\n")
    assert [(each.code.id, each.message, each.help) for each in found(tmp_path, HEADER + text)] == [
        (
            "MLI833",
            "nodes of compute_clusters.cpu have public addresses, in a platform that is private",
            (
                "leave it out, and add to virtual_networks.spoke.subnets.training nat_gateway, a route_table that "
                "leads to a firewall, or default_outbound_access: true"
            ),
        )
    ]
    entries = graph(tmp_path, HEADER + text).entries
    assert entries["compute_clusters.main-build"].body["enable_node_public_ip"] is True
    assert entries["workspaces.main"].body["serverless_compute"]["no_public_ip"] is False


def test_serverless_jobs_with_addresses_leave_by_themselves(tmp_path: Path) -> None:
    text = _vnet(
        "workspaces: {main: {serverless_compute: {no_public_ip: false}}}\n"
        f"compute_clusters: {{main-build: {{{_SIZE}, enable_node_public_ip: true}}}}\n"
    )
    assert [(each.code.id, each.message) for each in found(tmp_path, HEADER + text)] == [
        ("MLI833", "nodes of compute_clusters.main-build have public addresses, in a platform that is private"),
        ("MLI833", "serverless jobs of workspaces.main have public addresses, in a platform that is private"),
    ]


def test_what_is_derived_beside_serverless_jobs_with_addresses_has_some_too(tmp_path: Path) -> None:
    """Nobody wrote a compute: the jobs alone say how their subnet is left."""
    text = _vnet("workspaces: {main: {serverless_compute: {no_public_ip: false}}}\n")
    (said,) = found(tmp_path, HEADER + text)
    assert said.code.id == "MLI833"
    assert said.help == (
        "leave it out, and add to virtual_networks.spoke.subnets.training nat_gateway, a route_table that leads to a "
        "firewall, or default_outbound_access: true"
    )
    assert graph(tmp_path, HEADER + text).entries["compute_clusters.main-build"].body["enable_node_public_ip"] is True


def test_serverless_jobs_without_addresses_need_another_way_out(tmp_path: Path) -> None:
    """They lie in the subnet of computes as well, though only their addresses are written."""
    text = _vnet("workspaces: {main: {serverless_compute: {no_public_ip: true}}}\n")
    (said,) = [each for each in found(tmp_path, HEADER + text) if each.code.id == "MLI384"]
    assert "serverless jobs of workspaces.main is there" in [each.message for each in said.related]


def test_of_two_computes_only_that_without_an_address_is_named(tmp_path: Path) -> None:
    text = _vnet(
        "workspaces: {main: {}}\n"
        f"compute_clusters: {{main-build: {{{_SIZE}}}, cpu: {{{_SIZE}, enable_node_public_ip: true}}}}\n"
    )
    (said,) = [each for each in found(tmp_path, HEADER + text) if each.code.id == "MLI384"]
    assert [each.message for each in said.related] == [
        "compute_clusters.main-build is there",
        "serverless jobs of workspaces.main is there",
    ]
    assert said.help == "add nat_gateway, a route_table that leads to a firewall, or default_outbound_access: true"


@pytest.mark.parametrize("way", ["nat_gateway: out", "default_outbound_access: true"])
def test_with_a_way_out_what_is_derived_has_no_addresses(tmp_path: Path, way: str) -> None:
    gateway = "public_ips: {out: {}}\nnat_gateways: {out: {public_ips: [out]}}\n" if "nat" in way else ""
    computes = f"workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{{_SIZE}, enable_node_public_ip: true}}}}\n"
    entries = graph(tmp_path, HEADER + _vnet(gateway + computes, subnet=f", {way}")).entries
    assert entries["compute_clusters.main-build"].body["enable_node_public_ip"] is False
    assert entries["workspaces.main"].body["serverless_compute"]["no_public_ip"] is True


def test_builds_run_where_computes_lie(tmp_path: Path) -> None:
    """In the subnet of one that somebody wrote, and nowhere where none lies in a network."""
    inside = graph(tmp_path, HEADER + RIGHT["computes that name their own subnets"]).entries
    cluster, build = (inside[f"compute_clusters.{name}"].body for name in ("cpu", "main-build"))
    assert build["network_settings"] == cluster["network_settings"]
    without = graph(tmp_path, HEADER + RIGHT["a workspace without computes"]).entries
    assert [address for address in without if address.startswith("compute_clusters.")] == []


def test_a_system_identity_approves_once_the_workspace_is_there(tmp_path: Path) -> None:
    addresses = plan_of(tmp_path, RIGHT["an identity of its own, and a network that comes later"]).by_address
    (given,) = [each for each in addresses if "Network Connection Approver" in each]
    assert given == "role_assignments.workspaces.main/Azure AI Enterprise Network Connection Approver/resource_group"


WRONG = {
    "a cluster in no network": (
        _PRIVATE % "" + _SPOKE % "" + f"workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{{_SIZE}}}}}\n",
        ["MLI433 inbound: private closes storage, vaults and registries to computes, whose network is open"],
    ),
    "a cluster without its subnet": (
        _vnet(f"workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{{_SIZE}}}}}\n", compute_subnet=False),
        ["MLI383 outbound is vnet, and network lacks compute_subnet"],
    ),
    "an object id that has the role of a workspace that is not there": (
        _PRIVATE % ", outbound: approved"
        + _SPOKE % ""
        + "workspaces: {main: {identity: {type: system_assigned}}}\n"
        + "role_assignments: {a: {object_id: 88888888-8888-8888-8888-888888888888, principal_type: service_principal, "
        "role: Azure AI Enterprise Network Connection Approver, scope: resource_group}}\n",
        [
            (
                "MLI553 workspaces.main opens a private endpoint to storage_accounts.main, and its own identity, which "
                "has to approve it, gets the role for that too late"
            )
        ],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(tmp_path: Path, name: str) -> None:
    text, expected = WRONG[name]
    errors = [each for each in found(tmp_path, HEADER + text) if each.code.severity == "error"]
    assert [f"{each.code.id} {each.message}" for each in errors] == expected


def test_beside_a_firewall_what_takes_routes_to_the_internet_has_addresses(tmp_path: Path) -> None:
    """As the documentation has it of computes with addresses: Azure ML comes and goes past the firewall."""
    platform = (Path(__file__).parent / "private_platforms/firewall_and_addresses.yml").read_text(encoding="utf-8")
    assert [(each.code.id, each.help) for each in found(tmp_path, platform)] == [
        (
            "MLI833",
            (
                "leave it out, and let route_tables.rt.routes.aml, route_tables.rt.routes.batch lead to a firewall, or "
                "add to virtual_networks.ml.subnets.training nat_gateway or default_outbound_access: true"
            ),
        )
    ]
    entries = graph(tmp_path, platform).entries
    assert entries["workspaces.main"].body["serverless_compute"]["no_public_ip"] is False
    hidden = platform.replace(", enable_node_public_ip: true", "")
    errors = [each for each in found(tmp_path, hidden) if each.code.severity == "error"]
    assert {each.code.id for each in errors} == {"MLI401"}
