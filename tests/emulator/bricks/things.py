"""What is in a workspace: folders and files with who may see them, jobs, pipelines, policies, scopes and experiments.

Sources: docs, the REST reference of Workspace, Permissions, Jobs, Pipelines, Cluster Policies, Secrets, Experiments;
"Roles for managing service principals" for as whom a job may run.
"""

from __future__ import annotations

import base64
import json
import posixpath

from tests.emulator.bricks.asked import ADMIN, Asked, Routes, absent, denied, refuse
from tests.emulator.protocol import Json
from tests.emulator.resources import find

_THERE = ("/", "/Workspace", "/Shared", "/Users", "/Workspace/Shared", "/Workspace/Users")
RUN_AS = "roles/servicePrincipal.user"
# By kind: the field of its id, and the first number of those.
_IDS = {"jobs": ("job_id", 4000), "pipelines": ("pipeline_id", 5000), "policies": ("policy_id", 6000)}
_IDS["experiments"] = ("experiment_id", 8000)
_PERMITTED = {"cluster-policies": "policies", "registered-models": ""}


# ---- folders and files ----


def _objects(asked: Asked) -> Json:
    found: Json = asked.at.setdefault("objects", {})
    return found


def _may_see(asked: Asked, path: str) -> bool:
    """An administrator sees all, another one what he made and what he was let see, there or above."""
    while path not in ("", "/"):
        one = _objects(asked).get(path)
        if one and (asked.who == one["made_by"] or asked.who in one["readers"]):
            return True
        path = posixpath.dirname(path)
    return asked.level == ADMIN


def _object(asked: Asked, path: str) -> Json:
    found: Json | None = _objects(asked).get(path)
    if found is None or not _may_see(asked, path):  # what is not to be seen is said not to be there
        absent(f"Path ({path}) doesn't exist.")
    return found


def _put(asked: Asked, path: str, what: Json) -> None:
    above = posixpath.dirname(path)
    if above not in _THERE and above not in _objects(asked):
        _put(asked, above, {"object_type": "DIRECTORY"})
    if above in ("/Workspace", "/") and asked.level != ADMIN:
        denied(f"{asked.who} does not have Manage permissions on {above}.")
    before = _objects(asked).get(path)
    asked.at["objects_made"] = asked.at.get("objects_made", 7000) + 1
    kept = before or {"object_id": asked.at["objects_made"], "made_by": asked.who, "readers": {}}
    _objects(asked)[path] = {**kept, **what}


def _status(asked: Asked) -> Json:
    path = asked.query["path"]
    if path in _THERE:
        return {"object_type": "DIRECTORY", "object_id": 1, "path": path}
    found = _object(asked, path)
    return {"object_type": found["object_type"], "object_id": found["object_id"], "path": path}


def _made_directory(asked: Asked) -> Json:
    _put(asked, asked.body["path"].rstrip("/"), {"object_type": "DIRECTORY"})
    return {}


def _exported(asked: Asked) -> bytes:
    return base64.b64decode(_object(asked, f"/{asked.names[0]}")["content"])


def _imported(asked: Asked) -> Json:
    path = f"/{asked.names[0]}"
    if path in _objects(asked) and asked.query.get("overwrite") != "true":
        refuse(409, "ALREADY_EXISTS", f"Node with name {path} already exists")
    _put(asked, path, {"object_type": "FILE", "content": base64.b64encode(asked.request.body).decode()})
    return {}


def _removed(asked: Asked) -> Json:
    _object(asked, asked.body["path"])
    del _objects(asked)[asked.body["path"]]
    return {}


# ---- who may do what with one of them ----


def _permissions(asked: Asked) -> Json:
    kind, identifier = asked.names
    kept = _permitted(asked, kind, identifier)
    if asked.request.method != "GET":
        if asked.request.method == "PUT":
            kept.clear()
        for each in asked.body["access_control_list"]:
            who = next(str(each[key]) for key in ("service_principal_name", "group_name", "user_name") if key in each)
            if who not in _members(asked):
                absent(f"Principal: {who} does not exist")
            kept[who] = each["permission_level"]
    words = ("group_name", "service_principal_name")
    return {
        "access_control_list": [
            {words[len(who) == 36]: who, "all_permissions": [{"permission_level": level}]}
            for who, level in kept.items()
        ]
    }


def _permitted(asked: Asked, kind: str, identifier: str) -> Json:
    if kind == "directories":
        found: Json | None = next(
            (each for each in _objects(asked).values() if str(each["object_id"]) == identifier), None
        )
        if found is None:
            absent(f"Directory {identifier} does not exist.")
        if asked.level != ADMIN and asked.who != found["made_by"]:
            denied(f"{asked.who} does not have Manage permissions on {identifier}.")
        readers: Json = found["readers"]
        return readers
    one = _thing(asked, _PERMITTED.get(kind, kind), identifier)
    if asked.level != ADMIN and asked.who != one["made_by"]:
        denied(f"{asked.who} does not have Manage permissions on {identifier}.")
    kept: Json = one.setdefault("permissions", {})
    return kept


def _members(asked: Asked) -> set[str]:
    """Whom the workspace knows, by the name that permissions say."""
    account = asked.state.table("databricks", "account")
    assigned = account.get("assigned", {}).get(asked.at["number"], {})
    groups = {each["displayName"] for each in account.get("groups", ()) if str(each["id"]) in assigned}
    principals = account.get("service_principals", ())
    return groups | {each["applicationId"] for each in principals if str(each["id"]) in assigned} | {"users", "admins"}


# ---- jobs and their like ----


def _things(asked: Asked, kind: str) -> Json:
    found: Json = asked.at.setdefault("things", {}).setdefault(kind, {})
    return found


def _thing(asked: Asked, kind: str, identifier: str) -> Json:
    found: Json | None = _things(asked, kind).get(identifier)
    if found is None:
        absent(f"{kind} {identifier} does not exist.")
    return found


def _made(asked: Asked, kind: str, body: Json) -> Json:
    field, first = _IDS[kind]
    asked.at[f"{kind}_made"] = asked.at.get(f"{kind}_made", first) + 1
    identifier = str(asked.at[f"{kind}_made"])
    _things(asked, kind)[identifier] = {"settings": body, "made_by": asked.who}
    return {field: int(identifier) if kind == "jobs" else identifier}


def _require_run_as(asked: Asked, body: Json) -> None:
    who = (body.get("run_as") or {}).get("service_principal_name")
    if not who or who == asked.who:
        return
    if who not in _members(asked):
        refuse(400, "INVALID_PARAMETER_VALUE", f"The service principal {who} is not in the workspace.")
    account = asked.state.table("databricks", "account")
    name = f"accounts/{account.get('id')}/servicePrincipals/{who}/ruleSets/default"
    rules = account.get("rules", {}).get(name, {}).get("grant_rules", ())
    users = {each for rule in rules if rule["role"] == RUN_AS for each in rule["principals"]}
    if f"servicePrincipals/{asked.who}" not in users:
        denied(f"{asked.who} does not have 'servicePrincipal.user' permission on service principal {who}.")


def _require_named(asked: Asked, value: object) -> None:
    """Policies and pipelines that a job names by their ids."""
    if isinstance(value, dict):
        for field, kind in (("policy_id", "policies"), ("pipeline_id", "pipelines")):
            if field in value:
                _thing(asked, kind, str(value[field]))
        for each in value.values():
            _require_named(asked, each)
    elif isinstance(value, list):
        for each in value:
            _require_named(asked, each)


def _job(asked: Asked) -> Json:
    (verb,) = asked.names
    if verb == "get":
        return _thing(asked, "jobs", asked.query["job_id"])
    if verb == "delete":
        return _dropped(asked, "jobs", str(asked.body["job_id"]))
    body = asked.body if verb == "create" else asked.body["new_settings"]
    _require_run_as(asked, body)
    _require_named(asked, body)
    if verb == "create":
        return _made(asked, "jobs", body)
    _thing(asked, "jobs", str(asked.body["job_id"]))["settings"] = body
    return {}


def _dropped(asked: Asked, kind: str, identifier: str) -> Json:
    _thing(asked, kind, identifier)
    del _things(asked, kind)[identifier]
    return {}


def _pipeline(asked: Asked) -> Json:
    identifier = asked.names[0] or ""
    if asked.request.method == "GET":
        return _thing(asked, "pipelines", identifier)
    if asked.request.method == "DELETE":
        return _dropped(asked, "pipelines", identifier)
    _require_run_as(asked, asked.body)
    if asked.request.method == "POST":
        return _made(asked, "pipelines", asked.body)
    _thing(asked, "pipelines", identifier)["settings"] = asked.body
    return {}


def _policy(asked: Asked) -> Json:
    (verb,) = asked.names
    if verb == "list":
        everything = _things(asked, "policies").items()
        seen = [pair for pair in everything if asked.level == ADMIN or asked.who in pair[1].get("permissions", ())]
        return {"policies": [{"policy_id": number, **each["settings"]} for number, each in seen]}
    if verb == "get":
        return _thing(asked, "policies", asked.query["policy_id"])
    if verb == "delete":
        return _dropped(asked, "policies", asked.body["policy_id"])
    if asked.level != ADMIN:
        denied("Only administrators may write cluster policies.")
    try:
        json.loads(asked.body["definition"])
    except ValueError:
        refuse(400, "INVALID_PARAMETER_VALUE", "Definition is no JSON.")
    names = {each["settings"]["name"]: known for known, each in _things(asked, "policies").items()}
    if names.get(asked.body["name"], asked.body.get("policy_id")) != asked.body.get("policy_id"):
        refuse(400, "INVALID_PARAMETER_VALUE", f"Policy with name {asked.body['name']} already exists")
    if verb == "create":
        return _made(asked, "policies", asked.body)
    _thing(asked, "policies", asked.body["policy_id"])["settings"] = asked.body
    return {}


def _scope(asked: Asked) -> Json:
    (verb,) = asked.names
    scopes = _things(asked, "scopes")
    if verb == "list":
        return {"scopes": [{"name": name, **body} for name, body in scopes.items()]}
    name = asked.body["scope"]
    if verb == "delete":
        return _dropped(asked, "scopes", name)
    if name in scopes:
        refuse(400, "RESOURCE_ALREADY_EXISTS", f"Scope {name} already exists!")
    if asked.body.get("scope_backend_type") == "AZURE_KEYVAULT":
        vault = asked.body["backend_azure_keyvault"]["resource_id"]
        if find(asked.state, vault) is None:
            refuse(400, "INVALID_PARAMETER_VALUE", f"Unable to find the vault {vault}.")
    scopes[name] = {"backend_type": asked.body.get("scope_backend_type", "DATABRICKS"), "made_by": asked.who}
    return {}


def _experiment(asked: Asked) -> Json:
    (verb,) = asked.names
    if verb == "get":
        return _thing(asked, "experiments", asked.query["experiment_id"])
    if verb == "delete":
        return _dropped(asked, "experiments", asked.body["experiment_id"])
    if verb == "update":
        one = _thing(asked, "experiments", asked.body["experiment_id"])
        one["settings"]["name"] = asked.body["new_name"]
        return {}
    path = asked.body["name"]
    above = posixpath.dirname(path)
    if above not in _THERE and above not in _objects(asked):
        absent(f"Workspace directory '{above}' not found. Please create '{above}'.")
    if any(each["settings"]["name"] == path for each in _things(asked, "experiments").values()):
        refuse(400, "RESOURCE_ALREADY_EXISTS", f"Node named '{path}' already exists")
    return _made(asked, "experiments", asked.body)


ROUTES: Routes = {
    "GET /api/2.0/preview/scim/v2/Me": lambda asked: {"userName": asked.who, "id": "1"},
    "GET /api/2.0/workspace/get-status": _status,
    "POST /api/2.0/workspace/mkdirs": _made_directory,
    "POST /api/2.0/workspace/delete": _removed,
    "GET /api/2.0/workspace-files/(.+)": _exported,
    "POST /api/2.0/workspace-files/import-file/(.+)": _imported,
    "(?:GET|PUT|PATCH) /api/2.0/permissions/([a-z-]+)/([^/]+)": _permissions,
    "(?:GET|POST) /api/2.2/jobs/(create|get|reset|delete)": _job,
    "(?:GET|POST|PUT|DELETE) /api/2.0/pipelines(?:/([^/]+))?": _pipeline,
    "(?:GET|POST) /api/2.0/policies/clusters/(create|edit|get|list|delete)": _policy,
    "(?:GET|POST) /api/2.0/secrets/scopes/(create|list|delete)": _scope,
    "(?:GET|POST) /api/2.0/mlflow/experiments/(create|get|update|delete)": _experiment,
}
