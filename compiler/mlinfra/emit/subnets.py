"""Subnets in networks of others: those that their owner makes, and what he joins them to, each by a command of az."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.casing import camel
from mlinfra.emit.once import once
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS, api_version
from mlinfra.languages.platform.network.network_security_groups import prefixes_of
from mlinfra.languages.platform.network.virtual_networks import JOINTS, Subnet, is_made
from mlinfra.pipelines.handover import Joint, SubnetOfOthers
from mlinfra.plan import Group, Plan
from mlinfra.resolve.naming import is_in_own_group, resource_group_of


@once
def subnets_of_others(plan: Plan) -> tuple[tuple[Group, SubnetOfOthers], ...]:
    """Each with the group of its network, in the order of the spec."""
    return tuple(_found(plan.graph))


def _found(graph: Graph) -> Iterator[tuple[Group, SubnetOfOthers]]:
    for entry in graph.section("subnets"):
        network, subnet = graph.entries[entry.parent or ""], entry.model
        is_ours = network.made_in or is_in_own_group(network, graph.target)
        if is_ours or not isinstance(subnet, Subnet):
            continue
        joints = tuple(_joints(graph, entry))
        options = _options(entry, subnet) if is_made(entry, network) else ()
        if options or joints:
            version = api_version(ROWS["subnets"].resource_type)
            yield (
                resource_group_of(network, graph.target),
                SubnetOfOthers(
                    str(entry.id), entry.address, network.azure_name, entry.azure_name, version, options, joints
                ),
            )


def _joints(graph: Graph, entry: Entry) -> Iterator[Joint]:
    for property, section, field in JOINTS:
        address = graph.bound(entry.address, field)
        written = entry.body.get(field)
        if address or isinstance(written, str):
            named = graph.entries.get(address or "")
            identifier = str(named.id if named else written)
            is_ours = named is not None and not named.existing
            option = f"--{field.replace('_', '-')}"
            version = api_version(ROWS[section].resource_type)
            yield Joint(option, property, identifier, named.address if named else identifier, version, is_ours)


def _options(entry: Entry, subnet: Subnet) -> tuple[str, ...]:
    """Those of `az network vnet subnet create`, without what it is joined to: that may not be there yet."""
    several = {
        "--address-prefixes": prefixes_of(entry),
        "--delegations": [subnet.delegation] if subnet.delegation else [],
        "--service-endpoints": subnet.service_endpoints,
        "--default-outbound-access": [str(subnet.default_outbound_access).lower()],
        "--private-endpoint-network-policies": [_word(subnet.private_endpoint_network_policies)],
        "--private-link-service-network-policies": [_word(subnet.private_link_service_network_policies)],
    }
    return tuple(word for option, values in several.items() if values for word in (option, *values))


def _word(value: str) -> str:
    return str(camel(value))
