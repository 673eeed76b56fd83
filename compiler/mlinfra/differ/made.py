"""What is made, and opens something by that: a grant, a rule, a trust, logs for others, a job that others may start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any, NamedTuple

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.differ.side import Thing
from mlinfra.languages import section_row

_LOOKS = {"CAN_VIEW", "CAN_READ"}  # levels that start nothing, and change nothing
_LENT = ("grants", "permissions", "run_as", "single_user_name", "resources", "embed_credentials")
_WHOM = ("user_name", "group_name", "service_principal_name")
WORKSPACES = "databricks_workspaces"
_WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
_WRITTEN_ENDPOINTS = "private_endpoints."
_DIAGNOSTICS = "Microsoft.Insights/diagnosticSettings"
RECEIVERS = ("eventHubAuthorizationRuleId", "marketplacePartnerId", "storageAccountId", "workspaceId")


class Around(NamedTuple):
    """What is there beside something that is made, in the same target."""

    made: Set[str]  # the addresses of all that is made with it
    ids: Set[str]  # their ids, in small letters
    ours: Set[str]  # the ids of all that the later output has
    theirs: Set[tuple[str, str]]  # target and address of what was somebody else's until now, by the same name
    free: Set[str]  # the ids of workspaces out of whose network all was let until now


def opens_when_made(thing: Thing, around: Around) -> bool:
    """Whether one more of these lets somebody in, or something out: a grant, a rule, a trust, logs for others."""
    if thing.type == ROLE_ASSIGNMENTS_TYPE or thing.type.endswith("/federatedIdentityCredentials"):
        return True
    properties = thing.properties
    if thing.address.startswith(_WRITTEN_ENDPOINTS):  # what stands by itself leads from another network
        return not any(each in str(properties).lower() for each in around.ids)
    if thing.type == _DIAGNOSTICS:  # what is made logs to where the others do
        return not _is_of_what_is_new(thing, around) and _goes_to_others(properties, around.ours)
    return thing.type.endswith("/outboundRules") and _leads_out(thing, around)


def lets_all_out(thing: Thing) -> bool:
    """Whether it is a workspace out of whose network there are no rules about hosts and services."""
    mode = (thing.properties.get("managedNetwork") or {}).get("isolationMode")
    return thing.type == _WORKSPACE and mode != "AllowOnlyApprovedOutbound"


def opens_what_was_there(thing: Thing, around: Around) -> bool:
    """Whether it opens more than itself: what was there, a part of it, or what others may start as whom it runs."""
    is_lent = any(_lets_act(each, thing) for each in _permissions(thing)) or _hands_out(thing)
    if (is_lent and not _is_in_what_is_new(thing, around)) or (thing.target, thing.address) in around.theirs:
        return True
    return (
        thing.type == _DIAGNOSTICS
        or thing.address.startswith(_WRITTEN_ENDPOINTS)
        or _is_in_what_was_there(thing, around)
    )


def lends(thing: Thing) -> dict[str, Any]:
    """What a resource of a bundle lets others do, as whom it runs, and what it may itself."""
    body = thing.body or {}
    return {key: body[key] for key in _LENT if body.get(key)} if thing.is_asset else {}


def _hands_out(thing: Thing) -> bool:
    """Whether a field of it opens what is there already: a vault, a secret, a database."""
    row = section_row(thing.address)
    return row is not None and bool(row.opens_by) and row.opens_by in {**(thing.body or {}), **thing.properties}


def _is_in_what_is_new(thing: Thing, around: Around) -> bool:
    """Whether what it lies in is made with it: a workspace, by the folder of its bundle, or what it names above it."""
    folders = (thing.file or "").split("/")
    above = str((thing.body or {}).get("parent"))
    return (
        _is_of_what_is_new(thing, around)
        or any(f"{WORKSPACES}.{name}" in around.made for name in folders[2:3])
        or any(f"{{resources.{each.removeprefix('databricks_')}." in above for each in around.made)
    )


def _is_in_what_was_there(thing: Thing, around: Around) -> bool:
    keys = thing.address.split(".")
    return len(keys) > 2 and not any(".".join(keys[:count]) in around.made for count in range(2, len(keys)))


def _is_of_what_is_new(thing: Thing, around: Around) -> bool:
    """Whether it stands on, or in, what is made with it, whatever address each of them has."""
    own = (thing.id or "").lower()
    return any(own.startswith(f"{each}/") for each in around.ids)


def _goes_to_others(properties: Mapping[str, Any], ours: Set[str]) -> bool:
    """Whether one of those that get the logs is none of this platform; the rule of an event hub lies below it."""
    receivers = [str(properties[key]).lower() for key in RECEIVERS if properties.get(key)]
    return any(not _is_in(each, ours) for each in receivers)


def _is_in(identifier: str, ours: Set[str]) -> bool:
    return any(f"{identifier}/".startswith(f"{own}/") for own in ours)


def _leads_out(thing: Thing, around: Around) -> bool:
    """Whether what leaves a managed network by a rule comes to hosts, or to what is none of this platform."""
    rule = thing.properties
    destination = rule.get("destination")
    if rule.get("type") != "PrivateEndpoint" or not isinstance(destination, Mapping):
        was_shut = not _is_in((thing.id or "").lower(), around.free)
        return rule.get("type") in ("FQDN", "ServiceTag") and was_shut
    return not _is_in(str(destination.get("serviceResourceId")).lower(), around.ours)


def _lets_act(permission: Any, thing: Thing) -> bool:
    """Whether somebody may start or change it, or sees what its publisher may read, who is not as whom it runs."""
    body, row = thing.body or {}, section_row(thing.address)
    if row is None or not isinstance(permission, Mapping):
        return False
    if not row.acts_for_others:
        return False
    if permission.get("level") in _LOOKS and not body.get("embed_credentials"):
        return False
    return {str(permission[key]) for key in _WHOM if permission.get(key)} != set(_runs_as(body))


def _runs_as(body: Mapping[str, Any]) -> Iterator[str]:
    """Who it acts as, by name: whom a body says, of a cluster its only person."""
    written = body.get("run_as")
    said = [written.get(key) for key in _WHOM] if isinstance(written, Mapping) else [body.get("single_user_name")]
    return (str(each) for each in said if each)


def _permissions(thing: Thing) -> list[Any]:
    found = (thing.body or {}).get("permissions")
    return found if isinstance(found, list) else []
