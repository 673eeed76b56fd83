"""nat_gateways: the way out of subnets that no firewall of a hub guards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from mlinfra.azure.casing import camel
from mlinfra.azure.name_rules import NETWORK, NameRule
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.bodies.body import ReferenceTo
from mlinfra.bodies.fields import PublicPrefixId
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import TERRAFORM, changes
from mlinfra.languages.platform.charges import without_price
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, reference, resource_of
from mlinfra.languages.resource import Resource


class NatGateway(InfrastructureBody):
    sku: Annotated[
        Literal["standard", "standard_v2"],
        AzureWords(),
        Field(description="standard_v2 spans all zones; its public addresses are of the same sku"),
    ] = "standard"
    public_ips: Annotated[
        list[Annotated[str, ReferenceTo("public_ips")]],
        Field(description="Addresses under which it goes out: entries of public_ips, or ids"),
    ] = []
    public_ip_prefixes: Annotated[list[PublicPrefixId], Field(description="Ids of ranges under which it goes out")] = []
    idle_minutes: Annotated[
        int, Field(ge=4, le=120, description="How long a connection without traffic is kept, in minutes")
    ] = 4
    zones: (
        Annotated[
            list[Literal["1", "2", "3"]],
            Field(max_length=1, description="The one zone in which it is; by default Azure chooses; of standard only"),
        ]
        | None
    ) = None


def resources(gateway: NatGateway, entry: Entry, graph: Graph) -> Iterator[Resource]:
    properties: dict[str, Any] = {"idleTimeoutInMinutes": gateway.idle_minutes}
    if gateway.public_ips:
        properties["publicIpAddresses"] = [{"id": reference("public_ips", name)} for name in gateway.public_ips]
    if gateway.public_ip_prefixes:
        properties["publicIpPrefixes"] = [{"id": identifier} for identifier in gateway.public_ip_prefixes]
    yield resource_of(NAT_GATEWAYS, entry, gateway, properties, sku={"name": camel(gateway.sku)}, zones=gateway.zones)


NAT_GATEWAYS = Kind(
    name="nat_gateways",
    stops_meanwhile="what leaves by it, from an address that others may expect",
    noun="NAT gateway",
    called_elsewhere={
        "idletimeoutinminutes": "write idle_minutes",
        "skuname": "write sku",
        "publicipaddresses": "write public_ips: [<an entry of public_ips>]",
        "publicipaddressids": "write public_ips: [<an entry of public_ips>]",
        "publicipprefixids": "write public_ip_prefixes",
    },
    model=NatGateway,
    charges=without_price("NAT gateway, and what goes through it"),
    resource_type="Microsoft.Network/natGateways",
    api_version="2025-09-01",
    name_rule=NameRule("a NAT gateway", 1, 80, NETWORK, "resource group", "platform", "ng"),  # NR
    resources=resources,
    symbol="gateway",
    group="Network",
    described="NAT gateways: the way out of subnets, under addresses that are known",
    changes=changes("create_only", TERRAFORM, "sku.name", "zones"),
    plain=(
        "properties.idleTimeoutInMinutes",
        "properties.publicIpAddresses",
        "properties.publicIpPrefixes",
    ),
)
