"""In which order a person removes what is left behind, and by which commands."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.model import Found
from mlinfra.differ.removal import removals
from mlinfra.differ.renaming import ONLY_THE_NAME
from mlinfra.differ.words import grade, sentence_of
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

GROUP = "/subscriptions/s/resourceGroups/g/providers"
ACCOUNT = f"{GROUP}/Microsoft.Storage/storageAccounts/stlake"
LAKE = "storage_accounts.lake"
ASKS_NOTHING = cast(Any, SimpleNamespace(plans={}))  # of a spec: what has an id is removed by that


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


LOCKED = f"""{HEADER.replace("mode: development", "mode: production")}
network: {{inbound: public, outbound: internet}}
storage_accounts:
  lake: {{containers: {{raw: {{}}, kept: {{}}}}}}
  old: {{containers: {{all: {{}}}}}}
"""


@pytest.mark.parametrize(
    ("address", "after"),
    [
        ("storage_accounts.lake.containers.raw", LOCKED.replace("raw: {}, ", "")),
        ("storage_accounts.old", LOCKED.replace("  old: {containers: {all: {}}}\n", "")),
    ],
    ids=["the lock stays in the spec", "the lock leaves the spec"],
)
def test_the_lock_on_it_or_above_it_goes_before_it(address: str, after: str, tmp_path: Path) -> None:
    old, earlier = compiled_side(tmp_path / "a", LOCKED)
    new, now = compiled_side(tmp_path / "b", after)
    found = difference(old, new, now, earlier, old)
    commands = [each.command for each in found.removals]
    (change,) = (each for each in found.changes if each.address == address)
    account = (change.id or "").partition("/blobServices/")[0]
    (lock,) = (place for place, each in enumerate(commands) if each.startswith("az lock delete") and account in each)
    assert lock < commands.index(f"az resource delete --ids {change.id}")
    assert change.remedy.endswith(f"{commands[lock]} && az resource delete --ids {change.id}")


def test_a_key_is_deleted_in_its_vault_which_resource_manager_does_not_do() -> None:
    vault = f"{GROUP}/Microsoft.KeyVault/vaults/kv"
    key = left("key_vaults.v.keys.cmk", "Microsoft.KeyVault/vaults/keys", f"{vault}/keys/cmk")
    assert [(each.command, each.loses) for each in removals([key], ASKS_NOTHING)] == [
        ("az keyvault key delete --name cmk --vault-name kv --subscription s", "what is encrypted with it")
    ]


@pytest.mark.parametrize(
    ("address", "asked", "sentence"),
    [
        ("key_vaults.v.keys.cmk", "Decide first", "{} leaves the spec, and stays in Azure"),
        ("storage_accounts.lake.containers.raw", "Decide first", "all data of {} is left behind"),
        ("storage_accounts.lake", "Decide first", "all data of {} is left behind"),
        ("storage_accounts.lake.blob_services", "Look", "{} leaves the spec, and stays in Azure"),
        ("virtual_networks.v.subnets.s", "Look", "{} leaves the spec, and stays in Azure"),
    ],
)
def test_whoever_leaves_data_or_a_key_to_it_behind_is_asked_first(address: str, asked: str, sentence: str) -> None:
    one = left(address, "", f"{GROUP}/x")
    assert (grade([one]), sentence_of(one)) == (asked, sentence)


def test_what_may_only_be_called_otherwise_is_asked_for_first() -> None:
    renamed = left(LAKE, "Microsoft.Storage/storageAccounts", ACCOUNT, f"{ONLY_THE_NAME} moved: []")
    assert not list(removals([renamed, *LEFT[1:]], ASKS_NOTHING))
    assert not list(removals(LEFT, None))


def test_a_name_of_a_manifest_is_one_word_of_a_command() -> None:
    odd = left("identities.cpu", "Microsoft.ManagedIdentity/userAssignedIdentities", "/a;b $(c)")
    assert [each.command for each in removals([odd], ASKS_NOTHING)] == ["az resource delete --ids '/a;b $(c)'"]


SERVING = f"""{HEADER}
workspaces: {{main: {{}}}}
compute_clusters: {{cpu: {{size: Standard_D4ds_v4, max_instances: 1}}}}
models: {{m: {{path: model}}}}
environments: {{e: {{image: "mcr.microsoft.com/azureml/base:1"}}}}
batch_endpoints:
  night:
    deployments:
      main: &one
        {{type: model, model: m, compute: cpu, environment: e, code_configuration: {{code: src, scoring_script: s.py}}}}
      other: *one
    defaults: {{deployment_name: main}}
"""


def test_what_an_endpoint_loses_is_deleted_by_the_names_that_its_releases_have(tmp_path: Path) -> None:
    files = {"src/s.py": "def init(): ...\ndef run(data): ...\n", "model/m": ""}
    old, earlier = compiled_side(tmp_path / "a", SERVING, files)
    new, now = compiled_side(tmp_path / "b", SERVING.replace("      other: *one\n", ""), files)
    found = difference(old, new, now, earlier, old)
    (removal,) = found.removals
    assert "az ml batch-deployment list --endpoint-name night-" in removal.command
    assert "grep -Ex 'other(-[0-9a-f]{6})?' | xargs -rn 1 az ml batch-deployment delete" in removal.command
    (left,) = (each for each in found.changes if each.action == "deleted")
    assert left.remedy.endswith(removal.command)
