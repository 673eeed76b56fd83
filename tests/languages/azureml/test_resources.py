"""What becomes Bicep says what Azure calls things, wherever the spec calls them something else."""

from pathlib import Path
from typing import Any

import pytest

from mlinfra.languages.resource import Of
from tests.core.cases import WORKSPACE
from tests.spec import HEADER, compiled

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-churn-dev"
OTHER = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-network"
KEY = "https://kv-keys.vault.azure.net/keys/workspace/1"
SUBNET = "providers/Microsoft.Network/virtualNetworks/vnet/subnets/training"


def properties(folder: Path, text: str, address: str) -> dict[str, Any]:
    (plan,) = compiled(folder, HEADER + WORKSPACE + text).plans
    found: dict[str, Any] = plan.by_address[address].resource.body["properties"]
    return found


@pytest.mark.parametrize(
    ("account", "store", "key", "name"),
    [
        (
            "containers: {raw: {azure_name: raw-data}}",
            "{type: azure_blob, container_name: raw",
            "containerName",
            "raw-data",
        ),
        ("file_shares: {raw: {azure_name: drop}}", "{type: azure_file, file_share_name: raw", "fileShareName", "drop"),
        (
            "hierarchical_namespace: true, containers: {raw: {azure_name: raw-data}}",
            "{type: azure_data_lake_gen2, filesystem: raw",
            "filesystem",
            "raw-data",
        ),
    ],
    ids=["container", "share", "file system"],
)
def test_a_datastore_names_its_container_as_azure_does(
    account: str, store: str, key: str, name: str, tmp_path: Path
) -> None:
    text = f"storage_accounts: {{lake: {{{account}}}}}\ndatastores: {{raw: {store}, account_name: lake}}}}\n"
    assert properties(tmp_path, text, "datastores.raw")[key] == name


@pytest.mark.parametrize(
    ("settings", "subnet"),
    [
        ("{vnet_name: vnet, subnet: training}", f"{GROUP}/{SUBNET}"),
        (f"{{subnet: {GROUP}-network/{SUBNET}}}", f"{GROUP}-network/{SUBNET}"),
    ],
    ids=["named", "given by its id"],
)
def test_a_cluster_has_the_id_of_its_subnet(settings: str, subnet: str, tmp_path: Path) -> None:
    text = f"compute_clusters: {{cpu: {{size: Standard_D4ds_v4, network_settings: {settings}}}}}\n"
    assert properties(tmp_path, text, "compute_clusters.cpu")["properties"]["subnet"] == {"id": subnet}


def test_the_primary_identity_fetches_the_key_of_a_workspace(tmp_path: Path) -> None:
    cosmos = f"{OTHER}/providers/Microsoft.DocumentDB/databaseAccounts/cosmos"
    text = (
        "key_vaults: {keys: {azure_name: kv-keys}}\n"
        f"workspaces: {{main: {{customer_managed_key: {{key_vault: keys, key_uri: {KEY}, cosmosdb_id: {cosmos}}}}}}}\n"
    )
    (plan,) = compiled(tmp_path, HEADER + text).plans
    assert plan.by_address["workspaces.main"].resource.body["properties"]["encryption"] == {
        "status": "Enabled",
        "identity": {"userAssignedIdentity": Of("identities.main")},
        "keyVaultProperties": {"keyVaultArmId": Of("key_vaults.keys"), "keyIdentifier": KEY},
        "cosmosDbResourceId": cosmos,
    }


SPELLED = """\
identities: {i: {}}
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}
workspaces:
  main:
    identity: {type: UserAssigned, user_assigned_identities: {i: {}}}
    primary_user_assigned_identity: i
    managed_network: {isolation_mode: AllowInternetOutbound, firewall_sku: BASIC}
compute_clusters: {cpu: {size: Standard_D4ds_v4, tier: DEDICATED, identity: {type: SystemAssigned}}}
datastores: {raw: {type: AzureDataLakeGen2, account_name: lake, filesystem: raw}}
"""


def test_words_that_the_sdk_takes_in_camel_case_mean_the_same(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, HEADER + SPELLED).plans
    bodies = {address: planned.resource.body for address, planned in plan.by_address.items()}
    workspace = bodies["workspaces.main"]
    assert workspace["identity"]["type"] == "UserAssigned"
    assert workspace["properties"]["managedNetwork"] == {
        "isolationMode": "AllowInternetOutbound",
        "firewallSku": "Basic",
    }
    assert bodies["compute_clusters.cpu"]["identity"] == {"type": "SystemAssigned"}
    assert bodies["compute_clusters.cpu"]["properties"]["properties"]["vmPriority"] == "Dedicated"
    assert bodies["datastores.raw"]["properties"]["datastoreType"] == "AzureDataLakeGen2"
    assert "workspaces.main.outbound_rules.lake-dfs" in bodies


def test_a_lake_of_fabric_is_a_datastore(tmp_path: Path) -> None:
    text = (
        "datastores: {bronze: {type: one_lake, one_lake_workspace_name: sales, "
        "endpoint: onelake.dfs.fabric.example, artifact: {type: lake_house, name: bronze}}}\n"
    )
    assert properties(tmp_path, text, "datastores.bronze") == {
        "datastoreType": "OneLake",
        "oneLakeWorkspaceName": "sales",
        "endpoint": "onelake.dfs.fabric.example",
        "artifact": {"artifactType": "LakeHouse", "artifactName": "bronze"},
        "credentials": {"credentialsType": "None"},
    }


@pytest.mark.parametrize("written", ["None", "null"])
def test_a_subnet_of_serverless_computes_that_is_none_is_not_sent(written: str, tmp_path: Path) -> None:
    spec = HEADER + f"workspaces: {{main: {{serverless_compute: {{custom_subnet: {written}, no_public_ip: false}}}}}}\n"
    (plan,) = compiled(tmp_path, spec).plans
    sent = plan.by_address["workspaces.main"].resource.body["properties"]["serverlessComputeSettings"]
    assert sent == {"serverlessComputeNoPublicIP": False}
