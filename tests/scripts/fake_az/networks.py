"""Subnets in the networks of others, as the owner's script makes and changes them."""

from __future__ import annotations

from typing import Any

from tests.scripts.fake_az.parse import Call
from tests.scripts.fake_az.world import Json, ServiceError, World, not_found

_JOINTS = {
    "--network-security-group": "networkSecurityGroup",
    "--route-table": "routeTable",
    "--nat-gateway": "natGateway",
}


def subnets(world: World) -> Json:
    """Properties by id."""
    return world.table("subnets")


def subnet_create(world: World, call: Call) -> Any:
    """A PUT: what is there already would lose what is not named."""
    group = f"/subscriptions/{call.subscription}/resourceGroups/{call.need('--resource-group')}"
    network = f"{group}/providers/Microsoft.Network/virtualNetworks/{call.need('--vnet-name')}"
    properties: Json = {"addressPrefixes": call.several["--address-prefixes"]}
    subnets(world)[f"{network}/subnets/{call.get('--name')}"] = properties
    return properties


def subnet_update(world: World, call: Call) -> Any:
    (identifier,) = call.several["--ids"]
    if identifier not in subnets(world):
        raise not_found(f"Resource '{identifier}'")
    properties: Json = subnets(world)[identifier]
    for flag, name in _JOINTS.items():
        if joined := call.get(flag):
            if joined not in world.script.get("resources", ()):
                raise ServiceError(1, f"(InvalidResourceReference) Resource {joined} was not found")
            properties[name] = {"id": joined}
    return properties
