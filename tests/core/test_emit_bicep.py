"""Bicep of a platform: what is declared where, how one file refers to another, and how values are written."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

import pytest

from mlinfra.emit.bicep import bicep_files
from mlinfra.emit.readme import readme
from mlinfra.emit.symbols import symbol
from mlinfra.formats.bicep import Resource
from mlinfra.formats.bicep_reader import read_file
from tests.core.cases import CLUSTER, WORKSPACE
from tests.spec import HEADER, compiled


def emitted(folder: Path, text: str) -> dict[str, str]:
    """The Bicep files of a spec below a header, from the folder of our own."""
    (plan,) = compiled(folder, HEADER + text).plans
    files = bicep_files(plan, "made in a test")
    return {posixpath.relpath(file.path, "dev/infra"): file.text for file in files}


def declared(text: str, name: str) -> str:
    """A declaration of a file with the comments above it."""
    found = re.search(rf"^(?:(?://|#).*\n)*(?:resource|module) {name} (?:.*\n)+?}}\n", text, re.MULTILINE)
    assert found, f"{name} is not declared in:\n{text}"
    return found[0]


DATASTORE = """\
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}
datastores: {raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}}
"""
EXISTING = "workspaces: {main: {existing: true, azure_name: mlw-old, resource_group: rg-old}}\n"


def test_a_cluster_refers_to_its_workspace_and_its_identity(tmp_path: Path) -> None:
    files = emitted(tmp_path, WORKSPACE + CLUSTER.replace("v5}", "v5, tags: {team: a}}"))
    assert declared(files["compute.bicep"], "cpuComputeIdentity") == (
        "resource cpuComputeIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {\n"
        "  name: 'id-churn-dev-cpu-compute'\n"
        "}\n"
    )
    cluster = declared(files["compute.bicep"], "cpuCluster")
    assert cluster.startswith(
        """\
resource cpuCluster 'Microsoft.MachineLearningServices/workspaces/computes@2026-05-01' = {
  parent: mainWorkspace
  name: 'cpu'
  location: location
  tags: union(tags, {
    team: 'a'
  })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${cpuComputeIdentity.id}': {}
    }
  }
"""
    )


def test_a_datastore_keeps_no_key(tmp_path: Path) -> None:
    files = emitted(tmp_path, WORKSPACE + DATASTORE)
    assert (
        declared(files["workspace.bicep"], "rawDatastore")
        == """\
resource rawDatastore 'Microsoft.MachineLearningServices/workspaces/datastores@2026-05-01' = {
  parent: mainWorkspace
  name: 'raw'
  properties: {
    datastoreType: 'AzureDataLakeGen2'
    accountName: lakeStorage.name
    filesystem: 'raw'
    // the cloud of the spec is known, and environment() would hide the name from what-if
    #disable-next-line no-hardcoded-env-urls
    endpoint: 'core.windows.net'
    protocol: 'https'
    credentials: {
      credentialsType: 'None'
    }
  }
}
"""
    )


KEY = """\
workspaces: {main: {customer_managed_key: {key_vault: VAULT, key_uri: data}}}
key_vaults:
  ours: {sku: premium, keys: {data: {type: RSA-HSM, size: 4096}}}
  theirs: {existing: true, azure_name: kv-theirs, resource_group: rg-theirs, keys: {data: {azure_name: group-data}}}
"""


OWN_KEYS = """\
key_vaults: {keys: {azure_name: kv-own, keys: {data: {azure_name: of-data}}}}
identities: {reader: {}}
storage_accounts: {lake: {customer_managed_key: {key_vault: keys, key: data, identity: reader}}}
container_registries: {images: {customer_managed_key: {key_vault: keys, key: data, identity: reader}}}
"""


EXEMPT = """\
        // the cloud of the spec is known, and environment() would hide the name from what-if
        #disable-next-line no-hardcoded-env-urls
"""


@pytest.mark.parametrize(
    ("cloud", "suffix", "exempt"),
    [
        ("public", "vault.azure.net", EXEMPT),
        ("usgov", "vault.usgovcloudapi.net", ""),
        ("china", "vault.azure.cn", ""),
    ],
)
def test_an_account_and_a_registry_follow_the_newest_version_of_their_key(
    cloud: str, suffix: str, exempt: str, tmp_path: Path
) -> None:
    region = {"public": "westeurope", "usgov": "usgovvirginia", "china": "chinanorth3"}[cloud]
    header = HEADER.replace("location: westeurope", f"location: {region}\ncloud: {cloud}")
    (plan,) = compiled(tmp_path, header + OWN_KEYS).plans
    files = {file.path: file.text for file in bicep_files(plan, "made in a test")}
    storage = files["dev/infra/storage.bicep"]
    assert (
        f"""\
    encryption: {{
      keySource: 'Microsoft.Keyvault'
      identity: {{
        userAssignedIdentity: readerIdentity.id
      }}
      keyvaultproperties: {{
{exempt}        keyvaulturi: 'https://kv-own.{suffix}'
        keyname: 'of-data'
      }}
      requireInfrastructureEncryption: true
"""
        in storage
    )
    assert (
        f"""\
    encryption: {{
      status: 'enabled'
      keyVaultProperties: {{
        identity: readerIdentity.properties.clientId
{exempt}        keyIdentifier: 'https://kv-own.{suffix}/keys/of-data'
      }}
    }}
"""
        in storage
    )
    assert storage.count("      '${readerIdentity.id}': {}\n") == 2


def test_a_key_is_made_before_what_is_encrypted_with_its_newest_version(tmp_path: Path) -> None:
    files = emitted(tmp_path, KEY.replace("VAULT", "ours"))
    assert (
        declared(files["foundation.bicep"], "oursDataKey")
        == """\
resource oursDataKey 'Microsoft.KeyVault/vaults/keys@2026-02-01' = {
  parent: oursVault
  name: 'data'
  properties: {
    kty: 'RSA-HSM'
    keySize: 4096
    attributes: {
      enabled: true
    }
  }
}
"""
    )
    assert "        keyIdentifier: oursDataKey.properties.keyUriWithVersion\n" in files["workspace.bicep"]
    assert (
        declared(files["workspace.bicep"], "oursDataKey")
        == """\
resource oursDataKey 'Microsoft.KeyVault/vaults/keys@2026-02-01' existing = {
  parent: oursVault
  name: 'data'
}
"""
    )


def test_a_key_of_someone_else_is_read_where_it_is(tmp_path: Path) -> None:
    files = emitted(tmp_path, KEY.replace("VAULT", "theirs"))
    assert (
        declared(files["workspace.bicep"], "theirsDataKey")
        == """\
resource theirsDataKey 'Microsoft.KeyVault/vaults/keys@2026-02-01' existing = {
  parent: theirsVault
  name: 'group-data'
}
"""
    )
    assert "group-data" not in files["foundation.bicep"]
    assert "Crypto Service Encryption User" in files["../handover/rg-theirs/resources.bicep"]


OLD = "../handover/rg-old"  # from infra


def test_what_lives_in_a_workspace_of_another_group_is_handed_over(tmp_path: Path) -> None:
    files = emitted(tmp_path, EXISTING + CLUSTER + DATASTORE)
    assert sorted(files) == [
        f"{OLD}/main.bicep",
        f"{OLD}/main.bicepparam",
        f"{OLD}/resources.bicep",
        f"{OLD}/types.bicep",
        "foundation.bicep",
        "main.bicep",
        "main.bicepparam",
        "storage.bicep",
        "types.bicep",
    ]
    assert "rg-old" not in files["main.bicep"]
    assert declared(files[f"{OLD}/main.bicep"], "resources") == (
        "module resources 'resources.bicep' = {\n  params: {\n    location: location\n    tags: tags\n  }\n}\n"
    )
    assert files[f"{OLD}/main.bicepparam"].endswith("using './main.bicep'\n\nparam location = 'westeurope'\n")
    shared = files[f"{OLD}/resources.bicep"]
    assert "scope:" not in declared(shared, "mainWorkspace")
    assert "  scope: resourceGroup('rg-churn-dev')\n" in declared(shared, "cpuComputeIdentity")
    assert "  parent: mainWorkspace\n" in declared(shared, "cpuCluster")
    assert "  parent: mainWorkspace\n" in declared(shared, "rawDatastore")


def test_ids_of_what_lives_in_a_workspace_of_another_group(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, HEADER + EXISTING + CLUSTER).plans
    planned = plan.by_address["compute_clusters.cpu"]
    assert planned.id == plan.graph.entries["compute_clusters.cpu"].id
    assert planned.id == (
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-old/providers/"
        "Microsoft.MachineLearningServices/workspaces/mlw-old/computes/cpu"
    )


def test_groups_of_one_name_in_two_subscriptions_have_a_unit_each(tmp_path: Path) -> None:
    accounts = "\n".join(
        f"  s{n}: {{existing: true, azure_name: stold{n}, resource_group: rg-old, subscription: {str(n) * 8}-1111-1111-"
        "1111-111111111111}"
        for n in (3, 4)
    )
    stores = "\n".join(f"  d{n}: {{type: azure_blob, account_name: s{n}, container_name: abc}}" for n in (3, 4))
    job = (
        "jobs: {t: {type: command, command: 'x ${{inputs.a}} ${{inputs.b}}', environment: azureml:e:1, compute: cpu, "
        "inputs: {a: {type: uri_folder, path: azureml://datastores/d3/paths/x}, "
        "b: {type: uri_folder, path: azureml://datastores/d4/paths/x}}}}\n"
    )
    text = f"{WORKSPACE}{CLUSTER}storage_accounts:\n{accounts}\ndatastores:\n{stores}\n{job}"
    files = emitted(tmp_path, text)
    for number in "34":
        subscription = f"{number * 8}-1111-1111-1111-111111111111"
        shared = files[f"../handover/{subscription}-rg-old/resources.bicep"]
        assert f"name: 'stold{number}'" in shared
        assert "  scope: resourceGroup('11111111-1111-1111-1111-111111111111', 'rg-churn-dev')\n" in shared


def test_a_group_written_in_two_cases_has_one_unit(tmp_path: Path) -> None:
    accounts = "a: {existing: true, azure_name: sta, resource_group: RG-old}, "
    accounts += "b: {existing: true, azure_name: stb, resource_group: rg-old}, "
    accounts += "c: {existing: true, azure_name: stc, resource_group: RG-CHURN-dev}"
    scopes = ("a", "b", "c")
    roles = ", ".join(f"{n}: {{identity: id1, role: Reader, scope: storage_accounts.{n}}}" for n in scopes)
    text = f"identities: {{id1: {{}}}}\nstorage_accounts: {{{accounts}}}\nrole_assignments: {{{roles}}}\n"
    files = emitted(tmp_path, text)
    shared = "../handover/RG-old"
    assert sorted(name for name in files if name.startswith("..")) == [
        f"{shared}/main.bicep",
        f"{shared}/main.bicepparam",
        f"{shared}/resources.bicep",
    ]
    assert "param" not in files[f"{shared}/main.bicep"]  # neither location nor tags is used
    assert files[f"{shared}/resources.bicep"].count("Microsoft.Authorization/roleAssignments") == 2
    assert "scope:" not in declared(files[f"{shared}/resources.bicep"], "bStorage")


def test_an_entry_of_another_region_has_a_parameter_of_its_own(tmp_path: Path) -> None:
    files = emitted(tmp_path, "storage_accounts: {lake: {location: northeurope}, near: {location: westeurope}}\n")
    assert "  location: locationNortheurope\n" in declared(files["storage.bicep"], "lakeStorage")
    assert "  location: location\n" in declared(files["storage.bicep"], "nearStorage")
    assert "    locationNortheurope: locationNortheurope\n" in declared(files["main.bicep"], "storage")
    assert files["main.bicepparam"].endswith(
        "param location = 'westeurope'\nparam locationNortheurope = 'northeurope'\n"
    )


def test_properties_are_merged_and_an_id_in_them_becomes_a_reference(tmp_path: Path) -> None:
    text = (
        "key_vaults: {main: {properties: {softDeleteRetentionInDays: 30, networkAcls: {note: x}, "
        "one: '${storage_accounts.main.id}', two: 'x${storage_accounts.main.name}'}}}\n"
    )
    vault = declared(emitted(tmp_path, WORKSPACE + text)["foundation.bicep"], "mainVault")
    assert "    softDeleteRetentionInDays: 30\n" in vault
    assert "      virtualNetworkRules: []\n      note: 'x'\n" in vault
    assert "    one: mainStorage.id\n    two: 'xstchurndevyf3g'\n" in vault
    (plan,) = compiled(tmp_path, HEADER + WORKSPACE + text).plans
    row = "| `key_vaults.main` | `softDeleteRetentionInDays, networkAcls, one, two` | dev |"
    assert row in readme([plan], "made in a test").text


def test_what_was_derived_says_why(tmp_path: Path) -> None:
    files = emitted(tmp_path, WORKSPACE)
    assert declared(files["foundation.bicep"], "mainVaultDiagnostics").splitlines()[:4] == [
        "// because what happens on key_vaults.main is kept in log_analytics.main",
        "// only the preview API lets a diagnostic setting have a name of its own",
        "#disable-next-line use-recent-api-versions",
        "resource mainVaultDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {",
    ]


TEXTS = (
    ("it's", r"it\'s"),
    ("$${var.x} and ${{y}}", r"\${var.x} and \${{y}}"),
    ("back \\ slash", r"back \\ slash"),
    ("two\nlines\tand\r", r"two\nlines\tand\r"),
    ("'''", r"\'\'\'"),
    ("// no comment", "// no comment"),
)


@pytest.mark.parametrize(("text", "printed"), TEXTS)
def test_text_of_the_spec_stays_text(text: str, printed: str, tmp_path: Path) -> None:
    files = emitted(tmp_path, f"storage_accounts: {{lake: {{tags: {{a: {json.dumps(text)}}}}}}}\n")
    assert f"    a: '{printed}'\n" in declared(files["storage.bicep"], "lakeStorage")


SYMBOLS = (
    ("key_vaults.main", "mainVault"),
    ("storage_accounts.lake_2.containers.raw-data", "lake2RawDataContainer"),
    ("storage_accounts.lake.blob_services", "lakeBlobServices"),
    ("storage_accounts.lake.blob_services.diagnostics", "lakeBlobServicesDiagnostics"),
    ("storage_accounts.lake.lock", "lakeStorageLock"),
    ("workspaces.main.outbound_rules.lake-blob", "mainLakeBlobRule"),
    ("role_assignments.identities.main/AcrPull/container_registries.main", "mainAcrPullOnMainRegistry"),
    ("role_assignments.principals.main/Reader/workspaces.main", "mainPrincipalReaderOnMainWorkspace"),
    (
        "role_assignments.identities.cpu-compute/Storage Blob Data Reader/storage_accounts.lake.containers.raw",
        "cpuComputeStorageBlobDataReaderOnLakeRawContainer",
    ),
)


@pytest.mark.parametrize(("address", "expected"), SYMBOLS)
def test_a_symbol_says_what_it_stands_for(address: str, expected: str) -> None:
    assert symbol(address) == expected


def test_names_that_make_one_symbol_are_told_apart(tmp_path: Path) -> None:
    files = emitted(tmp_path, "identities: {a-b: {}, a_b: {}}\n")
    declarations = read_file(files["foundation.bicep"]).declarations
    found = [declaration.symbol for declaration in declarations if isinstance(declaration, Resource)]
    assert found == ["aBIdentity", "aBIdentity2"]


@pytest.mark.parametrize(
    ("cloud", "region", "audience"),
    [
        ("public", "westeurope", "api://AzureADTokenExchange"),
        ("usgov", "usgovvirginia", "api://AzureADTokenExchangeUSGov"),
        ("china", "chinanorth3", "api://AzureADTokenExchangeChina"),
    ],
)
def test_a_token_of_others_is_meant_for_the_cloud_of_the_platform(
    tmp_path: Path, cloud: str, region: str, audience: str
) -> None:
    credential = "{issuer: 'https://token.contoso.com', subject: a}"
    spec = f"cloud: {cloud}\nidentities: {{ci: {{federated_credentials: {{main: {credential}}}}}}}\n"
    (plan,) = compiled(tmp_path, HEADER.replace("westeurope", region) + spec).plans
    foundation = next(file.text for file in bicep_files(plan, "made in a test") if "foundation" in file.path)
    assert f"audiences: [\n      '{audience}'\n    ]" in foundation


def test_what_a_body_refers_to_is_not_waited_for_once_more(tmp_path: Path) -> None:
    """The linter of Bicep warns of it: the first endpoint lies in the only subnet, after which it would come anyway."""
    subnets = "{only: {address_prefix: 10.60.0.0/24}}"
    network = (
        "network: {inbound: private, outbound: internet, virtual_network: net, endpoints_subnet: only}\n"
        f"virtual_networks: {{net: {{address_space: [10.60.0.0/18], subnets: {subnets}}}}}\n"
    )
    foundation = emitted(tmp_path, WORKSPACE + network)["foundation.bicep"]
    assert "dependsOn" not in declared(foundation, "mainVaultEndpoint")
    assert "  dependsOn: [\n    mainVaultEndpoint\n  ]\n" in declared(foundation, "mainRegistryEndpoint")
