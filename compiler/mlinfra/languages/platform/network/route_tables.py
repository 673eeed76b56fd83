"""route_tables: where what leaves a subnet goes first, such as the firewall of a hub."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from mlinfra.azure.name_rules import NETWORK, NameRule
from mlinfra.bodies.fields import PLACEHOLDER, malformed
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import ANY, REST, changes
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, NestedBody, inside, resource_of
from mlinfra.languages.resource import Resource, merged
from mlinfra.languages.settings import PROPERTIES, WHATEVER, Insecure

_HOPS = {  # our words, by their letters, and Azure's
    "internet": ("internet", "Internet"),
    "virtualnetwork": ("virtual_network", "VnetLocal"),
    "vnetlocal": ("virtual_network", "VnetLocal"),
    "gateway": ("gateway", "VirtualNetworkGateway"),
    "virtualnetworkgateway": ("gateway", "VirtualNetworkGateway"),
    "none": ("none", "None"),
}


_TAG = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)?")  # Storage.WestEurope


def _check_prefix(value: str) -> str:
    if PLACEHOLDER.search(value) or _TAG.fullmatch(value):
        return value
    try:
        ipaddress.ip_network(value)
    except ValueError:
        is_range = False
    else:
        is_range = "/" in value
    if not is_range:
        raise malformed("a range such as 10.0.0.0/16, or a service tag such as AzureMachineLearning")
    return value


def _check_hop(value: str) -> str:
    word = _HOPS.get(value.replace("_", "").casefold())
    if word:
        return word[0]
    if not PLACEHOLDER.search(value):
        try:
            ipaddress.IPv4Address(value)
        except ValueError:
            raise malformed(
                "internet, virtual_network, gateway, none, or the address of an appliance such as 10.0.0.4"
            ) from None
    return value


class Route(NestedBody):
    address_prefix: Annotated[
        str,
        AfterValidator(_check_prefix),
        Field(description="Where it leads: a range of addresses, or a service tag such as AzureMachineLearning"),
    ]
    next_hop: Annotated[
        str,
        AfterValidator(_check_hop),
        Field(
            description="The address of an appliance, internet, virtual_network, gateway, or none, which drops it",
            examples=["10.0.0.4"],
        ),
    ]


class RouteTable(InfrastructureBody):
    routes: Annotated[dict[str, Route], Field(description="Where traffic goes, by the name of each route")] = {}
    gateway_routes: Annotated[
        bool, Field(description="Routes that a gateway learns count too; false keeps them out of the subnet")
    ] = True


def resources(table: RouteTable, entry: Entry, graph: Graph) -> Iterator[Resource]:
    """The routes stand in the table: one that is put without them loses them."""
    properties = {
        "disableBgpRoutePropagation": not table.gateway_routes,
        "routes": [_route(graph.entries[f"{entry.address}.routes.{name}"]) for name in table.routes],
    }
    yield resource_of(ROUTE_TABLES, entry, table, properties)


def _in_others(table: Entry, graph: Graph, is_in_our_group: bool) -> Iterator[Resource]:
    """Each route by itself: those of its owner stay."""
    nested = (each for each in graph.section(ROUTES.name) if each.parent == table.address)
    for each in nested if not table.made_in else ():
        route = _route(each)
        yield inside(ROUTES, each, table, route["name"], route["properties"])


def _route(nested: Entry) -> dict[str, Any]:
    route = nested.model
    assert isinstance(route, Route)
    hop = _HOPS.get(route.next_hop.replace("_", ""))
    properties = {"addressPrefix": route.address_prefix, "nextHopType": hop[1] if hop else "VirtualAppliance"}
    if hop is None:
        properties["nextHopIpAddress"] = route.next_hop
    return {"name": nested.azure_name, "properties": merged(properties, route.properties)}


# Whether another way leads further, the sources do not weigh.
_leads = partial(changes, "opens_access", REST, towards=ANY, is_confirmed=False)
ROUTE_TABLES = Kind(
    name="route_tables",
    noun="route table",
    called_elsewhere={
        "nexthoptype": "write next_hop, which is an address, or internet, virtual_network, gateway, none",
        "nexthopipaddress": "write next_hop: 10.0.0.4",
        "nexthopinipaddress": "write next_hop: 10.0.0.4",
        "disablebgproutepropagation": "write gateway_routes: false",
        "bgproutepropagationenabled": "write gateway_routes",
    },
    model=RouteTable,
    insecure=(Insecure((*PROPERTIES, "routes"), WHATEVER, "has routes that nothing looks at: write them in routes"),),
    resource_type="Microsoft.Network/routeTables",
    api_version="2025-09-01",
    name_rule=NameRule("a route table", 1, 80, NETWORK, "resource group", "platform", "rt"),  # NR
    resources=resources,
    in_others=_in_others,
    symbol="routes",
    group="Network",
    described="Route tables: through what the traffic of a subnet goes",
    changes=_leads("properties.routes", "properties.disableBgpRoutePropagation"),
)

ROUTES = Kind(
    name="routes",
    noun="route",
    model=Route,
    nested_in=("route_tables", "routes"),
    resource_type="Microsoft.Network/routeTables/routes",
    name_rule=NameRule("a route", 1, 80, NETWORK, "route table"),  # NR
    goes_into_others=lambda route, table: None,
    symbol="route",
    group="Network",
    described="Routes of a table",
    changes=_leads("properties", when_made=True),
)
