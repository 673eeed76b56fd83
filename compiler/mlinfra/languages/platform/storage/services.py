"""The services of a storage account: what each says of browsers, of what is deleted, and of what lies in it."""

from __future__ import annotations

from typing import Any

from mlinfra.azure.casing import camel
from mlinfra.languages.platform.storage.account import Cors, FileShare, Service, StorageAccount

_ACCESS_TIERS = {"transaction_optimized": "TransactionOptimized", "hot": "Hot", "cool": "Cool", "premium": "Premium"}


def service_properties(account: StorageAccount, service: Service) -> dict[str, Any]:
    own = {"blob": _of_blobs, "file": _of_files}.get(service, _of_others)(account)
    rules: list[Cors] | None = getattr(account.cors, service)
    return own if rules is None else {"cors": {"corsRules": [_cors(rule) for rule in rules]}, **own}


def _cors(rule: Cors) -> dict[str, Any]:
    return {
        "allowedOrigins": rule.allowed_origins,
        "allowedMethods": rule.allowed_methods,
        "allowedHeaders": rule.allowed_headers,
        "exposedHeaders": rule.exposed_headers,
        "maxAgeInSeconds": rule.max_age_in_seconds,
    }


def _of_others(account: StorageAccount) -> dict[str, Any]:
    return {}


def _of_blobs(account: StorageAccount) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    if not account.hierarchical_namespace:  # which excludes versions, the change feed and point-in-time restore
        properties |= {"isVersioningEnabled": account.keeps_versions, "changeFeed": _change_feed(account)}
    if account.can_be_restored:
        properties["restorePolicy"] = _switched(account.restore_days)
    return properties | {
        "deleteRetentionPolicy": _switched(account.blob_soft_delete_days),
        "containerDeleteRetentionPolicy": _switched(account.container_soft_delete_days),
    }


def _change_feed(account: StorageAccount) -> dict[str, Any]:
    return (
        {"enabled": True, "retentionInDays": account.change_feed_days}
        if account.change_feed_days
        else {"enabled": False}
    )


def _of_files(account: StorageAccount) -> dict[str, Any]:
    return {
        "shareDeleteRetentionPolicy": _switched(account.share_soft_delete_days),
        "protocolSettings": {
            "smb": {
                "versions": "SMB3.1.1",
                "authenticationMethods": "NTLMv2;Kerberos",
                "kerberosTicketEncryption": "AES-256",
                "channelEncryption": "AES-128-GCM;AES-256-GCM",
            }
        },
    }


def _switched(days: int) -> dict[str, Any]:
    return {"enabled": True, "days": days} if days else {"enabled": False}


def share_properties(account: StorageAccount, share: FileShare) -> dict[str, Any]:
    properties: dict[str, Any] = {"enabledProtocols": share.protocol.upper(), "shareQuota": share.quota_gb}
    tier = share.access_tier or (None if account.kind == "FileStorage" else "transaction_optimized")
    if tier:
        properties["accessTier"] = _ACCESS_TIERS[tier]
    return properties | ({"metadata": share.metadata} if share.metadata else {})


def protection(account: StorageAccount) -> dict[str, Any]:
    """What the account says of its keys, its signatures, its versions and its way to who asks, where it is written."""
    properties: dict[str, Any] = {}
    if account.immutability:
        properties["immutableStorageWithVersioning"] = {
            "enabled": True,
            "immutabilityPolicy": {
                "immutabilityPeriodSinceCreationInDays": account.immutability.days,
                "state": camel(account.immutability.state),
                "allowProtectedAppendWrites": account.immutability.allow_protected_append_writes,
            },
        }
    if account.key_policy_days:
        properties["keyPolicy"] = {"keyExpirationPeriodInDays": account.key_policy_days}
    if account.large_file_shares:
        properties["largeFileSharesState"] = "Enabled"
    if account.routing:
        properties["routingPreference"] = {
            "routingChoice": camel(account.routing.routing_choice),
            "publishInternetEndpoints": account.routing.publish_internet_endpoints,
            "publishMicrosoftEndpoints": account.routing.publish_microsoft_endpoints,
        }
    return properties
