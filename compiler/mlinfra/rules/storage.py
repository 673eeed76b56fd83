"""Rules of storage accounts: options that exclude one another, and what makes data easy to lose or to read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.storage.account import SERVICES, Ages, LifecycleRule, StorageAccount
from mlinfra.languages.platform.storage.lifecycle import OLD_VERSIONS
from mlinfra.languages.platform.storage.storage_accounts import sku_of
from mlinfra.rules.rule import over_graph, owned

SECTION = "storage_accounts"

HIERARCHY_WITHOUT_VERSIONS = Code(
    "MLI410",
    "error",
    "Versions in a hierarchical namespace",
    "A data lake keeps no versions, no change feed and no points in time; Azure refuses an account that asks for both",
    "Leave the option out, or hierarchical_namespace",
    "https://learn.microsoft.com/azure/storage/blobs/storage-feature-support-in-storage-accounts",
)
RESTORE_NEEDS = Code(
    "MLI411",
    "error",
    "Point-in-time restore without versions, change feed or soft delete",
    "Azure restores from versions, the change feed and deleted blobs, and refuses restore_days without all three",
    "Write versioning: true, change_feed_days, and blob_soft_delete_days above restore_days",
    "https://learn.microsoft.com/azure/storage/blobs/point-in-time-restore-overview",
)
KEYS_ARE_OFF = Code(
    "MLI412",
    "error",
    "Access by key to an account whose keys are off",
    "shared_key_access is off unless written, and then Azure refuses every request that is signed with a key",
    "Leave the credentials out: whoever reads signs in with Entra",
    "https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",
)
PUBLIC_BLOBS = Code(
    "MLI413",
    "warning",
    "Containers may be opened to everyone",
    "One setting of a container then publishes its data without any sign-in",
    "Leave public_blobs out",
    "https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent",
)
NO_SOFT_DELETE = Code(
    "MLI414",
    "warning",
    "Deleted data can't be recovered",
    "A wrong path in one script deletes a container, and nothing brings it back",
    "Leave the option out, or write at least 7 days",
    "https://learn.microsoft.com/azure/storage/blobs/data-protection-overview",
)
KIND_AND_SKU = Code(
    "MLI415",
    "error",
    "Storage kind and SKU that don't go together",
    "BlockBlobStorage and FileStorage are Premium_LRS or Premium_ZRS; a premium StorageV2 holds only page blobs",
    "Write a Standard_… sku, or the kind BlockBlobStorage or FileStorage with a Premium_… one",
    "https://learn.microsoft.com/azure/storage/common/storage-account-overview",
)
NEEDS_HIERARCHY = Code(
    "MLI416",
    "error",
    "SFTP or NFS without a hierarchical namespace",
    "Both protocols speak of folders, which only an account with a hierarchical namespace has",
    "Write hierarchical_namespace: true",
    "https://learn.microsoft.com/azure/storage/blobs/secure-file-transfer-protocol-support",
)
KIND_HOLDS = Code(
    "MLI417",
    "error",
    "Storage account whose kind can't hold what it declares",
    "FileStorage holds only shares and BlockBlobStorage only blobs; NFS and premium shares exist only in FileStorage",
    "Put it into an account of the right kind",
    "https://learn.microsoft.com/azure/storage/common/storage-account-overview",
)
LIFECYCLE = Code(
    "MLI418",
    "error",
    "Lifecycle rule that can't work",
    "Azure refuses a rule without an action; one that deletes before it moves, or archives without archive, misleads",
    "Name at least one action, let the days grow from cool to delete, and archive only with LRS, GRS or RAGRS",
    "https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-overview",
)

VERSIONS_HELD = Code(
    "MLI419",
    "error",
    "Immutable versions where no versions are kept",
    "Azure refuses a container whose versions may be held in an account that keeps none",
    "Leave versioning alone, or immutable_versions out",
    "https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies",
)

_EXCLUDED_BY_HIERARCHY = ("versioning", "change_feed_days", "restore_days")
_SOFT_DELETES = ("blob_soft_delete_days", "container_soft_delete_days", "share_soft_delete_days")
_KEY_CREDENTIALS = ("account_key", "sas_token")
_STAGES = ("cool_after_days", "cold_after_days", "archive_after_days", "delete_after_days")  # in a blob's life

MISFIT = Code(
    "MLI399",
    "error",
    "Options of a storage account that contradict one another",
    "Azure refuses the account, or does only one of the two",
    "Leave one of the two out",
    "https://learn.microsoft.com/azure/templates/microsoft.storage/storageaccounts",
)


def _no_versions_in_a_hierarchy(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, SECTION, StorageAccount):
        if not account.hierarchical_namespace:
            continue
        for option in _EXCLUDED_BY_HIERARCHY:
            if getattr(account, option):
                message = f"{option} excludes hierarchical_namespace, which {entry.address} has"
                yield finding(HIERARCHY_WITHOUT_VERSIONS, message, at(entry, (option,), on_key=True))
        for name, container in account.containers.items():
            if container.immutable_versions:
                path = ("containers", name, "immutable_versions")
                message = f"immutable_versions excludes hierarchical_namespace, which {entry.address} has"
                yield finding(HIERARCHY_WITHOUT_VERSIONS, message, at(entry, path, on_key=True))


def _restore_has_what_it_reads(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, SECTION, StorageAccount):
        if not account.restore_days or account.hierarchical_namespace:
            continue
        lacking = [
            *([] if account.can_be_restored else ["kind: StorageV2"]),
            *([] if account.keeps_versions else ["versioning"]),
            *([] if account.change_feed_days else ["change_feed_days"]),
            *([] if account.blob_soft_delete_days > account.restore_days else ["more blob_soft_delete_days"]),
        ]
        if lacking:
            message = f"restore_days of {entry.address} needs {' and '.join(lacking)}"
            yield finding(RESTORE_NEEDS, message, at(entry, ("restore_days",), on_key=True))


def _versions_are_kept_where_they_are_held(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, SECTION, StorageAccount):
        if account.hierarchical_namespace or account.keeps_versions:
            continue
        for name, container in account.containers.items():
            if container.immutable_versions:
                message = f"immutable_versions of {entry.address}.containers.{name} needs versioning"
                yield finding(
                    VERSIONS_HELD, message, at(entry, ("containers", name, "immutable_versions"), on_key=True)
                )


def _no_keys_where_keys_are_off(graph: Graph) -> Iterator[Diagnostic]:
    accounts = owned(graph, SECTION, StorageAccount)
    closed = {entry.address for entry, account in accounts if not account.shared_key_access}
    for datastore in graph.section("datastores"):
        credentials = datastore.body.get("credentials")
        used = [key for key in _KEY_CREDENTIALS if isinstance(credentials, dict) and key in credentials]
        account = next((edge.target for edge in graph.edges_from(datastore.address) if edge.target in closed), None)
        if used and account:
            message = f"{datastore.address} signs in with {used[0]}, and {account} refuses keys"
            yield finding(KEYS_ARE_OFF, message, at(datastore, ("credentials", used[0]), on_key=True))


def _no_public_blobs(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, SECTION, StorageAccount):
        if account.public_blobs:
            message = f"containers of {entry.address} may be opened to everyone"
            yield finding(PUBLIC_BLOBS, message, at(entry, ("public_blobs",), on_key=True))


def _deleted_data_can_be_recovered(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, SECTION, StorageAccount):
        for option in _SOFT_DELETES:
            if getattr(account, option) == 0:
                message = f"what is deleted in {entry.address} is gone at once, as {option} is 0"
                yield finding(NO_SOFT_DELETE, message, at(entry, (option,), on_key=True))


def _kind_and_sku_agree(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, SECTION, StorageAccount):
        sku = sku_of(account, graph)
        if sku.startswith("Premium_") != (account.kind != "StorageV2"):
            message = f"{entry.address} can't be {sku} and {account.kind}"
            yield finding(KIND_AND_SKU, message, at(entry, ("sku" if account.sku else "kind",)))


def _protocols_have_a_hierarchy(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, SECTION, StorageAccount):
        for option in ("sftp", "nfs"):
            if getattr(account, option) and not account.hierarchical_namespace:
                message = f"{option} needs hierarchical_namespace, which {entry.address} lacks"
                yield finding(NEEDS_HIERARCHY, message, at(entry, (option,), on_key=True))


def _kind_holds_what_is_in_it(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, SECTION, StorageAccount):
        if account.containers and not account.has_blobs:
            yield _not_held(entry, account, "containers", ("containers",))
        if account.file_shares and not account.has_files:
            yield _not_held(entry, account, "file shares", ("file_shares",))
        if account.hierarchical_namespace and not account.has_blobs:
            yield _not_held(entry, account, "hierarchical namespace", ("hierarchical_namespace",))
        for name, share in account.file_shares.items():
            if share.protocol == "nfs" and account.kind != "FileStorage":
                yield _not_held(entry, account, "NFS shares", ("file_shares", name, "protocol"))
            if (share.access_tier == "premium") != (account.kind == "FileStorage") and share.access_tier:
                yield _not_held(entry, account, f"{share.access_tier} shares", ("file_shares", name, "access_tier"))


def _not_held(entry: Entry, account: StorageAccount, what: str, path: tuple[str, ...]) -> Diagnostic:
    return finding(
        KIND_HOLDS, f"{entry.address} is {account.kind}, which holds no {what}", at(entry, path, on_key=True)
    )


def _lifecycle_works(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, SECTION, StorageAccount):
        for name, rule in account.lifecycle.items():
            for message in _lifecycle_problems(name, rule, sku_of(account, graph)):
                yield finding(LIFECYCLE, message, at(entry, ("lifecycle", name), on_key=True))


def _lifecycle_problems(name: str, rule: LifecycleRule, sku: str) -> Iterator[str]:
    of: dict[str, LifecycleRule | Ages] = {"": rule, "snapshots.": rule.snapshots, "versions.": rule.versions}
    stages = {part: _stages(part, ages) for part, ages in of.items()}
    if name == OLD_VERSIONS:
        yield f'the name "{OLD_VERSIONS}" is that of the rule that version_days makes'
    if not any(stages.values()):
        yield f'lifecycle rule "{name}" does nothing: write {", ".join(_STAGES[:-1])} or {_STAGES[-1]}'
    for (earlier, before), (later, after) in (pair for each in stages.values() for pair in pairwise(each)):
        if before >= after:
            yield f'{later} of lifecycle rule "{name}" must be more than its {earlier}, {before}, not {after}'
    if any(ages.archive_after_days is not None for ages in of.values()) and "ZRS" in sku:
        yield f'lifecycle rule "{name}" archives, and a {sku} account has no archive'


def _stages(part: str, ages: LifecycleRule | Ages) -> list[tuple[str, int]]:
    """The stages of a life that are written, with their days, in order."""
    return [(f"{part}{stage}", days) for stage in _STAGES if (days := getattr(ages, stage)) is not None]


def _options_fit(graph: Graph) -> Iterator[Diagnostic]:
    for entry, account in owned(graph, SECTION, StorageAccount):
        for field, message, help in _misfits(account):
            where = at(entry, tuple(field.split(".")), on_key=True)
            yield finding(MISFIT, f"{field} of {entry.address} {message}", where, help)


def _misfits(account: StorageAccount) -> Iterator[tuple[str, str, str | None]]:
    """Field, what is wrong with it, and what would be right."""
    if account.queue_and_table_key == "service" and account.customer_managed_key:
        yield "queue_and_table_key", "leaves queues and tables out of its customer-managed key", "write account"
    if "access_tier" in account.model_fields_set and not account.has_access_tier:
        yield "access_tier", f"is chosen in StorageV2 alone: {account.kind} has one of its own", "leave it out"
    if account.immutability and not account.keeps_versions:
        yield "immutability", "holds versions, and the account keeps none", "write versioning: true"
    if len(account.network_acls.bypass) > 1 and "none" in account.network_acls.bypass:
        yield "network_acls.bypass", "lets nobody past the rules, and somebody", "write none alone, or leave it out"
    for service, field in (("queue", "queues"), ("table", "tables")):
        if getattr(account, field) and not account.has_queues_and_tables:
            yield field, f"need an account with {service}s, which {account.kind} lacks", "write kind: StorageV2"
    for service in SERVICES:
        if getattr(account.cors, service) is not None and not account.has(service):
            yield f"cors.{service}", f"is of a service that {account.kind} lacks", None


RULES = (
    over_graph(MISFIT, _options_fit),
    over_graph(HIERARCHY_WITHOUT_VERSIONS, _no_versions_in_a_hierarchy),
    over_graph(RESTORE_NEEDS, _restore_has_what_it_reads),
    over_graph(VERSIONS_HELD, _versions_are_kept_where_they_are_held),
    over_graph(KEYS_ARE_OFF, _no_keys_where_keys_are_off),
    over_graph(PUBLIC_BLOBS, _no_public_blobs),
    over_graph(NO_SOFT_DELETE, _deleted_data_can_be_recovered),
    over_graph(KIND_AND_SKU, _kind_and_sku_agree),
    over_graph(NEEDS_HIERARCHY, _protocols_have_a_hierarchy),
    over_graph(KIND_HOLDS, _kind_holds_what_is_in_it),
    over_graph(LIFECYCLE, _lifecycle_works),
)
