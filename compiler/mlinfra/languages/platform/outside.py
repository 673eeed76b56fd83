"""What a role, a lock or a diagnostic setting is on: an entry, a group, or a resource that is none of the spec's."""

from __future__ import annotations

from mlinfra.azure.ids import (
    group_in,
    is_group_id,
    is_resource_id,
    is_same_group,
    names_in,
    resource_group_id,
    resource_id,
    type_of,
)
from mlinfra.azure.resource_types import spelled
from mlinfra.graph import Graph
from mlinfra.languages.resource import RESOURCE_GROUP


def extended(written: str, graph: Graph) -> str:
    """An address, or RESOURCE_GROUP, as it is; of an id what that is of, or the id as Bicep will spell it.

    What is no id is left as it is written: a rule says so.
    """
    if not (is_group_id(written) or is_resource_id(written)):
        return written
    if written in graph.addresses_by_id:
        return graph.addresses_by_id[written]
    subscription, group = group_in(written)
    is_own = is_same_group((subscription, group), graph.target.group)
    if is_group_id(written):
        return RESOURCE_GROUP if is_own else resource_group_id(subscription, group)
    place = graph.target.group if is_own else (subscription, group)
    return resource_id(*place, spelled(type_of(written)) or type_of(written), *names_in(written))
