"""What lies in a storage account: containers, shares of files, queues and tables."""

from __future__ import annotations

from mlinfra.azure.name_rules import CONTAINER, TABLE, NameRule
from mlinfra.languages.changes import LESS, REST, TERRAFORM, changes
from mlinfra.languages.platform.kind import Kind
from mlinfra.languages.platform.storage.account import Container, FileShare, Queue, Table
from mlinfra.languages.settings import PROPERTIES, Insecure

CONTAINERS = Kind(
    name="containers",
    noun="container",
    model=Container,
    nested_in=("storage_accounts", "containers"),
    lives_in="blob_services",
    data_service="blob",
    holds=("blobs",),
    layer="storage",
    resource_type="Microsoft.Storage/storageAccounts/blobServices/containers",
    between=("default",),
    name_rule=NameRule("a container", 3, 63, CONTAINER, "account"),  # NR
    stateful=True,
    symbol="container",
    group="Storage",
    described="Containers of blobs, or filesystems of a lake",
    insecure=tuple(
        Insecure((*PROPERTIES, "publicAccess"), word, f"opens {what} to everyone")
        for word, what in (("Blob", "its blobs"), ("Container", "its blobs, and the list of them,"))
    ),
    changes=(
        *changes(
            "create_only", TERRAFORM, "properties.defaultEncryptionScope", "properties.denyEncryptionScopeOverride"
        ),
        *changes("irreversible", REST, "properties.immutableStorageWithVersioning.enabled", towards="true"),
        *changes("weakens", REST, "properties.immutableStorageWithVersioning.enabled", towards=LESS),
        *changes("weakens", REST, "properties.immutabilityPolicy", towards=LESS),
        *changes("irreversible", TERRAFORM, "properties.immutabilityPolicy.state", towards="Locked"),
        *changes("opens_access", REST, "properties.publicAccess", when_made=True, whom="everyone, without sign-in"),
        *changes(  # who is root on a machine is root in the container
            "weakens", REST, "properties.enableNfsV3AllSquash", "properties.enableNfsV3RootSquash", towards=LESS
        ),
    ),
    plain=("properties.metadata",),
)

FILE_SHARES = Kind(
    name="file_shares",
    noun="file share",
    model=FileShare,
    nested_in=("storage_accounts", "file_shares"),
    lives_in="file_services",
    data_service="file",
    holds=("files",),
    layer="storage",
    resource_type="Microsoft.Storage/storageAccounts/fileServices/shares",
    between=("default",),
    name_rule=NameRule("a file share", 3, 63, CONTAINER, "account"),  # NR
    stateful=True,
    symbol="share",
    group="Storage",
    described="Shares of files, by SMB or NFS",
    changes=(
        *changes("create_only", TERRAFORM, "properties.enabledProtocols"),
        *changes("loses_data", TERRAFORM, "properties.enabledProtocols"),
        *changes("opens_access", REST, "properties.signedIdentifiers"),
        *changes(  # who is root on a machine is root in the share
            "weakens",
            REST,
            "properties.rootSquash",
            towards=LESS,
            order=("NoRootSquash", "RootSquash", "AllSquash"),
        ),
    ),
    plain=(
        "properties.accessTier",
        "properties.metadata",
        "properties.shareQuota",
    ),
)

QUEUES = Kind(
    name="queues",
    noun="queue",
    model=Queue,
    nested_in=("storage_accounts", "queues"),
    lives_in="queue_services",
    holds=("queues",),
    layer="storage",
    resource_type="Microsoft.Storage/storageAccounts/queueServices/queues",
    between=("default",),
    name_rule=NameRule("a queue", 3, 63, CONTAINER, "account"),  # NR
    stateful=True,
    symbol="queue",
    group="Storage",
    described="Queues of messages",
    plain=("properties.metadata",),
)

TABLES = Kind(
    name="tables",
    noun="table",
    model=Table,
    nested_in=("storage_accounts", "tables"),
    lives_in="table_services",
    holds=("tables",),
    layer="storage",
    resource_type="Microsoft.Storage/storageAccounts/tableServices/tables",
    between=("default",),
    name_rule=NameRule("a table", 3, 63, TABLE, "account"),  # NR
    stateful=True,
    symbol="table",
    group="Storage",
    described="Tables of entities",
    changes=changes("opens_access", REST, "properties.signedIdentifiers"),  # who has a signature that names one
)
