"""Keys of one's own of a Databricks workspace: three things in it, three readers, and two deployments for the last."""

from __future__ import annotations

from pathlib import Path

from mlinfra.differ.bicep_state import deployed
from mlinfra.emit.bicep import bicep_files
from mlinfra.emit.bootstrap import key_services
from mlinfra.emit.own_key import not_encrypted
from mlinfra.emit.script_targets import prepared
from mlinfra.languages.resource import Of, OncePrepared, VersionOf
from mlinfra.plan import Plan
from tests.core.derived import plan_of, roles

KEY = "security: {customer_managed_key: {key_vault: keys, key: platform}}\n"
VAULT = "key_vaults: {keys: {network_acls: {default_action: allow}, keys: {platform: {}, disks: {}}}}\n"
OWN = "{customer_managed_key: {disks: {key_vault: keys, key: disks}}}"
CRYPTO = "Key Vault Crypto Service Encryption User/key_vaults.keys.keys"


def _keys(plan: Plan, name: str) -> dict[str, str]:
    """What of a workspace is encrypted, with the name of its key; `late` what only a second deployment may send."""
    properties = plan.by_address[f"databricks_workspaces.{name}"].resource.body["properties"]
    entities = properties.get("encryption", {}).get("entities", {})
    found = {what: each["keyVaultProperties"]["keyName"] for what, each in entities.items()}
    root = properties.get("parameters", {}).get("encryption")
    return found | ({"late": root["value"]["KeyName"]} if isinstance(root, OncePrepared) else {})


def test_the_key_of_the_platform_encrypts_all_that_a_workspace_writes_no_key_of(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path, f"{KEY}{VAULT}databricks_workspaces: {{main: {{}}, own: {OWN}, less: {{compute_mode: serverless}}}}\n"
    )
    assert _keys(plan, "main") == {"managedServices": "platform", "managedDisk": "platform", "late": "platform"}
    assert _keys(plan, "own") == {"managedServices": "platform", "managedDisk": "disks", "late": "platform"}
    assert _keys(plan, "less") == {"managedServices": "platform"}
    assert tuple(prepared(plan)) == tuple(
        plan.graph.entries[f"databricks_workspaces.{name}"].id for name in ("main", "own")
    )
    assert [row[0] for row in not_encrypted((plan,))] == ["`log_analytics.databricks`"]  # derived, and takes no key


def test_who_reads_a_key_that_azure_makes_gets_its_role_behind_the_workspace(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, f"{KEY}{VAULT}databricks_workspaces: {{main: {OWN}}}\n")
    main = "databricks_workspaces.main"
    for identity, key, because in (
        ("managed_disk_identity", "disks", f"the disks of {main} are encrypted with key_vaults.keys.keys.disks"),
        ("storage_account_identity", "platform", f"the root of {main} is encrypted with key_vaults.keys.keys.platform"),
    ):
        reader = f"{main}.{identity}"
        assert roles(plan.graph, reader) == {f"{CRYPTO}.{key}": because}
        planned = plan.by_address[f"role_assignments.{reader}/{CRYPTO}.{key}"]
        of_azure = {
            "managed_disk_identity": "managedDiskIdentity",
            "storage_account_identity": "storageAccountIdentity",
        }
        principal = Of(main, f"properties.{of_azure[identity]}.principalId")
        assert (planned.file, planned.resource.body["properties"]["principalId"]) == ("workspace", principal)
    assert len({planned.resource.names for planned in plan.resources if "_identity/" in planned.resource.address}) == 2
    properties = plan.by_address[main].resource.body["properties"]
    named = properties["encryption"]["entities"]["managedServices"]["keyVaultProperties"]
    assert named["keyVersion"] == VersionOf("key_vaults.keys.keys.platform")
    assert properties["parameters"]["prepareEncryption"] == {"value": True}


def test_bootstrap_lets_the_service_read_the_key_of_what_its_control_plane_keeps(tmp_path: Path) -> None:
    both = f"{KEY}{VAULT}databricks_workspaces: {{main: {{}}}}\nworkspaces: {{main: {{}}}}\n"
    plan = plan_of(tmp_path, both)
    key = (plan.graph.entries["key_vaults.keys.keys.platform"].id,)
    assert {each.name: keys for each, keys in key_services(plan).items()} == {
        "Azure Cosmos DB": key,
        "AzureDatabricks": key,
    }
    written = (
        "role_assignments: {%s: {object_id: 88888888-8888-8888-8888-88888888888%s, principal_type: service_principal, "
        "role: Key Vault Crypto Service Encryption User, scope: key_vaults.keys.keys.platform}}\n"
    )
    one = written % ("a", 1)
    assert len(key_services(plan_of(tmp_path, both + one))) == 2  # of which of the two it is, nobody knows
    two = one.replace("}}\n", "}, ") + (written % ("b", 2)).partition("{")[2]
    assert key_services(plan_of(tmp_path, both + two)) == {}
    disks = f"{VAULT}databricks_workspaces: {{main: {OWN}}}\n"
    assert key_services(plan_of(tmp_path, disks)) == {}


def test_the_template_sends_the_key_of_the_account_where_it_is_told_that_it_may(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, f"{KEY}{VAULT}databricks_workspaces: {{main: {{}}}}\n")
    files = {each.path: each.text for each in bicep_files(plan, "made")}
    assert (
        "      contains(prepared, 'dbw-churn-dev')\n        ? {\n            encryption: {"
        in files["dev/infra/workspace.bicep"]
    )
    assert "param prepared string[] = []\n" in files["dev/infra/main.bicep"]
    texts = {path.rpartition("/")[2]: text for path, text in files.items()}
    made = deployed(texts, {"workspace.bicep"}, plan.graph.target.subscription, plan.graph.target.resource_group.name)
    (workspace,) = (each for each in made if each.id == plan.graph.entries["databricks_workspaces.main"].id)
    assert workspace.body["properties"]["parameters"]["encryption"]["value"]["KeyName"] == "platform"
