"""What only an administrator of the account of Databricks may do for a target: looked at, or done.

account.json says what is due: the workspaces with the metastore of their region, who is in the account and in which
workspace, what whoever deploys may make in the metastore, who may run jobs as whom, and from where serverless compute
reaches closed storage accounts. What is there stays; nobody and nothing is taken away.

It calls `databricks`, which signs in as its environment says, and `az` for what Azure knows. A line on stdout for each
thing that is due: "ok", "would", "done" or "left", which is for others to do. Exit code 1: something was refused, with
the cause on stderr; 3: something is left to do. Sources: docs, "account command group" of the Databricks CLI,
"Configure private connectivity to Azure resources", "Roles for managing service principals", "Unity Catalog privileges
reference"; databricks-sdk, GrantsAPI.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

MOST_SAID = 2000  # characters of what a program says
RUN_AS = "roles/servicePrincipal.user"
MISSING = ("does not exist", "not found", "NotFound", "NOT_FOUND", "RESOURCE_DOES_NOT_EXIST", "No metastore assigned")
DENIED = ("PERMISSION_DENIED", "does not have MANAGE", "is not authorized")
ALL_OF_THE_ACCOUNT = "account users"  # the group that everybody in the account is in
ANSWERED = ("PENDING", "INIT")  # states of an endpoint on which nobody has decided yet


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="account.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("file", help="account.json of a target")
    parser.add_argument("--apply", action="store_true", help="do it")
    parser.add_argument("--application", action="append", default=[], metavar="USE=ID", help="of a connection")
    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # typed as any stream of text
    with open(given.file, encoding="utf-8") as file:  # noqa: PTH123  # Path would be another import of each call
        due = json.load(file)
    account = _Account(due, dict(each.split("=", 1) for each in given.application), given.apply)
    account.see_to_all()
    sys.exit(3 if account.is_left else 0)


class _Account:
    def __init__(self, due: dict[str, Any], applications: dict[str, str], applies: bool) -> None:
        self._due = due
        self._deploys = applications.get("deploy", "")
        self._reads = applications.get("plan", "")
        self._applies = applies
        self.is_left = False

    def see_to_all(self) -> None:
        members = self._principals()
        for workspace in self._due["workspaces"]:
            number = self._number_of(workspace)
            if number:
                metastore = self._metastore(workspace, number)
                self._members(workspace, number, members, bool(metastore))
                self._rights(workspace, metastore)
                self._network(workspace, number)
        for principal in self._due["run_as"]:
            self._run_as(principal)

    def _act(self, what: str, do: Callable[[], Any]) -> Any:
        """Does what is due, or says that it would."""
        if not self._applies:
            self._leave(f"would {what}")
            return None
        result = do()
        _say(f"done: {what}")
        return result

    def _leave(self, line: str) -> None:
        _say(line)
        self.is_left = True

    # Who there is

    def _principals(self) -> list[tuple[str, str, str]]:
        """Those who get into workspaces: what they are called, their ids in the account, and their level there."""
        found = []
        for group in self._due["groups"]:
            asked = ("groups-v2", "list", "--filter", f'displayName eq "{group["name"]}"')
            request = {"displayName": group["name"], "externalId": group["object_id"]}
            number = self._in_account(f"group {group['name']}", asked, "groups-v2", request)
            found.append((f"group {group['name']}", number, "USER"))
        people = [(each["application_id"], each["name"], "USER") for each in self._due["service_principals"]]
        people += [(self._deploys, "the connection that deploys", "ADMIN")] if self._deploys else []
        people += [(self._reads, "the connection that plans", "USER")] if self._reads else []
        for application, name, level in people:
            asked = ("service-principals-v2", "list", "--filter", f'applicationId eq "{application}"')
            request = {"applicationId": application, "displayName": name, "active": True}
            number = self._in_account(f"{name} ({application})", asked, "service-principals-v2", request)
            found.append((f"{name} ({application})", number, level))
        return found

    def _in_account(self, shown: str, asked: Sequence[str], command: str, request: dict[str, Any]) -> str:
        there = _asked("account", *asked) or []
        if there:
            _say(f"ok: {shown} is in the account")
            return str(there[0]["id"])
        made = self._act(
            f"add {shown} to the account", lambda: _asked("account", command, "create", "--json", json.dumps(request))
        )
        return str(made["id"]) if made else ""

    def _members(
        self, workspace: dict[str, Any], number: str, members: list[tuple[str, str, str]], has_metastore: bool
    ) -> None:
        """The account answers for a workspace, and lets somebody in, once that has a metastore."""
        if self._applies and not has_metastore:
            self._leave(f"left: nobody can be let into {workspace['name']} before it has a metastore")
            return
        assigned = _asked("account", "workspace-assignment", "list", number) or [] if has_metastore else []
        levels = {str(each["principal"]["principal_id"]): each.get("permissions") or [] for each in assigned}
        for shown, member, level in members:
            has = levels.get(member, [])
            if level in has or "ADMIN" in has:
                _say(f"ok: {shown} is in {workspace['name']}")
                continue
            body = json.dumps({"permissions": [level]})
            self._act(
                f"let {shown} into {workspace['name']} as {level}",
                lambda member=member, body=body: _asked(  # type: ignore[misc]  # no lambda with defaults is inferred
                    "account", "workspace-assignment", "update", number, member, "--json", body
                ),
            )

    def _run_as(self, principal: str) -> None:
        """Whoever deploys a job that runs as another one has to be its user."""
        if not self._deploys:
            self._leave(f"left: who deploys is not known, and has to be Service Principal User of {principal}")
            return
        name = f"accounts/{self._due['account_id']}/servicePrincipals/{principal}/ruleSets/default"
        user = f"servicePrincipals/{self._deploys}"
        rules = _asked("account", "access-control", "get-rule-set", name, "", may_be_missing=True) or {}
        grants = rules.get("grant_rules") or []
        if any(user in (each.get("principals") or []) for each in grants if each["role"] == RUN_AS):
            _say(f"ok: who deploys may run jobs as {principal}")
            return
        others = [each for each in grants if each["role"] != RUN_AS]
        users = [who for each in grants if each["role"] == RUN_AS for who in each.get("principals") or []]
        changed = [*others, {"role": RUN_AS, "principals": [*users, user]}]
        rule_set = {"name": name, "etag": rules.get("etag", ""), "grant_rules": changed}
        request = json.dumps({"name": name, "rule_set": rule_set})
        self._act(
            f"make who deploys Service Principal User of {principal}",
            lambda: _asked("account", "access-control", "update-rule-set", "--json", request),
        )

    # What workspaces have

    def _number_of(self, workspace: dict[str, Any]) -> str:
        """What the account calls a workspace; empty where Azure has none."""
        asked = ("resource", "show", "--ids", workspace["id"], "--api-version", workspace["api"])
        found = _azure(workspace["id"], *asked, may_be_missing=True)
        if found is None:
            self._leave(f"left: {workspace['name']} is not deployed yet, then call this again")
            return ""
        return str(found["properties"]["workspaceId"])

    def _metastore(self, workspace: dict[str, Any], number: str) -> str:
        """The one that the workspace has now; empty: none."""
        name, region = workspace["name"], workspace["location"]
        there = _asked("account", "metastore-assignments", "get", number, may_be_missing=True) or {}
        if has := (there.get("metastore_assignment") or {}).get("metastore_id"):
            _say(f"ok: {name} has a metastore")
            return str(has)
        found = [each for each in _asked("account", "metastores", "list") or [] if each.get("region") == region]
        if len(found) != 1:
            count = f"{len(found)} metastores" if found else "no metastore"
            self._leave(f"left: the account has {count} in {region}: assign one to {name} in the account console")
            return ""
        self._act(
            f"assign the metastore {found[0].get('name', '')} of {region} to {name}",
            lambda: _asked("account", "metastore-assignments", "create", number, found[0]["metastore_id"]),
        )
        return str(found[0]["metastore_id"]) if self._applies else ""

    def _rights(self, workspace: dict[str, Any], metastore: str) -> None:
        """What whoever deploys has to be granted on the metastore.

        Administrators of a workspace have it only where Databricks assigned the metastore by itself; where a person or
        this script did, they may make nothing in it.
        """
        name, due = workspace["name"], workspace["rights"]
        if not due or (self._applies and not metastore):
            return
        if not self._deploys:
            self._leave(f"left: who deploys is not known, and needs {_words(due)} on the metastore of {name}")
            return
        has = self._privileges(workspace, metastore) if metastore else set()
        lacks = [each for each in due if each not in has]
        if not lacks:
            _say(f"ok: who deploys has {_words(due)} on the metastore of {name}")
            return
        what = f"grant {_words(lacks)} on the metastore of {name} to who deploys"
        if not self._applies:
            self._leave(f"would {what}")
            return
        change = json.dumps({"changes": [{"principal": self._deploys, "add": lacks}]})
        if _in_workspace(workspace, "grants", "update", "metastore", metastore, "--json", change) is None:
            statement = f"GRANT {_words(lacks)} ON METASTORE TO `{self._deploys}`"
            self._leave(
                f"left: an admin of the metastore of {name} has to run, in a workspace that has it: {statement}"
            )
            return
        _say(f"done: {what}")

    def _privileges(self, workspace: dict[str, Any], metastore: str) -> set[str]:
        said = _in_workspace(workspace, "grants", "get-effective", "metastore", metastore) or {}
        return {
            each["privilege"]
            for one in said.get("privilege_assignments") or ()
            if str(one.get("principal", "")).lower() in (self._deploys.lower(), ALL_OF_THE_ACCOUNT)
            for each in one.get("privileges") or ()
        }

    def _network(self, workspace: dict[str, Any], number: str) -> None:
        """The endpoints by which serverless compute reaches storage accounts that are closed."""
        if not workspace["lakes"]:
            return
        configuration = self._configuration(workspace, number)
        rules = _asked(*_NETWORK, "list-private-endpoint-rules", configuration) or [] if configuration else []
        there = {(each.get("resource_id", "").lower(), each.get("group_id")): each for each in rules}
        for lake in workspace["lakes"]:
            for group in lake["groups"]:
                shown, rule = f"{group} of {lake['name']}", there.get((lake["id"].lower(), group))
                if rule is None:
                    self._act(
                        f"make a private endpoint of serverless compute to {shown}",
                        lambda lake=lake, group=group: _asked(  # type: ignore[misc]  # no lambda with defaults is inferred
                            *(*_NETWORK, "create-private-endpoint-rule", configuration),
                            *("--resource-id", lake["id"], "--group-id", group),
                        ),
                    )
                    self._leave(f"left: the endpoint to {shown} waits for its approval, in ten minutes call this again")
                elif rule.get("connection_state") == "ESTABLISHED":
                    _say(f"ok: serverless compute reaches {shown}")
                elif rule.get("connection_state") in ANSWERED:
                    self._approve(lake, shown, str(rule.get("endpoint_name")))
                else:
                    state = rule.get("connection_state")
                    self._leave(f"left: the endpoint to {shown} is {state}: delete its rule in the account console")

    def _configuration(self, workspace: dict[str, Any], number: str) -> str:
        """The network connectivity configuration of a workspace: its own, or one that is made for the target."""
        attached = (_asked("account", "workspaces", "get", number) or {}).get("network_connectivity_config_id")
        if attached:
            _say(f"ok: {workspace['name']} has a network connectivity configuration")
            return str(attached)
        name, region = self._due["configuration"], workspace["location"]
        all_there = _asked(*_NETWORK, "list-network-connectivity-configurations") or []
        own = [each for each in all_there if each["name"] == name and each["region"] == region]
        made = (
            own[0]
            if own
            else self._act(
                f"make the network connectivity configuration {name} in {region}",
                lambda: _asked(*_NETWORK, "create-network-connectivity-configuration", name, region),
            )
        )
        identifier = str(made["network_connectivity_config_id"]) if made else ""
        self._act(
            f"attach the network connectivity configuration {name} to {workspace['name']}",
            lambda: _asked(
                *("account", "workspaces", "update", number, "--network-connectivity-config-id", identifier),
                *("--update-mask", "network_connectivity_config_id"),
            ),
        )
        return identifier

    def _approve(self, lake: dict[str, Any], shown: str, endpoint: str) -> None:
        waiting = [
            each
            for each in _azure(lake["id"], "network", "private-endpoint-connection", "list", "--id", lake["id"]) or []
            if endpoint.lower() in json.dumps(each["properties"].get("privateEndpoint") or {}).lower()
        ]
        if not waiting:
            self._leave(f"left: the endpoint to {shown} is not at the storage account yet, call this again")
            return
        self._act(
            f"approve the endpoint of serverless compute to {shown}",
            lambda: _azure(
                lake["id"],
                *("network", "private-endpoint-connection", "approve", "--id", waiting[0]["id"]),
                *("--description", "Serverless compute of Databricks"),
            ),
        )


_NETWORK = ("account", "network-connectivity")
_OF_THE_ACCOUNT = ("DATABRICKS_HOST", "DATABRICKS_ACCOUNT_ID")  # with which the CLI asks no workspace


def _asked(*arguments: str, may_be_missing: bool = False) -> Any:
    return _called(["databricks", *arguments, "--output", "json"], may_be_missing)


def _in_workspace(workspace: dict[str, Any], *arguments: str) -> Any:
    """What a workspace answers, which has its own address; None where it refuses, or has no metastore yet."""
    others = {name: value for name, value in os.environ.items() if name not in _OF_THE_ACCOUNT}
    there = {**others, "DATABRICKS_AZURE_RESOURCE_ID": workspace["id"]}
    return _called(["databricks", *arguments, "--output", "json"], True, (*MISSING, *DENIED), there)


def _azure(identifier: str, *arguments: str, may_be_missing: bool = False) -> Any:
    """What `az` says of the resource of an id, which names its subscription."""
    subscription = identifier.split("/")[2]
    return _called(["az", *arguments, "--subscription", subscription, "--output", "json"], may_be_missing)


def _called(
    command: list[str],
    may_be_missing: bool,
    missing: Sequence[str] = MISSING,
    environment: dict[str, str] | None = None,
) -> Any:
    """What a program answers; where it refuses, this one ends with what it said."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=environment
        )
    except OSError as error:
        _fail(f"{command[0]} can't be started: {error.strerror}")
    if done.returncode != 0 and may_be_missing and any(words in done.stderr for words in missing):
        return None
    if done.returncode != 0:
        _fail(f"{' '.join(command[:4])}: {done.stderr.strip()[:MOST_SAID]}")
    return json.loads(done.stdout or "null")


def _words(privileges: Sequence[str]) -> str:
    return ", ".join(each.replace("_", " ") for each in privileges)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _fail(message: str) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.write(f"error: {message}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
