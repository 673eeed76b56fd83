"""The body of a storage account: what may be written, and what follows where nothing is."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from mlinfra.azure.ids import is_resource_id
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.bodies.fields import PLACEHOLDER, Form, Guid, malformed
from mlinfra.languages.platform.access import Acls, PublicAccess
from mlinfra.languages.platform.charges import Stored
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


class Queue(NestedBody):
    metadata: Metadata = {}


class Table(NestedBody):
    pass


class Ages(Body):
    cool_after_days: Annotated[Age, Field(description="Days after it was made")] | None = None
    cold_after_days: Annotated[Age, Field(description="Days after it was made")] | None = None
    archive_after_days: Annotated[Age, Field(description="Days after it was made")] | None = None
    delete_after_days: Annotated[Age, Field(description="Days after it was made")] | None = None


class LifecycleRule(Body):
    prefixes: Annotated[
        list[str], Field(description="Blobs whose path starts so, container first; by default all")
    ] = []
    cool_after_days: Annotated[Age, Field(description="Days after the last change")] | None = None
    cold_after_days: Annotated[Age, Field(description="Days after the last change")] | None = None
    archive_after_days: Annotated[Age, Field(description="Days after the last change")] | None = None
    delete_after_days: Annotated[Age, Field(description="Days after the last change")] | None = None
    snapshots: Annotated[Ages, Field(description="The same of snapshots")] = Ages()
    versions: Annotated[Ages, Field(description="The same of old versions")] = Ages()


Service: TypeAlias = Literal["blob", "file", "queue", "table"]
SERVICES: tuple[Service, ...] = get_args(Service)
Method = Literal["CONNECT", "DELETE", "GET", "HEAD", "MERGE", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"]
MAX_CORS_RULES = 5  # of a service (docs, "Cross-Origin Resource Sharing support for Azure Storage")


class Cors(Body):
    allowed_origins: Annotated[list[str], Field(min_length=1, description="Sites whose pages may ask, or *")]
    allowed_methods: Annotated[list[Method], Field(min_length=1, description="With which methods")]
    allowed_headers: Annotated[list[str], Field(description="Headers that a request may have")]
    exposed_headers: Annotated[list[str], Field(description="Headers of the answer that a page sees")]
    max_age_in_seconds: Annotated[
        int, Field(ge=0, le=2**31 - 1, description="How long a browser may keep what it was told")
    ]


CorsRules = Annotated[list[Cors], Field(max_length=MAX_CORS_RULES)]


class CorsOfServices(Body):
    blob: Annotated[CorsRules, Field(description="Of blobs")] | None = None
    file: Annotated[CorsRules, Field(description="Of file shares")] | None = None
    queue: Annotated[CorsRules, Field(description="Of queues")] | None = None
    table: Annotated[CorsRules, Field(description="Of tables")] | None = None


class Immutability(Body):
    days: Annotated[int, Field(ge=1, le=146_000, description="So long after it was made nobody changes a version")]
    state: Annotated[
        Literal["unlocked", "locked", "disabled"],
        AzureWords(),
        Field(
            description="locked: nobody takes it back or shortens it, and Azure locks no policy before it is there: "
            "deploy unlocked first"
        ),
    ] = "unlocked"
    allow_protected_append_writes: Annotated[bool, Field(description="Append blobs may still grow")] = False


class SasPolicy(Body):
    expires_after: Annotated[
        str,
        Form(
            r"P(?=\d|T\d)(?=.*[1-9])(\d{1,4}D)?(T(?=\d)(\d{1,2}H)?(\d{1,2}M)?(\d{1,2}S)?)?",
            "a duration such as P1D or PT8H",
        ),
        Field(description="How long a signature may be valid", examples=["P1D"]),
    ]
    action: Annotated[
        Literal["log", "block"], AzureWords(), Field(description="What happens to longer ones: logged, or refused")
    ] = "log"

    @property
    def period(self) -> str:
        """As accounts take it: 1.08:00:00."""
        days, hours, minutes, seconds = (
            int(found[1]) if (found := re.search(rf"(\d+){unit}", self.expires_after)) else 0 for unit in "DHMS"
        )
        return f"{days:02}.{hours:02}:{minutes:02}:{seconds:02}"


class Routing(Body):
    routing_choice: Annotated[
        Literal["microsoft_routing", "internet_routing"], AzureWords(), Field(description="Whose network is preferred")
    ] = "microsoft_routing"
    publish_internet_endpoints: Annotated[bool, Field(description="A name by which the internet's is taken")] = False
    publish_microsoft_endpoints: Annotated[bool, Field(description="A name by which Microsoft's is taken")] = False


Bypass = Annotated[Literal["azure_services", "logging", "metrics", "none"], AzureWords()]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _instance(value: str) -> str:
    wide = re.sub(r"/\*(?=/|$)", "/any", value)
    if value.startswith("/") and not PLACEHOLDER.search(value) and not is_resource_id(wide):
        raise malformed("the id of a resource, in which a name may be *")
    return value


InstanceId = Annotated[str, AfterValidator(_instance)]


class InstanceElsewhere(Body):
    id: Annotated[InstanceId, Field(description="Its id, in which a name may be *")]
    tenant: Annotated[Guid, Field(description="The tenant in which it lies")]


def _form_of_instance(value: Any) -> str:
    return "[map]" if isinstance(value, dict | Body) else "[word]"


Instance: TypeAlias = Annotated[
    Annotated[Annotated[InstanceId, ReferenceTo(needs=False, when="(?!/)")], Tag("[word]")]
    | Annotated[InstanceElsewhere, Tag("[map]")],
    Discriminator(_form_of_instance),
]


class StorageAcls(Acls):
    bypass: Annotated[
        list[Bypass],
        BeforeValidator(_listed, json_schema_input_type=Bypass | list[Bypass]),
        Field(min_length=1, description="Who comes in past the rules; Azure ML has to"),
    ] = ["azure_services"]
    resource_instances: Annotated[
        list[Instance],
        Field(description="Resources that come in past the rules, if a role lets them: addresses, ids or {id, tenant}"),
    ] = []


class StorageAccount(InfrastructureBody):
    usage: Annotated[Stored, Field(description="How much lies in it, which only its cost rests on")] | None = None
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
    system_identity: Annotated[bool, Field(description="An identity that lives as long as the account")] = False
    public_network_access: PublicAccess = "enabled"
    network_acls: Annotated[
        StorageAcls, Field(description="Addresses, subnets and resources that reach it; by default those of network")
    ] = StorageAcls()
    sas_policy: Annotated[
        SasPolicy, Field(description="How long signatures of the account's keys may be valid; by default a day, logged")
    ] = SasPolicy(expires_after="P1D")
    key_policy_days: (
        Annotated[int, Field(ge=1, le=3650, description="After so many days a key of the account is too old")] | None
    ) = None
    routing: Annotated[Routing, Field(description="By whose network it is reached from outside")] | None = None
    queue_and_table_key: Annotated[
        Literal["account", "service"],
        AzureWords(),
        Field(
            description="Which key encrypts queues and tables: the account's, or one of the service; fixed once made"
        ),
    ] = "account"
    large_file_shares: Annotated[bool, Field(description="Shares above 5 TiB; can't be undone")] = False
    immutability: (
        Annotated[Immutability, Field(description="Versions of blobs are held; only from the start, with versioning")]
        | None
    ) = None
    cors: Annotated[CorsOfServices, Field(description="Whose pages in a browser may ask a service")] = CorsOfServices()
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
    queues: Annotated[dict[str, Queue], Field(description="Queues")] = {}
    tables: Annotated[dict[str, Table], Field(description="Tables")] = {}

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

    def has(self, service: Service) -> bool:
        if service == "blob":
            return self.has_blobs
        return self.has_files if service == "file" else self.has_queues_and_tables

    @property
    def can_be_restored(self) -> bool:
        """To an earlier point in time, which premium accounts and hierarchical namespaces can't be."""
        return self.kind == "StorageV2" and not self.hierarchical_namespace

    @property
    def has_access_tier(self) -> bool:
        """The premium kinds know no tiers."""
        return self.kind == "StorageV2"
