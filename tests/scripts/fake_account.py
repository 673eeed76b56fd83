"""The account of Databricks, as `databricks account` answers: metastores, members, rule sets, network configurations.

The test lays out `account` of the state. A private endpoint that is made waits until somebody approves it in Azure.
"""

from __future__ import annotations

import json
from typing import Any

from tests.scripts.fake_az.world import Json, World

# By command: how many names follow it, and which flags, each with a value.
COMMANDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "groups-v2 list": (0, ("--filter",)),
    "groups-v2 create": (0, ("--json",)),
    "service-principals-v2 list": (0, ("--filter",)),
    "service-principals-v2 create": (0, ("--json",)),
    "workspace-assignment list": (1, ()),
    "workspace-assignment update": (2, ("--json",)),
    "access-control get-rule-set": (2, ()),
    "access-control update-rule-set": (0, ("--json",)),
    "metastore-assignments get": (1, ()),
    "metastore-assignments create": (2, ()),
    "metastores list": (0, ()),
    "workspaces get": (1, ()),
    "workspaces update": (1, ("--network-connectivity-config-id", "--update-mask")),
    "network-connectivity list-network-connectivity-configurations": (0, ()),
    "network-connectivity create-network-connectivity-configuration": (2, ()),
    "network-connectivity list-private-endpoint-rules": (1, ()),
    "network-connectivity create-private-endpoint-rule": (1, ("--resource-id", "--group-id")),
}
_READS = ("list", "get")


class Unknown(Exception):
    """A call that no script may make."""


class Absent(Exception):
    """What the service says of what is not there."""


def answer(world: World, arguments: list[str]) -> tuple[str, bool, Any]:
    """The name of the command, whether it changes anything, and what is answered."""
    name, words = " ".join(arguments[:2]), list(arguments[2:])
    if name not in COMMANDS or words[-2:] != ["--output", "json"]:
        raise Unknown(f"account {' '.join(arguments)}")
    count, flags = COMMANDS[name]
    names, rest = words[:count], words[count:-2]
    given = dict(zip(rest[::2], rest[1::2], strict=True))
    if set(given) != set(flags):
        raise Unknown(f"account {name}: {sorted(given)}")
    group, verb = name.split()
    return name, not verb.startswith(_READS), _play(world.table("account"), group, verb, names, given)


def _play(account: Json, group: str, verb: str, names: list[str], given: dict[str, str]) -> Any:
    if group in ("groups-v2", "service-principals-v2"):
        return _member(account.setdefault(group, []), verb, given, first=100 if group == "groups-v2" else 200)
    if group == "workspace-assignment":
        if names[0] not in account.get("assignments", {}):
            raise Absent("Error: Permission assignment APIs are not available for this workspace.")
        return _assignment(account.setdefault("assigned", {}).setdefault(names[0], {}), verb, names, given)
    if group == "access-control":
        return _rule_set(account.setdefault("rules", {}), verb, names, given)
    if group == "metastores":
        return account.get("metastores", [])
    if group == "metastore-assignments":
        return _metastore(account.setdefault("assignments", {}), verb, names)
    if group == "workspaces":
        workspace = account.setdefault("workspaces", {}).setdefault(names[0], {"workspace_id": int(names[0])})
        if verb == "update":
            if given["--update-mask"] != "network_connectivity_config_id":
                raise Unknown("a mask of more than is meant")
            workspace["network_connectivity_config_id"] = given["--network-connectivity-config-id"]
        return workspace
    return _network(account, verb, names, given)


def _member(members: list[Json], verb: str, given: dict[str, str], first: int) -> Any:
    if verb == "list":
        field, _, value = given["--filter"].partition(" eq ")
        return [each for each in members if each.get(field) == json.loads(value)]
    made = json.loads(given["--json"]) | {"id": str(first + len(members))}
    members.append(made)
    return made


def _assignment(assigned: Json, verb: str, names: list[str], given: dict[str, str]) -> Any:
    if verb == "list":
        return [{"principal": {"principal_id": int(who)}, "permissions": levels} for who, levels in assigned.items()]
    assigned[names[1]] = json.loads(given["--json"])["permissions"]
    return {"permissions": assigned[names[1]]}


def _rule_set(rules: Json, verb: str, names: list[str], given: dict[str, str]) -> Any:
    if verb == "get-rule-set":
        return rules.get(names[0], {"name": names[0], "etag": "e0"})
    request = json.loads(given["--json"])
    if request["rule_set"]["etag"] != rules.get(request["name"], {"etag": "e0"})["etag"]:
        raise Unknown("somebody else's rules would be lost")
    rules[request["name"]] = request["rule_set"] | {"etag": "e1"}
    return rules[request["name"]]


def _metastore(assignments: Json, verb: str, names: list[str]) -> Any:
    if verb == "create":
        assignments[names[0]] = names[1]
    elif names[0] not in assignments:
        raise Absent(f"Error: Workspace {names[0]} has no metastore: NOT_FOUND")
    return {"metastore_assignment": {"metastore_id": assignments[names[0]]}}


def _network(account: Json, verb: str, names: list[str], given: dict[str, str]) -> Any:
    configurations: list[Json] = account.setdefault("configurations", [])
    if verb == "list-network-connectivity-configurations":
        return configurations
    if verb == "create-network-connectivity-configuration":
        made = {"name": names[0], "region": names[1], "network_connectivity_config_id": f"ncc-{len(configurations)}"}
        configurations.append(made)
        return made
    rules: list[Json] = account.setdefault("endpoints", {}).setdefault(names[0], [])
    if verb == "create-private-endpoint-rule":
        rules.append(
            {
                "resource_id": given["--resource-id"],
                "group_id": given["--group-id"],
                "endpoint_name": f"databricks-{len(rules)}-pe",
                "connection_state": "PENDING",
            }
        )
    return rules
