"""In which order a person removes what is left behind, and by which commands."""

from __future__ import annotations

from typing import Any, cast

from mlinfra.differ.model import Found
from mlinfra.differ.removal import removals
from mlinfra.differ.renaming import ONLY_THE_NAME

GROUP = "/subscriptions/s/resourceGroups/g/providers"
ACCOUNT = f"{GROUP}/Microsoft.Storage/storageAccounts/stlake"
LAKE = "storage_accounts.lake"
ASKS_NOTHING = cast(Any, object())  # of a spec: what has an id is removed by that


def left(address: str, type: str, id: str, remedy: str = "") -> Found:
    name = id.rpartition("/")[2]
    return Found(address, "prod", type, id, name, "deleted", ("orphans",), remedy=remedy, remains=True)


LEFT = [
    left(LAKE, "Microsoft.Storage/storageAccounts", ACCOUNT),
    left(f"{LAKE}.blob_services", "Microsoft.Storage/storageAccounts/blobServices", f"{ACCOUNT}/blobServices/default"),
    left("identities.cpu", "Microsoft.ManagedIdentity/userAssignedIdentities", f"{GROUP}/M/userAssignedIdentities/id"),
    left("role_assignments.r", "Microsoft.Authorization/roleAssignments", f"{ACCOUNT}/providers/M/roleAssignments/r"),
    left(f"{LAKE}.diagnostics", "Microsoft.Insights/diagnosticSettings", f"{ACCOUNT}/providers/M/diagnosticSettings/d"),
    left(f"{LAKE}.lock", "Microsoft.Authorization/locks", f"{ACCOUNT}/providers/M/locks/l"),
]


def test_a_lock_goes_first_and_data_last() -> None:
    assert [(each.address, each.command.rpartition(" ")[0], each.loses) for each in removals(LEFT, ASKS_NOTHING)] == [
        (f"{LAKE}.lock", "az lock delete --ids", ""),
        (f"{LAKE}.diagnostics", "az resource delete --ids", ""),
        ("role_assignments.r", "az role assignment delete --ids", ""),
        ("identities.cpu", "az resource delete --ids", ""),
        (LAKE, "az resource delete --ids", "its data"),
    ]


def test_what_may_only_be_called_otherwise_is_asked_for_first() -> None:
    renamed = left(LAKE, "Microsoft.Storage/storageAccounts", ACCOUNT, f"{ONLY_THE_NAME} moved: []")
    assert not list(removals([renamed, *LEFT[1:]], ASKS_NOTHING))
    assert not list(removals(LEFT, None))


def test_a_name_of_a_manifest_is_one_word_of_a_command() -> None:
    odd = left("identities.cpu", "Microsoft.ManagedIdentity/userAssignedIdentities", "/a;b $(c)")
    assert [each.command for each in removals([odd], ASKS_NOTHING)] == ["az resource delete --ids '/a;b $(c)'"]
