"""`databricks` of the small Azure: what a bundle has made, and what the account holds.

A bundle is read from the folder in which the program starts. What it made is in the state at its root path, by
`<section>.<key>`. A test orders what goes wrong in the list `databricks_faults` of the script: `on`, how the command
begins; `says`, what stands on stderr; `times`. `plan` may replace the answer of `bundle plan`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.scripts import fake_account
from tests.scripts.fake_az.server import Answer
from tests.scripts.fake_az.world import Json, World

NAME = "databricks"  # the first argument that its client adds
# Who signs in otherwise than as az does is refused here, as nothing else shows it.
CHECKS = f"""
if [[ -n "${{DATABRICKS_TOKEN-}}${{ARM_CLIENT_SECRET-}}" || ( -n "${{DATABRICKS_HOST-}}" && "$1" != account ) ]]; then
  echo "Error: another sign-in than that of az" >&2
  exit 9
fi
if [[ "$1" != --version && "${{DATABRICKS_AUTH_TYPE-}}" != azure-cli ]]; then
  echo "Error: not signed in as az does" >&2
  exit 9
fi
set -- {NAME} "$@"
"""
_FLAGS = {  # by command, which of its flags take a value
    "bundle validate": {"--strict": False, "--target": True, "--var": True},
    "bundle plan": {"--target": True, "--output": True, "--var": True},
    "bundle deploy": {"--target": True, "--auto-approve": False, "--plan": True, "--force-lock": False},
}
# `%` stands for a name that follows the command.
_OF_CATALOG = {
    "storage-credentials list": {"--include-unbound": False, "--output": True},
    "storage-credentials create": {"--json": True, "--output": True},
    "storage-credentials update": {"%": True, "--json": True, "--output": True},
} | {
    f"{securable} {verb}": {"%": True, "--output": True} | ({"--isolation-mode": True} if verb == "update" else {})
    for securable in ("catalogs", "external-locations")
    for verb in ("get", "update")
}
_OF_CATALOG |= {
    "current-user me": {"--output": True},
    "grants get": {"%": True, "%%": True, "--output": True},
    "grants get-effective": {"%": True, "%%": True, "--output": True},
    "grants update": {"%": True, "%%": True, "--json": True, "--output": True},
    "cluster-policies list": {"--output": True},
    "cluster-policies create": {"--json": True, "--output": True},
    "cluster-policies edit": {"--json": True, "--output": True},
    "cluster-policies get-permissions": {"%": True, "--output": True},
    "cluster-policies set-permissions": {"%": True, "--json": True, "--output": True},
    "workspace get-status": {"%": True, "--output": True},
    "workspace mkdirs": {"%": True, "--output": True},
    "workspace get-permissions": {"%": True, "%%": True, "--output": True},
    "workspace update-permissions": {"%": True, "%%": True, "--json": True, "--output": True},
}
_CHANGING = (
    "bundle deploy",
    *(
        name
        for name in _OF_CATALOG
        if name.endswith(("create", "update", "edit", "-permissions", "mkdirs")) and "get-" not in name
    ),
)


class Refused(Exception):
    """A call that no script may make: the test fails."""


class Failed(Exception):
    """What the program says on stderr, with exit code 1."""


def answer(world: World, arguments: list[str]) -> Answer:
    """Plays one call; the state is saved and the call is logged."""
    if arguments == ["--version"]:
        return Answer("0", world.script.get("databricks", "Databricks CLI v1.9.0") + "\n", "")
    if arguments[0] == "account":
        return _of_account(world, arguments[1:])
    name, flags = _parsed(arguments)
    world.interrupted = name in _CHANGING and world.lines("changes.jsonl") + 1 == world.script["kill_after"]
    said, code, printed = "", "0", ""
    try:
        _fail_as_ordered(world, name)
        printed = _play(world, name, flags)
    except Failed as failed:
        said, code = f"{failed}\n", "1"
    world.save()
    entry = {"name": f"{NAME} {name}", "code": int(code), "arguments": flags}
    for log in ("calls.jsonl", "changes.jsonl")[: 1 + (name in _CHANGING)]:
        world.log(log, entry)
    if world.interrupted:
        return Answer("kill", "", "")
    return Answer(code, printed, said)


def _of_account(world: World, arguments: list[str]) -> Answer:
    name = f"account {' '.join(arguments[:2])}"
    try:
        _fail_as_ordered(world, name)
        _, changes, result = fake_account.answer(world, arguments)
    except fake_account.Unknown as unknown:
        raise Refused(str(unknown)) from unknown
    except (Failed, fake_account.Absent) as failed:
        return Answer("1", "", f"{failed}\n")
    world.save()
    for log in ("calls.jsonl", "changes.jsonl")[: 1 + changes]:
        world.log(log, {"name": f"{NAME} {name}", "code": 0, "arguments": arguments[2:]})
    return Answer("0", json.dumps(result), "")


def _parsed(arguments: list[str]) -> tuple[str, dict[str, Any]]:
    name, words = " ".join(arguments[:2]), list(arguments[2:])
    known = (_FLAGS | _OF_CATALOG).get(name)
    if known is None:
        raise Refused(f"unknown command databricks {' '.join(arguments)!r}")
    flags: dict[str, Any] = {word: words.pop(0) for word in ("%", "%%") if word in known}
    while words:
        word = words.pop(0)
        if word not in known or word in flags:
            raise Refused(f"{name}: {word!r}")
        flags[word] = words.pop(0) if known[word] else True
    return name, flags


def _fail_as_ordered(world: World, name: str) -> None:
    for order in world.script.get("databricks_faults", ()):
        if name.startswith(order["on"]) and order["times"] > 0:
            order["times"] -= 1
            raise Failed(order["says"])


def _play(world: World, name: str, flags: dict[str, Any]) -> str:
    if name in _OF_CATALOG:
        securable, verb = name.split()
        return json.dumps(_of_catalog(world, securable, verb, flags))
    made: Json = world.table("databricks", _root_path(flags))
    wanted = _resources()
    if name == "bundle validate":
        if not flags.get("--strict"):
            raise Refused("validate without --strict only warns")
        return "Validation OK!\n"
    plan = world.script.get("plan") or _plan(made, wanted)
    if name == "bundle plan":
        if flags.get("--output") != "json":
            raise Refused("plan without --output json")
        return json.dumps(plan, indent=2) + "\n"
    return _deploy(world, made, wanted, flags, plan)


def _of_catalog(world: World, securable: str, verb: str, flags: dict[str, Any]) -> Any:
    """Unity Catalog, in which the test says what bundles have made; a credential is there once a script makes it."""
    if securable == "workspace":
        return _of_workspace(world, verb, flags)
    if securable == "cluster-policies":
        return _of_policies(world, verb, flags)
    if securable == "current-user":
        return {"userName": "deployer"}
    if securable == "grants":
        return _of_tables(world, verb, flags)
    table = world.table("catalog", securable)
    if verb == "list":
        return list(table.values())
    if verb == "create":
        request = json.loads(flags["--json"])
        table[request["name"]] = request | {"isolation_mode": "ISOLATION_MODE_OPEN"}
        return table[request["name"]]
    if flags["%"] not in table:
        raise Failed(f"Error: {securable} '{flags['%']}' does not exist.")
    if verb == "update":
        table[flags["%"]] |= json.loads(flags.get("--json", "{}"))
        table[flags["%"]] |= {"isolation_mode": flags["--isolation-mode"]} if "--isolation-mode" in flags else {}
    return table[flags["%"]]


def _of_tables(world: World, verb: str, flags: dict[str, Any]) -> Any:
    """What is there, as the test says, by its kind and name, each with who may do what with it."""
    kept = world.table("catalog", f"{flags['%']}s")
    if flags["%"] == "metastore":
        kept.setdefault(flags["%%"], [])
    given = kept.get(flags["%%"])
    if given is None:
        raise Failed(f"Error: {flags['%'].capitalize()} '{flags['%%']}' does not exist.")
    if verb == "update":
        for each in json.loads(flags["--json"])["changes"]:
            given.append({"principal": each["principal"], "privileges": each["add"]})
    if verb == "get-effective":
        return {
            "privilege_assignments": [
                {**each, "privileges": [{"privilege": name} for name in each["privileges"]]} for each in given
            ]
        }
    return {"privilege_assignments": given}


def _of_policies(world: World, verb: str, flags: dict[str, Any]) -> Any:
    """Cluster policies by their ids, each with who may use it, as the service tells it."""
    table = world.table("databricks", "policies")
    request = json.loads(flags.get("--json", "{}"))
    if verb == "list":
        return [each["policy"] for each in table.values()]
    if verb == "create":
        number = f"P{len(table)}"
        table[number] = {"policy": {"policy_id": number, **request}, "access_control_list": []}
        return {"policy_id": number}
    if verb == "edit":
        table[request["policy_id"]]["policy"] = request
        return None
    one = table[flags["%"]]
    if verb == "set-permissions":
        one["access_control_list"] = [
            {**each, "all_permissions": [{"permission_level": each.pop("permission_level"), "inherited": False}]}
            for each in request["access_control_list"]
        ]
    return {"access_control_list": one["access_control_list"]}


def _of_workspace(world: World, verb: str, flags: dict[str, Any]) -> Any:
    """Folders, which bundles make as they are deployed, each with a number, and who may do what with them."""
    folders = world.table("databricks", "folders")
    if verb == "mkdirs":
        folders[flags["%"]] = {"object_id": 7000 + len(folders), "access_control_list": []}
        return {}
    if verb == "get-status":
        if flags["%"] not in folders:
            raise Failed(f"Error: Path ({flags['%']}) doesn't exist.")
        return {"object_id": folders[flags["%"]]["object_id"], "object_type": "DIRECTORY", "path": flags["%"]}
    assert flags["%"] == "directories"
    folder = next(each for each in folders.values() if str(each["object_id"]) == flags["%%"])
    if verb == "update-permissions":
        for each in json.loads(flags["--json"])["access_control_list"]:
            levels = [{"permission_level": each.pop("permission_level"), "inherited": False}]
            folder["access_control_list"].append({**each, "all_permissions": levels})
    return {"access_control_list": folder["access_control_list"]}


def _deploy(world: World, made: Json, wanted: Json, flags: dict[str, Any], plan: Json) -> str:
    if not flags.get("--auto-approve"):
        raise Refused("deploy without --auto-approve asks")
    if "--plan" in flags and json.loads(Path(flags["--plan"]).read_text()) != plan:
        raise Failed("Error: plan does not match the state")
    made.clear()
    made.update(wanted)
    folders = world.table("databricks", "folders")
    folders.setdefault(_root_path(flags), {"object_id": 7000 + len(folders), "access_control_list": []})
    for key, body in wanted.items():
        if key.startswith(("catalogs.", "external_locations.")):
            securable = key.partition(".")[0].replace("_", "-")
            one = {"name": body["name"], "isolation_mode": "OPEN"}
            world.table("catalog", securable).setdefault(body["name"], one)
    return "Deployment complete!\n"


def _plan(made: Json, wanted: Json) -> Json:
    entries = {}
    for key in sorted({*made, *wanted}):
        action = "create" if key not in made else "delete" if key not in wanted else "update"
        fields = [
            name
            for name in {*made.get(key, {}), *wanted.get(key, {})}
            if _field(made, key, name) != _field(wanted, key, name)
        ]
        if action == "update" and not fields:
            action = "skip"
        changes = {"changes": {name: {"action": "update"} for name in sorted(fields)}} if action == "update" else {}
        entries[f"resources.{key}"] = {"action": action} | changes
    return {"plan_version": 2, "cli_version": "1.9.0", "plan": entries}


def _field(table: Json, key: str, name: str) -> Any:
    return table.get(key, {}).get(name)


def _resources() -> Json:
    found: Json = {}
    for path in sorted(Path("resources").glob("*/*.yml")):
        for section, entries in yaml.safe_load(path.read_text(encoding="utf-8"))["resources"].items():
            found |= {f"{section}.{key}": body for key, body in entries.items()}
    return found


def _root_path(flags: dict[str, Any]) -> str:
    target = yaml.safe_load(Path("databricks.yml").read_text(encoding="utf-8"))["targets"][flags["--target"]]
    return str(target["workspace"]["root_path"])
