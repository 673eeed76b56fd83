"""storage_accounts: blobs and files of workspaces, data lakes; containers and shares live in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mlinfra.azure.casing import camel
from mlinfra.azure.name_rules import LOWER, NameRule
from mlinfra.graph import Entry, Graph
from mlinfra.languages.charges import Amount, Charge, Uncounted, used
from mlinfra.languages.key_places import FIELD
from mlinfra.languages.language import KeyReader
from mlinfra.languages.platform import access
from mlinfra.languages.platform.encryption import INSIDE, OwnKey, own_key, with_key_identity
from mlinfra.languages.platform.identity_block import identity_block
from mlinfra.languages.platform.kind import Kind, resource_of
from mlinfra.languages.platform.storage.account import (
    SERVICES,
    Service,
    StorageAccount,
    StorageAcls,
)
from mlinfra.languages.platform.storage.changing import CHANGES
from mlinfra.languages.platform.storage.lifecycle import lifecycle_policy
from mlinfra.languages.platform.storage.services import protection, service_properties, share_properties
from mlinfra.languages.resource import Resource, TenantId, merged
from mlinfra.languages.settings import AS_WRITTEN, PROPERTIES, Insecure, Setting, ways_in

_DEFAULT_SKUS = {"development": "Standard_LRS", "production": "Standard_ZRS"}  # a copy in each zone where it matters


def resources(account: StorageAccount, entry: Entry, graph: Graph) -> Iterator[Resource]:
    identity = identity_block(
        with_key_identity(account.identities, own_key(entry, graph)), system_assigned=account.system_identity
    )
    yield resource_of(
        STORAGE_ACCOUNTS,
        entry,
        account,
        _properties(account, entry, graph),
        kind=account.kind,
        sku={"name": sku_of(account, graph)},
        identity=identity,
    )
    for service in SERVICES:
        if account.has(service):
            yield _service(entry, service, service_properties(account, service))
            yield from _IN[service](account, entry, graph)
    yield from _lifecycle(account, entry)


def sku_of(account: StorageAccount, graph: Graph) -> str:
    return account.sku or _DEFAULT_SKUS[graph.target.mode]


def _properties(account: StorageAccount, entry: Entry, graph: Graph) -> dict[str, Any]:
    properties: dict[str, Any] = {"accessTier": account.access_tier.capitalize()} if account.has_access_tier else {}
    return properties | {
        "isHnsEnabled": account.hierarchical_namespace,
        "isSftpEnabled": account.sftp,
        "isLocalUserEnabled": account.sftp,
        "isNfsV3Enabled": account.nfs,
        "minimumTlsVersion": account.minimum_tls,
        "supportsHttpsTrafficOnly": account.https_only,
        "allowBlobPublicAccess": account.public_blobs,
        "allowSharedKeyAccess": account.shared_key_access,
        "allowCrossTenantReplication": account.cross_tenant_replication,
        "allowedCopyScope": "AAD",
        "defaultToOAuthAuthentication": True,
        "publicNetworkAccess": account.public_network_access.capitalize(),
        "networkAcls": _network_acls(account, graph),
        "sasPolicy": {
            "expirationAction": account.sas_policy.action.capitalize(),
            "sasExpirationPeriod": account.sas_policy.period,
        },
        **protection(account),
        "encryption": {
            **_key(own_key(entry, graph)),
            "requireInfrastructureEncryption": account.infrastructure_encryption,
            "services": _encrypted_services(account),
        },
    }


def _key(key: OwnKey | None) -> dict[str, Any]:
    """Without a version, Azure Storage looks for a newer one once a day."""
    if key is None:
        return {"keySource": "Microsoft.Storage"}
    return {
        "keySource": "Microsoft.Keyvault",
        "identity": {"userAssignedIdentity": key.identity_is()},
        "keyvaultproperties": {"keyvaulturi": key.vault_uri, "keyname": key.name},
    }


def _network_acls(account: StorageAccount, graph: Graph) -> dict[str, Any]:
    acls = account.network_acls
    cidrs = access.allowed_ips(acls, graph.network)
    return {
        "bypass": ", ".join(map(camel, acls.bypass)),
        "defaultAction": access.default_action(acls, graph.network, account.public_network_access),
        "ipRules": [{"action": "Allow", "value": value} for value in access.without_smallest_prefixes(cidrs)],
        "virtualNetworkRules": [{"action": "Allow", **rule} for rule in access.subnet_rules(acls)],
        **_instances(acls, graph),
    }


def _instances(acls: StorageAcls, graph: Graph) -> dict[str, Any]:
    """Resources that come in, by literal ids: a workspace is made after its account, and may come in all the same."""
    rules = []
    for instance in acls.resource_instances:
        if isinstance(instance, str):
            entry = graph.entries.get(instance)
            identifier = entry.id if entry else instance
            rules.append({"tenantId": TenantId(), "resourceId": identifier or instance})
        else:
            rules.append({"tenantId": instance.tenant, "resourceId": instance.id})
    return {"resourceAccessRules": rules} if rules else {}


def _encrypted_services(account: StorageAccount) -> dict[str, Any]:
    """Queues and tables follow the account's key only if that is said when it is created."""
    of_queues = account.queue_and_table_key.capitalize()
    return {
        service: {"enabled": True, "keyType": of_queues if service in ("queue", "table") else "Account"}
        for service in SERVICES
        if account.has(service)
    }


def _service(entry: Entry, service: str, properties: dict[str, Any]) -> Resource:
    return Resource(
        address=f"{entry.address}.{service}_services",
        type=f"{STORAGE_ACCOUNTS.resource_type}/{service}Services",
        names=(entry.azure_name, "default"),
        layer=STORAGE_ACCOUNTS.layer,
        body={"properties": properties},
        owner=entry.address,
        parent=entry.address,
        because=f"how {entry.address} keeps its {service}s, and who asked for them, is set where they are served",
    )


def _containers(account: StorageAccount, entry: Entry, graph: Graph) -> Iterator[Resource]:
    for name, container in account.containers.items():
        properties: dict[str, Any] = {"publicAccess": "None"}
        if container.metadata:
            properties["metadata"] = container.metadata
        if container.immutable_versions:
            properties["immutableStorageWithVersioning"] = {"enabled": True}
        yield _inside(graph.entries[f"{entry.address}.containers.{name}"], entry, "blob", "containers", properties)


def _shares(account: StorageAccount, entry: Entry, graph: Graph) -> Iterator[Resource]:
    for name, share in account.file_shares.items():
        nested = graph.entries[f"{entry.address}.file_shares.{name}"]
        yield _inside(nested, entry, "file", "shares", share_properties(account, share))


def _queues(account: StorageAccount, entry: Entry, graph: Graph) -> Iterator[Resource]:
    for name, queue in account.queues.items():
        properties: dict[str, Any] = {"metadata": queue.metadata} if queue.metadata else {}
        yield _inside(graph.entries[f"{entry.address}.queues.{name}"], entry, "queue", "queues", properties)


def _tables(account: StorageAccount, entry: Entry, graph: Graph) -> Iterator[Resource]:
    for name in account.tables:
        yield _inside(graph.entries[f"{entry.address}.tables.{name}"], entry, "table", "tables", {})


_IN: Mapping[Service, Callable[[StorageAccount, Entry, Graph], Iterator[Resource]]] = {
    "blob": _containers,
    "file": _shares,
    "queue": _queues,
    "table": _tables,
}


def _inside(nested: Entry, entry: Entry, service: str, segment: str, properties: dict[str, Any]) -> Resource:
    written = getattr(nested.model, "properties", {})
    return Resource(
        address=nested.address,
        type=f"{STORAGE_ACCOUNTS.resource_type}/{service}Services/{segment}",
        names=(entry.azure_name, "default", nested.azure_name),
        layer=STORAGE_ACCOUNTS.layer,
        body={"properties": merged(properties, written)},
        owner=nested.address,
        parent=f"{entry.address}.{service}_services",
        because=nested.because,
        properties_written=bool(written),
    )


def _lifecycle(account: StorageAccount, entry: Entry) -> Iterator[Resource]:
    policy = lifecycle_policy(account)
    if policy is None:
        return
    yield Resource(
        address=f"{entry.address}.lifecycle",
        type=f"{STORAGE_ACCOUNTS.resource_type}/managementPolicies",
        names=(entry.azure_name, "default"),
        layer=STORAGE_ACCOUNTS.layer,
        body={"properties": policy},
        owner=entry.address,
        parent=entry.address,
        depends_on=(f"{entry.address}.blob_services",),  # the rules speak of versions, which that service switches on
        because=None if account.lifecycle else f"old versions of blobs in {entry.address} would be kept for ever",
    )


def _services(entry: Entry) -> tuple[str, ...]:
    """Those that people and pipelines use; a lake is reached by dfs, and by blob where SDKs list it."""
    account = entry.model
    if not isinstance(account, StorageAccount):
        return ()
    lake = ("dfs",) if account.hierarchical_namespace else ()
    return (*(("blob",) if account.has_blobs else ()), *(("file",) if account.has_files else ()), *lake)


def _charges(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
    account = entry.model
    if not isinstance(account, StorageAccount):
        return
    stored, sku = used(account.usage, "gb"), sku_of(account, graph)
    performance, copies = sku.split("_")
    if stored is None:
        yield Uncounted("what lies in storage", "usage.gb is not written")
    elif performance != "Standard" or account.access_tier != "hot":
        yield Uncounted(f"what lies in storage {sku} {account.access_tier}", "its price is not known here")
    else:
        what = f"{stored.normalize():f} GB in storage {sku}"
        yield Charge(what, f"blobs_{copies.lower()}", Amount(stored, stored, stored))


STORAGE_ACCOUNTS = Kind(
    name="storage_accounts",
    noun="storage account",
    linked_by="storage_account",
    called_elsewhere={
        "ishnsenabled": "write hierarchical_namespace",
        **dict.fromkeys(
            ("containeraccesstype", "publicaccess"), "leave it out: whoever reads a container signs in, and has a role"
        ),
        "mintlsversion": "write minimum_tls, which is TLS1_2 unless written",
        "httpstrafficonlyenabled": "write https_only, which is true unless written",
        "minimumtlsversion": "write minimum_tls, which is TLS1_2 unless written",
        "allowblobpublicaccess": "write public_blobs, which is false unless written",
        "allownesteditemstobepublic": "write public_blobs, which is false unless written",
        "allowsharedkeyaccess": "write shared_key_access, which is false unless written",
        "sharedaccesskeyenabled": "write shared_key_access, which is false unless written",
        "securetransfer": "write https_only, which is true unless written",
        "requiresecuretransfer": "write https_only, which is true unless written",
        "supportshttpstrafficonly": "write https_only, which is true unless written",
        "enablehttpstrafficonly": "write https_only, which is true unless written",
        "accountkind": "write kind",
        "accounttier": "write both in sku, such as sku: Standard_LRS",
        "accountreplicationtype": "write both in sku, such as sku: Standard_LRS",
        "replication": "write sku: Standard_ZRS, or another kind of copies",
        "iprules": "write allowed_ips: [203.0.113.0/24]",
        "virtualnetworkrules": "write subnets",
        "networkrules": "write network_acls",
        "fileshare": "write file_shares: {<name>: {}}",
        "resourcegroupname": "leave it out: what is created lies in the group of its target",
        "preventdestroy": "leave it out: lifecycle has rules for blobs, and in production a lock keeps the account",
        "ignorechanges": "leave it out: lifecycle has rules for blobs",
        "dependson": "leave it out: what an entry names is made before it",
        "privateendpoints": "write network: {inbound: private, virtual_network: <entry>, endpoints_subnet: <subnet>}, "
        "which makes one for each part",
    },
    model=StorageAccount,
    charges=_charges,
    layer="storage",
    resource_type="Microsoft.Storage/storageAccounts",
    api_version="2026-04-01",
    name_rule=NameRule("a storage account", 3, 24, LOWER, "global", "squeezed", "st"),  # NR
    resources=resources,
    stateful=True,
    watched=True,
    inside=INSIDE,
    key_reader=KeyReader(FIELD, "storage-key", "reads the key that encrypts it with an identity of its own"),
    known_of_others=("hierarchical_namespace", "kind", "sku", "containers", "file_shares"),
    locked_because="holds data that nobody can make again",
    holds=("blobs", "files", "queues", "tables"),
    closed_as=_services,
    closed_as_for_batch=("queue", "table"),
    symbol="storage",
    group="Storage",
    described="Storage accounts and data lakes, opened only by Entra, with their containers and file shares",
    settings=(
        *ways_in("networkAcls", ("networkAcls", "bypass")),
        Setting(("minimumTlsVersion",), ("minimum_tls",), AS_WRITTEN),
        Setting(("supportsHttpsTrafficOnly",), ("https_only",)),
        Setting(("allowBlobPublicAccess",), ("public_blobs",)),
        Setting(("allowSharedKeyAccess",), ("shared_key_access",)),
        Setting(("allowCrossTenantReplication",), ("cross_tenant_replication",)),
        Setting(("accessTier",), ("access_tier",), {"Hot": "hot", "Cool": "cool", "Cold": "cold"}),
        Setting(("isHnsEnabled",), ("hierarchical_namespace",)),
        Setting(("isSftpEnabled",), ("sftp",)),
        Setting(("isNfsV3Enabled",), ("nfs",)),
        Setting(("encryption", "requireInfrastructureEncryption"), ("infrastructure_encryption",)),
    ),
    insecure=(
        Insecure(("shared_key_access",), True, "is opened by its keys, past Entra"),
        Insecure(("cross_tenant_replication",), True, "lets blobs be copied to other tenants"),
        Insecure(("https_only",), False, "takes plain HTTP"),
        Insecure(("infrastructure_encryption",), False, "encrypts its data once only"),
        Insecure(("sftp",), True, "lets local users in by SFTP, past Entra"),
        Insecure((*PROPERTIES, "defaultToOAuthAuthentication"), False, "asks for its keys first in the portal"),
        Insecure((*PROPERTIES, "isLocalUserEnabled"), True, "lets local users in, past Entra"),
    ),
    changes=CHANGES,
    plain=(
        "identity.type",
        "identity.userAssignedIdentities",
        "properties.accessTier",
        "properties.defaultToOAuthAuthentication",
        "properties.encryption.identity.userAssignedIdentity",
        "properties.encryption.keyvaultproperties.keyname",
        "properties.encryption.keyvaultproperties.keyvaulturi",
        "properties.encryption.services.blob.enabled",
        "properties.encryption.services.blob.keyType",
        "properties.encryption.services.file.enabled",
        "properties.encryption.services.file.keyType",
        "properties.encryption.services.queue.enabled",
        "properties.encryption.services.table.enabled",
        "properties.routingPreference.publishInternetEndpoints",
        "properties.routingPreference.publishMicrosoftEndpoints",
        "properties.routingPreference.routingChoice",
    ),
)
