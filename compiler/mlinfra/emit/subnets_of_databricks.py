"""Subnets that are there already and that Databricks is to take: what their owner has to have done with them before.

Source: docs, "Deploy Azure Databricks in your Azure virtual network (VNet injection)", virtual network requirements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.azure.networks import DATABRICKS, azure_name_of
from mlinfra.derive.security_rules import rules_of_machines
from mlinfra.emit.once import once
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.graph import Entry
from mlinfra.languages.platform.databricks.databricks_workspaces import (
    DATABRICKS_WORKSPACES,
    SUBNETS,
    DatabricksWorkspace,
)
from mlinfra.languages.platform.network.virtual_networks import is_made
from mlinfra.plan import Group, Plan
from mlinfra.resolve.naming import resource_group_of

_MACHINES = "VirtualNetwork"
_DUE = f"for it alone, of /26 or larger; delegated to {code(DATABRICKS)}; with a network security group"


class Taken(NamedTuple):
    """A subnet of someone else's and the workspace whose machines are to be in it."""

    workspace: Entry
    network: Entry
    subnet: Entry


@once
def taken_by_databricks(plan: Plan) -> tuple[Taken, ...]:
    """Those that nobody makes here, in the order of the spec."""
    return tuple(_taken(plan))


def _taken(plan: Plan) -> Iterator[Taken]:
    graph = plan.graph
    for workspace in graph.section(DATABRICKS_WORKSPACES.name):
        for field in SUBNETS if not workspace.existing else ():
            subnet = graph.entries.get(graph.bound(workspace.address, field) or "")
            network = graph.entries.get(str(subnet.parent)) if subnet else None
            if subnet and network and not network.made_in and not is_made(subnet, network):
                yield Taken(workspace, network, subnet)


def asked_of(plan: Plan, group: Group) -> Iterator[tuple[object, ...]]:
    """Rows of subnet, whose machines are in it, and what it has to be, for the owner of a group."""
    for each in taken_by_databricks(plan):
        if _is_in(plan, each, group):
            name = code(f"{each.network.azure_name}/{each.subnet.azure_name}")
            yield name, code(each.workspace.azure_name), Fragment(_DUE)


def rules_asked_of(plan: Plan, group: Group) -> Iterator[tuple[object, ...]]:
    """Rows of name, direction, protocol, from, to and ports: those of the groups of these subnets, each once."""
    rows: dict[tuple[object, ...], None] = {}
    for each in taken_by_databricks(plan):
        if not _is_in(plan, each, group) or not isinstance(each.workspace.model, DatabricksWorkspace):
            continue
        for needed in rules_of_machines(each.workspace.model, plan.graph):
            ends = (needed.tag, _MACHINES) if needed.direction == "inbound" else (_MACHINES, needed.tag)
            ports = ", ".join(needed.ports) or "all"
            rows[code(azure_name_of(needed)), needed.direction, needed.protocol, *map(code, ends), ports] = None
    yield from rows


def _is_in(plan: Plan, each: Taken, group: Group) -> bool:
    subscription, name = resource_group_of(each.network, plan.graph.target)
    return (subscription.lower(), name.lower()) == (group[0].lower(), group[1].lower())
