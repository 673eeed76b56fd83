"""Codes that Azure and Databricks list, each with what it means: a list of theirs is read whole, not by example."""

from __future__ import annotations

from typing import NamedTuple


class Listed(NamedTuple):
    """Codes of a page that mean one thing."""

    cause: str  # the key of it
    codes: str


class Page(NamedTuple):
    """Where codes are listed."""

    address: str
    listed: tuple[Listed, ...]


PAGES = (
    Page(
        "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
        (
            Listed("registry_pull", "InaccessibleImage"),
            Listed("invalid_value", "PasswordTooLong SubnetsNotInSameVnet"),
            Listed("no_right", "DeploymentFailedCleanUp"),
            Listed("throttled", "RequestThrottled"),
        ),
    ),
    Page(
        "https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints",
        (
            Listed("registry_pull", "ACRAuthenticationChallengeFailed ImagePullLoopBackOff"),
            Listed("startup_rights", "AuthorizationError"),
        ),
    ),
    Page(
        "https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-kubernetes-compute",
        (Listed("kubernetes", "GenericComputeError ComputeNotAccessible ClusterNotFound ClusterNotReachable"),),
    ),
    Page(
        "https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-kubernetes-extension",
        (
            Listed(
                "kubernetes",
                "LOAD_BALANCER_NOT_SUPPORT INSUFFICIENT_NODE INTERNAL_LOAD_BALANCER_NOT_SUPPORT INVALID_SSL_SETTING "
                "PROMETHEUS_CONFLICT BAD_NETWORK_CONNECTIVITY AZUREML_FE_ROLE_CONFLICT AZUREML_FE_DEPLOYMENT_CONFLICT "
                "E45002 E45003 E45004 E45005",
            ),
        ),
    ),
    Page(
        "https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes",
        (
            Listed(
                "blob_archived",
                "BlobArchived BlobBeingRehydrated BlobNotArchived CannotChangeToLowerTier "
                "BlobTierInadequateForContentLength",
            ),
            Listed(
                "changed_meanwhile",
                "ConditionNotMet SourceConditionNotMet TargetConditionNotMet AppendPositionConditionNotMet "
                "SequenceNumberConditionNotMet MaxBlobSizeConditionNotMet PathConflict BlobOverwritten "
                "UnauthorizedBlobOverwrite",
            ),
            Listed(
                "operation_in_progress",
                "AccountBeingCreated FilesystemBeingDeleted ShareBeingDeleted QueueBeingDeleted DeletePending "
                "DestinationPathIsBeingDeleted SourcePathIsBeingDeleted LeaseAlreadyBroken LeaseIsAlreadyBroken "
                "LeaseIsBreakingAndCannotBeAcquired LeaseIsBrokenAndCannotBeRenewed LeaseLost "
                "LeaseNotPresentWithBlobOperation LeaseNotPresentWithContainerOperation "
                "LeaseNotPresentWithLeaseOperation PendingCopyOperation NoPendingCopyOperation FileLockConflict "
                "SharingViolation InfiniteLeaseDurationRequired ShareSnapshotInProgress",
            ),
            Listed("in_use", "DirectoryNotEmpty SnapshotsPresent ShareHasSnapshots CannotDeleteFileOrDirectory"),
            Listed(
                "limit_of_resources",
                "SnapshotCountExceeded ShareSnapshotCountExceeded BlockCountExceedsLimit BlockListTooLong "
                "MetadataTooLarge RequestBodyTooLarge ContentLengthLargerThanTierLimit SnapshotOperationRateExceeded",
            ),
            Listed(
                "storage_feature", "BlobAccessTierNotSupportedForAccountType OperationNotAllowedOnIncrementalCopyBlob"
            ),
            Listed("sas_refused", "AuthenticationFailed NoAuthenticationInformation InsufficientAccountPermissions"),
            Listed(
                "sas_refused",
                "AuthorizationProtocolMismatch AuthorizationResourceTypeMismatch AuthorizationServiceMismatch",
            ),
            Listed("storage_closed", "AuthorizationSourceIPMismatch"),
            Listed("subscription", "AccountIsDisabled ContainerDisabled ShareDisabled"),
            Listed("data_read", "CannotVerifyCopySource"),
            Listed(
                "invalid_value",
                "OutOfRangeInput OutOfRangeQueryParameterValue RequestUrlFailedToParse MissingContentLengthHeader "
                "EmptyMetadataKey InvalidMd5",
            ),
        ),
    ),
    Page(
        "https://learn.microsoft.com/azure/databricks/compute/troubleshooting",
        (
            Listed(
                "databricks_capacity",
                "ALLOCATION_TIMEOUT ALLOCATION_TIMEOUT_NODE_DAEMON_NOT_READY ALLOCATION_TIMEOUT_NO_HEALTHY_CLUSTERS "
                "ALLOCATION_TIMEOUT_NO_HEALTHY_AND_WARMED_UP_CLUSTERS ALLOCATION_TIMEOUT_NO_MATCHED_CLUSTERS "
                "ALLOCATION_TIMEOUT_NO_READY_CLUSTERS ALLOCATION_TIMEOUT_NO_UNALLOCATED_CLUSTERS "
                "ALLOCATION_TIMEOUT_NO_WARMED_UP_CLUSTERS LAZY_ALLOCATION_TIMEOUT INTERNAL_CAPACITY_FAILURE "
                "CLOUD_PROVIDER_INSTANCE_NOT_LAUNCHED AZURE_PACKED_DEPLOYMENT_PARTIAL_FAILURE",
            ),
            Listed(
                "databricks_network",
                "CONTROL_PLANE_CONNECTION_FAILURE CONTROL_PLANE_CONNECTION_FAILURE_DUE_TO_MISCONFIG "
                "DNS_RESOLUTION_ERROR IP_EXHAUSTION_FAILURE MTLS_PORT_CONNECTIVITY_FAILURE NETVISOR_SETUP_TIMEOUT "
                "NETWORK_CHECK_CONTROL_PLANE_FAILURE NETWORK_CHECK_CONTROL_PLANE_FAILURE_DUE_TO_MISCONFIG "
                "NETWORK_CHECK_DNS_SERVER_FAILURE NETWORK_CHECK_DNS_SERVER_FAILURE_DUE_TO_MISCONFIG "
                "NETWORK_CHECK_METADATA_ENDPOINT_FAILURE NETWORK_CHECK_METADATA_ENDPOINT_FAILURE_DUE_TO_MISCONFIG "
                "NETWORK_CHECK_MULTIPLE_COMPONENTS_FAILURE NETWORK_CHECK_MULTIPLE_COMPONENTS_FAILURE_DUE_TO_MISCONFIG "
                "NETWORK_CHECK_NIC_FAILURE NETWORK_CHECK_NIC_FAILURE_DUE_TO_MISCONFIG NETWORK_CHECK_STORAGE_FAILURE "
                "NETWORK_CHECK_STORAGE_FAILURE_DUE_TO_MISCONFIG SELF_BOOTSTRAP_FAILURE SSH_BOOTSTRAP_FAILURE "
                "DATABASE_CONNECTION_FAILURE HIVEMETASTORE_CONNECTIVITY_FAILURE",
            ),
            Listed(
                "databricks_driver",
                "DRIVER_EVICTION DRIVER_LAUNCH_TIMEOUT DRIVER_NODE_UNREACHABLE DRIVER_OUT_OF_DISK "
                "DRIVER_OUT_OF_MEMORY DRIVER_POD_CREATION_FAILURE DRIVER_UNEXPECTED_FAILURE DRIVER_UNHEALTHY",
            ),
            Listed(
                "cluster_start",
                "AZURE_EPHEMERAL_DISK_FAILURE AZURE_INVALID_DEPLOYMENT_TEMPLATE AZURE_VM_EXTENSION_FAILURE "
                "AZURE_UNEXPECTED_DEPLOYMENT_TEMPLATE_FAILURE CLOUD_PROVIDER_DISK_SETUP_FAILURE ACCESS_TOKEN_FAILURE "
                "ATTACH_PROJECT_FAILURE CLUSTER_OPERATION_TIMEOUT DBFS_COMPONENT_UNHEALTHY "
                "DOCKER_CONTAINER_CREATION_EXCEPTION DOCKER_IMAGE_PULL_FAILURE DOCKER_INVALID_OS_EXCEPTION "
                "DBR_IMAGE_RESOLUTION_FAILURE "
                "DOCKER_IMAGE_TOO_LARGE_FOR_INSTANCE_EXCEPTION EXECUTION_COMPONENT_UNHEALTHY INVALID_SPARK_IMAGE "
                "HIVE_METASTORE_PROVISIONING_FAILURE INIT_CONTAINER_NOT_FINISHED INSTANCE_POOL_CLUSTER_FAILURE "
                "INVALID_WORKER_IMAGE_FAILURE NFS_MOUNT_FAILURE SECRET_CREATION_FAILURE SLOW_IMAGE_DOWNLOAD "
                "SECURITY_DAEMON_REGISTRATION_EXCEPTION SPARK_IMAGE_DOWNLOAD_FAILURE SPARK_IMAGE_NOT_FOUND "
                "SPARK_IMAGE_DOWNLOAD_THROTTLED CLUSTER_ERROR INVALID_CLUSTER_REQUEST",
            ),
            Listed(
                "databricks_gone",
                "CLOUD_OPERATION_CANCELLED CLOUD_PROVIDER_SHUTDOWN COMMUNICATION_LOST SPOT_INSTANCE_TERMINATION "
                "USER_INITIATED_VM_TERMINATION SERVERLESS_LONG_RUNNING_TERMINATED USER_REQUEST",
            ),
            Listed(
                "databricks_limit",
                "BUDGET_POLICY_LIMIT_ENFORCEMENT_ACTIVATED BUDGET_POLICY_LIMIT_EXCEEDED CLUSTER_OPERATION_THROTTLED "
                "INSTANCE_POOL_MAX_CAPACITY_REACHED USAGE_POLICY_ENTITLEMENT_DENIED WORKSPACE_RUN_LIMIT_EXCEEDED "
                "DYNAMIC_SPARK_CONF_SIZE_EXCEEDED RESOURCE_USAGE_BLOCKED",
            ),
            Listed(
                "throttled",
                "AZURE_RESOURCE_MANAGER_THROTTLING AZURE_RESOURCE_PROVIDER_THROTTLING REQUEST_THROTTLED RATE_LIMITED",
            ),
            Listed("databricks_value", "INVALID_ARGUMENT UNSUPPORTED_INSTANCE_TYPE INVALID_RUN_CONFIGURATION"),
            Listed("databricks_missing", "INSTANCE_POOL_NOT_FOUND"),
            Listed("databricks_rights", "UNAUTHORIZED_ERROR"),
            Listed("git_fetch", "REPOSITORY_CHECKOUT_FAILED"),
            Listed("key_unreachable", "AZURE_BYOK_KEY_PERMISSION_FAILURE"),
            Listed("unity_storage", "STORAGE_ACCESS_ERROR"),
        ),
    ),
)
CODES = {code: listed.cause for page in PAGES for listed in page.listed for code in listed.codes.split()}
