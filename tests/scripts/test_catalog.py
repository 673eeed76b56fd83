"""catalog.py: what it asks `databricks` to do, which is as the tests say it is."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mlinfra.programs import catalog

ISOLATED = "ISOLATION_MODE_ISOLATED"
CONNECTOR = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Databricks/accessConnectors/lake"
ROOT = "/Workspace/.bundle/lakehouse-main/dev/platform"
FOLDER, OTHER = "/Shared/lake/dev", "/subscriptions/2/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/two"
USES = {"group_name": "people", "permission_level": "CAN_USE"}
POLICY = {"name": "small", "definition": '{"a": {"type": "fixed", "value": 1}}', "max_clusters_per_user": 1}
DUE: dict[str, Any] = {
    "azure_workspace_resource_id": "/subscriptions/1/workspaces/main",
    "cluster_policies": [{"variable": "cluster_policy_small", "policy": POLICY, "permissions": [USES]}],
    "directories": [FOLDER],
    "storage_credentials": [
        {"name": "lake", "comment": "Ours", "azure_managed_identity": {"access_connector_id": CONNECTOR}}
    ],
    "isolation": [
        {"securable": "storage-credentials", "name": "lake", "isolation_mode": ISOLATED},
        {"securable": "catalogs", "name": "main", "isolation_mode": "ISOLATED", "workspaces": [OTHER]},
    ],
    "folders": [{"path": ROOT, "readers": [{"service_principal_name": "Runner"}, {"group_name": "people"}]}],
}

TABLE, MISSING, ME = "main.ml.scores", "main.ml.none", "99999999-9999-9999-9999-999999999999"
DUE["tables"] = {"serving": [TABLE, MISSING]}
DUE["models"] = {}
READS = {"changes": [{"principal": ME, "add": ["SELECT"]}]}
LETS = {"access_control_list": [{"group_name": "people", "permission_level": "CAN_READ"}]}


BINDS = {"add": [{"workspace_id": 22, "binding_type": "BINDING_TYPE_READ_WRITE"}]}


class Databricks:
    """A metastore, and what was asked of it that changes it."""

    def __init__(self) -> None:
        self.there: dict[str, dict[str, dict[str, Any]]] = {"storage-credentials": {}, "catalogs": {"main": {}}}
        self.granted: list[dict[str, Any]] = [{"principal": "people", "privileges": ["SELECT"]}]
        self.policies, self.uses = list[dict[str, Any]](), list[dict[str, Any]]()
        self.made, self.bound = set[str](), [{"workspace_id": 1, "binding_type": "BINDING_TYPE_READ_WRITE"}]
        self.acl: list[dict[str, Any]] | None = [{"service_principal_name": "runner", "all_permissions": []}]
        self.changes: list[list[str]] = []
        self.refuses = ""

    def run(self, command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[str]:
        program, securable, verb, *rest = command
        if program == "az":
            assert rest[:2] == ["--ids", OTHER]
            return subprocess.CompletedProcess(command, 0, '"22"', "")
        assert program == "databricks"
        assert rest[-2:] == ["--output", "json"]
        if self.refuses:
            return subprocess.CompletedProcess(command, 1, "", self.refuses)
        apart = {"workspace": self.of_workspace, "grants": self.of_grants, "cluster-policies": self.of_policies}
        if securable in apart:
            return apart[securable](command, verb, rest)
        if securable == "current-user":
            return subprocess.CompletedProcess(command, 0, json.dumps({"userName": ME}), "")
        if securable == "workspace-bindings":
            assert rest[:2] == ["catalog", "main"]
            if verb == "update-bindings":
                self.changes.append([securable, verb, *rest[:-2]])
                self.bound += json.loads(rest[3])["add"]
            return subprocess.CompletedProcess(command, 0, json.dumps(self.bound), "")
        found = self.there[securable]
        if verb == "list":
            return subprocess.CompletedProcess(command, 0, json.dumps(list(found.values())), "")
        if verb == "get":
            if rest[0] not in found:
                return subprocess.CompletedProcess(command, 1, "", f"Error: {rest[0]} does not exist")
            return subprocess.CompletedProcess(command, 0, json.dumps(found[rest[0]]), "")
        self.changes.append([securable, verb, *rest[:-2]])
        if verb == "create":
            request = json.loads(rest[1])
            found[request["name"]] = request | {"isolation_mode": "ISOLATION_MODE_OPEN"}
        elif rest[1] == "--json":
            found[rest[0]] |= json.loads(rest[2])
        else:
            found[rest[0]]["isolation_mode"] = rest[2]
        return subprocess.CompletedProcess(command, 0, "{}", "")

    def of_grants(self, command: Sequence[str], verb: str, rest: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Who reads the one table that is there."""
        assert rest[0] == "table"
        if rest[1] == MISSING:
            return subprocess.CompletedProcess(command, 1, "", f"Error: Table '{MISSING}' does not exist.")
        if verb == "update":
            self.changes.append(["grants", verb, *rest[:-2]])
            changes = json.loads(rest[3])["changes"]
            self.granted += [{"principal": each["principal"], "privileges": each["add"]} for each in changes]
        return subprocess.CompletedProcess(command, 0, json.dumps({"privilege_assignments": self.granted}), "")

    def of_policies(self, command: Sequence[str], verb: str, rest: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """One policy, which the service calls 6, and who uses it."""
        return subprocess.CompletedProcess(command, 0, json.dumps(self._of_policies(verb, rest[:-2])), "")

    def _of_policies(self, verb: str, rest: Sequence[str]) -> Any:
        if verb == "list":
            return self.policies
        if verb == "get-permissions":
            inherited = {
                "group_name": "admins",
                "all_permissions": [{"permission_level": "CAN_USE", "inherited": True}],
            }
            return {"access_control_list": [inherited, *({**each, "all_permissions": [each]} for each in self.uses)]}
        self.changes.append(["cluster-policies", verb, *rest])
        request = json.loads(rest[-1])
        if verb == "set-permissions":
            assert rest[0] == "6"
            self.uses = request["access_control_list"]
            return {}
        self.policies = [{"policy_id": "6", **request}]
        return {"policy_id": "6"} if verb == "create" else None

    def of_workspace(self, command: Sequence[str], verb: str, rest: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Folders that were made, and one with a number, which is there once a bundle has been deployed."""
        if rest[0] == FOLDER:
            if verb == "mkdirs":
                self.changes.append(["workspace", verb, FOLDER])
                self.made.add(FOLDER)
            is_there = FOLDER in self.made
            said = "" if is_there else f"Error: Path ({FOLDER}) doesn't exist."
            return subprocess.CompletedProcess(command, int(not is_there), '{"object_id": 8}', said)
        if self.acl is None:
            return subprocess.CompletedProcess(command, 1, "", f"Error: Path ({rest[0]}) doesn't exist.")
        if verb == "get-status":
            assert rest[0] == ROOT
            return subprocess.CompletedProcess(command, 0, '{"object_id": 7}', "")
        assert list(rest[:2]) == ["directories", "7"]
        if verb == "update-permissions":
            self.changes.append(["workspace", verb, *rest[:-2]])
            self.acl += json.loads(rest[3])["access_control_list"]
        return subprocess.CompletedProcess(command, 0, json.dumps({"access_control_list": self.acl}), "")


@pytest.fixture
def databricks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Databricks:
    made = Databricks()
    monkeypatch.setattr(subprocess, "run", made.run)
    monkeypatch.setenv("DATABRICKS_AZURE_RESOURCE_ID", "")
    monkeypatch.chdir(tmp_path)
    return made


def _run(*arguments: str, due: dict[str, Any] = DUE) -> None:
    Path("catalog.json").write_text(json.dumps(due), encoding="utf-8")
    catalog.main([arguments[0], "catalog.json", *arguments[1:]])


def test_what_is_missing_is_made_once(databricks: Databricks, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        for step in ("credentials", "isolation", "folders", "tables"):
            _run(step)
    assert databricks.changes == [
        ["workspace", "mkdirs", FOLDER],
        ["storage-credentials", "create", "--json", json.dumps(DUE["storage_credentials"][0])],
        ["storage-credentials", "update", "lake", "--isolation-mode", ISOLATED],
        ["catalogs", "update", "main", "--isolation-mode", "ISOLATED"],
        ["workspace-bindings", "update-bindings", "catalog", "main", "--json", json.dumps(BINDS)],
        ["workspace", "update-permissions", "directories", "7", "--json", json.dumps(LETS)],
        ["grants", "update", "table", TABLE, "--json", json.dumps(READS)],
    ]
    assert capsys.readouterr().out.splitlines() == [
        f"makes {FOLDER}",
        "makes the storage credential lake",
        f"makes lake of storage-credentials {ISOLATED}",
        "makes main of catalogs ISOLATED",
        "lets two see main of catalogs",
        f"lets people read {ROOT}",
        f"lets who deploys read {TABLE}",
        f"{MISSING} is not there yet: a run makes it",
        f"{FOLDER} is there",
        "the storage credential lake is as it should be",
        f"lake of storage-credentials is {ISOLATED}",
        "main of catalogs is ISOLATED",
        "main of catalogs is seen in two",
        f"{ROOT} is read by whom its jobs run as",
        f"{TABLE} is read by who deploys",
        f"{MISSING} is not there yet: a run makes it",
    ]


def test_a_policy_of_clusters_is_made_once_and_changed_where_it_differs(
    databricks: Databricks, capsys: pytest.CaptureFixture[str]
) -> None:
    _run("policies", "--check")
    assert databricks.changes == []
    assert capsys.readouterr().out.splitlines() == [
        "would: makes the cluster policy small",
        "variable: cluster_policy_small",
        "would: lets people use the cluster policy small",
    ]
    for _ in range(2):
        _run("policies")
    made = ["cluster-policies", "create", "--json", json.dumps(POLICY)]
    lets = ["cluster-policies", "set-permissions", "6", "--json", json.dumps({"access_control_list": [USES]})]
    assert databricks.changes == [made, lets]
    same = "the cluster policy small is as it should be"
    assert capsys.readouterr().out.splitlines()[2:] == [same]

    databricks.policies[0] |= {"definition": '{"a":{"value":1,"type":"fixed"}}', "max_clusters_per_user": 9}
    databricks.uses.append({"group_name": "others", "permission_level": "CAN_USE"})
    _run("policies")
    changed = ["cluster-policies", "edit", "--json", json.dumps({"policy_id": "6", **POLICY})]
    assert databricks.changes[2:] == [changed, lets]
    assert capsys.readouterr().out.splitlines() == [
        "changes max_clusters_per_user of the cluster policy small",
        "lets people use the cluster policy small",
    ]


def test_only_what_differs_of_a_credential_is_changed(databricks: Databricks) -> None:
    theirs = {"access_connector_id": CONNECTOR.upper(), "credential_id": "1"}
    databricks.there["storage-credentials"]["lake"] = {"name": "lake", "azure_managed_identity": theirs}
    _run("credentials")
    expected = ["storage-credentials", "update", "lake", "--json", '{"comment": "Ours"}']
    assert databricks.changes == [["workspace", "mkdirs", FOLDER], expected]


def test_a_check_changes_nothing(databricks: Databricks, capsys: pytest.CaptureFixture[str]) -> None:
    databricks.acl = None  # no bundle was deployed so far
    _run("credentials", "--check")
    _run("isolation", "--check")
    _run("folders", "--check")
    _run("tables", "--check")
    assert databricks.changes == []
    assert capsys.readouterr().out.splitlines() == [
        f"would: makes {FOLDER}",
        "would: makes the storage credential lake",
        f"would: makes lake of storage-credentials {ISOLATED}",
        "would: makes main of catalogs ISOLATED",
        "would: lets two see main of catalogs",
        f"would: lets runner, people read {ROOT}",
        f"would: lets who deploys read {TABLE}",
        f"{MISSING} is not there yet: a run makes it",
    ]
    _run("folders")  # of the other bundle, which is deployed later
    assert (databricks.changes, capsys.readouterr().out) == ([], f"{ROOT} is not there yet: its bundle makes it\n")


def test_a_refusal_ends_it(databricks: Databricks, capsys: pytest.CaptureFixture[str]) -> None:
    databricks.refuses = "Error: User does not have CREATE STORAGE CREDENTIAL on Metastore"
    with pytest.raises(SystemExit) as ended:
        _run("credentials", due=DUE | {"directories": []})
    assert ended.value.code == 1
    expected = f"error: databricks storage-credentials list: {databricks.refuses}\n"
    assert capsys.readouterr().err == expected
