"""What is made, and opens something by that: a grant, a rule, a trust, logs for others, a job that all may start."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, NamedTuple

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.differ.side import Thing

_EVERYBODY = {"users", "account users"}  # groups of Databricks with all who sign in
_STARTS = {"CAN_RUN", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"}
_WORK = frozenset({"tasks", "libraries", "ingestion_definition"})  # what a job or a pipeline runs, as somebody
_DIAGNOSTICS = "Microsoft.Insights/diagnosticSettings"
RECEIVERS = ("eventHubAuthorizationRuleId", "marketplacePartnerId", "storageAccountId", "workspaceId")


class Around(NamedTuple):
    """What is there beside something that is made, in the same target."""

    made: Set[str]  # the addresses of all that is made with it
    ids: Set[str]  # their ids, in small letters
    ours: Set[str]  # the ids of all that the later output has


def opens_when_made(thing: Thing, around: Around) -> bool:
    """Whether one more of these lets somebody in, or something out: a grant, a rule, a trust, logs for others."""
    if thing.type == ROLE_ASSIGNMENTS_TYPE or thing.type.endswith("/federatedIdentityCredentials"):
        return True
    properties = thing.properties
    if thing.type == _DIAGNOSTICS:  # what is made logs to where the others do
        return not _is_of_what_is_new(thing, around) and _goes_to_others(properties, around.ours)
    return thing.type.endswith("/outboundRules") and str(properties.get("type")) in ("FQDN", "ServiceTag")


def opens_what_was_there(thing: Thing, around: Around) -> bool:
    """Whether it opens more than itself: a part of what was there, or work that all may start as whom it runs."""
    runs = not _WORK.isdisjoint(thing.body or {})
    is_lent = runs and any(_lets_all_start(each) for each in _permissions(thing))
    return is_lent or thing.type == _DIAGNOSTICS or _is_in_what_was_there(thing, around)


def lends(thing: Thing) -> dict[str, Any]:
    """What a resource of a bundle lets others do, and as whom it runs."""
    body = thing.body or {}
    return {key: body[key] for key in ("grants", "permissions", "run_as") if body.get(key)} if thing.is_asset else {}


def _is_in_what_was_there(thing: Thing, around: Around) -> bool:
    keys = thing.address.split(".")
    return len(keys) > 2 and not any(".".join(keys[:count]) in around.made for count in range(2, len(keys)))


def _is_of_what_is_new(setting: Thing, around: Around) -> bool:
    """Whether a setting stands on what is made with it, whatever address each of them has."""
    own = (setting.id or "").lower()
    return any(own.startswith(f"{each}/") for each in around.ids)


def _goes_to_others(properties: Mapping[str, Any], ours: Set[str]) -> bool:
    """Whether one of those that get the logs is none of this platform; the rule of an event hub lies below it."""
    receivers = [str(properties[key]).lower() for key in RECEIVERS if properties.get(key)]
    return any(not any(f"{each}/".startswith(f"{own}/") for own in ours) for each in receivers)


def _lets_all_start(permission: Any) -> bool:
    return (
        isinstance(permission, Mapping)
        and str(permission.get("group_name")) in _EVERYBODY
        and str(permission.get("level")) in _STARTS
    )


def _permissions(thing: Thing) -> list[Any]:
    found = (thing.body or {}).get("permissions")
    return found if isinstance(found, list) else []
