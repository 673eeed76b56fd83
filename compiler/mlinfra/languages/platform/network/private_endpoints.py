"""private_endpoints: addresses in a network of one's own under which a resource is reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from mlinfra.azure import providers as known
from mlinfra.azure.ids import group_in, is_resource_id, type_of
from mlinfra.azure.name_rules import NETWORK, NameRule
from mlinfra.azure.private_dns import zones_of_group
from mlinfra.azure.providers import Made, Provider
from mlinfra.azure.regions import Cloud
from mlinfra.bodies.altering import Altering
from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.bodies.fields import DnsZoneId, Form, IpAddress, SecurityGroupId
from mlinfra.graph import Entry, Graph
from mlinfra.graph.zones import PRIVATE_DNS_ZONES, zone_called
from mlinfra.header.network import Network
from mlinfra.languages.changes import REST, TERRAFORM, changes
from mlinfra.languages.platform.charges import by_time
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, at_address
from mlinfra.languages.resource import Location, Of, Resource, Tags, merged

MAX_ASKED = 140  # characters of a message (REST: PrivateLinkServiceConnection.requestMessage)


class Zones(Body):
    zones: Annotated[
        list[DnsZoneId], Field(min_length=1, description="Ids of zones of someone else, in which it is registered")
    ]


def _form(value: Any) -> str:
    return "[map]" if isinstance(value, dict | Zones) else "[word]"


Dns: TypeAlias = Annotated[
    Annotated[Literal["here", "policy"], Tag("[word]")] | Annotated[Zones, Tag("[map]")], Discriminator(_form)
]


class PrivateEndpoint(InfrastructureBody):
    resource: Annotated[
        str,
        ReferenceTo(),
        Field(description="What is reached: the address of an entry, or an id", examples=["storage_accounts.lake"]),
    ]
    group: Annotated[
        str,
        Form("[A-Za-z][A-Za-z0-9_-]*", "a group such as blob, vault or amlworkspace"),
        Field(
            description="The part of it that is reached: blob, dfs, file, vault, registry, amlworkspace…",
            examples=["blob"],
        ),
    ]
    subnet: Annotated[
        str,
        ReferenceTo(),
        Field(
            description="Where its address is: the address of a subnet, or an id",
            examples=["virtual_networks.spoke.subnets.endpoints"],
        ),
    ]
    dns: (
        Annotated[
            Dns,
            Field(
                description="Who writes its names: here, into the zones of this platform; policy, an Azure Policy; or "
                "the ids of zones; by default as network.dns says"
            ),
        ]
        | None
    ) = None
    application_security_groups: Annotated[
        list[SecurityGroupId], Field(description="Ids of groups by which rules know its address")
    ] = []
    static_ips: Annotated[
        dict[str, IpAddress],
        Field(description="Addresses that stay, by member: of a workspace default, notebook, inference"),
    ] = {}
    network_interface_name: (
        Annotated[
            str,
            Form("[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", "1 to 80 letters, digits and _ - ."),
            Field(description="How its network interface is called; by default Azure chooses"),
        ]
        | None
    ) = None
    request_message: (
        Annotated[
            str,
            Field(min_length=1, max_length=MAX_ASKED, description="Asks the owner, who approves it by hand; what for"),
        ]
        | None
    ) = None

    @property
    def service(self) -> Of | str:
        """What is reached: a resource, or what Azure makes for one."""
        return at_address(self.resource)


def resources(endpoint: PrivateEndpoint, entry: Entry, graph: Graph) -> Iterator[Resource]:
    yield Resource(
        address=entry.address,
        type=PRIVATE_ENDPOINTS.resource_type,
        names=(name_of(endpoint, entry),),
        body={
            "location": Location(endpoint.location or _location_of_network(endpoint, graph)),
            "tags": Tags(endpoint.tags),
            "properties": merged(_properties(endpoint, entry), endpoint.properties),
        },
        owner=entry.address,
        depends_on=tuple(getattr(endpoint, "after", ())),
        because=entry.because,
        properties_written=bool(endpoint.properties),
    )
    zones = zones_of(endpoint, graph)
    if zones:
        configurations = [{"name": name, "properties": {"privateDnsZoneId": zone}} for name, zone in zones.items()]
        yield Resource(
            address=f"{entry.address}.dns",
            type=f"{PRIVATE_ENDPOINTS.resource_type}/privateDnsZoneGroups",
            names=(name_of(endpoint, entry), "default"),
            body={"properties": {"privateDnsZoneConfigs": configurations}},
            owner=entry.address,
            parent=entry.address,
            because=f"names of {endpoint.resource} lead to {entry.address} where they are asked in its zones",
        )


def _location_of_network(endpoint: PrivateEndpoint, graph: Graph) -> str | None:
    """Azure makes an endpoint in the region of its network only, whatever the region of what it leads to."""
    network = graph.entries.get(endpoint.subnet.partition(".subnets.")[0])
    return network.body.get("location") if network else None


def name_of(endpoint: PrivateEndpoint, entry: Entry) -> str:
    return entry.azure_name or endpoint.azure_name or entry.name


def is_registered_here(endpoint: PrivateEndpoint, network: Network) -> bool:
    return (endpoint.dns or ("policy" if network.dns == "policy" else "here")) == "here"


def zones_of(endpoint: PrivateEndpoint, graph: Graph) -> dict[str, Of | str]:
    """The zones in which it is registered, by the names of their configurations; one that was left out is none."""
    if isinstance(endpoint.dns, Zones):
        return {identifier.rpartition("/")[2].replace(".", "-"): identifier for identifier in endpoint.dns.zones}
    if not is_registered_here(endpoint, graph.network):
        return {}
    names = (*zone_names(endpoint, graph.header.cloud), *getattr(endpoint, "also", ()))
    zones = {name: zone_called(name, graph.section(PRIVATE_DNS_ZONES), graph.header.cloud) for name in names}
    return {name.replace("_", "-"): Of(zone.address) for name, zone in zones.items() if zone}


def zone_names(endpoint: PrivateEndpoint, of: Cloud) -> tuple[str, ...]:
    """The entries of private_dns_zones in which its names may stand; none where nobody knows them."""
    resource = endpoint.resource
    return zones_of_group(endpoint.group, type_of(resource) if is_resource_id(resource) else "", of)


def _properties(endpoint: PrivateEndpoint, entry: Entry) -> dict[str, Any]:
    asked = endpoint.request_message
    connection: dict[str, Any] = {
        "privateLinkServiceId": endpoint.service,
        "groupIds": [endpoint.group],
        **({"requestMessage": asked} if asked else {}),
    }
    connections = "manualPrivateLinkServiceConnections" if asked else "privateLinkServiceConnections"
    properties: dict[str, Any] = {
        "subnet": {"id": at_address(endpoint.subnet)},
        connections: [{"name": name_of(endpoint, entry), "properties": connection}],
    }
    if endpoint.network_interface_name:
        properties["customNetworkInterfaceName"] = endpoint.network_interface_name
    if endpoint.application_security_groups:
        properties["applicationSecurityGroups"] = [{"id": each} for each in endpoint.application_security_groups]
    if endpoint.static_ips:
        properties["ipConfigurations"] = [
            {
                "name": member,
                "properties": {"groupId": endpoint.group, "memberName": member, "privateIPAddress": address},
            }
            for member, address in endpoint.static_ips.items()
        ]
    return properties


def _providers(entry: Entry, graph: Graph, made: Made) -> Iterator[Provider]:
    """The network, also where the resource lies, and the resource's own, also where the endpoint lies.

    Sources: docs, "What is a private endpoint?", limitations; "Azure RBAC permissions for Azure Private Link".
    """
    if isinstance(entry.model, PrivateEndpoint) and made.properties:
        yield from made.needs(known.NETWORK)
        service = entry.model.service
        at = graph.entries[service.address].id if isinstance(service, Of) else service
        if at:
            yield from made.needs(type_of(at).partition("/")[0])
            yield Provider(known.NETWORK, group_in(at)[0])


PRIVATE_ENDPOINTS = Kind(
    name="private_endpoints",
    stops_meanwhile="its address, until DNS follows",
    noun="private endpoint",
    providers=_providers,
    charges=by_time("private endpoint", "private_endpoint"),
    called_elsewhere={
        "privatelinkserviceid": "write resource: <the address of an entry, or an id>",
        "privateconnectionresourceid": "write resource: <the address of an entry, or an id>",
        "groupids": "write group: blob, one endpoint for each",
        "subresourcenames": "write group: blob, one endpoint for each",
        "subresourcename": "write group",
        "subnetid": "write subnet: virtual_networks.<entry>.subnets.<entry>",
        "privateserviceconnection": "write resource: <the address of an entry, or an id> and group: blob",
        "privatelinkserviceconnections": "write resource: <the address of an entry, or an id> and group: blob",
        "ismanualconnection": "write request_message, which asks the owner",
        "privatednszonegroup": "write dns: here, policy or {zones: [<ids>]}",
        "customnetworkinterfacename": "write network_interface_name",
    },
    model=PrivateEndpoint,
    resource_type="Microsoft.Network/privateEndpoints",
    api_version="2025-09-01",
    name_rule=NameRule("a private endpoint", 1, 80, NETWORK, "resource group", "platform", "pep"),  # NR
    resources=resources,
    symbol="endpoint",
    group="Network",
    described="Private endpoints to what lies elsewhere, or in a second network",
    changes=(
        *changes(
            "create_only",
            TERRAFORM,
            "properties.subnet",
            "properties.privateLinkServiceConnections",
            "properties.ipConfigurations",
            "properties.customNetworkInterfaceName",
        ),
        *changes("opens_access", REST, "properties.manualPrivateLinkServiceConnections", is_confirmed=False),
    ),
    plain=(
        "properties.applicationSecurityGroups",
        "properties.ipVersionType",
    ),
)


class AlteringEndpoint(Altering):
    azure_name: Annotated[
        Annotated[str, Form("[A-Za-z0-9][A-Za-z0-9_.-]{0,78}[A-Za-z0-9_]", "2 to 80 letters, digits and _ - .")] | None,
        Field(description="Its name on Azure"),
    ] = None
    static_ips: Annotated[dict[str, IpAddress] | None, Field(description="Addresses that stay, by member")] = None
    application_security_groups: Annotated[
        list[SecurityGroupId] | None, Field(description="Ids of groups by which rules know its address")
    ] = None
    network_interface_name: Annotated[str | None, Field(description="How its network interface is called")] = None


OF_ITSELF = "id"


class DerivedEndpoint(PrivateEndpoint):
    id_at: str = OF_ITSELF  # of the resource: the id of what is reached, which Azure may have made for it
    also: list[str] = []  # entries of private_dns_zones beside those of its group
    after: list[str] = []  # addresses of what the network is changed by before

    @property
    def service(self) -> Of | str:
        return Of(self.resource, self.id_at)


DERIVED_PRIVATE_ENDPOINTS = Kind(
    name="derived_private_endpoints",
    stops_meanwhile="its address, until DNS follows",
    is_derived=True,
    noun="private endpoint",
    model=DerivedEndpoint,
    altering=AlteringEndpoint,
    resource_type=PRIVATE_ENDPOINTS.resource_type,
    providers=PRIVATE_ENDPOINTS.providers,
    charges=PRIVATE_ENDPOINTS.charges,
    resources=resources,
    symbol="endpoint",
    group="Network",
    described="The private endpoint to a resource that is closed to the internet",
    changes=PRIVATE_ENDPOINTS.changes,
)


def derived_address(owner: str, group: str) -> str:
    return f"{owner}.private_endpoints.{group}"
