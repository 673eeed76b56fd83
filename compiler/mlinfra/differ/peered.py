"""Networks that are peered with one whose addresses change: no deployment brings them the new ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.differ.model import Found, Property
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import changed
from mlinfra.emit.az import word
from mlinfra.languages.resource import Of
from mlinfra.plan import Planned

_PEERINGS = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
_SPACE = "address_space"
# The call that does it has a parameter of its URL for it, which no template can set.
_SOURCE = "https://github.com/Azure/bicep/issues/18379"
_SYNC = (
    "{network} goes on with the old addresses of {changed}, whatever is deployed. After the deployment, as somebody "
    "who may change {network}: az network vnet peering sync --ids {id}"
)


def of_peerings(before: Spec, now: Spec) -> Iterator[Found]:
    """The side of each peering that was there before, and leads to a network with other addresses."""
    for target, plan in now.plans.items():
        there = {planned.id.lower() for planned in before.plans[target].resources} if target in before.plans else set()
        for planned in plan.resources:
            if planned.resource.type == _PEERINGS and planned.id.lower() in there:
                yield from _out_of_sync(planned, target, before, now)


def _out_of_sync(planned: Planned, target: str, before: Spec, now: Spec) -> Iterator[Found]:
    side = planned.resource
    far = side.body["properties"]["remoteVirtualNetwork"]["id"]
    assert isinstance(far, Of)
    network, was = now.graphs[target].entries[far.address], now.was(before, target, far.address)
    if was is None:
        return
    old, new = (each.body.get(_SPACE) or [] for each in (was, network))
    if sorted(old) != sorted(new):
        space = Property("remoteAddressSpace", old, new, ("ignored",), _SOURCE)
        name, *_, peering = side.names
        remedy = _SYNC.format(network=name, changed=network.azure_name, id=word(planned.id))
        yield replace(changed(side.address, target, side.type, peering, [space]), remedy=remedy)
