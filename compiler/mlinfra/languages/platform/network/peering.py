"""What joins two networks: this side, and the far one, which the owner of the other network makes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, Field

from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import PLACEHOLDER
from mlinfra.formats.bicep import Commented
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.kind import NestedBody
from mlinfra.languages.resource import LAYERS, Layer, Of, Resource, merged

TYPE = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"


class FarSide(Body):
    allow_virtual_network_access: Annotated[bool, Field(description="The other network reaches this one")] = True
    allow_forwarded_traffic: (
        Annotated[bool, Field(description="What comes through the other network from elsewhere is let in")] | None
    ) = None
    allow_gateway_transit: (
        Annotated[bool, Field(description="The other network uses the gateway of this one")] | None
    ) = None
    use_remote_gateways: Annotated[bool, Field(description="This network uses the gateway of the other one")] = False
    peer_complete: Annotated[bool, Field(description="All of both networks, or the subnets that are named")] = True
    local_subnets: Annotated[list[str], Field(description="Without peer_complete: names of subnets of this side")] = []
    remote_subnets: Annotated[list[str], Field(description="Without peer_complete: names of those over there")] = []


class Peering(FarSide, NestedBody):
    """A key names the other network, an entry of virtual_networks."""

    remote: Annotated[FarSide, Field(description="What the other side allows; of someone else it is handed over")] = (
        FarSide()
    )


def layer_of_parts(network: Entry) -> Layer:
    """A policy of service endpoints names accounts, and all parts of a network come one after the other."""
    subnets = network.body.get("subnets") or {}
    has_policies = any((subnet or {}).get("service_endpoint_policies") for subnet in subnets.values())
    return "storage" if has_policies else "foundation"


def peering_resources(address_space: list[str], nested: Entry, graph: Graph) -> Iterator[Resource]:
    """Both sides of a peering of a network that has these ranges of addresses; none with what is not there (MLI370)."""
    peering = nested.model
    assert isinstance(peering, Peering)
    assert nested.parent is not None
    here, there = graph.entries[nested.parent], graph.entries.get(f"{nested.parent.partition('.')[0]}.{nested.name}")
    if there is None:
        return
    far = f"{nested.address}.remote"
    layer = max((layer_of_parts(network) for network in (here, there)), key=LAYERS.index)
    forwarded = _forwarded(peering, address_space, here, graph)
    transit = _or(peering.remote.allow_gateway_transit, peering.use_remote_gateways)
    yield Resource(
        address=far,
        type=TYPE,
        names=(there.azure_name, here.azure_name),
        layer=layer,
        body={
            "properties": _side(
                peering.remote, here.address, _or(peering.remote.allow_forwarded_traffic, False), transit
            )
        },
        owner=nested.address,
        parent=there.address,
        depends_on=_last_subnet(there),
        because=f"{nested.address} joins two networks, and each has its side of it",
    )
    own = _side(peering, there.address, forwarded, _or(peering.allow_gateway_transit, False))
    yield Resource(
        address=nested.address,
        type=TYPE,
        names=(here.azure_name, nested.azure_name),
        layer=layer,
        body={"properties": merged(own, peering.properties)},
        owner=nested.address,
        parent=here.address,
        depends_on=(*_last_subnet(here), *(() if there.existing else (far,))),
        because=nested.because,
        properties_written=bool(peering.properties),
    )


def _or(written: bool | None, default: bool) -> bool:
    return default if written is None else written


def _last_subnet(network: Entry) -> tuple[str, ...]:
    """A network takes one change at a time."""
    names = list(network.body.get("subnets") or ())
    return (f"{network.address}.subnets.{names[-1]}",) if names and not network.existing else ()


def _side(side: FarSide, other: str, forwarded: bool | Commented, transit: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "remoteVirtualNetwork": {"id": Of(other)},
        "allowVirtualNetworkAccess": side.allow_virtual_network_access,
        "allowForwardedTraffic": forwarded,
        "allowGatewayTransit": transit,
        "useRemoteGateways": side.use_remote_gateways,
    }
    if not side.peer_complete:
        properties |= {
            "peerCompleteVnets": False,
            "localSubnetNames": side.local_subnets,
            "remoteSubnetNames": side.remote_subnets,
        }
    return properties


def _forwarded(peering: Peering, address_space: list[str], network: Entry, graph: Graph) -> bool | Commented:
    """Answers of a firewall over there come from elsewhere, so they are forwarded traffic."""
    if peering.allow_forwarded_traffic is not None:
        return peering.allow_forwarded_traffic
    route = _leading_out(address_space, network, graph) if len(network.body.get("peerings") or ()) == 1 else None
    return Commented(True, f"because {route} leads to an appliance over there") if route else False


def _leading_out(address_space: list[str], network: Entry, graph: Graph) -> str | None:
    """The address of the first route of its subnets whose next hop is an address outside of the network."""
    own = [ipaddress.IPv4Network(written) for written in address_space if not PLACEHOLDER.search(written)]
    for name in network.body.get("subnets") or ():
        table = graph.bound(f"{network.address}.subnets.{name}", "route_table")
        for route in (graph.entries[table].body.get("routes") or {}) if table else ():
            address = f"{table}.routes.{route}"
            hop = _next_hop(graph.entries[address].model)
            if hop and not any(hop in network for network in own):
                return address
    return None


def _next_hop(route: BaseModel | None) -> ipaddress.IPv4Address | None:
    try:
        return ipaddress.IPv4Address(getattr(route, "next_hop", ""))
    except ValueError:
        return None
