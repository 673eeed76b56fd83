"""What bundles of Databricks can't make: storage credentials, which workspaces see what, and who reads their files.

The file that it reads says what is due. `cluster_policies` are there where the Databricks CLI is too old to know them
in a bundle, and made before that is deployed: it looks up the id of one for its `variable`, which `policies --check`
names where there is no such policy yet. `directories` are folders of experiments, and `storage_credentials` requests
of the API, both made before a bundle that names them. Once all are made, `isolation` says which catalog, external
location or credential which workspaces see, and `folders` who reads the files that a bundle has uploaded, as its jobs
run as somebody who made none of them. `tables` are what whoever deploys a bundle has to read, and did not make, and
`models` what it made for another owner: a deployment that ended in between is not told of them. What is as it should
be is left alone, so the program can be run again; with `--check` it changes nothing, and says what it would change.

It calls `databricks`, which signs in as its environment says (DATABRICKS_AUTH_TYPE, DATABRICKS_AZURE_RESOURCE_ID), and
`az` for the numbers of other workspaces. It prints what it does; exit code 1 says that something was refused, with
what was said. Sources: docs, "cluster-policies command group", "storage-credentials command group", "catalogs command
group", "grants command group", "Create a table monitor", "workspace command group", "workspace-bindings command
group", "Access control lists", "Limit catalog access to specific workspaces".
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from typing import Any, NoReturn

POLICIES, CREDENTIALS, ISOLATION, FOLDERS, TABLES = "policies", "credentials", "isolation", "folders", "tables"
MOST_SAID = 2000  # characters of what Databricks says
_MISSING = re.compile("does not exist|doesn't exist")
_PRINCIPALS = ("service_principal_name", "user_name", "group_name")
# What a binding calls the kinds of what it is of; and the version of Azure's API that tells the number of a workspace.
_KINDS = {"catalogs": "catalog", "external-locations": "external_location", "storage-credentials": "storage_credential"}
_API = "2026-01-01"
_MAKES = {"table": "a run", "function": "its bundle"}  # who makes what may be read
_FIXED = ("name", "skip_validation")  # of a request: what is found by, and what is not kept


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="catalog.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("step", choices=(POLICIES, CREDENTIALS, ISOLATION, FOLDERS, TABLES))
    parser.add_argument("file", help="catalog.json of a workspace")
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("--bundle", default="serving", help="whose tables")
    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # typed as any stream of text
    with open(given.file, encoding="utf-8") as file:  # noqa: PTH123  # Path would be another import of each call
        due = json.load(file)
    os.environ["DATABRICKS_AZURE_RESOURCE_ID"] = due["azure_workspace_resource_id"]
    if given.step == POLICIES:
        _make_policies(due["cluster_policies"], given.check)
    elif given.step == CREDENTIALS:
        _make_directories(due["directories"], given.check)
        _make_credentials(due["storage_credentials"], given.check)
    elif given.step == ISOLATION:
        _isolate(due["isolation"], given.check)
    elif given.step == FOLDERS:
        _let_read(due["folders"], given.check)
    else:
        _let_itself("table", due["tables"].get(given.bundle, []), "SELECT", given.check)
        _let_itself("function", due["models"].get(given.bundle, []), "EXECUTE", given.check)


def _make_policies(all_due: list[dict[str, Any]], only_check: bool) -> None:
    known = {each["name"]: each for each in _asked("cluster-policies", "list") or []} if all_due else {}
    for due in all_due:
        policy, there = due["policy"], known.get(due["policy"]["name"])
        name = f"the cluster policy {policy['name']}"
        changes = [] if there is None else sorted(key for key in policy if not _is_same(policy[key], there.get(key)))
        if there is None:
            made = _do(only_check, f"makes {name}", "cluster-policies", "create", "--json", json.dumps(policy))
            there = made or {}
            if only_check and due["variable"]:
                _say(f"variable: {due['variable']}")
        elif changes:
            request = json.dumps({"policy_id": there["policy_id"], **policy})
            _do(only_check, f"changes {', '.join(changes)} of {name}", "cluster-policies", "edit", "--json", request)
        else:
            _say(f"{name} is as it should be")
        _let_use(name, str(there.get("policy_id", "")), due["permissions"], only_check)


def _let_use(name: str, number: str, permissions: list[dict[str, Any]], only_check: bool) -> None:
    """What is not said of who may use a policy is left alone, as a bundle does."""
    asked = _asked("cluster-policies", "get-permissions", number) if permissions and number else {}
    there = {
        (_who(entry), each["permission_level"])
        for entry in asked.get("access_control_list", ())
        for each in entry.get("all_permissions", ())
        if not each.get("inherited")
    }
    if permissions and {(_who(entry), entry["permission_level"]) for entry in permissions} != there:
        what = f"lets {', '.join(map(_who, permissions))} use {name}"
        request = json.dumps({"access_control_list": permissions})
        _do(only_check, what, "cluster-policies", "set-permissions", number, "--json", request)


def _is_same(due: Any, there: Any) -> bool:
    """Whether a field of a policy says what is due; a definition is text, and means what its JSON means."""
    if isinstance(due, str) and due.startswith("{") and isinstance(there, str):
        try:
            return bool(json.loads(due) == json.loads(there))
        except ValueError:
            return due == there
    return bool(due == there)


def _make_directories(paths: list[str], only_check: bool) -> None:
    for path in paths:
        if _asked("workspace", "get-status", path, may_be_missing=True):
            _say(f"{path} is there")
        else:
            _do(only_check, f"makes {path}", "workspace", "mkdirs", path)


def _make_credentials(requests: list[dict[str, Any]], only_check: bool) -> None:
    found = _asked("storage-credentials", "list", "--include-unbound") if requests else []
    known = {each["name"].lower(): each for each in found}
    for request in requests:
        there = known.get(request["name"].lower())
        changes = {} if there is None else _changes(request, there)
        if there is None:
            what = f"makes the storage credential {request['name']}"
            _do(only_check, what, "storage-credentials", "create", "--json", json.dumps(request))
        elif changes:
            what = f"changes {', '.join(sorted(changes))} of the storage credential {request['name']}"
            _do(only_check, what, "storage-credentials", "update", request["name"], "--json", json.dumps(changes))
        else:
            _say(f"the storage credential {request['name']} is as it should be")


def _changes(request: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    """What of a request isn't so yet."""
    due = {key: value for key, value in request.items() if key not in _FIXED}
    return {key: value for key, value in due.items() if not _is_so(value, there.get(key))}


def _is_so(due: Any, there: Any) -> bool:
    """Whether a value says what is due; of an identity the service says more, and writes ids in other cases."""
    if isinstance(due, dict):
        return isinstance(there, dict) and all(_is_so(value, there.get(key)) for key, value in due.items())
    if isinstance(due, str):
        return due.lower() == str(there or "").lower()
    return bool(due) == bool(there)


def _do(only_check: bool, what: str, *arguments: str) -> Any:
    """Says what is changed, and changes it: what was answered; a check only says what would be."""
    _say(f"would: {what}" if only_check else what)
    return None if only_check else _asked(*arguments)


def _isolate(all_due: list[dict[str, Any]], only_check: bool) -> None:
    for due in all_due:
        name, securable, mode = due["name"], due["securable"], due["isolation_mode"]
        there = _asked(securable, "get", name, may_be_missing=only_check) or {}
        if there.get("isolation_mode") == mode:
            _say(f"{name} of {securable} is {mode}")
        else:
            # What becomes isolated is bound to the workspace from which that is asked.
            what = f"makes {name} of {securable} {mode}"
            _do(only_check, what, securable, "update", name, "--isolation-mode", mode)
        _bind(securable, name, due.get("workspaces", []), bool(there), only_check)


def _bind(securable: str, name: str, workspaces: list[str], is_there: bool, only_check: bool) -> None:
    """Lets other workspaces see what is isolated: those in which something names it. None is taken away."""
    kind = _KINDS[securable]
    said = _asked("workspace-bindings", "get-bindings", kind, name) if workspaces and is_there else []
    bound = {str(each["workspace_id"]) for each in (said.get("bindings") or [] if isinstance(said, dict) else said)}
    for identifier in workspaces:
        shown = identifier.rpartition("/")[2]
        number = _number_of(identifier)
        if number in bound:
            _say(f"{name} of {securable} is seen in {shown}")
            continue
        what = f"lets {shown} see {name} of {securable}"
        add = json.dumps({"add": [{"workspace_id": int(number), "binding_type": "BINDING_TYPE_READ_WRITE"}]})
        _do(only_check, what, "workspace-bindings", "update-bindings", kind, name, "--json", add)


def _number_of(identifier: str) -> str:
    """What Databricks calls a workspace of Azure."""
    asked = ["resource", "show", "--ids", identifier, "--api-version", _API, "--query", "properties.workspaceId"]
    return str(_called(["az", *asked, "--subscription", identifier.split("/")[2], "--output", "json"], False))


def _let_itself(kind: str, names: list[str], privilege: str, only_check: bool) -> None:
    """Whoever deploys owns the catalog, and may let itself read what others have made, or own, in it."""
    who = _asked("current-user", "me")["userName"] if names else ""
    for name in names:
        said = _asked("grants", "get", kind, name, may_be_missing=True)
        given = (said or {}).get("privilege_assignments", ())
        has = {each for one in given if one.get("principal") == who for each in one.get("privileges", ())}
        if said is None:
            _say(f"{name} is not there yet: {_MAKES[kind]} makes it")
        elif has & {privilege, "ALL_PRIVILEGES"}:
            _say(f"{name} is read by who deploys")
        else:
            add = json.dumps({"changes": [{"principal": who, "add": [privilege]}]})
            _do(only_check, f"lets who deploys read {name}", "grants", "update", kind, name, "--json", add)


def _let_read(folders: list[dict[str, Any]], only_check: bool) -> None:
    for folder in folders:
        path = folder["path"]
        there = _asked("workspace", "get-status", path, may_be_missing=True)
        if there is None and not only_check:
            _say(f"{path} is not there yet: its bundle makes it")
            continue
        number = str(there["object_id"]) if there else ""
        given = _asked("workspace", "get-permissions", "directories", number) if there else {}
        known = {_who(each) for each in given.get("access_control_list", ())}
        due = [reader for reader in folder["readers"] if _who(reader) not in known]
        if not due:
            _say(f"{path} is read by whom its jobs run as")
            continue
        what = f"lets {', '.join(map(_who, due))} read {path}"
        add = json.dumps({"access_control_list": [{**reader, "permission_level": "CAN_READ"} for reader in due]})
        _do(only_check, what, "workspace", "update-permissions", "directories", number, "--json", add)


def _who(entry: dict[str, Any]) -> str:
    """A principal by its name: whatever level it has, it reads."""
    return next((str(entry[key]).lower() for key in _PRINCIPALS if entry.get(key)), "")


def _asked(*arguments: str, may_be_missing: bool = False) -> Any:
    """What `databricks` answers; where it refuses, the program ends with what it said."""
    return _called(["databricks", *arguments, "--output", "json"], may_be_missing)


def _called(command: list[str], may_be_missing: bool) -> Any:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except OSError as error:
        _fail(f"{command[0]} can't be started: {error.strerror}")
    if done.returncode != 0 and may_be_missing and _MISSING.search(done.stderr):
        return None
    if done.returncode != 0:
        _fail(f"{' '.join(command[:3])}: {done.stderr.strip()[:MOST_SAID]}")
    return json.loads(done.stdout or "null")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"error: {message}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
