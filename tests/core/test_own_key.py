"""The key of the platform's own: what it encrypts, in which order, who reads it, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

from mlinfra.emit.own_key import not_encrypted
from mlinfra.languages.resource import Of
from mlinfra.plan import Plan
from tests.core.derived import plan_of, roles

KEY = "security: {customer_managed_key: {key_vault: keys, key: platform%s}}\n"
OPEN = "key_vaults: {keys: {network_acls: {default_action: allow}, keys: {platform: {}}}}\n"
CLOSED = "key_vaults: {keys: {network_acls: {default_action: deny}, keys: {platform: {}}}}\n"
PLATFORM = "workspaces: {main: {}}\nstorage_accounts: {lake: {}}\ncompute_clusters: {cpu: {size: Standard_D4ds_v5}}\n"
CRYPTO = "Key Vault Crypto Service Encryption User/key_vaults.keys.keys"


def _encrypted(plan: Plan) -> set[str]:
    return {
        planned.resource.address
        for planned in plan.resources
        if "keyvaultproperties" in (encryption := planned.resource.body.get("properties", {}).get("encryption", {}))
        or "keyVaultProperties" in encryption
    }


def test_all_that_takes_a_key_is_encrypted_with_it_after_the_roles_that_read_it(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, KEY % "" + OPEN + PLATFORM)
    keyed = {"workspaces.main", "storage_accounts.main", "storage_accounts.lake", "container_registries.main"}
    assert _encrypted(plan) == keyed
    assert plan.by_address["key_vaults.keys.keys.platform"].file == "foundation"
    for reader, of in (
        ("identities.lake-storage-key", "storage_accounts.lake"),
        ("identities.main", "workspaces.main"),
    ):
        because = f"{of} is encrypted with key_vaults.keys.keys.platform"
        assert roles(plan.graph, reader)[f"{CRYPTO}.platform"] == because
        assert plan.by_address[f"role_assignments.{reader}/{CRYPTO}.platform"].file == "foundation"
    workspace = plan.by_address["workspaces.main"].resource.body["properties"]["encryption"]["keyVaultProperties"]
    assert workspace["keyIdentifier"] == Of("key_vaults.keys.keys.platform", "properties.keyUriWithVersion")


def test_behind_a_closed_vault_images_keep_the_keys_of_azure_and_the_readme_says_so(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, KEY % ", except: [storage_accounts.lake]" + CLOSED + PLATFORM)
    assert _encrypted(plan) == {"workspaces.main", "storage_accounts.main"}
    found = {str(address).strip("`"): reason for address, reason, _ in not_encrypted((plan,))}
    assert found["container_registries.main"] == "a registry reads its key from outside, and key_vaults.keys is closed"
    assert found["storage_accounts.lake"] == "security.customer_managed_key.except names it"
    assert found["log_analytics.main"] == "only a dedicated cluster takes one, from 100 GB a day"
    assert set(found) == {
        *("container_registries.main", "storage_accounts.lake", "log_analytics.main"),
        *("application_insights.main", "compute_clusters.cpu"),
    }


def test_a_key_of_a_body_wins_and_one_identity_may_read_for_all(tmp_path: Path) -> None:
    keys = OPEN.replace("platform: {}", "platform: {}, own: {}") + "identities: {reader: {}}\n"
    own = PLATFORM.replace("lake: {}", "lake: {customer_managed_key: {key_vault: keys, key: own}}")
    plan = plan_of(tmp_path, KEY % ", identity: reader" + keys + own)
    lake = plan.by_address["storage_accounts.lake"].resource.body["properties"]["encryption"]
    assert lake["keyvaultproperties"]["keyname"] == "own"
    main = plan.by_address["storage_accounts.main"].resource.body["properties"]["encryption"]
    assert main["identity"] == {"userAssignedIdentity": Of("identities.reader")}
    assert set(roles(plan.graph, "identities.reader")) == {f"{CRYPTO}.platform"}


def test_without_a_key_of_its_own_nothing_is_said_of_keys(tmp_path: Path) -> None:
    assert list(not_encrypted((plan_of(tmp_path, PLATFORM),))) == []


def test_logs_are_encrypted_where_a_cluster_with_a_key_is_written(tmp_path: Path) -> None:
    """What lies in such a cluster keeps no keys of Azure, and neither do the traces that it holds."""
    text = (
        "log_analytics_clusters: {own: {}, keyless: {}}\n"
        "log_analytics: {main: {cluster: own}, other: {cluster: keyless}, last: {}}\n"
        "workspaces: {main: {}}\napplication_insights: {main: {log_analytics: main}}\n"
        "key_vaults: {keys: {keys: {platform: {}}}}\n"
        "security: {customer_managed_key: {key_vault: keys, key: platform, except: [log_analytics_clusters.keyless]}}\n"
    )
    plan = plan_of(tmp_path, text)
    cluster = plan.by_address["log_analytics_clusters.own"].resource.body
    assert cluster["properties"]["keyVaultProperties"]["keyName"] == "platform"
    assert plan.graph.entries["identities.own-logs-key"].because is not None
    kept = [str(address).strip("`") for address, *_ in not_encrypted([plan])]
    assert kept == ["log_analytics.last", "log_analytics.other", "log_analytics_clusters.keyless"]
