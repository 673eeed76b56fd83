"""What a change of a storage account, of its services and of its lifecycle does to what is there."""

from __future__ import annotations

from mlinfra.languages.changes import (
    COPIES,
    GONE,
    LEARN,
    LESS,
    MORE,
    OPEN,
    REST,
    TERRAFORM,
    UNLIMITED,
    WHOLE,
    changes,
)

_HUBS = "https://learn.microsoft.com/cloud-computing/finops/toolkit/help/errors"
_SIGNATURES = f"{LEARN}storage/common/sas-expiration-policy"
CHANGES = (
    *changes(
        "create_only",
        TERRAFORM,
        "kind",
        "properties.dnsEndpointType",
        "properties.encryption.services.queue.keyType",
        "properties.encryption.services.table.keyType",
    ),
    # 400 AccountPropertyCannotBeUpdated, "cannot be updated as it is read-only", for each of the three
    *changes("refused", f"{REST}/issues/18441", "properties.isHnsEnabled"),
    *changes("refused", "https://github.com/Azure/ResourceModules/issues/3106", "properties.isNfsV3Enabled"),
    *changes("refused", _HUBS, "properties.encryption.requireInfrastructureEncryption"),
    *changes(  # of SkuName: no update to or from copies in zones, or premium; the account is converted first
        "refused",
        f"{LEARN}storage/common/redundancy-migration",
        "sku.name",
        families=(
            ("Standard_LRS", "Standard_GRS", "Standard_RAGRS"),
            ("Standard_ZRS", "Standard_GZRS", "Standard_RAGZRS"),
        ),
    ),
    *changes(
        "weakens",  # fewer copies, or none in another region
        f"{LEARN}storage/common/storage-redundancy",
        "sku.name",
        towards=LESS,
        order=COPIES,
    ),
    *changes("irreversible", TERRAFORM, "properties.largeFileSharesState", towards="Enabled"),
    *changes("irreversible", REST, "properties.immutableStorageWithVersioning.enabled", towards="true"),
    *changes(
        "irreversible",
        TERRAFORM,
        "properties.immutableStorageWithVersioning.immutabilityPolicy.state",
        towards="Locked",
    ),
    *changes(
        "weakens",
        REST,
        "properties.immutableStorageWithVersioning.enabled",
        "properties.immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays",
        towards=LESS,
    ),
    *changes(
        "weakens",
        REST,
        "properties.immutableStorageWithVersioning.immutabilityPolicy.allowProtectedAppendWrites",
        towards=MORE,
    ),
    *changes(
        "weakens",
        REST,
        "properties.immutableStorageWithVersioning.immutabilityPolicy.state",
        towards="Disabled",
        none_is="Disabled",
    ),
    *changes("weakens", REST, "properties.encryption.keySource", towards="Microsoft.Storage"),
    *changes(
        "weakens",  # signatures and keys that live longer, or are only logged
        _SIGNATURES,
        "properties.sasPolicy.expirationAction",
        towards="Log",
    ),
    *changes("weakens", _SIGNATURES, "properties.sasPolicy", towards=GONE),
    *changes(
        "weakens",
        _SIGNATURES,
        "properties.sasPolicy.sasExpirationPeriod",
        towards=MORE,
    ),
    *changes(
        "weakens",
        f"{LEARN}storage/common/storage-account-keys-manage",
        "properties.keyPolicy.keyExpirationPeriodInDays",
        towards=MORE,
        none_is=UNLIMITED,
    ),
    *changes(
        "opens_access",  # to pages of other origins, with what their readers may
        "https://learn.microsoft.com/rest/api/storageservices/cross-origin-resource-sharing--cors--support-for-the-azure-storage-services",
        "properties.cors",
        towards=WHOLE,
    ),
    *changes("opens_access", REST, "properties.publicNetworkAccess", "properties.networkAcls", towards=WHOLE),
    *changes(
        "opens_access",
        REST,
        "properties.allowSharedKeyAccess",
        whom="whoever has one of its keys, with no role",
    ),
    *changes(
        "opens_access",  # of a container of its own, whether or not the account lets others be public
        f"{LEARN}storage/blobs/storage-blob-static-website",
        "properties.staticWebsite.enabled",
        whom="everyone, without signing in, with what lies in $web",
    ),
    *changes("opens_access", REST, "properties.allowBlobPublicAccess", whom="everyone, where a container says so"),
    *changes(
        "opens_access",
        REST,
        "properties.isSftpEnabled",
        "properties.isLocalUserEnabled",
        "properties.allowCrossTenantReplication",
        "properties.allowedCopyScope",
        "properties.minimumTlsVersion",
        "properties.supportsHttpsTrafficOnly",
        "properties.azureFilesIdentityBasedAuthentication",
        "properties.allowSharedKeyAccessForServices",
    ),
    *changes(  # older ways to sign in and to encrypt, beside those of today
        "weakens",
        f"{LEARN}storage/files/files-smb-protocol",
        "properties.protocolSettings.smb.authenticationMethods",
        "properties.protocolSettings.smb.channelEncryption",
        "properties.protocolSettings.smb.kerberosTicketEncryption",
        "properties.protocolSettings.smb.versions",
        towards=OPEN,
    ),
    *changes("weakens", REST, "properties.protocolSettings.smb.encryptionInTransit", towards=LESS),
    *changes("weakens", REST, "properties.protocolSettings.nfs.encryptionInTransit", towards=LESS),
    *changes(
        "weakens",
        REST,
        "properties.deleteRetentionPolicy",
        "properties.containerDeleteRetentionPolicy",
        "properties.isVersioningEnabled",
        "properties.shareDeleteRetentionPolicy",
        "properties.restorePolicy",
        "properties.changeFeed.enabled",
        towards=LESS,
    ),
    *changes("weakens", REST, "properties.deleteRetentionPolicy.allowPermanentDelete", towards=MORE),
    *changes("weakens", REST, "properties.changeFeed.retentionInDays", towards=LESS, none_is=UNLIMITED),
    *changes("loses_data", TERRAFORM, "properties.policy", towards=WHOLE, when_made=True),
)
