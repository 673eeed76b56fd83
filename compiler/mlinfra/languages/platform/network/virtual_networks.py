"""virtual_networks: a network of one's own, its subnets, and the networks that it is joined to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from mlinfra.azure.casing import camel
from mlinfra.azure.name_rules import NETWORK, NameRule
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.bodies.body import ReferenceTo
from mlinfra.bodies.fields import AddressRange, DdosPlanId, Form, IpAddress
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import ANY, FEWER, LEARN, LESS, REST, TERRAFORM, changes
from mlinfra.languages.charges import Charge, always
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, NestedBody, reference, resource_of
from mlinfra.languages.platform.network.peering import Peering, layer_of_parts, peering_resources
from mlinfra.languages.resource import Resource, merged

# What a subnet is joined to, which can be said of one that exists: property on Azure, section, field.
JOINTS = (
    ("networkSecurityGroup", "network_security_groups", "network_security_group"),
    ("routeTable", "route_tables", "route_table"),
    ("natGateway", "nat_gateways", "nat_gateway"),
)
JOINED = tuple(field for _, _, field in JOINTS)
_RANGES = ("address_prefix", "address_prefixes")
# 400 InUsePrefixCannotBeDeleted of a range in which something is: `differ.in_use` knows whether that is so
_IN_USE = f"{LEARN}virtual-network/how-to-multiple-prefixes-subnet"
_SERVICE = Form(r"Microsoft\.[A-Za-z0-9]+(?:\.[A-Za-z]+)*(?:/[A-Za-z0-9]+)*", "a service such as Microsoft.Storage")


class Subnet(NestedBody):
    existing: Annotated[
        bool, Field(description="In an existing network: it is there, as each one is in it that says no range")
    ] = False
    address_prefix: (
        Annotated[AddressRange, Field(description="Its range of addresses", examples=["10.60.0.0/24"])] | None
    ) = None
    address_prefixes: Annotated[list[AddressRange], Field(description="Or its ranges, where it has several")] = []
    network_security_group: (
        Annotated[
            str,
            ReferenceTo("network_security_groups"),
            Field(description="What may enter and leave it: an entry, or an id; without one it gets its own"),
        ]
        | None
    ) = None
    route_table: (
        Annotated[str, ReferenceTo("route_tables"), Field(description="Where its traffic goes: an entry, or an id")]
        | None
    ) = None
    nat_gateway: (
        Annotated[str, ReferenceTo("nat_gateways"), Field(description="Its way out: an entry, or an id")] | None
    ) = None
    delegation: (
        Annotated[str, _SERVICE, Field(description="The service to which it belongs: Microsoft.Databricks/workspaces")]
        | None
    ) = None
    service_endpoints: Annotated[
        list[Annotated[str, _SERVICE]], Field(description="Services that know it by its name: Microsoft.Storage")
    ] = []
    service_endpoint_policies: Annotated[
        list[Annotated[str, ReferenceTo("service_endpoint_policies")]],
        Field(description="What its service endpoints reach, and nothing else: entries, or ids"),
    ] = []
    private_endpoint_network_policies: Annotated[
        Literal["disabled", "enabled", "network_security_group_enabled", "route_table_enabled"],
        AzureWords(),
        Field(description="Whether rules and routes hold for private endpoints too"),
    ] = "disabled"
    private_link_service_network_policies: Annotated[
        Literal["enabled", "disabled"], AzureWords(), Field(description="disabled where a private link service lies")
    ] = "enabled"
    default_outbound_access: Annotated[
        bool, Field(description="Machines without a way out get an address of Azure's")
    ] = False


class VirtualNetwork(InfrastructureBody):
    address_space: Annotated[
        list[AddressRange], Field(description="Its ranges of addresses", examples=[["10.60.0.0/18"]])
    ] = []
    dns_servers: Annotated[
        list[IpAddress], Field(description="Who answers for names in it, such as a hub's resolver; by default Azure")
    ] = []
    ddos_plan: Annotated[DdosPlanId, Field(description="The id of a plan that guards its public addresses")] | None = (
        None
    )
    encryption: (
        Annotated[
            Literal["allow_unencrypted", "drop_unencrypted"],
            AzureWords(),
            Field(description="Traffic between its machines is encrypted; what happens where one can't"),
        ]
        | None
    ) = None
    subnets: Annotated[dict[str, Subnet], Field(description="Its parts, by name")] = {}
    peerings: Annotated[
        dict[str, Peering], Field(description="Networks that it is joined to: each key is an entry of virtual_networks")
    ] = {}


def resources(network: VirtualNetwork, entry: Entry, graph: Graph) -> Iterator[Resource]:
    yield resource_of(VIRTUAL_NETWORKS, entry, network, _properties(network))
    yield from _subnets(network, entry, graph, list(network.subnets))
    for name in network.peerings:
        nested = graph.entries[f"{entry.address}.peerings.{name}"]
        yield from peering_resources(network.address_space, nested, graph)


def _properties(network: VirtualNetwork) -> dict[str, Any]:
    properties: dict[str, Any] = {"addressSpace": {"addressPrefixes": network.address_space}}
    if network.dns_servers:
        properties["dhcpOptions"] = {"dnsServers": network.dns_servers}
    if network.ddos_plan:
        properties |= {"enableDdosProtection": True, "ddosProtectionPlan": {"id": network.ddos_plan}}
    if network.encryption:
        properties["encryption"] = {"enabled": True, "enforcement": camel(network.encryption)}
    return properties


def _subnets(network: VirtualNetwork, entry: Entry, graph: Graph, names: list[str]) -> Iterator[Resource]:
    """Children, one after the other: a network takes one change at a time.

    Source: since API version 2023-09-01 a network that is put without `subnets` keeps those that it has (Azure blog).
    """
    before: tuple[str, ...] = ()
    layer = layer_of_parts(entry)
    for name in names:
        nested = graph.entries[f"{entry.address}.subnets.{name}"]
        subnet = nested.model
        assert isinstance(subnet, Subnet)
        yield Resource(
            address=nested.address,
            type=SUBNETS.resource_type,
            names=(entry.azure_name, nested.azure_name),
            layer=layer,
            body={"properties": merged(_of_subnet(subnet), subnet.properties)},
            owner=nested.address,
            parent=entry.address,
            depends_on=before,
            because=nested.because,
            properties_written=bool(subnet.properties),
        )
        before = (nested.address,)


def resolvers_of(network: Entry | None) -> list[str]:
    """The servers that a network asks for names in the place of Azure's own, which knows the zones that are linked."""
    servers = network.body.get("dns_servers") if network else None
    return [each for each in servers or () if isinstance(each, str) and each != _OF_AZURE]


_OF_AZURE = "168.63.129.16"  # docs, "What is IP address 168.63.129.16?"


def is_made(subnet: Entry, network: Entry) -> bool:
    """Whether a subnet is made: each in a network of ours, and one that says its ranges in someone else's."""
    says_ranges = any(subnet.body.get(key) for key in _RANGES) and subnet.body.get("existing") is not True
    return not network.existing or (says_ranges and not network.made_in)


def _fields_in_others(subnet: Entry, network: Entry) -> tuple[str, ...] | None:
    if is_made(subnet, network):
        return None
    return (*JOINED, *_RANGES)


def _in_others(network: Entry, graph: Graph, is_in_our_group: bool) -> Iterator[Resource]:
    """The subnets that are made in a network of the target's own group; elsewhere its owner makes them, by script.

    He makes them before the group and the table that they get are there, and a template names all or nothing.
    """
    if is_in_our_group and isinstance(network.model, VirtualNetwork):
        names = [each.name for each in parts_made(network, graph)]
        yield from _subnets(network.model, network, graph, names)


def parts_made(network: Entry, graph: Graph) -> Iterator[Entry]:
    """The subnets of a network that are made."""
    return (each for each in graph.section(SUBNETS.name) if each.parent == network.address and is_made(each, network))


def _of_subnet(subnet: Subnet) -> dict[str, Any]:
    ranges = (
        {"addressPrefix": subnet.address_prefix}
        if subnet.address_prefix
        else {"addressPrefixes": subnet.address_prefixes}
    )
    properties: dict[str, Any] = {
        **ranges,
        "defaultOutboundAccess": subnet.default_outbound_access,
        "privateEndpointNetworkPolicies": camel(subnet.private_endpoint_network_policies),
        "privateLinkServiceNetworkPolicies": camel(subnet.private_link_service_network_policies),
    }
    for property, section, field in JOINTS:
        if named := getattr(subnet, field):
            properties[property] = {"id": reference(section, named)}
    if subnet.delegation:
        name = subnet.delegation.rpartition(".")[2].replace("/", "-")
        properties["delegations"] = [{"name": name, "properties": {"serviceName": subnet.delegation}}]
    if subnet.service_endpoints:
        properties["serviceEndpoints"] = [{"service": service} for service in subnet.service_endpoints]
    if subnet.service_endpoint_policies:
        policies = subnet.service_endpoint_policies
        properties["serviceEndpointPolicies"] = [
            {"id": reference("service_endpoint_policies", each)} for each in policies
        ]
    return properties


def _charges(entry: Entry, graph: Graph) -> Iterator[Charge]:
    """One with service endpoints is billed for them, however many it has; the network itself costs nothing."""
    parts = (other for other in graph.section(SUBNETS.name) if other.parent == entry.address)
    if any(isinstance(part.model, Subnet) and part.model.service_endpoints for part in parts):
        yield Charge("service endpoints", "service_endpoint", always(1))


VIRTUAL_NETWORKS = Kind(
    name="virtual_networks",
    stops_meanwhile="what lies in it",
    noun="virtual network",
    called_elsewhere={
        "addressprefixes": "write address_space: [10.60.0.0/18]",
        "addressspaces": "write address_space: [10.60.0.0/18]",
        "dhcpoptions": "write dns_servers: [10.0.0.68]",
        "ddosprotectionplan": "write ddos_plan: <the id of the plan>",
        "remotevirtualnetwork": "leave it out: the key of a peering names the other network",
        "remotevirtualnetworkid": "leave it out: the key of a peering names the other network",
        "nsg": "write network_security_group: <an entry of network_security_groups>",
        "subnet": "write subnets: {<name>: {address_prefix: 10.60.0.0/24}}",
        "addressprefix": "write address_prefix: 10.60.0.0/24",
        "delegations": "write delegation: Microsoft.Databricks/workspaces",
        "networksecuritygroupid": "write network_security_group: <an entry of network_security_groups>",
        "defaultoutboundaccessenabled": "write default_outbound_access, which is false unless written",
    },
    model=VirtualNetwork,
    charges=_charges,
    resource_type="Microsoft.Network/virtualNetworks",
    api_version="2025-09-01",
    name_rule=NameRule("a virtual network", 2, 64, NETWORK, "resource group", "platform", "vnet"),  # NR
    resources=resources,
    watched=True,
    known_of_others=("subnets", "address_space"),
    # Source: docs, "Azure permissions for Networking"; of who joins two networks, see emit/elsewhere.py.
    rights_to_use=("Microsoft.Network/virtualNetworks/join/action",),
    in_others=_in_others,
    symbol="network",
    group="Network",
    described="Networks of your own, with their subnets",
    changes=(
        *changes("refused", _IN_USE, "properties.addressSpace.addressPrefixes", towards=FEWER),
        *changes("weakens", REST, "properties.encryption", "properties.encryption.enabled", towards=LESS),
        *changes("weakens", REST, "properties.enableDdosProtection", towards=LESS),
        *changes(
            "weakens",
            REST,
            "properties.encryption.enforcement",
            leaving="DropUnencrypted",
            towards="AllowUnencrypted",
        ),
    ),
    plain=(
        "properties.ddosProtectionPlan.id",
        "properties.dhcpOptions.dnsServers",
        "properties.flowTimeoutInMinutes",
    ),
)

SUBNETS = Kind(
    name="subnets",
    stops_meanwhile="what lies in it",
    noun="subnet",
    model=Subnet,
    nested_in=("virtual_networks", "subnets"),
    resource_type="Microsoft.Network/virtualNetworks/subnets",
    name_rule=NameRule("a subnet", 1, 80, NETWORK, "virtual network"),  # NR
    # Source: docs, "Azure permissions for Networking": what deploys something into a subnet joins it.
    rights_to_use=("Microsoft.Network/virtualNetworks/subnets/join/action",),
    goes_into_others=_fields_in_others,
    symbol="subnet",
    group="Network",
    described="Parts of a network",
    changes=(
        *changes("refused", _IN_USE, "properties.addressPrefix", "properties.addressPrefixes"),
        *changes("create_only", TERRAFORM, "properties.delegations", is_confirmed=False),
        *changes(
            "opens_access",
            REST,
            "properties.networkSecurityGroup",
            "properties.routeTable",
            "properties.defaultOutboundAccess",
        ),
        *changes("opens_access", REST, "properties.serviceEndpointPolicies", none_is=ANY),
        *changes(  # no rule of the subnet holds for private endpoints then
            "opens_access",
            f"{LEARN}private-link/disable-private-endpoint-network-policy",
            "properties.privateEndpointNetworkPolicies",
            towards="Disabled",
            none_is="Disabled",
        ),
        *changes(  # nor for who comes through a private link service
            "opens_access",
            f"{LEARN}private-link/disable-private-link-service-network-policy",
            "properties.privateLinkServiceNetworkPolicies",
            towards="Disabled",
            none_is="Enabled",
        ),
        *changes("opens_access", REST, "properties.sharingScope", none_is="none"),  # to other subscriptions
        *changes(  # a way out to the internet
            "opens_access",
            f"{LEARN}nat-gateway/nat-overview",
            "properties.natGateway",
            none_is="none",
        ),
        *changes(  # connections that are open are closed
            "interrupts",
            f"{LEARN}virtual-network/virtual-network-service-endpoints-overview",
            "properties.serviceEndpoints",
        ),
    ),
)

PEERINGS = Kind(
    name="peerings",
    noun="peering",
    model=Peering,
    nested_in=("virtual_networks", "peerings"),
    called_after="virtual_networks",
    resource_type="Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
    name_rule=NameRule("a peering", 1, 80, NETWORK, "virtual network"),  # NR
    symbol="peering",
    group="Network",
    described="Networks that a network is joined to",
    changes=(
        *changes("create_only", TERRAFORM, "properties.remoteVirtualNetwork"),
        *changes("opens_access", REST, "properties.remoteVirtualNetwork", towards=ANY),
        *changes(
            "opens_access",
            REST,
            "properties.allowVirtualNetworkAccess",
            "properties.allowForwardedTraffic",
            when_made=True,
        ),
        *changes("opens_access", REST, "properties.allowGatewayTransit", "properties.useRemoteGateways"),
        *changes("opens_access", REST, "properties.peerCompleteVnets", none_is="true"),
        *changes("opens_access", REST, "properties.localSubnetNames", "properties.remoteSubnetNames", none_is=ANY),
    ),
    plain=("properties.enableOnlyIPv6Peering",),
)
