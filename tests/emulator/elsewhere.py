"""What a platform names outside of its own resource groups: it is there before, and its owner gives rights on it."""

from __future__ import annotations

import functools
import json
import re

from mlinfra.verify.bicep_cli import snapshot
from tests.emulator.groups import add_subscription
from tests.emulator.ids import group_of, key, parent_of, subscription_of, type_of
from tests.emulator.people import give_role
from tests.emulator.platforms import Target
from tests.emulator.resources import find, keep
from tests.emulator.state import State
from tests.tools import bicep

_ID = re.compile(r"/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/\"']+/providers/[^\"']+", re.IGNORECASE)


@functools.cache
def named_elsewhere(target: Target) -> tuple[str, ...]:
    """The resources outside of the target's group that its templates name."""
    named = set()
    for file in sorted((target.output / target.name / "infra").glob("*.bicepparam")):
        predicted = snapshot(bicep(), file, target.subscription, target.group, "westeurope")
        named.update(_ID.findall(json.dumps(predicted["predictedResources"])))
    own = f"/subscriptions/{target.subscription}/resourceGroups/{target.group}/"
    outside = (re.sub(r"/providers/Microsoft\.Authorization/.*", "", one, flags=re.IGNORECASE) for one in named)
    return tuple(sorted({one for one in outside if not key(one).startswith(key(own)) and "/providers/" in one}))


def make_elsewhere(state: State, target: Target) -> None:
    """Everything of it, as somebody else made it."""
    for identifier in named_elsewhere(target):
        if find(state, f"/subscriptions/{subscription_of(identifier)}") is None:
            add_subscription(state, subscription_of(identifier), "of somebody else")
        if find(state, group_of(identifier)) is None:
            keep(state, group_of(identifier), {"location": "westeurope", "tags": {}, "properties": {}})
        while find(state, identifier) is None and "/providers/" in identifier:
            properties = {"provisioningState": "Succeeded"}
            if type_of(identifier).lower() == "microsoft.managedidentity/userassignedidentities":
                properties |= {"principalId": "77777777-7777-7777-7777-777777777777", "clientId": "of somebody else"}
            keep(state, identifier, {"location": "westeurope", "properties": properties})
            identifier = parent_of(identifier)


def give_rights_elsewhere(state: State, target: Target, deployer: str, planner: str) -> None:
    """What the owners of the rest give to the connections, by hand: bootstrap.sh has no rights there."""
    for group in {group_of(identifier) for identifier in named_elsewhere(target)}:
        give_role(state, deployer, "Owner", group)
        give_role(state, planner, "Reader", group)
