"""Ranges of networks and subnets: Azure changes one that nothing is in, and rejects another one of what is in use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from mlinfra.azure.exposure import lies_in, range_of
from mlinfra.differ.effects import STAYS
from mlinfra.differ.model import Found, Property, sorted_classes
from mlinfra.differ.spec import Spec
from mlinfra.emit.once import once
from mlinfra.graph import Graph
from mlinfra.header.accept import Class
from mlinfra.languages.resource import addresses_in
from mlinfra.plan import Plan

_SPACE, _RANGES = "properties.addressSpace.addressPrefixes", ("properties.addressPrefix", "properties.addressPrefixes")
_SUBNET_ID = re.compile(r"'(/subscriptions/[^']*/subnets/[^'/]*)'", re.IGNORECASE)
_SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
_NETWORKS = "Microsoft.Network/virtualNetworks"
_TAKE_ADDRESSES = frozenset(
    {
        "Microsoft.Network/privateEndpoints",
        "Microsoft.MachineLearningServices/workspaces",  # serverless jobs
        "Microsoft.MachineLearningServices/workspaces/computes",
        "Microsoft.Databricks/workspaces",
    }
)
_OF_SUBNETS = (
    "Keep the old range. For more addresses, add a second range: address_prefixes: [<old>, <new>]. For another range, "
    "add a second subnet with it, let what uses {} use that one, and remove {} in a later change"
)
_OF_NETWORKS = (
    "Keep the old range, and add the new one to address_space. Move what is in the subnets of the old one, and remove "
    "these first, in a change of their own"
)


def with_ranges_in_use(found: Found, earlier: Spec | None) -> Found:
    """The same, where a range changes: rejected where something is in it, else in place."""
    plan = earlier.plans.get(found.target or "") if earlier else None
    if plan is None or found.action != "changed" or found.type not in (_SUBNETS, _NETWORKS):
        return found
    paths = _RANGES if found.type == _SUBNETS else (_SPACE,)
    changed = [each for each in found.properties if each.path in paths]
    before, after = _listed(each.before for each in changed), _listed(each.after for each in changed)
    if not changed:
        return found
    is_kept = set(before) <= set(after)
    is_used = _is_occupied(found, plan) if found.type == _SUBNETS else _loses_subnets(found, after, plan.graph)
    if is_used and not is_kept:
        remedy = _OF_SUBNETS.format(found.address, found.address) if found.type == _SUBNETS else _OF_NETWORKS
        return _with_classes(found, changed, "refused", remedy)
    return _with_classes(found, changed, "in_place", found.remedy)


def _with_classes(found: Found, changed: list[Property], name: Class, remedy: str) -> Found:
    properties = tuple(_said(each, name) if each in changed else each for each in found.properties)
    classes = {each for one in properties for each in one.classes}
    remedy = remedy if STAYS & classes else ""
    return replace(found, properties=properties, classes=sorted_classes(classes), remedy=remedy)


def _said(found: Property, name: Class) -> Property:
    rest = {*found.classes} - STAYS - {"in_place"}
    return replace(found, classes=sorted_classes({*rest, name}))


def _listed(values: Iterable[object]) -> list[str]:
    found = [value if isinstance(value, list) else [value] for value in values if value]
    return [str(each) for listed in found for each in listed]


def _is_occupied(found: Found, plan: Plan) -> bool:
    """Whether something of the spec that takes addresses names the subnet."""
    return not {found.address, (found.id or "").lower()}.isdisjoint(_occupied(plan))


@once
def _occupied(plan: Plan) -> frozenset[str]:
    """The subnets in which something is, by address or by id."""
    bodies = [each.resource.body for each in plan.resources if each.resource.type in _TAKE_ADDRESSES]
    addresses = {address for body in bodies for address in addresses_in(body)}
    return frozenset(addresses | {match[1].lower() for body in bodies for match in _SUBNET_ID.finditer(str(body))})


def _loses_subnets(found: Found, after: list[str], graph: Graph) -> bool:
    """Whether a subnet that is there lies in none of the new ranges."""
    subnets = (entry for entry in graph.entries.values() if entry.parent == found.address)
    fields = ("address_prefix", "address_prefixes")
    ranges = _listed(entry.body.get(field) for entry in subnets for field in fields)
    inner, outer = ([one for one in map(range_of, each) if one is not None] for each in (ranges, after))
    return any(not any(lies_in(part, whole) for whole in outer) for part in inner)
