"""Keys, secrets and data that are kept: what a vault or an account does not give, or not give up."""

from __future__ import annotations

from mlinfra.azure.failures.cause import LEARN, ML, Cause

KEYS = (
    Cause(
        "key_vault_unfit",
        "The vault of a customer's key does not protect it enough",
        r"storagecmkconfiguration|pre-?requisites? to enable .{0,60}(Encryption|Customer Managed)|"
        r"((CMK|customer.managed key|encryption|key ?vault)\b.{0,160}(purge protection|soft.?delete)\b.{0,80}"
        r"(enabled|required|not)|purge protection.{0,60}(must|should|has to|needs to) be enabled|"
        r"KeyVaultPolicyError)",
        "A key that encrypts data has to survive a deletion by mistake: its vault needs purge protection",
        "Write purge_protection: true in the vault's entry (there is no way back); of a vault of others, ask "
        "its owner: az keyvault update --enable-purge-protection true",
        f"{ML}concept-customer-managed-keys",
        ("vaults",),
    ),
    Cause(
        "key_unreachable",
        "The service does not reach the customer's key",
        r"(InvalidCustomerManagedKey\w{0,20}|"
        r"KeyVault(EncryptionKey|Vault|AccessToken|Authentication|Resource)\w*(NotFound|Failure|Error|"
        r"CannotBeAcquired)|(Cmk|Byok)\w*(Access|Key|Vault|Identity)\w*(Denied|Error|Failed|NotFound|Invalid)|"
        r"(wrap|unwrap) ?key\b.{0,160}(permission|not|denied|failed|required)|"
        r"encryption key\b.{0,80}(not found|disabled|expired|no access|cannot be accessed)|KeyUnavailable)",
        "The identity of the service may not wrap and unwrap with the key, the vault is closed to it, or the key is "
        "disabled, expired or deleted",
        "Give the identity Key Vault Crypto Service Encryption User on the key's vault, let trusted services of "
        "Azure "
        "in, and see that the key is enabled",
        f"{LEARN}storage/common/customer-managed-keys-overview",
        ("vaults", "userAssignedIdentities"),
    ),
    Cause(
        "vault_object_deleted",
        "A secret or key of this name was deleted and is still kept",
        r"\bpurge\b.{0,10} is not (allowed|enabled)|"
        r"(ObjectIsDeletedButRecoverable|deleted but recoverable state|"
        r"(secret|key|certificate)\b.{0,80}is currently (in a deleted|being deleted))",
        "A deleted secret or key keeps its name until it is purged",
        "Recover it: az keyvault secret recover (or key recover) --vault-name <vault> --name <name>",
        f"{LEARN}key-vault/general/key-vault-recovery",
        ("vaults",),
    ),
    Cause(
        "vault_object_missing",
        "The vault has no secret or key of this name",
        r"(SecretNotFound|SecretDisabled|KeyNotFound\b|KeyDisabled|"
        r"(secret|key|certificate) with \(name/id\) (?P<at>[\w/-]+) was not found|"
        r"A secret with \S+ was not found|secret .{0,60}is (disabled|not currently active))",
        "Nobody wrote it to this target's vault yet, its name differs, or it is disabled or expired",
        "Write it with the command of the README of the output (az keyvault secret set), in this target's vault",
        f"{LEARN}key-vault/general/rest-error-codes",
        ("vaults",),
    ),
    Cause(
        "immutable_data",
        "Data is held by a policy of retention",
        r"(BlobImmutableDueToPolicy|Immutab(le|ility)\w*Polic\w*|LegalHold|immutability policy|"
        r"blob is immutable|protected from deletion due to|time.based retention|"
        r"ContainerImmutab\w+|ContainerProtectedFromDeletion)",
        "A policy of immutability keeps blobs from being changed or deleted until it ends; a locked one can't be "
        "shortened",
        "Write under another path or name; wait until the retention ends; whoever holds a legal hold can clear it",
        f"{LEARN}storage/blobs/immutable-storage-overview",
        ("storageAccounts",),
    ),
    Cause(
        "storage_feature",
        "This kind of storage account does not have the feature",
        r"endpoint does not support BlobStorageEvents|Missing\w{3,40}TrackingPolicy|must be enabled before using|"
        r"(FeatureNotSupportedForAccount|AccountKindNotSupported|AccountPropertyCannotBeSet|InvalidAccountKind|"
        r"not (yet )?supported (for|on|with|when) (the |this |an |hierarchical )?(hierarchical|HNS|account|kind)|"
        r"hierarchical namespace\b.{0,80}(not|cannot|can't|incompatible|unsupported)|"
        r"EndpointUnsupportedAccountFeatures|HnsOnlyApi|NonHnsAccount)",
        "Versions, change feed, lifecycle rules and others exist for some kinds alone; with a hierarchical namespace "
        "fewer do",
        "Take the property out, or use an account of another kind (hierarchical_namespace, kind, sku)",
        f"{LEARN}storage/blobs/storage-feature-support-in-storage-accounts",
        ("storageAccounts",),
    ),
    Cause(
        "blob_archived",
        "A blob lies in the archive",
        r"(blob (is|has been) archived|archived blob|rehydrat(e|ing|ion)\b)",
        "A rule moved it to the tier archive, from which it is not read: it has to be rehydrated first, which takes "
        "hours",
        "az storage blob set-tier --tier Hot, and wait; let the lifecycle rule leave out what jobs read",
        f"{LEARN}storage/blobs/archive-rehydrate-overview",
        ("storageAccounts",),
    ),
    Cause(
        "changed_meanwhile",
        "What is written was changed by somebody else meanwhile",
        r"the object has been modified; please|"
        r"block list is invalid|(blob|file) has been modified while|(PreconditionFailed|precondition .{0,40}not met|"
        r"\b412\b.{0,40}(Precondition|condition)|"
        r"\betag\b.{0,60}(mismatch|not match|changed)|condition specified using HTTP conditional header)",
        "A write names the state that it was made for, and Azure refuses it where that is no longer the state",
        "Read it again and run the step again; let one job at a time write there",
        f"{LEARN}storage/blobs/concurrency-manage",
        ("storageAccounts",),
    ),
    Cause(
        "sas_refused",
        "A shared access signature or key is wrong or has expired",
        r"invalid account key|(connection string|account key) or sas token|sas token .{0,40}(invalid|expired)|"
        r"(Signature (did not match|not valid|fields? not well formed)|"
        r"Server failed to authenticate the request(?!\W{1,3}Please refer to the information in the www)|"
        r"(SAS|shared access signature)\b.{0,60}(expired|invalid|not valid)|AuthenticationFailed\b.{0,120}(Signature|"
        r"storage|blob|dfs)|InvalidAuthenticationInfo|MAC signature found)",
        "The signature ended, was made with a key that was regenerated, or is not that of this account",
        "Sign in with an identity and a data role instead; where a workspace keeps the key, az ml workspace sync-keys",
        f"{ML}how-to-change-storage-access-key",
        ("storageAccounts", "datastores"),
    ),
)
