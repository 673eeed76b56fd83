"""The body of a storage account: what may be written, and what follows where nothing is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.languages.platform.access import NetworkAcls, PublicAccess
from mlinfra.languages.platform.encryption import CustomerManagedKey
from mlinfra.languages.platform.kind import InfrastructureBody, NestedBody

Sku = Literal[
    "Standard_LRS",
    "Standard_ZRS",
    "Standard_GRS",
    "Standard_GZRS",
    "Standard_RAGRS",
    "Standard_RAGZRS",
    "Premium_LRS",
    "Premium_ZRS",
]

MAX_SHARE_GB = 102_400  # 100 TiB; Azure Files scale targets

Days = Annotated[int, Field(ge=0, le=365)]
Age = Annotated[int, Field(ge=0, le=99_999)]  # days; more than two centuries are a slip of the keyboard
Metadata = Annotated[dict[str, str], Field(description="Names and values kept with it")]


class Container(NestedBody):
    metadata: Metadata = {}
    immutable_versions: Annotated[
        bool,
        Field(description="Versions may be held against change and deletion; needs versioning, and can't be undone"),
    ] = False


class FileShare(NestedBody):
    quota_gb: Annotated[int, Field(ge=1, le=MAX_SHARE_GB, description="How much it holds, in GiB")] = 1024
    access_tier: (
        Annotated[
            Literal["transaction_optimized", "hot", "cool", "premium"],
            Field(description="What is cheap: transactions or space; premium in an account of the kind FileStorage"),
        ]
        | None
    ) = None
    protocol: Annotated[Literal["smb", "nfs"], Field(description="nfs in an account of the kind FileStorage")] = "smb"
    metadata: Metadata = {}


class LifecycleRule(Body):
    prefixes: Annotated[
        list[str], Field(description="Blobs whose path starts so, container first; by default all")
    ] = []
    cool_after_days: Annotated[Age, Field(description="Days after the last change")] | None = None
    cold_after_days: Annotated[Age, Field(description="Days after the last change")] | None = None
    archive_after_days: Annotated[Age, Field(description="Days after the last change")] | None = None
    delete_after_days: Annotated[Age, Field(description="Days after the last change")] | None = None


class StorageAccount(InfrastructureBody):
    sku: (
        Annotated[Sku, Field(description="Speed and copies; by default Standard_ZRS in production, else Standard_LRS")]
        | None
    ) = None
    kind: Annotated[
        Literal["StorageV2", "BlockBlobStorage", "FileStorage"],
        Field(description="BlockBlobStorage and FileStorage are the premium kinds for only blobs and only files"),
    ] = "StorageV2"
    access_tier: Annotated[Literal["hot", "cool", "cold"], Field(description="Of blobs that say nothing else")] = "hot"
    hierarchical_namespace: Annotated[
        bool, Field(description="A data lake: real folders with their own rights; no versions, never a workspace's own")
    ] = False
    shared_key_access: Annotated[bool, Field(description="The account's keys open it, past Entra")] = False
    public_blobs: Annotated[bool, Field(description="Containers may be opened to everyone")] = False
    cross_tenant_replication: Annotated[bool, Field(description="Blobs may be copied to other tenants")] = False
    infrastructure_encryption: Annotated[bool, Field(description="Encrypted twice; fixed once created")] = True
    customer_managed_key: (
        Annotated[
            CustomerManagedKey,
            Field(description="A key of your own that encrypts it; else one of Azure Storage's"),
        ]
        | None
    ) = None
    minimum_tls: Annotated[Literal["TLS1_2", "TLS1_3"], Field(description="Older versions are refused")] = "TLS1_2"
    https_only: Annotated[bool, Field(description="Plain HTTP is refused; off only for shares over NFS")] = True
    sftp: Annotated[bool, Field(description="SFTP with local users; needs a hierarchical namespace")] = False
    nfs: Annotated[bool, Field(description="NFS 3.0 for blobs; needs a hierarchical namespace")] = False
    identities: Annotated[
        list[Annotated[str, ReferenceTo("identities")]], Field(description="User-assigned identities of the account")
    ] = []
    public_network_access: PublicAccess = "enabled"
    network_acls: Annotated[
        NetworkAcls, Field(description="Addresses and subnets that reach it; by default those of network")
    ] = NetworkAcls()
    blob_soft_delete_days: Annotated[Days, Field(description="Deleted blobs can be recovered so long; 0: not")] = 30
    container_soft_delete_days: Annotated[
        Days, Field(description="Deleted containers can be recovered so long; 0: not")
    ] = 30
    share_soft_delete_days: Annotated[Days, Field(description="Deleted shares can be recovered so long; 0: not")] = 30
    versioning: (
        Annotated[
            bool, Field(description="Overwritten blobs are kept; by default on, except in a hierarchical namespace")
        ]
        | None
    ) = None
    version_days: Annotated[Age, Field(description="Old versions are deleted after so many days; 0: never")] = 90
    change_feed_days: Annotated[
        int, Field(ge=0, le=146_000, description="Days for which every change is recorded; 0: not")
    ] = 0
    restore_days: Annotated[
        int, Field(ge=0, le=364, description="All blobs can be set back to any moment of so many days; 0: not")
    ] = 0
    lifecycle: Annotated[
        dict[str, LifecycleRule], Field(description="When blobs become cheaper and slower, or go")
    ] = {}
    containers: Annotated[dict[str, Container], Field(description="Containers; file systems of a data lake")] = {}
    file_shares: Annotated[dict[str, FileShare], Field(description="File shares")] = {}

    @property
    def keeps_versions(self) -> bool:
        return not self.hierarchical_namespace if self.versioning is None else self.versioning

    @property
    def has_blobs(self) -> bool:
        return self.kind != "FileStorage"

    @property
    def has_files(self) -> bool:
        return self.kind != "BlockBlobStorage"

    @property
    def has_queues_and_tables(self) -> bool:
        return self.kind == "StorageV2"

    @property
    def can_be_restored(self) -> bool:
        """To an earlier point in time, which premium accounts and hierarchical namespaces can't be."""
        return self.kind == "StorageV2" and not self.hierarchical_namespace

    @property
    def has_access_tier(self) -> bool:
        """The premium kinds know no tiers."""
        return self.kind == "StorageV2"
