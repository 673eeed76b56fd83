"""private_dns_zones: where the names of private endpoints resolve, and the networks that ask there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from mlinfra.azure.casing import camel
from mlinfra.azure.name_rules import NETWORK, NameRule, Spelling
from mlinfra.bodies.altering import Altering
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.bodies.fields import HostName
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import REST, TERRAFORM, changes
from mlinfra.languages.platform.charges import by_time
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, NestedBody
from mlinfra.languages.resource import Of, Resource, Tags, merged

GLOBAL = "global"  # where zones and links are
_DNS = Spelling(
    "A-Za-z0-9_.-",
    "letters, digits, underscores, hyphens and periods",
    r"[A-Za-z0-9_](?:.*[A-Za-z0-9])?",
    "no period first or last",
)


class Link(NestedBody):
    """A key names the network, an entry of virtual_networks."""

    registration: Annotated[bool, Field(description="Machines of the network get records of their own in it")] = False
    resolution_policy: Annotated[
        Literal["default", "nx_domain_redirect"],
        AzureWords(),
        Field(description="nx_domain_redirect asks public DNS for names that the zone lacks"),
    ] = "default"


class PrivateDnsZone(InfrastructureBody):
    zone: (
        Annotated[
            HostName,
            Field(
                description="Its DNS name; by default that of the service for entries such as blob, vault, ml_api",
                examples=["privatelink.vaultcore.azure.net"],
            ),
        ]
        | None
    ) = None
    links: Annotated[
        dict[str, Link], Field(description="Networks that ask it: each key is an entry of virtual_networks")
    ] = {}


def resources(zone: PrivateDnsZone, entry: Entry, graph: Graph) -> Iterator[Resource]:
    yield Resource(
        address=entry.address,
        type=PRIVATE_DNS_ZONES.resource_type,
        names=(entry.azure_name,),
        layer=PRIVATE_DNS_ZONES.layer,
        body={"location": GLOBAL, "tags": Tags(zone.tags), **_properties(zone)},
        owner=entry.address,
        because=entry.because,
        properties_written=bool(zone.properties),
    )
    for name in zone.links:
        yield _link(graph.entries[f"{entry.address}.links.{name}"], entry, name)


def _in_others(zone: Entry, graph: Graph, is_in_our_group: bool) -> Iterator[Resource]:
    for each in graph.section(LINKS.name) if not zone.made_in else ():
        if each.parent == zone.address:
            yield _link(each, zone, each.name)


def _link(nested: Entry, zone: Entry, network: str) -> Resource:
    """That a network asks a zone. `resolve.naming` names the link after the network."""
    body = nested.model
    assert isinstance(body, Link)
    properties: dict[str, Any] = {
        "registrationEnabled": body.registration,
        "virtualNetwork": {"id": Of(f"{LINKS.called_after}.{network}")},
        "resolutionPolicy": camel(body.resolution_policy),
    }
    said = {"properties": merged(properties, body.properties)}
    return Resource(
        address=nested.address,
        type=LINKS.resource_type,
        names=(zone.azure_name, nested.azure_name or network),
        layer=LINKS.layer,
        body={"location": GLOBAL, "tags": Tags(getattr(zone.model, "tags", {})), **said},
        owner=nested.address,
        parent=zone.address,
        because=nested.because,
        properties_written=bool(body.properties),
    )


def _properties(zone: PrivateDnsZone) -> dict[str, Any]:
    return {"properties": merged({}, zone.properties)} if zone.properties else {}


PRIVATE_DNS_ZONES = Kind(
    name="private_dns_zones",
    noun="private DNS zone",
    called_elsewhere={
        "virtualnetworklinks": "write links: {<an entry of virtual_networks>: {}}",
        "registrationenabled": "write registration, in a link",
        "arecords": "leave records out: private endpoints write theirs",
    },
    model=PrivateDnsZone,
    charges=by_time("private DNS zone", "dns_zone", "month"),
    resource_type="Microsoft.Network/privateDnsZones",
    api_version="2024-06-01",
    name_rule=NameRule("a private DNS zone", 1, 253, _DNS, "resource group"),  # NR
    named_by="zone",
    # Source: docs, "Azure permissions for Networking": who registers a private endpoint in a zone joins it.
    rights_to_use=("Microsoft.Network/privateDnsZones/join/action",),
    resources=resources,
    in_others=_in_others,
    symbol="zone",
    group="Network",
    described="Private DNS zones: where names of private endpoints resolve",
)


class DerivedLink(Link):
    of: str  # address of the zone
    network: str  # the entry of virtual_networks that asks it


class AlteringLink(Altering):
    azure_name: (
        Annotated[str, Field(description="The Azure name; in a zone of others by default that of the network")] | None
    ) = None
    registration: Annotated[bool | None, Field(description="Machines of the network get records of their own")] = None
    resolution_policy: Annotated[
        Annotated[Literal["default", "nx_domain_redirect"], AzureWords()] | None,
        Field(description="nx_domain_redirect asks public DNS for names that the zone lacks"),
    ] = None


def _derived_links(link: DerivedLink, entry: Entry, graph: Graph) -> Iterator[Resource]:
    """In a zone that other targets link to networks of theirs, too, only the network's own name differs from theirs."""
    network, zone = graph.entries[f"{LINKS.called_after}.{link.network}"], graph.entries[link.of]
    name = link.azure_name or (network.azure_name if zone.existing else network.lasting_name)
    yield _link(replace(entry, azure_name=name), zone, link.network)


LINKS = Kind(
    name="links",
    stops_meanwhile="the resolution of its names",
    noun="link of a zone",
    model=Link,
    nested_in=("private_dns_zones", "links"),
    called_after="virtual_networks",
    resource_type="Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    name_rule=NameRule("a link of a zone", 1, 80, NETWORK, "zone"),  # NR
    goes_into_others=lambda link, zone: None,
    symbol="link",
    group="Network",
    described="Networks that ask a zone",
    changes=(
        *changes("create_only", TERRAFORM, "properties.virtualNetwork"),
        *changes("opens_access", REST, "properties.registrationEnabled", is_confirmed=False),
    ),
    plain=("properties.resolutionPolicy",),
)

DERIVED_LINKS = Kind(
    name="derived_links",
    stops_meanwhile="the resolution of its names",
    is_derived=True,
    noun="link of a zone",
    model=DerivedLink,
    altering=AlteringLink,
    resource_type=LINKS.resource_type,
    resources=_derived_links,
    symbol="link",
    described="The link of a zone to the network that has to ask it",
    changes=LINKS.changes,
    plain=("properties.resolutionPolicy",),
)
