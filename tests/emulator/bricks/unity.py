"""Unity Catalog: one metastore for the workspaces of a region, which all see what is not isolated.

Sources: docs, "Unity Catalog privileges and securable objects", "Create a storage credential for connecting to Azure
Data Lake Storage", "Limit catalog access to specific workspaces". The words of refusals are those of public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.emulator.bricks.asked import ADMIN, Asked, Routes, absent, denied, refuse
from tests.emulator.protocol import Json
from tests.emulator.resources import find
from tests.emulator.rights import allows

_API = "/api/2.1/unity-catalog"
# What a path calls a kind, with its word in messages and the field of its lists.
KINDS = {
    "storage-credentials": "Storage Credential",
    "external-locations": "External Location",
    "catalogs": "Catalog",
    "schemas": "Schema",
    "volumes": "Volume",
    "models": "Function",  # as which Unity Catalog knows a model
}
_ISOLATED = {"catalogs": "ISOLATED"}  # others say ISOLATION_MODE_ISOLATED
_INSIDE = {"schemas": ("catalog_name",), "volumes": ("catalog_name", "schema_name")}
_INSIDE["models"] = _INSIDE["volumes"]
_OF_BINDINGS = {
    "catalog": "catalogs",
    "external_location": "external-locations",
    "storage_credential": "storage-credentials",
}
_WRITE = "Microsoft.Databricks/accessConnectors/write"


def metastore(asked: Asked) -> Json:
    """That of the workspace; without one there is no catalog."""
    account = asked.state.table("databricks", "account")
    identifier = account.get("assignments", {}).get(asked.at["number"])
    if identifier is None:
        refuse(400, "METASTORE_DOES_NOT_EXIST", "No metastore assigned for the current workspace.")
    found: Json = asked.state.table("databricks", "metastores", identifier)
    return found


def table(asked: Asked, kind: str) -> Json:
    found: Json = metastore(asked).setdefault(kind, {})
    return found


def full_name(kind: str, body: Json) -> str:
    return ".".join([*(str(body[field]) for field in _INSIDE.get(kind, ())), body["name"]])


def need(asked: Asked, kind: str, name: str) -> Json:
    """What is there, and seen from the workspace."""
    found: Json | None = table(asked, kind).get(name.lower())
    if found is None:
        code = f"{KINDS[kind].upper().replace(' ', '_')}_DOES_NOT_EXIST"
        absent(f"{KINDS[kind]} '{name}' does not exist.", code)
    bound = {str(each["workspace_id"]) for each in found["bindings"]}
    if _is_isolated(kind, found) and asked.at["number"] not in bound:
        denied(f"{KINDS[kind]} '{name}' is not accessible in current workspace")
    return found


def _is_isolated(kind: str, found: Json) -> bool:
    return found.get("isolation_mode") == _ISOLATED.get(kind, "ISOLATION_MODE_ISOLATED")


def _manages(asked: Asked, kind: str, found: Json) -> bool:
    """Whether somebody owns something, or what it is in."""
    if asked.who == found["owner"]:
        return True
    above = _INSIDE.get(kind, ())[:1]
    return any(asked.who == table(asked, "catalogs")[found[field].lower()]["owner"] for field in above)


def _require_managed(asked: Asked, kind: str, found: Json) -> None:
    if not _manages(asked, kind, found):
        denied(f"User is not an owner of {KINDS[kind]} '{full_name(kind, found)}'.")


def _listed(asked: Asked) -> Json:
    (kind,) = asked.names
    found = [each for each in table(asked, kind).values() if _manages(asked, kind, each)]
    return {kind.replace("-", "_"): [_shown(each) for each in found]}


def _got(asked: Asked) -> Json:
    kind, name = asked.names
    found = need(asked, kind, name)
    # A model is told to its owner, and to who may EXECUTE it: the reference of the API, "Get a registered model".
    owns = asked.who == found["owner"] if kind == "models" else _manages(asked, kind, found)
    if not owns and asked.who not in found["grants"]:
        denied(f"User does not have any privilege on {KINDS[kind]} '{name}'.")
    return _shown(found)


def _shown(found: Json) -> Json:
    return {key: value for key, value in found.items() if key not in ("bindings", "grants")}


def _made(asked: Asked) -> Json:
    (kind,) = asked.names
    body = asked.body
    name = full_name(kind, body)
    _require_place(asked, kind, body)
    if name.lower() in table(asked, kind):
        code = f"{KINDS[kind].upper().replace(' ', '_')}_ALREADY_EXISTS"
        refuse(400, code, f"{KINDS[kind]} '{name}' already exists")
    for check in _CHECKS.get(kind, ()):
        check(asked, body)
    is_open = "OPEN" if kind == "catalogs" else "ISOLATION_MODE_OPEN"
    modes = {"isolation_mode": is_open} if kind in _OF_BINDINGS.values() else {}
    if root := body.get("storage_root"):
        modes["storage_root"] = root.rstrip("/")
    owner = body.get("owner", asked.who)
    made = {**body, **modes, "owner": owner, "full_name": name, "bindings": [], "grants": {}}
    table(asked, kind)[name.lower()] = made
    return _shown(made)


def _require_place(asked: Asked, kind: str, body: Json) -> None:
    """What it is in is there, and of who makes it; at the top, administrators of the workspace make."""
    if not (above := _INSIDE.get(kind)):
        if asked.level != ADMIN or (_is_by_hand(asked) and not _may_make(asked, kind)):
            denied(f"User does not have CREATE {KINDS[kind].upper()} on Metastore.")
        return
    need(asked, "catalogs", body["catalog_name"])
    holder = "schemas" if len(above) > 1 else "catalogs"
    name = ".".join(str(body[field]) for field in above)
    found = need(asked, holder, name)
    if not _manages(asked, holder, found):
        denied(f"User does not have CREATE {KINDS[kind].upper()} on {KINDS[holder]} '{name}'.")


def _is_by_hand(asked: Asked) -> bool:
    """Whether somebody assigned the metastore: then administrators of the workspace get nothing on it by that.

    Source: docs, "Unity Catalog privileges and securable objects", metastore; "Manage privileges in Unity Catalog",
    workspace admin privileges when workspaces are enabled for Unity Catalog automatically.
    """
    return asked.at["number"] in asked.state.table("databricks", "account").get("assigned_by_hand", {})


def _may_make(asked: Asked, kind: str) -> bool:
    granted = metastore(asked).get("privileges", {})
    privilege = f"CREATE_{KINDS[kind].upper().replace(' ', '_')}"
    return any(privilege in granted.get(who, ()) for who in (asked.who, "account users"))


def _on_metastore(asked: Asked) -> Json:
    """Grants are an admin's of the metastore; who made it is the account's."""
    account = asked.state.table("databricks", "account")
    found = metastore(asked)
    if asked.caller.client_id not in account.get("admins", ()):
        denied("User does not have MANAGE on Metastore.")
    granted: Json = found.setdefault("privileges", {})
    for change in asked.body["changes"] if asked.request.method == "PATCH" else ():
        kept = granted.setdefault(change["principal"], [])
        kept += [each for each in change.get("add", ()) if each not in kept]
    shown = {who: [{"privilege": each} for each in has] for who, has in granted.items()}
    return {"privilege_assignments": [{"principal": who, "privileges": has} for who, has in shown.items()]}


def _check_connector(asked: Asked, body: Json) -> None:
    """Whoever hands a connector to Databricks may write it in Azure, and its identity is there."""
    identity = body.get("azure_managed_identity") or {}
    connector = str(identity.get("access_connector_id", ""))
    if find(asked.state, connector) is None:
        refuse(400, "INVALID_PARAMETER_VALUE", f"The access connector '{connector}' could not be found.")
    if not allows(asked.state, asked.caller.object_id, _WRITE, connector):
        denied(f"User does not have Contributor role on the access connector '{connector}'.")


def _check_location(asked: Asked, body: Json) -> None:
    """One address is of one location, and its credential is there."""
    need(asked, "storage-credentials", body["credential_name"])
    for other in table(asked, "external-locations").values():
        if _is_below(body["url"], other["url"]) or _is_below(other["url"], body["url"]):
            message = f"Input path url '{body['url']}' overlaps with other external tables or volumes or locations."
            refuse(400, "LOCATION_OVERLAP", message)
    if body.get("enable_file_events", True) and "file_event_queue" not in body:
        refuse(400, "INVALID_PARAMETER_VALUE", "File events need a queue, and roles on the account to make one.")


def _check_root(asked: Asked, body: Json) -> None:
    if not metastore(asked).get("storage_root") and not body.get("storage_root"):
        message = "Metastore storage root URL does not exist. Please provide a storage location for the catalog."
        refuse(400, "INVALID_STATE", message)
    if root := body.get("storage_root"):
        _require_location(asked, root)


def _check_volume(asked: Asked, body: Json) -> None:
    if body["volume_type"] == "EXTERNAL":
        _require_location(asked, body["storage_location"])


def _require_location(asked: Asked, url: str) -> None:
    for name, location in table(asked, "external-locations").items():
        if _is_below(url, location["url"]):
            need(asked, "external-locations", name)
            return
    refuse(400, "INVALID_PARAMETER_VALUE", f"No parent external location found for path '{url}'.")


def _is_below(url: str, above: str) -> bool:
    return f"{url.rstrip('/')}/".startswith(f"{above.rstrip('/')}/")


_CHECKS = {
    "storage-credentials": (_check_connector,),
    "external-locations": (_check_location,),
    "catalogs": (_check_root,),
    "volumes": (_check_volume,),
}


def _changed(asked: Asked) -> Json:
    kind, name = asked.names
    found = need(asked, kind, name)
    _require_managed(asked, kind, found)
    found |= asked.body
    here = {"workspace_id": int(asked.at["number"]), "binding_type": "BINDING_TYPE_READ_WRITE"}
    if kind in _OF_BINDINGS.values() and _is_isolated(kind, found) and here not in found["bindings"]:
        found["bindings"].append(here)  # it is bound to where it is isolated from
    return _shown(found)


def _deleted(asked: Asked) -> Json:
    kind, name = asked.names
    found = need(asked, kind, name)
    _require_managed(asked, kind, found)
    inside = [other for each in KINDS for other in _held(asked, each, name)]
    if inside and asked.query.get("force") != "true":
        refuse(400, "INVALID_STATE", f"{KINDS[kind]} '{name}' is not empty.")
    del table(asked, kind)[name.lower()]
    return {}


def _held(asked: Asked, kind: str, name: str) -> Iterator[str]:
    return (each for each in table(asked, kind) if each.startswith(f"{name.lower()}."))


def _bindings(asked: Asked) -> Json:
    word, name = asked.names
    found = need(asked, _OF_BINDINGS[word], name)
    _require_managed(asked, _OF_BINDINGS[word], found)
    known = asked.state.table("databricks", "workspaces")
    for each in asked.body.get("add", ()) if asked.request.method == "PATCH" else ():
        if str(each["workspace_id"]) not in known:
            absent(f"Workspace {each['workspace_id']} does not exist.")
        found["bindings"].append(each)
    return {"bindings": found["bindings"]}


def _granted(asked: Asked) -> Json:
    """Grants are to whom the account knows, in names of Databricks."""
    word, name = asked.names
    words = {kind: "function" if kind == "models" else kind.replace("-", "_").rstrip("s") for kind in KINDS}
    kind = next(kind for kind in KINDS if word == words[kind])
    found = need(asked, kind, name)
    _require_managed(asked, kind, found)
    account = asked.state.table("databricks", "account")
    known: set[Any] = {"account users", *(each["displayName"] for each in account.get("groups", ()))}
    known |= {each["applicationId"] for each in account.get("service_principals", ())}
    for change in asked.body["changes"] if asked.request.method == "PATCH" else ():
        if change["principal"] not in known:
            absent(f"Could not find principal with name {change['principal']}", "PRINCIPAL_DOES_NOT_EXIST")
        kept = found["grants"].setdefault(change["principal"], [])
        kept += [each for each in change.get("add", ()) if each not in kept]
        for each in change.get("remove", ()):
            kept.remove(each)
    return {"privilege_assignments": [{"principal": who, "privileges": has} for who, has in found["grants"].items()]}


def _monitor(asked: Asked) -> Json:
    """A monitor watches a table that is there; a run of somebody else's job makes it."""
    (name,) = asked.names
    if name.lower() not in metastore(asked).get("tables", {}):
        absent(f"Table '{name}' does not exist.", "TABLE_DOES_NOT_EXIST")
    monitors = metastore(asked).setdefault("monitors", {})
    if asked.request.method == "POST":
        if name in monitors:
            refuse(400, "RESOURCE_ALREADY_EXISTS", f"A monitor of table '{name}' already exists.")
        monitors[name] = asked.body
    elif name not in monitors:
        absent(f"Monitor of table '{name}' does not exist.")
    elif asked.request.method == "PUT":
        monitors[name] = asked.body
    return {**monitors[name], "table_name": name}


_KIND, _ONE = f"({'|'.join(KINDS)})", "([^/]+)"
ROUTES: Routes = {
    f"GET {_API}/{_KIND}": _listed,
    f"POST {_API}/{_KIND}": _made,
    f"GET {_API}/{_KIND}/{_ONE}": _got,
    f"PATCH {_API}/{_KIND}/{_ONE}": _changed,
    f"DELETE {_API}/{_KIND}/{_ONE}": _deleted,
    f"(?:GET|PATCH) {_API}/bindings/({'|'.join(_OF_BINDINGS)})/{_ONE}": _bindings,
    f"GET {_API}/effective-permissions/metastore/{_ONE}": _on_metastore,
    f"PATCH {_API}/permissions/metastore/{_ONE}": _on_metastore,
    f"(?:GET|PATCH) {_API}/permissions/([a-z_]+)/{_ONE}": _granted,
    f"(?:GET|POST|PUT) {_API}/tables/{_ONE}/monitor": _monitor,
}
