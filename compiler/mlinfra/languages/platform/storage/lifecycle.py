"""The rules by which blobs of an account become cheaper and slower, or go."""

from __future__ import annotations

from typing import Any

from mlinfra.languages.platform.storage.account import Ages, LifecycleRule, StorageAccount

OLD_VERSIONS = "old-versions"  # the rule that we add; versions would pile up for ever

_ACTIONS = {  # field of the rule: action of ARM, in the order of a blob's life
    "cool_after_days": "tierToCool",
    "cold_after_days": "tierToCold",
    "archive_after_days": "tierToArchive",
    "delete_after_days": "delete",
}


def lifecycle_policy(account: StorageAccount) -> dict[str, Any] | None:
    """The properties of the account's `managementPolicies`, None where no blob ever moves."""
    rules = [_rule(name, _filters(rule.prefixes), _all_actions(rule)) for name, rule in account.lifecycle.items()]
    if account.has_blobs and account.keeps_versions and account.version_days:
        deletion = {"delete": {"daysAfterCreationGreaterThan": account.version_days}}
        rules.append(_rule(OLD_VERSIONS, _filters([]), {"snapshot": deletion, "version": deletion}))
    return {"policy": {"rules": rules}} if rules else None


def _rule(name: str, filters: dict[str, Any], actions: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "enabled": True,
        "type": "Lifecycle",
        "definition": {"filters": filters, "actions": actions},
    }


def _filters(prefixes: list[str]) -> dict[str, Any]:
    return {"blobTypes": ["blockBlob"], **({"prefixMatch": prefixes} if prefixes else {})}


def _all_actions(rule: LifecycleRule) -> dict[str, Any]:
    found = {
        "baseBlob": _actions(rule, "daysAfterModificationGreaterThan"),
        "snapshot": _actions(rule.snapshots, "daysAfterCreationGreaterThan"),
        "version": _actions(rule.versions, "daysAfterCreationGreaterThan"),
    }
    return {of: actions for of, actions in found.items() if actions}


def _actions(rule: LifecycleRule | Ages, counted: str) -> dict[str, Any]:
    days = {action: getattr(rule, field) for field, action in _ACTIONS.items()}
    return {action: {counted: after} for action, after in days.items() if after is not None}
