"""What a platform names outside of its own resource groups: it is there before, and its owner gives rights on it."""

from __future__ import annotations

import functools
import json
import re
import uuid

from mlinfra.verify.bicep_cli import snapshot
from tests.emulator.groups import add_subscription
from tests.emulator.ids import group_of, key, parent_of, subscription_of, type_of
from tests.emulator.platforms import Target
from tests.emulator.protocol import Json
from tests.emulator.resources import find, keep
from tests.emulator.state import State
from tests.tools import bicep

_EXTENSIONS = r"(?i)/providers/Microsoft\.(Authorization|Insights/diagnosticSettings)/.*"
_IN_WORKSPACE = re.compile(r"(?i)Microsoft\.MachineLearningServices/workspaces/[^/]+/")
_ID = re.compile(r"/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/\"']+/providers/[^\"']+", re.IGNORECASE)


@functools.cache
def named_elsewhere(target: Target) -> tuple[str, ...]:
    """The resources that the target's templates name and do not make, but for what only Azure ML keeps."""
    named: set[str] = set()
    made: set[str] = set()
    own = sorted((target.output / target.name / "infra").glob("*.bicepparam"))
    deployed = [(file, target.subscription, target.group) for file in own]
    deployed += [
        (file, subscription, group)
        for script, subscription, group in target.handovers
        for file in sorted(script.parent.glob("*.bicepparam"))
    ]
    for file, subscription, group in deployed:
        predicted = snapshot(bicep(), file, subscription, group, "westeurope")["predictedResources"]
        named.update(re.sub(_EXTENSIONS, "", one) for one in _ID.findall(json.dumps(predicted)))
        made.update(key(one["id"]) for one in predicted)
    outside = (one for one in named if "/providers/" in one and key(one) not in made and not _IN_WORKSPACE.search(one))
    return tuple(sorted(outside))


def make_elsewhere(state: State, target: Target) -> None:
    """All of it, as somebody else made it: in the target's own group, once that is there."""
    own = _own_group(target)
    for identifier in named_elsewhere(target):
        group = group_of(identifier)
        if key(group) == key(own) and find(state, own) is None:
            continue
        if find(state, f"/subscriptions/{subscription_of(identifier)}") is None:
            add_subscription(state, subscription_of(identifier), "of somebody else")
        if find(state, group) is None:
            keep(state, group, {"location": "westeurope", "tags": {}, "properties": {}})
        while find(state, identifier) is None and "/providers/" in identifier:
            keep(state, identifier, {"location": "westeurope", "properties": _properties(identifier)})
            identifier = parent_of(identifier)


def _own_group(target: Target) -> str:
    return f"/subscriptions/{target.subscription}/resourceGroups/{target.group}"


def _properties(identifier: str) -> Json:
    properties = {"provisioningState": "Succeeded"}
    if type_of(identifier).lower() == "microsoft.managedidentity/userassignedidentities":
        ids = {
            name: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name} {key(identifier)}"))
            for name in ("principalId", "clientId")
        }
        properties |= ids
    return properties
