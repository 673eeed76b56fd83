"""The account of Databricks: who is in it, which metastore a workspace has, and how serverless compute reaches storage.

Sources: docs, the REST reference of the account: Groups V2, Service principals V2, Workspace assignment, Access
control, Metastore assignments, Network connectivity; "Configure private connectivity to Azure resources".
"""

from __future__ import annotations

import json
import re
from typing import Any

from tests.emulator.bricks.asked import Asked, Routes, absent, refuse
from tests.emulator.protocol import Json
from tests.emulator.resources import find, keep, need

_API = "/api/2.0/accounts/([^/]+)"
_FILTER = re.compile(r'(\w+) eq (".*")')
_SCIM = {"Groups": ("groups", "displayName", 100), "ServicePrincipals": ("service_principals", "applicationId", 200)}


def _list(asked: Asked, name: str) -> list[Json]:
    found: list[Json] = asked.at.setdefault(name, [])
    return found


def _table(asked: Asked, *names: str) -> Json:
    found = asked.at
    for name in names:
        found = found.setdefault(name, {})
    return found


def _member(asked: Asked) -> Json:
    table, key, first = _SCIM[asked.names[1]]
    members = _list(asked, table)
    if asked.request.method == "GET":
        wanted = _FILTER.fullmatch(asked.query["filter"])
        if wanted is None:
            refuse(400, "BAD_REQUEST", f"Invalid filter {asked.query['filter']}")
        return {"Resources": [each for each in members if each.get(wanted[1]) == json.loads(wanted[2])]}
    if any(each[key] == asked.body[key] for each in members):
        refuse(409, "RESOURCE_ALREADY_EXISTS", f"{key} {asked.body[key]} already exists in this account.")
    members.append({**asked.body, "id": str(first + len(members))})
    return members[-1]


def _assigned(asked: Asked) -> Json:
    number = asked.names[1]
    if number not in asked.state.table("databricks", "workspaces"):
        absent(f"Workspace {number} does not exist.")
    if number not in _table(asked, "assignments"):
        message = "Permission assignment APIs are not available for this workspace: it has no metastore assigned."
        refuse(400, "INVALID_PARAMETER_VALUE", message)
    assigned = _table(asked, "assigned", number)
    if asked.request.method == "PUT":
        who = asked.names[2]
        if who not in {each["id"] for name in ("groups", "service_principals") for each in _list(asked, name)}:
            absent(f"Principal {who} does not exist.")
        assigned[who] = asked.body["permissions"]
        return {"permissions": assigned[who]}
    held = [{"principal": {"principal_id": int(who)}, "permissions": levels} for who, levels in assigned.items()]
    return {"permission_assignments": held}


def _rules(asked: Asked) -> Json:
    """Who changes rules says which he has seen: those of somebody else in between are not lost."""
    rules = _table(asked, "rules")
    name = asked.query.get("name") or asked.body["name"]
    application = name.split("/")[3]
    if application not in {each["applicationId"] for each in _list(asked, "service_principals")}:
        absent(f"Service principal {application} does not exist.")
    kept = rules.get(name, {"name": name, "etag": "e0"})
    if asked.request.method == "GET":
        return dict(kept)
    if asked.body["rule_set"]["etag"] != kept["etag"]:
        refuse(409, "RESOURCE_CONFLICT", "The rule set was changed in between.")
    rules[name] = {**asked.body["rule_set"], "etag": f"e{int(kept['etag'][1:]) + 1}"}
    return dict(rules[name])


def _metastores(asked: Asked) -> Json:
    return {"metastores": _list(asked, "metastores")}


def _metastore(asked: Asked) -> Json:
    number, assignments = asked.names[1], _table(asked, "assignments")
    if asked.request.method == "POST":
        identifier = asked.names[2]
        if identifier not in {each["metastore_id"] for each in _list(asked, "metastores")}:
            absent(f"Metastore {identifier} does not exist.", "METASTORE_DOES_NOT_EXIST")
        assignments[number] = identifier
        _table(asked, "assigned_by_hand")[number] = True  # by whom Databricks did not: unity.py says what that means
        return {}
    if number not in assignments:
        absent(f"Metastore assignment for workspace {number} does not exist.", "METASTORE_ASSIGNMENT_DOES_NOT_EXIST")
    return {"metastore_assignment": {"metastore_id": assignments[number], "workspace_id": int(number)}}


def _workspace(asked: Asked) -> Json:
    number = asked.names[1]
    if number not in asked.state.table("databricks", "workspaces"):
        absent(f"Workspace {number} does not exist.")
    attached = _table(asked, "attached")
    if asked.request.method == "PATCH":
        if asked.query.get("update_mask") != "network_connectivity_config_id":
            refuse(400, "INVALID_PARAMETER_VALUE", "The mask names more than is meant.")
        attached[number] = asked.body["network_connectivity_config_id"]
    found = {"workspace_id": int(number)}
    return {**found, **({"network_connectivity_config_id": attached[number]} if number in attached else {})}


def _configurations(asked: Asked) -> Json:
    configurations = _list(asked, "configurations")
    if asked.request.method == "GET":
        return {"items": configurations}
    if any(each["name"] == asked.body["name"] for each in configurations):
        refuse(409, "RESOURCE_ALREADY_EXISTS", f"{asked.body['name']} already exists.")
    configurations.append({**asked.body, "network_connectivity_config_id": f"ncc-{len(configurations)}"})
    return configurations[-1]


def _endpoints(asked: Asked) -> Json:
    """A rule makes a private endpoint, which waits at the storage account until its owner approves it."""
    configuration = asked.names[1]
    if configuration not in {each["network_connectivity_config_id"] for each in _list(asked, "configurations")}:
        absent(f"Network connectivity configuration {configuration} does not exist.")
    rules: list[Json] = _table(asked, "endpoints").setdefault(configuration, [])
    if asked.request.method == "POST":
        account = asked.body["resource_id"]
        need(asked.state, account)
        if any((each["resource_id"], each["group_id"]) == (account, asked.body["group_id"]) for each in rules):
            refuse(409, "RESOURCE_ALREADY_EXISTS", "A rule for this resource and group already exists.")
        name = f"databricks-{configuration}-pe-{len(rules)}"
        rules.append(
            {**asked.body, "endpoint_name": name, "connection": f"{account}/privateEndpointConnections/{name}"}
        )
        keep(asked.state, rules[-1]["connection"], {"properties": _waiting(name)})
    return {"items": [_seen(asked, rule) for rule in rules]} if asked.request.method == "GET" else rules[-1]


def _waiting(name: str) -> Json:
    of_databricks = (
        "/subscriptions/00000000-0000-0000-0000-0000000dba7a/resourceGroups/prod/providers/Microsoft.Network"
    )
    state = {"status": "Pending", "description": "", "actionsRequired": "None"}
    return {
        "provisioningState": "Succeeded",
        "privateEndpoint": {"id": f"{of_databricks}/privateEndpoints/{name}"},
        "privateLinkServiceConnectionState": state,
    }


def _seen(asked: Asked, rule: Json) -> Json:
    """A rule as the owner of the storage account has decided."""
    states = {"Pending": "PENDING", "Approved": "ESTABLISHED", "Rejected": "REJECTED"}
    connection: dict[str, Any] | None = find(asked.state, rule["connection"])
    status = connection["properties"]["privateLinkServiceConnectionState"]["status"] if connection else ""
    shown = {key: value for key, value in rule.items() if key != "connection"}
    return {**shown, "connection_state": states.get(status, "DISCONNECTED")}


ROUTES: Routes = {
    f"(?:GET|POST) {_API}/scim/v2/(Groups|ServicePrincipals)": _member,
    f"GET {_API}/workspaces/([0-9]+)/permissionassignments": _assigned,
    f"PUT {_API}/workspaces/([0-9]+)/permissionassignments/principals/([0-9]+)": _assigned,
    "(?:GET|PUT) /api/2.0/preview/accounts/([^/]+)/access-control/rule-sets": _rules,
    f"GET {_API}/metastores": _metastores,
    f"GET {_API}/workspaces/([0-9]+)/metastore": _metastore,
    f"POST {_API}/workspaces/([0-9]+)/metastores/([^/]+)": _metastore,
    f"(?:GET|PATCH) {_API}/workspaces/([0-9]+)": _workspace,
    f"(?:GET|POST) {_API}/network-connectivity-configs": _configurations,
    f"(?:GET|POST) {_API}/network-connectivity-configs/([^/]+)/private-endpoint-rules": _endpoints,
}
