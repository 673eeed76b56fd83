"""What a workspace's own identity needs before the workspace is made: with it Azure ML links what stands around.

Sources: docs, "Set up authentication between Azure Machine Learning and other services" (user-assigned identity), and
"Workspace managed virtual network isolation" (whose PUT provisions its network, and approves endpoints in it).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.emulator.ids import group_of, key, parent_of, type_of
from tests.emulator.protocol import Json, refuse
from tests.emulator.resources import find
from tests.emulator.rights import ON_DATA, ON_RESOURCES, allows
from tests.emulator.state import State

_LINKED = ("storageAccount", "keyVault", "containerRegistry", "applicationInsights")
_PRIVATE = _LINKED[:3]  # to which a managed network opens endpoints by itself
_WORKSPACE = "microsoft.machinelearningservices/workspaces"
_SECRETS = "Microsoft.KeyVault/vaults/secrets/setSecret/action"


class Needed(NamedTuple):
    """An action, whether it is one on the resource or on its data, and where."""

    action: str
    lists: tuple[str, str]
    scope: str


def require_rights_of_workspace(state: State, identifier: str, body: Json) -> None:
    """Refuses a workspace, or a rule of its network, whose identity may not; that of the service grants itself."""
    kind, properties = type_of(identifier).lower(), body.get("properties") or {}
    own = key(group_of(identifier))
    if kind == _WORKSPACE:
        _require(state, properties, _needed(properties, own))
    elif kind == f"{_WORKSPACE}/outboundrules":
        workspace = find(state, parent_of(identifier)) or {}
        _require(state, workspace.get("properties") or {}, _approved([properties], own))


def _require(state: State, workspace: Json, needed: Iterable[Needed]) -> None:
    primary = workspace.get("primaryUserAssignedIdentity")
    identity = find(state, primary) if primary else None
    if identity is None:
        return
    principal = identity["properties"]["principalId"]
    for action, lists, scope in needed:
        if not allows(state, principal, action, scope, lists=lists):
            message = (
                f"The identity '{primary}' with object id '{principal}' of the workspace does not have authorization "
                f"to perform action '{action}' over scope '{scope}'."
            )
            refuse(403, "AuthorizationFailed", message)


def _needed(properties: Json, own: str) -> Iterator[Needed]:
    for field in _LINKED:
        if linked := properties.get(field):
            yield Needed(f"{type_of(linked)}/write", ON_RESOURCES, linked)
    if vault := properties.get("keyVault"):
        yield Needed(_SECRETS, ON_DATA, vault)
    network = properties.get("managedNetwork") or {}
    if properties.get("provisionNetworkNow") and network.get("isolationMode", "Disabled") != "Disabled":
        for linked in (properties.get(field) for field in _PRIVATE):
            yield from _approved([{"destination": {"serviceResourceId": linked}}] if linked else [], own)
    yield from _approved((network.get("outboundRules") or {}).values(), own)


def _approved(rules: Iterable[Json], own: str) -> Iterator[Needed]:
    """What the endpoints of these rules lead to, and the right to approve one there.

    Only in the workspace's `own` group: what lies elsewhere waits for its owner, who may approve by hand.
    """
    for rule in rules:
        destination = rule.get("destination")
        leads_to = destination.get("serviceResourceId") if isinstance(destination, dict) else None
        if leads_to and key(group_of(leads_to)) == own:
            yield Needed(f"{type_of(leads_to)}/privateEndpointConnectionsApproval/action", ON_RESOURCES, leads_to)
