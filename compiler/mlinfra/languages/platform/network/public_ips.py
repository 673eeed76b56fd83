"""public_ips: addresses under which a network goes out to the internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from mlinfra.azure.casing import camel
from mlinfra.azure.name_rules import NETWORK, NameRule
from mlinfra.azure.regions import has_zones
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.bodies.fields import Form
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import REST, TERRAFORM, changes
from mlinfra.languages.platform.charges import by_time
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, region_of, resource_of
from mlinfra.languages.resource import Resource

Zone = Literal["1", "2", "3"]
ZONES: tuple[Zone, ...] = ("1", "2", "3")


class PublicIp(InfrastructureBody):
    sku: Annotated[
        Literal["standard", "standard_v2"],
        AzureWords(),
        Field(description="standard_v2 is in all zones by itself, for a NAT gateway of the same sku"),
    ] = "standard"
    zones: (
        Annotated[list[Zone], Field(description="Zones in which it is; by default all of the region, with [] none")]
        | None
    ) = None
    label: (
        Annotated[
            str,
            Form("[a-z][a-z0-9-]{1,61}[a-z0-9]", "3 to 63 lower-case letters, digits and hyphens, a letter first"),
            Field(description="First part of the name under which the address is known"),
        ]
        | None
    ) = None


def resources(address: PublicIp, entry: Entry, graph: Graph) -> Iterator[Resource]:
    zones = _zones_of(address, graph)
    properties: dict[str, Any] = {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"}
    if address.label:
        properties["dnsSettings"] = {"domainNameLabel": address.label}
    yield resource_of(PUBLIC_IPS, entry, address, properties, sku={"name": camel(address.sku)}, zones=zones)


def _zones_of(address: PublicIp, graph: Graph) -> list[Zone]:
    if address.sku == "standard_v2":
        return []
    if address.zones is None:
        return [*ZONES] if has_zones(region_of(address, graph)) else []
    return address.zones


PUBLIC_IPS = Kind(
    name="public_ips",
    stops_meanwhile="what leaves by it: its address is another",
    noun="public address",
    called_elsewhere={
        "allocationmethod": "leave it out: an address of a sku of today is static",
        "publicipallocationmethod": "leave it out: an address of a sku of today is static",
        "domainnamelabel": "write label",
        "dnssettings": "write label",
    },
    model=PublicIp,
    charges=by_time("public address", "public_ip"),
    resource_type="Microsoft.Network/publicIPAddresses",
    api_version="2025-09-01",
    name_rule=NameRule("a public address", 1, 80, NETWORK, "resource group", "platform", "pip"),  # NR
    resources=resources,
    watched=True,
    symbol="address",
    group="Network",
    described="Public addresses, for the way out of a network of your own",
    changes=(
        *changes("create_only", TERRAFORM, "sku.name", "zones"),
        *changes("opens_access", REST, "properties.dnsSettings", is_confirmed=False),
        *changes("weakens", REST, "properties.ddosSettings.protectionMode", towards="Disabled", none_is="inherited"),
    ),
    plain=(
        "properties.idleTimeoutInMinutes",
        "properties.publicIPAddressVersion",
        "properties.publicIPAllocationMethod",
    ),
)
