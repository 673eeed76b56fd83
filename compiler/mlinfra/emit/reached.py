"""Who can reach the data of a target, with its service connections, whose roles no template gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.access.catalogs import through_catalogs
from mlinfra.access.grants import Granted
from mlinfra.access.network import read_by_everyone
from mlinfra.access.reaching import Reaching, reaching
from mlinfra.azure.conditions import Blobs, places_of
from mlinfra.azure.data_roles import Powers, powers, powers_of
from mlinfra.azure.roles import role_name
from mlinfra.emit.bootstrap import connections_of
from mlinfra.emit.once import once
from mlinfra.graph import Entry, Graph
from mlinfra.languages.resource import RESOURCE_GROUP
from mlinfra.pipelines.rights import Right
from mlinfra.plan import Plan

CONNECTION = "service connection"


@once
def reached(plan: Plan) -> tuple[Reaching, ...]:
    """Everybody and all data of a target."""
    graph = plan.graph
    found = (*read_by_everyone(plan), *reaching(graph, _of_connections(plan)), *through_catalogs(graph))
    order = {address: place for place, address in enumerate(graph.entries)}
    return tuple(sorted(found, key=lambda each: order[each.data]))


def _of_connections(plan: Plan) -> Iterator[Granted]:
    """What each connection has on the resource group, where pipelines sign in with some.

    A right under a condition counts where that names an account or a container; who may assign which roles stands
    in the page of the output.
    """
    if plan.graph.header.pipelines is None:
        return
    holders = {place: entry.address for entry in plan.graph.entries.values() if (place := _place(entry, plan.graph))}
    for connection in connections_of(plan):
        for right in connection.rights:
            given = Granted(connection.name, CONNECTION, right.name, RESOURCE_GROUP, _powers(right))
            if not right.condition:
                yield given
            for place in places_of(right.condition):
                if place in holders:
                    yield replace(given, scope=holders[place], is_conditional=True)


def _place(entry: Entry, graph: Graph) -> Blobs | None:
    """A storage account, or a container of one, as conditions name it."""
    above = graph.entries.get(entry.parent or "")
    if entry.section == "storage_accounts":
        return Blobs(entry.azure_name)
    if entry.section == "containers" and above is not None:
        return Blobs(above.azure_name, entry.azure_name)
    return None


def _powers(right: Right) -> Powers | None:
    if right.is_ours:
        return powers(right.actions, right.not_actions, right.data_actions, right.not_data_actions)
    return powers_of(role_name(right.role) or "")
