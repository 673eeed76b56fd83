"""A platform that is reached by private endpoints only: what is derived, and how what is written goes before it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit import network as emitted
from mlinfra.languages.resource import Location, Of
from mlinfra.plan import Plan
from tests.core.derived import plan_of
from tests.spec import HEADER, compiled, said

SPOKE = """\
virtual_networks:
  spoke: {address_space: [10.60.0.0/18], subnets: {endpoints: {address_prefix: 10.60.0.0/24}}}
"""
WORKSPACE = "workspaces: {main: {}}\n"
LAKE = "storage_accounts: {lake: {hierarchical_namespace: true}}\n"
SHARE = "datastores: {share: {type: azure_file, account_name: lake, file_share_name: share}}\n"
PARTS = ("blob", "file")
BLOBS = "storage_accounts: {fast: {kind: BlockBlobStorage, sku: Premium_LRS}}\n"
_HUB = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg-hub-dns"
HUB_ZONES = f"{_HUB}/providers/Microsoft.Network/privateDnsZones"
ZONES = "dns: {zones: {subscription: 99999999-9999-9999-9999-999999999999, resource_group: rg-hub-dns}}"


def _network(more: str = "") -> str:
    keys = "inbound: private, outbound: internet, virtual_network: spoke, endpoints_subnet: endpoints"
    return f"network: {{{keys}{more and f', {more}'}}}\n"


def _properties(plan: Plan, address: str) -> dict[str, Any]:
    properties: dict[str, Any] = plan.by_address[address].resource.body["properties"]
    return properties


def _addresses(plan: Plan, what: str) -> list[str]:
    found = (address for address in plan.by_address if what in address and not address.endswith(".dns"))
    return sorted(address for address in found if not address.startswith("role_assignments."))


ENDPOINTS: tuple[tuple[str, str, list[str]], ...] = (
    (
        "of a workspace and what it is made of",
        WORKSPACE,
        [
            "container_registries.main.private_endpoints.registry",
            "key_vaults.main.private_endpoints.vault",
            "storage_accounts.main.private_endpoints.blob",
            "storage_accounts.main.private_endpoints.file",
            "workspaces.main.private_endpoints.amlworkspace",
        ],
    ),
    (
        "of a lake, by dfs too",
        LAKE,
        [f"storage_accounts.lake.private_endpoints.{service}" for service in ("blob", "dfs")],
    ),
    (
        "of a share that a datastore leads to",
        "storage_accounts: {lake: {file_shares: {share: {}}}}\n" + WORKSPACE + SHARE,
        [
            "container_registries.main.private_endpoints.registry",
            "key_vaults.main.private_endpoints.vault",
            *(f"storage_accounts.{name}.private_endpoints.{part}" for name in ("lake", "main") for part in PARTS),
            "workspaces.main.private_endpoints.amlworkspace",
        ],
    ),
    ("of an account of blobs alone", BLOBS, ["storage_accounts.fast.private_endpoints.blob"]),
    ("of what is someone else's", "storage_accounts: {lake: {existing: true, azure_name: stlake}}\n", []),
)


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in ENDPOINTS], ids=[case[0] for case in ENDPOINTS])
def test_each_part_of_what_is_closed_has_an_endpoint(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert _addresses(plan_of(tmp_path, _network() + SPOKE + text), ".private_endpoints.") == expected


def test_an_endpoint_says_why_is_called_after_its_owner_and_is_made_where_that_is(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, _network() + SPOKE + WORKSPACE)
    planned = plan.by_address["workspaces.main.private_endpoints.amlworkspace"]
    where = "virtual_networks.spoke.subnets.endpoints"
    assert (
        planned.resource.because
        == f"network.inbound is private: workspaces.main is reached in {where}, and nowhere else"
    )
    assert planned.resource.names == ("pep-mlw-churn-dev-amlworkspace",)
    assert planned.file == "workspace"
    assert plan.by_address["key_vaults.main.private_endpoints.vault.dns"].file == "foundation"


def test_public_access_is_off_unless_it_is_written(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, _network() + SPOKE + WORKSPACE + "key_vaults: {open: {public_network_access: enabled}}\n")
    closed = ("workspaces.main", "key_vaults.main", "container_registries.main", "storage_accounts.main")
    assert {_properties(plan, address)["publicNetworkAccess"] for address in closed} == {"Disabled"}
    assert _properties(plan, "key_vaults.open")["publicNetworkAccess"] == "Enabled"
    assert "key_vaults.open.private_endpoints.vault" in plan.by_address


def test_zones_of_ones_own_are_made_and_linked(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, _network() + SPOKE + WORKSPACE)
    zones = ("blob", "file", "images", "ml_api", "ml_notebooks", "vault")
    assert _addresses(plan, "private_dns_zones.") == sorted(
        address for zone in zones for address in (f"private_dns_zones.{zone}", f"private_dns_zones.{zone}.links.spoke")
    )
    assert plan.by_address["private_dns_zones.vault"].resource.names == ("privatelink.vaultcore.azure.net",)


def test_what_is_written_of_a_zone_or_a_link_stays(tmp_path: Path) -> None:
    written = "private_dns_zones: {vault: {tags: {of: us}, links: {spoke: {registration: true}}}}\n"
    plan = plan_of(tmp_path, _network() + SPOKE + WORKSPACE + written)
    assert _properties(plan, "private_dns_zones.vault.links.spoke")["registrationEnabled"] is True
    assert _addresses(plan, "private_dns_zones.vault.links") == ["private_dns_zones.vault.links.spoke"]


def test_a_policy_writes_the_records_and_a_hub_has_the_zones(tmp_path: Path) -> None:
    policed = plan_of(tmp_path, _network("dns: policy") + SPOKE + WORKSPACE)
    assert [address for address in policed.by_address if "private_dns_zones" in address or ".dns" in address] == []
    plan = plan_of(tmp_path, _network(ZONES) + SPOKE + WORKSPACE)
    (configuration,) = _properties(plan, "key_vaults.main.private_endpoints.vault.dns")["privateDnsZoneConfigs"]
    zone = Of("private_dns_zones.vault")
    assert configuration == {"name": "vault", "properties": {"privateDnsZoneId": zone}}
    assert plan.graph.entries[zone.address].id == f"{HUB_ZONES}/privatelink.vaultcore.azure.net"
    links = [planned for planned in plan.resources if "private_dns_zones" in planned.resource.address]
    zones = ("blob", "file", "images", "ml_api", "ml_notebooks", "vault")
    assert sorted(planned.resource.address for planned in links) == [
        f"private_dns_zones.{zone}.links.spoke" for zone in zones
    ]
    assert {planned.group for planned in links} == {("99999999-9999-9999-9999-999999999999", "rg-hub-dns")}


def test_a_resolver_of_a_hub_knows_the_zones_so_that_no_network_asks_them(tmp_path: Path) -> None:
    resolved = SPOKE.replace("subnets:", "dns_servers: [10.0.0.68], subnets:")
    plan = plan_of(tmp_path, _network(ZONES) + resolved + WORKSPACE)
    assert _addresses(plan, "private_dns_zones.") == []


def test_zones_that_a_hub_lacks_are_made_here_and_networks_are_named_that_ask_them(tmp_path: Path) -> None:
    more = ZONES.replace("}}", "}, here: [images], links: [lab], also: {key_vaults.main: [secrets]}}")
    secrets = "private_dns_zones: {secrets: {existing: true, azure_name: secrets.example, resource_group: rg-zones}}\n"
    lab = "  lab: {address_space: [10.61.0.0/18]}\n"
    plan = plan_of(tmp_path, _network(more) + SPOKE + lab + secrets + WORKSPACE)
    assert _addresses(plan, "private_dns_zones.images") == [
        "private_dns_zones.images",
        "private_dns_zones.images.links.lab",
        "private_dns_zones.images.links.spoke",
    ]
    links = [f"private_dns_zones.vault.links.{network}" for network in ("lab", "spoke")]
    assert _addresses(plan, "private_dns_zones.vault") == links
    configurations = _properties(plan, "key_vaults.main.private_endpoints.vault.dns")["privateDnsZoneConfigs"]
    assert [each["name"] for each in configurations] == ["vault", "secrets"]


def test_derived_endpoints_and_links_are_left_out_and_changed(tmp_path: Path) -> None:
    altered = """\
derived:
  storage_accounts.main.private_endpoints.file: {omit: true, because: nobody mounts it}
  private_dns_zones.vault.links.spoke: {omit: true, because: the resolver of the hub asks}
  key_vaults.main.private_endpoints.vault: {azure_name: pep-vault, static_ips: {default: 10.60.0.9}}
"""
    plan = plan_of(tmp_path, _network() + SPOKE + WORKSPACE + altered)
    assert "storage_accounts.main.private_endpoints.file" not in plan.by_address
    assert "private_dns_zones.vault.links.spoke" not in plan.by_address
    assert plan.by_address["key_vaults.main.private_endpoints.vault"].resource.names == ("pep-vault",)
    (address,) = _properties(plan, "key_vaults.main.private_endpoints.vault")["ipConfigurations"]
    assert address["properties"]["privateIPAddress"] == "10.60.0.9"


def test_images_are_built_inside(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, _network() + SPOKE + WORKSPACE)
    because = (
        "container_registries.main is closed to all but its private endpoint, so the images of workspaces.main are "
        "built on a cluster inside its network"
    )
    assert plan.graph.entries["compute_clusters.main-build"].because == because


def test_subnets_without_a_group_get_their_own(tmp_path: Path) -> None:
    text = """\
network_security_groups: {own: {}}
virtual_networks:
  spoke:
    address_space: [10.60.0.0/18]
    subnets:
      endpoints: {address_prefix: 10.60.0.0/24}
      guarded: {address_prefix: 10.60.1.0/24, network_security_group: own}
      GatewaySubnet: {address_prefix: 10.60.2.0/27}
"""
    plan = plan_of(tmp_path, text)
    assert _addresses(plan, "network_security_groups.") == [
        "network_security_groups.own",
        "network_security_groups.spoke-endpoints",
    ]
    because = "virtual_networks.spoke.subnets.endpoints names no group, and where there is none no rule can be added"
    assert plan.by_address["network_security_groups.spoke-endpoints"].resource.because == because
    assert "networkSecurityGroup" not in _properties(plan, "virtual_networks.spoke.subnets.GatewaySubnet")


def test_the_far_side_of_a_peering_is_handed_over_where_it_is_someone_elses(tmp_path: Path) -> None:
    text = """\
virtual_networks:
  hub:
    existing: true
    azure_name: vnet-hub
    resource_group: rg-hub
    subscription: 99999999-9999-9999-9999-999999999999
  agents: {address_space: [10.70.0.0/24]}
  spoke: {address_space: [10.60.0.0/18], peerings: {hub: {}, agents: {}}}
"""
    plan = plan_of(tmp_path, text)
    hub = plan.by_address["virtual_networks.spoke.peerings.hub.remote"]
    assert (hub.unit, hub.group) == (
        "handover/99999999-9999-9999-9999-999999999999-rg-hub",
        ("99999999-9999-9999-9999-999999999999", "rg-hub"),
    )
    assert plan.by_address["virtual_networks.spoke.peerings.agents.remote"].file == "foundation"

    left = "derived: {virtual_networks.spoke.peerings.agents.remote: {omit: true, because: they make it}}\n"
    without = plan_of(tmp_path, text + left)
    assert plan.by_address.keys() - without.by_address.keys() == {"virtual_networks.spoke.peerings.agents.remote"}


VAULTS_AND_REGISTRIES = [
    ("key_vaults.other", "vault"),
    ("key_vaults.main", "vault"),
    ("container_registries.main", "registry"),
]
INSIDE = """\
network:
  {inbound: private, outbound: vnet, virtual_network: spoke, endpoints_subnet: endpoints, compute_subnet: training}
route_tables: {inspected: {routes: {default: {address_prefix: 0.0.0.0/0, next_hop: 10.0.0.4}}}}
public_ips: {out: {}}
nat_gateways: {out: {public_ips: [out]}}
network_security_groups: {training: {rules: {shut: {priority: 4096, direction: outbound, access: deny}}}}
virtual_networks:
  hub: {existing: true, resource_group: rg-hub, azure_name: vnet-hub}
  spoke:
    address_space: [10.60.0.0/18]
    peerings: {hub: {}}
    subnets:
      endpoints: {address_prefix: 10.60.0.0/24}
      training: {address_prefix: 10.60.4.0/23, network_security_group: training, WAY}
"""
NAT, FIREWALL = "nat_gateway: out", "route_table: inspected"
CLUSTER = "compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 2}}\n"
TRAINING = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-churn-dev/providers/Microsoft.Network"
    "/virtualNetworks/vnet-churn-dev-spoke/subnets/training"
)
ALWAYS = [
    ("machine-learning", 3900, "AzureMachineLearning", ["443", "8787", "18881"]),
    ("machine-learning-udp", 3901, "AzureMachineLearning", "5831"),
    ("batch", 3902, "BatchNodeManagement.westeurope", "443"),
    ("storage", 3903, "Storage.westeurope", "443"),
    ("entra", 3905, "AzureActiveDirectory", ["80", "443"]),
    ("resource-manager", 3906, "AzureResourceManager", "443"),
    ("images", 3907, "MicrosoftContainerRegistry", "443"),
    ("front-door", 3908, "AzureFrontDoor.FirstParty", "443"),
    ("studio", 3909, "AzureFrontDoor.FrontEnd", "443"),
    ("monitor", 3910, "AzureMonitor", "443"),
    ("network", 3911, "VirtualNetwork", ["443", "445"]),
    ("nodes", 3914, "10.60.4.0/23", "*"),
    ("nodes-in", 3919, "10.60.4.0/23", "*"),
]
OF_THE_NETWORK = ("network", 3911, "VirtualNetwork", ["443", "445"])
TO_ENDPOINTS = ("network", 3911, "10.60.0.0/24", ["443", "445"])  # where a default route widens the tag
SMB = ("storage-smb", 3904, "Storage.westeurope", "445")
VAULT = ("vault", 3912, "AzureKeyVault.westeurope", "443")
IMPORTANT = "workspaces: {main: {hbi_workspace: true}}\n"
RULES: dict[str, tuple[str, str, list[tuple[str, int, str, Any]]]] = {
    "by a NAT gateway": (NAT, WORKSPACE, ALWAYS),
    "past a firewall": (
        FIREWALL,
        WORKSPACE,
        sorted([*(rule for rule in ALWAYS if rule != OF_THE_NETWORK), SMB, TO_ENDPOINTS], key=lambda rule: rule[1]),
    ),
    "with high business impact": (
        NAT,
        "workspaces: {main: {hbi_workspace: true}}\n",
        [*ALWAYS[:-2], VAULT, *ALWAYS[-2:]],
    ),
}


@pytest.mark.parametrize(("way", "workspace", "expected"), RULES.values(), ids=RULES)
def test_what_computes_need_is_let_through(
    tmp_path: Path, way: str, workspace: str, expected: list[tuple[str, int, str, Any]]
) -> None:
    plan = plan_of(tmp_path, INSIDE.replace("WAY", way) + workspace)
    rules = _properties(plan, "network_security_groups.training")["securityRules"]
    assert [_told(rule["name"], rule["properties"]) for rule in rules[1:]] == expected
    assert {rule["properties"]["sourceAddressPrefix"] for rule in rules[1:]} == {"10.60.4.0/23"}


def _told(name: str, rule: dict[str, Any]) -> tuple[str, int, str, Any]:
    ports = rule.get("destinationPortRange") or rule["destinationPortRanges"]
    return name, rule["priority"], rule["destinationAddressPrefix"], ports


def test_public_addresses_are_reached_from_the_service(tmp_path: Path) -> None:
    keys = "enable_node_public_ip: true"
    cluster = f"compute_clusters: {{cpu: {{size: Standard_D4ds_v4, {keys}}}}}\n"
    plan = plan_of(tmp_path, INSIDE.replace("WAY", NAT) + WORKSPACE + cluster)
    *_, last = _properties(plan, "network_security_groups.training")["securityRules"]
    assert last["name"] == "management"
    assert last["properties"]["direction"] == "Inbound"
    assert last["properties"]["destinationPortRange"] == "44224"


def test_rules_are_left_out_one_by_one_or_all_of_them(tmp_path: Path) -> None:
    text = INSIDE.replace("WAY", NAT) + WORKSPACE
    altered = """\
derived:
  network_security_groups.training.rules.studio: {omit: true, because: nobody opens the studio inside}
  network_security_groups.training.rules.images: {to: MicrosoftContainerRegistry.westeurope}
"""
    rules = _properties(plan_of(tmp_path, text + altered), "network_security_groups.training")["securityRules"]
    by_name = {rule["name"]: rule["properties"] for rule in rules}
    assert "studio" not in by_name
    assert by_name["images"]["destinationAddressPrefix"] == "MicrosoftContainerRegistry.westeurope"
    none = text.replace("training: {rules:", "training: {derive: false, rules:").replace("deny", "allow")
    assert len(_properties(plan_of(tmp_path, none), "network_security_groups.training")["securityRules"]) == 1


def test_computes_lie_in_the_subnet_without_public_addresses(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, INSIDE.replace("WAY", NAT) + WORKSPACE + CLUSTER)
    settings = _properties(plan, "compute_clusters.cpu")["properties"]
    assert (settings["subnet"]["id"], settings["enableNodePublicIp"]) == (TRAINING, False)
    serverless = _properties(plan, "workspaces.main")["serverlessComputeSettings"]
    assert serverless == {"serverlessComputeNoPublicIP": True, "serverlessComputeCustomSubnet": TRAINING}
    assert "managedNetwork" not in _properties(plan, "workspaces.main")


def test_a_workspace_with_a_managed_network_keeps_its_computes_there(tmp_path: Path) -> None:
    workspace = "workspaces: {main: {managed_network: {isolation_mode: allow_internet_outbound}}}\n"
    plan = plan_of(tmp_path, INSIDE.replace("WAY", NAT) + workspace + CLUSTER)
    assert "subnet" not in _properties(plan, "compute_clusters.cpu")["properties"]


@pytest.mark.parametrize("named", ["", "pep-ours"])
def test_the_studio_reads_the_endpoints_of_blobs_and_files_under_whatever_name(tmp_path: Path, named: str) -> None:
    blob = "storage_accounts.main.private_endpoints.blob"
    derived = f"derived: {{{blob}: {{azure_name: {named}}}}}\n" if named else ""
    plan = plan_of(tmp_path, INSIDE.replace("WAY", NAT) + WORKSPACE + CLUSTER + derived)
    roles = [address for address in plan.by_address if address.startswith("role_assignments.identities.main/Reader/")]
    assert [address.rpartition("/")[2] for address in roles] == [blob, blob.replace("blob", "file")]
    assert plan.by_address[roles[0]].id.startswith(f"{plan.by_address[blob].id}/providers/")
    assert named in plan.by_address[blob].id


def test_what_batch_scoring_hands_its_work_out_by_has_endpoints_too(tmp_path: Path) -> None:
    deployments = "defaults: {deployment_name: main}, deployments: {main: {model: azureml:m:1, compute: cpu}}"
    batch = f"batch_endpoints: {{night: {{{deployments}}}}}\n"
    plan = plan_of(tmp_path, INSIDE.replace("WAY", NAT) + WORKSPACE + CLUSTER + batch)
    found = [address.rpartition(".")[2] for address in _addresses(plan, "storage_accounts.main.private_endpoints.")]
    assert found == ["blob", "file", "queue", "table"]
    assert {"private_dns_zones.queue", "private_dns_zones.table"} <= plan.by_address.keys()


def test_endpoints_of_a_subnet_are_made_one_after_the_other(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, _network() + SPOKE + WORKSPACE + "key_vaults: {other: {}}\n")
    chain = ["virtual_networks.spoke.subnets.endpoints"]
    chain += [f"{owner}.private_endpoints.{group}" for owner, group in VAULTS_AND_REGISTRIES]
    for before, address in pairwise(chain):
        assert plan.by_address[address].resource.depends_on == (before,)
    first = plan.by_address["storage_accounts.main.private_endpoints.blob"]
    assert first.resource.depends_on == ()  # another layer, which is deployed later


VAULTS_AND_REGISTRIES = [
    ("key_vaults.other", "vault"),
    ("key_vaults.main", "vault"),
    ("container_registries.main", "registry"),
]


def test_an_endpoint_that_is_left_out_is_waited_for_by_none(tmp_path: Path) -> None:
    omitted = "derived: {key_vaults.main.private_endpoints.vault: {omit: true, because: x}}\n"
    plan = plan_of(tmp_path, _network() + SPOKE + WORKSPACE + omitted)
    registry = plan.by_address["container_registries.main.private_endpoints.registry"]
    assert registry.resource.depends_on == ("virtual_networks.spoke.subnets.endpoints",)


def test_what_lies_in_a_network_is_in_its_region(tmp_path: Path) -> None:
    elsewhere = SPOKE.replace("{address_space", "{location: northeurope, address_space")
    plan = plan_of(tmp_path, _network() + elsewhere + WORKSPACE)
    for address in ("network_security_groups.spoke-endpoints", "key_vaults.main.private_endpoints.vault"):
        assert plan.by_address[address].resource.body["location"] == Location("northeurope")


def test_deployments_beside_a_network_of_ones_own_go_out_by_their_workspace(tmp_path: Path) -> None:
    deployment = "{model: azureml:m:1, environment: azureml:e:1, instance_type: Standard_D4as_v4}"
    endpoint = f"online_endpoints: {{churn: {{deployments: {{main: {deployment}}}}}}}\n"
    plan = plan_of(tmp_path, INSIDE.replace("WAY", NAT) + WORKSPACE + endpoint)
    body = plan.graph.entries["online_endpoints.churn.deployments.main"].body
    assert body["egress_public_network_access"] == "disabled"
    assert plan.graph.entries["online_endpoints.churn"].body["public_network_access"] == "disabled"


def test_a_written_rule_goes_before_the_derived_one_of_its_name(tmp_path: Path) -> None:
    text = INSIDE.replace("WAY", NAT) + WORKSPACE
    studio = "studio: {priority: 200, direction: outbound, access: allow, to: AzureFrontDoor.FrontEnd}"
    written = text.replace("rules: {shut", f"rules: {{{studio}, shut")
    rules = _properties(plan_of(tmp_path, written), "network_security_groups.training")["securityRules"]
    assert [rule["properties"]["priority"] for rule in rules if rule["name"] == "studio"] == [200]


ROOM = {
    "too few addresses": (
        "10.60.4.0/28",
        "MLI365",
        [
            (
                "19: virtual_networks.spoke.subnets.training has 11 addresses, and compute_clusters.cpu and 1 more may "
                "have 13 nodes (write 10.60.4.0/27, which is free, or fewer max_instances: 11 nodes in all)"
            )
        ],
    ),
    "delegated": (
        "10.60.4.0/24, delegation: Microsoft.Databricks/workspaces",
        "MLI366",
        [
            (
                "19: virtual_networks.spoke.subnets.training is delegated, and compute_clusters.cpu is to lie in it "
                "(leave it out)"
            )
        ],
    ),
}


@pytest.mark.parametrize(("prefix", "code", "expected"), ROOM.values(), ids=ROOM)
def test_subnets_have_room_for_nodes(tmp_path: Path, prefix: str, code: str, expected: list[str]) -> None:
    """One for each node of a cluster, and of the one that builds images; Azure keeps five."""
    text = HEADER + INSIDE.replace("WAY", NAT) + WORKSPACE + CLUSTER.replace("max_instances: 2", "max_instances: 12")
    assert said(tmp_path, text, code) == []
    assert said(tmp_path, text.replace("10.60.4.0/23", prefix), code) == expected


def test_a_policy_that_guards_computes_lets_through_what_azure_ml_keeps_for_them(tmp_path: Path) -> None:
    policy = "service_endpoint_policies: {only-ours: {allow: {Microsoft.Storage: [resource_group]}}}\n"
    way = f"{NAT}, service_endpoints: [Microsoft.Storage], service_endpoint_policies: [only-ours]"

    def aliases(text: str) -> list[Any]:
        properties = _properties(plan_of(tmp_path, text), "service_endpoint_policies.only-ours")
        found = {each["name"]: each["properties"] for each in properties["serviceEndpointPolicyDefinitions"]}
        return list(found.get("Global", {}).get("serviceResources", []))

    assert aliases(INSIDE.replace("WAY", way) + WORKSPACE + policy) == ["/services/Azure/MachineLearning"]
    assert aliases(INSIDE.replace("WAY", NAT) + WORKSPACE + policy) == []
    written = ["/services/Azure/Batch", "/services/Azure/MachineLearning"]
    other = policy.replace("]}", f"], Global: [{', '.join(written)}]}}")
    assert aliases(INSIDE.replace("WAY", way) + WORKSPACE + other) == written


@pytest.mark.parametrize(
    ("network", "asked"),
    [
        ("existing: true, azure_name: vnet-x", "`vnet-x`, once its owner has linked it or its servers know it"),
        ("address_space: [10.1.0.0/16]", "`vnet-churn-dev-spoke`, whose link is handed over"),
        ("address_space: [10.1.0.0/16], dns_servers: [10.0.0.68]", "`vnet-churn-dev-spoke`, by its own servers"),
    ],
)
def test_the_readme_says_who_links_the_zones_of_a_hub(tmp_path: Path, network: str, asked: str) -> None:
    """Where a network and a zone are both someone else's, nothing here links them."""
    zones = "{zones: {subscription: 99999999-9999-9999-9999-999999999999, resource_group: rg-dns}}"
    text = f"""\
network: {{inbound: private, outbound: internet, virtual_network: spoke, endpoints_subnet: a, dns: {zones}}}
virtual_networks: {{spoke: {{{network}, subnets: {{a: {{address_prefix: 10.1.0.0/24}}}}}}}}
key_vaults: {{safe: {{}}}}
"""
    plan = compiled(tmp_path, HEADER + text).plans[0]
    assert [row[-1] for row in emitted.zones([plan])] == [asked]


def test_subnets_of_a_network_in_our_own_group_are_made_before_what_lies_in_them(tmp_path: Path) -> None:
    """One after the other, as a network takes one change at a time; what is there already is left alone."""
    text = """\
network: {inbound: private, outbound: internet, virtual_network: v, endpoints_subnet: a, dns: policy}
virtual_networks:
  v:
    existing: true
    azure_name: vnet-here
    subnets:
      old: {existing: true, address_prefix: 10.1.9.0/24}
      a: {address_prefix: 10.1.0.0/24}
      b: {address_prefix: 10.1.1.0/24}
key_vaults: {safe: {}}
"""
    plan = compiled(tmp_path, HEADER + text).plans[0]
    made = {each.resource.address: each for each in plan.resources if "subnets" in each.resource.address}
    assert list(made) == ["virtual_networks.v.subnets.a", "virtual_networks.v.subnets.b"]
    assert {each.unit for each in made.values()} == {"main"}
    assert made["virtual_networks.v.subnets.b"].resource.depends_on == ("virtual_networks.v.subnets.a",)
    endpoint = plan.by_address["key_vaults.safe.private_endpoints.vault"].resource
    assert endpoint.depends_on == ("virtual_networks.v.subnets.b",)
    group = plan.by_address["network_security_groups.v-a"].resource
    assert group.because == "virtual_networks.v.subnets.a names no group, and where there is none no rule can be added"
