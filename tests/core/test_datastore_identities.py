"""A datastore names the identity of its workspace only where a role lets that one read what it leads to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, compiled

LAKE = """\
storage_accounts:
  lake: {hierarchical_namespace: true, containers: {raw: {}, out: {}}}
  old: {existing: true, azure_name: stold}
  main: {containers: {reference: {}}, file_shares: {notes: {}}}
"""
WORKSPACE = "workspaces: {main: {}}\n"
SYSTEM = "workspaces: {main: {identity: {type: system_assigned}}}\n"
BOTH = "identities: {i: {}}\nworkspaces: {main: {identity: {type: 'system_assigned, user_assigned', "
BOTH += "user_assigned_identities: {i: {}}}}}\n"
OF_USER, OF_SYSTEM = "WorkspaceUserAssignedIdentity", "WorkspaceSystemAssignedIdentity"
RAW = "{type: azure_data_lake_gen2, account_name: lake, filesystem: raw}"
OLD = "{type: azure_blob, account_name: old, container_name: theirs}"
NOTES = "{type: azure_file, account_name: main, file_share_name: notes}"
OWN = "{type: azure_blob, account_name: main, container_name: reference}"
FABRIC = "{type: one_lake, one_lake_workspace_name: w, endpoint: e.example, artifact: {type: lake_house, name: l}}"
RAW_CONTAINER = "storage_accounts.lake.containers.raw"


def written(role: str, scope: str, more: str = "") -> str:
    return f"role_assignments: {{r: {{identity: main, role: {role}, scope: {scope}{more}}}}}\n"


CASES: tuple[tuple[str, str, str, str | None], ...] = (
    ("nothing lets it read a lake", WORKSPACE, RAW, None),
    ("its own account", WORKSPACE, OWN, OF_USER),
    ("files of its own account, which need another role", WORKSPACE, NOTES, None),
    ("a written role on the container", WORKSPACE + written("Storage Blob Data Reader", RAW_CONTAINER), RAW, OF_USER),
    ("one on the account", WORKSPACE + written("Storage Blob Data Owner", "storage_accounts.lake"), RAW, OF_USER),
    (
        "one on the group, by its GUID",
        WORKSPACE + written("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "resource_group"),
        RAW,
        OF_USER,
    ),
    (
        "one with a condition",
        WORKSPACE + written("Storage Blob Data Reader", RAW_CONTAINER, ", condition: 'true'"),
        RAW,
        None,
    ),
    (
        "one on the next container",
        WORKSPACE + written("Storage Blob Data Reader", f"{RAW_CONTAINER[:-3]}out"),
        RAW,
        None,
    ),
    ("one that reads no data", WORKSPACE + written("Reader", RAW_CONTAINER), RAW, None),
    ("one for blobs, of files", WORKSPACE + written("Storage Blob Data Reader", "resource_group"), NOTES, None),
    ("one for files", WORKSPACE + written("Storage File Data Privileged Reader", "resource_group"), NOTES, OF_USER),
    (
        "one on an account whose container is no entry",
        WORKSPACE + written("Storage Blob Data Reader", "storage_accounts.old"),
        OLD,
        OF_USER,
    ),
    ("none on it", WORKSPACE, OLD, None),
    (
        "a lake whose account is not known",
        WORKSPACE + written("Storage Blob Data Reader", "resource_group"),
        FABRIC,
        None,
    ),
    ("the system's identity, on the workspace's own account", SYSTEM, OWN, OF_SYSTEM),
    ("the system's identity, elsewhere", SYSTEM, RAW, None),
    ("both identities, of which the system's is the one that acts", BOTH, OWN, OF_SYSTEM),
)


@pytest.mark.parametrize(("what", "text", "datastore", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_datastore_names_whom_a_role_lets_read(
    what: str, text: str, datastore: str, expected: str | None, tmp_path: Path
) -> None:
    (plan,) = compiled(tmp_path, f"{HEADER}{LAKE}{text}datastores: {{d: {datastore}}}\n").plans
    properties = plan.by_address["datastores.d"].resource.body["properties"]
    assert properties.get("serviceDataAccessAuthIdentity") == expected
