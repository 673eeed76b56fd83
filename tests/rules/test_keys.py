"""Keys of the customer's, and who approves private endpoints: whoever has to act is known, and may, before he does."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.spec import HEADER, found, said

WORKSPACE = "workspaces: {main: {}}\n"
VAULT_ID = (
    "/subscriptions/55555555-5555-5555-5555-555555555555/resourceGroups/rg-v/providers/Microsoft.KeyVault/vaults/kv-v"
)
IDENTITY_ID = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-x/providers/Microsoft.ManagedIdentity/"
    "userAssignedIdentities/id-x"
)
KNOWN_READER = f"identities: {{ws: {{existing: true, id: {IDENTITY_ID}}}}}\n"


def _keys(fields: str) -> str:
    return f"key_vaults: {{keys: {{{fields}, keys: {{data: {{}}, other: {{}}}}}}}}\n"


KEYS = _keys("sku: standard")
OPEN_KEYS = _keys("network_acls: {default_action: allow}")
THEIR_KEYS = _keys("existing: true, azure_name: kv-theirs, resource_group: rg-theirs")
THEIRS_WITHOUT_KEYS = "key_vaults: {keys: {existing: true, azure_name: kv-theirs}}\n"
UNPROTECTED = "key_vaults: {keys: {purge_protection: false}}\n"


def _encrypted(key: str) -> str:
    return f"workspaces: {{main: {{customer_managed_key: {{{key}}}}}}}\n"


def _lake(key: str) -> str:
    return f"storage_accounts: {{lake: {{customer_managed_key: {{{key}}}}}}}\n"


def _images(key: str, more: str = "") -> str:
    return f"container_registries: {{images: {{{more}customer_managed_key: {{{key}}}}}}}\n"


ENCRYPTED = _encrypted("key_vault: keys, key_uri: data")
BY_ADDRESS = _encrypted("key_vault: keys, key_uri: https://k.example/keys/a/1")
LAKE, IMAGES = _lake("key_vault: keys, key: data"), _images("key_vault: keys, key: data")
COSMOS = (
    "role_assignments: {cosmos-key: {object_id: 88888888-8888-8888-8888-888888888888, principal_type: "
    "service_principal, role: Key Vault Crypto Service Encryption User, scope: key_vaults.keys.keys.data}}\n"
)
NO_COSMOS = (
    "7: nothing lets Azure Cosmos DB use key_vaults.keys.keys.data, with which it encrypts what workspaces.main "
    "keeps (under role_assignments write `cosmos-key: {object_id: …, principal_type: service_principal, role: Key "
    "Vault Crypto Service Encryption User, scope: key_vaults.keys.keys.data}` with the id that `az ad sp show --id "
    "a232010e-820c-4083-83bb-3ace5fc29d0b` prints)"
)
APPROVED, INTERNET = (f"network: {{outbound: {outbound}}}\n" for outbound in ("approved", "internet"))
CLOSED_INTERNET = "network: {outbound: internet, allowed_ips: [203.0.113.0/24]}\n"
CLOSED_LAKE = (
    "storage_accounts: {lake: {public_network_access: disabled, containers: {raw: {}}}}\n"
    "datastores: {raw: {type: azure_blob, account_name: lake, container_name: raw}}\n"
)
CLOSED_VAULT, OPEN_VAULT = (
    f"key_vaults: {{main: {{public_network_access: {access}}}}}\n" for access in ("disabled", "enabled")
)
OF_ITSELF = "workspaces: {main: {identity: {type: system_assigned}}}\n"
OF_ITSELF_LATER = "workspaces: {main: {identity: {type: system_assigned}, provision_network_now: false}}\n"
KNOWN_TO_APPROVE = (
    "role_assignments: {approver: {object_id: 88888888-8888-8888-8888-888888888888, principal_type: service_principal, "
    "role: Azure AI Enterprise Network Connection Approver, scope: resource_group}}\n"
)
BY_ID = (
    "workspaces: {main: {identity: {type: user_assigned, user_assigned_identities: {IDENTITY: {}}}, "
    "primary_user_assigned_identity: IDENTITY}}\n"
)
TOO_LATE = (
    "and its own identity, which has to approve it, gets the role for that too late (leave identity out: a "
    "user-assigned one is made, with the role, before the workspace; or write provision_network_now: false, and the "
    "network is made with the first compute)"
)
TO_STORAGE = f"7: workspaces.main opens a private endpoint to storage_accounts.main, {TOO_LATE}"
NOT_AMONG_THEIRS = (
    '7: key_vaults.keys exists already, and nothing says that it has a key "data" (write keys: {data: {}} in '
    "key_vaults.keys)"
)


class Case(NamedTuple):
    code: str
    wrong: str
    message: str
    right: str


def _unprotected(whose: str) -> str:
    return f"7: key_vaults.keys lacks purge protection, and holds the key of {whose}"


def _lab(key: str) -> str:
    return f"databricks_workspaces: {{lab: {{customer_managed_key: {{{key}}}}}}}\n"


LAB = _lab("services: {key_vault: keys, key: data}")
OF_DATABRICKS = COSMOS.replace("cosmos-key", "databricks-key")
NO_DATABRICKS = (
    "7: nothing lets AzureDatabricks use key_vaults.keys.keys.data, with which it encrypts what "
    "databricks_workspaces.lab keeps (under role_assignments write `databricks-key: {object_id: …, principal_type: "
    "service_principal, role: Key Vault Crypto Service Encryption User, scope: key_vaults.keys.keys.data}` with the id "
    "that `az ad sp show --id 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d` prints)"
)
FAR, NEAR = _keys("location: northeurope"), _keys("location: westeurope")
DISKS = _lab("disks: {key_vault: keys, key: data}")

KEY_CASES = (
    Case("MLI467", UNPROTECTED + DISKS, _unprotected("databricks_workspaces.lab"), KEYS + DISKS),
    Case("MLI596", THEIRS_WITHOUT_KEYS + DISKS, NOT_AMONG_THEIRS, THEIR_KEYS + DISKS),
    Case(
        "MLI542",
        KEYS + DISKS.replace("lab: {", "lab: {compute_mode: serverless, "),
        "7: a serverless workspace has no disks of its own, and disks names a key, in databricks_workspaces.lab (leave "
        "one of them out)",
        KEYS + LAB.replace("lab: {", "lab: {compute_mode: serverless, "),
    ),
    Case("MLI880", THEIR_KEYS + LAB, NO_DATABRICKS, THEIR_KEYS + LAB + OF_DATABRICKS),
    Case("MLI880", THEIR_KEYS + LAB, NO_DATABRICKS, KEYS + LAB),  # where bootstrap.sh gives the role
    Case(
        "MLI881",
        FAR + DISKS,
        "7: key_vaults.keys, with the key of the disks of databricks_workspaces.lab, lies in northeurope, not in "
        "westeurope",
        NEAR + DISKS,
    ),
    Case("MLI467", UNPROTECTED + BY_ADDRESS, _unprotected("workspaces.main"), KEYS + BY_ADDRESS),
    Case("MLI467", UNPROTECTED + LAKE, _unprotected("storage_accounts.lake"), KEYS + LAKE),
    Case("MLI467", UNPROTECTED + IMAGES, _unprotected("container_registries.images"), KEYS + IMAGES),
    Case("MLI596", THEIRS_WITHOUT_KEYS + ENCRYPTED, NOT_AMONG_THEIRS, THEIR_KEYS + ENCRYPTED),
    Case("MLI596", THEIRS_WITHOUT_KEYS + LAKE, NOT_AMONG_THEIRS, THEIR_KEYS + LAKE),
    Case(
        "MLI596",
        _encrypted(f"key_vault: {VAULT_ID}, key_uri: data"),
        '6: "data" is no address of a key, and no vault of the spec stands beside it (write key_vault: <entry of '
        "key_vaults>)",
        KEYS + ENCRYPTED,
    ),
    Case(
        "MLI596",
        THEIR_KEYS + _encrypted("key_vault: keys, key_uri: 'https://kv-own.vault.azure.net/keys/data/1'"),
        '7: "https://kv-own.vault.azure.net/keys/data/1" is a key of the vault "kv-own", and key_vaults.keys is '
        '"kv-theirs" (write the name of a key of key_vaults.keys, or name the vault of the address)',
        THEIR_KEYS + _encrypted("key_vault: keys, key_uri: 'https://kv-theirs.vault.azure.net/keys/data/1'"),
    ),
    Case(
        "MLI596",
        _lake(f"key_vault: {VAULT_ID}, key: data"),
        '6: nothing says where the key "data" lies: no vault of the spec stands beside it (write key_vault: <entry of '
        "key_vaults>)",
        KEYS + LAKE,
    ),
    Case(
        "MLI596",
        KEYS + _lake(f"key_vault: {VAULT_ID}, key: key_vaults.keys.keys.data"),
        '7: nothing says where the key "key_vaults.keys.keys.data" lies: no vault of the spec stands beside it (write '
        "key_vault: keys and key: data)",
        KEYS + LAKE,
    ),
    Case(
        "MLI596",
        KEYS + _lake(f"key_vault: {VAULT_ID}, key: data"),
        '7: nothing says where the key "data" lies: no vault of the spec stands beside it (write key_vault: keys)',
        KEYS + LAKE,
    ),
    Case(
        "MLI596",
        KEYS + _lake("key_vault: keys, key: 'https://k.example/keys/a/1'"),
        '7: "https://k.example/keys/a/1" is an address, where the name of a key of key_vaults.keys is meant (write the '
        "key's name, and that name under keys: of the vault)",
        KEYS + LAKE,
    ),
    Case(
        "MLI597", THEIR_KEYS + ENCRYPTED + COSMOS.replace("data}", "other}"), NO_COSMOS, THEIR_KEYS + ENCRYPTED + COSMOS
    ),
    Case("MLI597", THEIR_KEYS + ENCRYPTED, NO_COSMOS, KEYS + ENCRYPTED),  # where bootstrap.sh gives the role
    Case(
        "MLI556",
        _keys(f"existing: true, id: {VAULT_ID}") + ENCRYPTED + COSMOS,
        "7: key_vaults.keys, with the key of workspaces.main, lies in subscription "
        "55555555-5555-5555-5555-555555555555",
        THEIR_KEYS + ENCRYPTED + COSMOS,
    ),
    Case(
        "MLI555",
        CLOSED_INTERNET + KEYS + IMAGES,
        "8: container_registries.images can't read its key in key_vaults.keys, which is closed (put the key into a "
        "vault of its own with network_acls: {default_action: allow}, or leave it out)",
        CLOSED_INTERNET + OPEN_KEYS + IMAGES,
    ),
    Case(
        "MLI557",
        KEYS + _lake(f"key_vault: keys, key: data, identity: {IDENTITY_ID}"),
        "7: storage_accounts.lake reads its key as an identity of which only the id is known",
        KEYS + _lake("key_vault: keys, key: data, identity: ws") + KNOWN_READER,
    ),
    Case("MLI553", APPROVED + OF_ITSELF, TO_STORAGE, APPROVED + WORKSPACE),
    Case("MLI553", APPROVED + OF_ITSELF, TO_STORAGE, APPROVED + OF_ITSELF_LATER),
    Case("MLI553", APPROVED + OF_ITSELF, TO_STORAGE, OF_ITSELF),
    Case("MLI553", APPROVED + OF_ITSELF + KNOWN_TO_APPROVE, TO_STORAGE, APPROVED + OF_ITSELF_LATER),
    Case(
        "MLI553",
        INTERNET + OF_ITSELF + CLOSED_LAKE,
        f"7: workspaces.main opens a private endpoint to storage_accounts.lake, {TOO_LATE}",
        INTERNET + OF_ITSELF,
    ),
    Case(
        "MLI553",
        INTERNET + OF_ITSELF + CLOSED_VAULT,
        f"7: workspaces.main opens a private endpoint to key_vaults.main, {TOO_LATE}",
        INTERNET + OF_ITSELF + OPEN_VAULT,
    ),
    Case(
        "MLI553",
        APPROVED + BY_ID.replace("IDENTITY", IDENTITY_ID),
        "7: workspaces.main opens a private endpoint to storage_accounts.main, and of the identity that has to approve "
        "it only the id is known (write an entry of identities with existing: true and that id, and name the entry)",
        APPROVED + BY_ID.replace("IDENTITY", "ws") + KNOWN_READER,
    ),
)


@pytest.mark.parametrize("case", KEY_CASES, ids=range(len(KEY_CASES)))
def test_who_has_to_act_and_can_not_is_found_and_nothing_else(case: Case, tmp_path: Path) -> None:
    wrong, right = tmp_path / "wrong", tmp_path / "right"
    wrong.mkdir()
    right.mkdir()
    assert said(wrong, HEADER + case.wrong, case.code) == [case.message]
    assert [item.message for item in found(right, HEADER + case.right) if item.code.severity == "error"] == []
    assert said(right, HEADER + case.right, case.code) == []


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        (IMAGES, False),
        (LAKE, True),
        (IMAGES + LAKE, False),
        (IMAGES + "workspaces: {main: {key_vault: keys}}\n", True),
        ("", True),
    ],
    ids=["only a registry", "an account", "both", "a workspace's secrets", "nothing"],
)
def test_a_vault_may_be_open_where_a_registry_reads_its_key(text: str, is_told: bool, tmp_path: Path) -> None:
    told = ["7: key_vaults.keys lets everyone in, though addresses are listed"] if is_told else []
    assert said(tmp_path, HEADER + CLOSED_INTERNET + OPEN_KEYS + text, "MLI437") == told


def test_a_registry_with_a_key_is_premium(tmp_path: Path) -> None:
    text = HEADER + KEYS
    told = "7: customer_managed_key needs sku premium, and container_registries.images is standard"
    assert said(tmp_path, text + _images("key_vault: keys, key: data", "sku: standard, "), "MLI429") == [told]
