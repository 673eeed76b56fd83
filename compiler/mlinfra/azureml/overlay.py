"""What the SDK's classes do not say of their fields, reviewed field by field.

The classes mark about half of the references, and no path as such; validators that are functions, and what entities
check after loading, say nothing to a reader. All of it is written down here, for `derive_schema` alone. A field is
named `Class.field` without the class's suffix `Schema`, with its module where classes share a name, or `*.field` in
every class. A string field that is not named here is free text; a test lists every one with the decision taken.
"""

from dataclasses import dataclass
from typing import Any, Literal

Form = Literal[
    "asset", "compute", "name", "id", "account_name", "datastore_uri", "data_path", "file", "key", "deployment"
]
Edge = Literal["needs", "names"]


@dataclass(frozen=True, slots=True)
class To:
    """Where a name may point: `form` is what is written in its place.

    asset: `azureml:<name>:<version>` · compute: `azureml:<name>` · name: the Azure name · id: the resource id ·
    account_name: the storage account's Azure name · datastore_uri: a path that may start with
    `azureml://datastores/<entry>/` · data_path: one that may also be the name of an entry · file: the path of the file
    emitted for the entry · key: the name of a sibling, as it is · deployment: `azureml:<endpoint>:<deployment>`.
    """

    sections: tuple[str, ...]
    form: Form
    edge: Edge = "needs"
    keys: bool = False  # the map's keys are the names, not its values


COMPUTES = (
    "compute_clusters",
    "compute_instances",
    "kubernetes_computes",
    "virtual_machine_computes",
    "synapse_spark_computes",
)
DEPLOYMENTS = ("online_deployments", "batch_deployments")

REFERENCES: tuple[tuple[To, tuple[str, ...]], ...] = (
    (To(("environments",), "asset"), ("*.environment", "*.environment_id")),
    (
        To(("components",), "asset"),
        ("*.component", "*.component_id", "*.pre_processing_component", "Sweep.trial"),
    ),
    (To(("models",), "asset"), ("*.model", "MonitoringTarget.model_id")),
    (To(("data",), "asset"), ("DeploymentCollection.data",)),
    (To(("feature_store_entities",), "asset"), ("FeatureSet.entities",)),
    (To(COMPUTES, "compute"), ("*.compute", "PipelineJobSettings.default_compute")),
    (To(("datastores",), "compute"), ("PipelineJobSettings.default_datastore",)),
    (To(("connections",), "compute"), ("Database.connection", "FileSystem.connection")),
    (To(("datastores",), "name"), ("*.datastore",)),
    (To(("compute_clusters",), "name", "names"), ("*.image_build_compute",)),
    (To(("storage_accounts",), "id"), ("*.storage_account", "RegistryRegionDetails.storage_config")),
    (To(("key_vaults",), "id"), ("*.key_vault",)),
    (To(("container_registries",), "id"), ("*.container_registry",)),
    (To(("application_insights",), "id"), ("*.application_insights",)),
    (To(("hubs",), "id"), ("*.workspace_hub", "Project.hub_id")),
    (
        To(("identities",), "id"),
        (
            "*.primary_user_assigned_identity",
            "UserAssignedIdentity.resource_id",
            "ManagedIdentityConfiguration.resource_id",
        ),
    ),
    (To(("identities",), "id", keys=True), ("workspace.identity.Identity.user_assigned_identities",)),
    (
        To(("storage_accounts", "key_vaults", "container_registries", "workspaces", "registries"), "id", "names"),
        ("PrivateEndpointDestination.service_resource_id",),
    ),
    (To(("storage_accounts",), "account_name"), ("*.account_name",)),
    (To(("datastores",), "datastore_uri"), ("Output.path", "DataAsset.path", "Data.path", "DataImport.path")),
    (To(("datastores",), "datastore_uri"), ("Model.path", "AnonymousModel.path")),
    (To(("data",), "data_path"), ("DataInput.path", "MLTableInput.path")),
    (To(("models",), "data_path"), ("ModelInput.path",)),
    (To(("jobs",), "file"), ("JobSchedule.create_job", "*.job")),
    (To(DEPLOYMENTS, "key", "names", keys=True), ("*.traffic", "*.mirror_traffic")),
    (To(DEPLOYMENTS, "key", "names"), ("BatchEndpointsDefaults.deployment_name",)),
    (To(("online_deployments",), "deployment"), ("MonitoringTarget.endpoint_deployment_id",)),
)

FILE: dict[str, str] = {"kind": "file"}
FOLDER: dict[str, str] = {"kind": "folder"}
ANY: dict[str, str] = {"kind": "any"}
IN_CODE: dict[str, str] = {"kind": "file", "relative_to": "code"}

PATHS: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    (FILE, ("*.component", "Sweep.trial", "JobSchedule.create_job", "*.job", "ImportDataSchedule.import_data")),
    (FILE, ("*.conda_file", "VirtualMachineSshSettings.ssh_private_key_file")),
    (FOLDER, ("*.code", "BuildContext.path", "FeatureSetSpecification.path")),
    (ANY, ("Data.path", "Model.path", "AnonymousModel.path", "*.additional_includes")),
    (ANY, ("DataInput.path", "MLTableInput.path", "ModelInput.path", "*.path_on_compute")),
    (IN_CODE, ("CodeConfiguration.scoring_script", "*.entry_script", "SparkEntryFile.file")),
    (IN_CODE, ("*.py_files", "*.jars", "*.files", "*.archives")),
    ({"kind": "file", "relative_to": "path"}, ("BuildContext.dockerfile_path",)),
)

# Text in which ${{…}} is replaced when the job runs; fields that the SDK itself types as bindings need no line.
BINDINGS = (
    "*.command",
    "*.args",
    "*.program_arguments",
    "*.input_data",
    "*.inputs",
    "Output.path",
    "*.environment_variables",
)

ARM_ID = r"(?i:/subscriptions/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/resourcegroups/.*/providers/[a-z.]*/[a-z]*/.*)"
ENTRY_NAME = "[A-Za-z][A-Za-z0-9_-]{0,62}"  # the language's rule for entries
RESOURCE_ID: dict[str, Any] = {
    "pattern": f"^({ENTRY_NAME}|{ARM_ID})$",
    "x-expects": ["the name of an entry", "a resource id /subscriptions/…"],
}
IN_GROUP = "/subscriptions/.*/resourceGroups/.*/providers/"
REGISTRY_ID: dict[str, Any] = RESOURCE_ID | {
    "pattern": f"^({ENTRY_NAME}$|{IN_GROUP}Microsoft.ContainerRegistry/registries/)"
}
STORAGE_ID: dict[str, Any] = RESOURCE_ID | {"pattern": f"^({ENTRY_NAME}$|{IN_GROUP}Microsoft.Storage/storageAccounts/)"}
TARGET_ID: dict[str, Any] = {  # azure-ai-ml: AzureResourceId
    "pattern": "^/?subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.[^/]+/[^/]+/[^/]+",
    "x-expects": ["a resource id /subscriptions/…"],
}
MINI_BATCH_SIZE: dict[str, Any] = {  # azure-ai-ml: ParameterizedParallel
    "pattern": "^[0-9]+([kKmMgG][bB])*$",
    "x-expects": ["a number of files, or a size such as 10MB"],
}
TEXT: dict[str, Any] = {"type": "string"}
DISTINCT_TEXTS: dict[str, Any] = {"type": "array", "items": TEXT, "uniqueItems": True}
SERVICE_NODES = tuple(f"{kind}JobService.nodes" for kind in ("", "Ssh", "TensorBoard", "VsCode", "JupyterLab"))

# What validators that are functions check, and entities on loading: a node in place of the class's where it has a type,
# else keywords for every text in the class's.
CONSTRAINTS: dict[str, dict[str, Any]] = {
    "*.storage_account": RESOURCE_ID,  # validate_arm_str
    "*.key_vault": RESOURCE_ID,
    "*.application_insights": RESOURCE_ID,
    "*.workspace_hub": RESOURCE_ID,
    "*.container_registry": RESOURCE_ID,
    "Registry.container_registry": REGISTRY_ID,  # acr_format_validator
    "RegistryRegionDetails.storage_config": STORAGE_ID,  # storage_account_validator
    "ServerlessComputeSettings.custom_subnet": {  # validate_custom_subnet
        "type": ["string", "null"],
        "pattern": f"^(None|{ARM_ID})$",
        "x-expects": ["a resource id /subscriptions/…"],
    },
    "NetworkAcls.default_action": {"type": "string", "enum": ["Allow", "Deny"]},  # NetworkAclsSchema.validate_schema
    "DataCollector.sampling_rate": {"type": "number", "minimum": 0, "maximum": 1},  # validate_sampling_rate
    "SystemCreatedStorageAccount.replication_count": {"type": "integer", "minimum": 1},
    "MaterializationStore.target": TARGET_ID,
    "DataColumn.type": {
        "type": "string",
        "x-enum": ["string", "integer", "long", "float", "double", "binary", "datetime", "boolean"],
        "x-spelling": "any case",
    },
    **{name: {"enum": ["all"]} for name in SERVICE_NODES},
    **dict.fromkeys(("*.archives", "*.files", "*.jars", "*.py_files"), DISTINCT_TEXTS),  # no_duplicates
    "ParallelComponent.mini_batch_size": MINI_BATCH_SIZE,
    "AnonymousParallelComponent.mini_batch_size": MINI_BATCH_SIZE,
    "EndpointsSettings.target": {"type": "integer", "minimum": 1026, "maximum": 65534},
    "EndpointsSettings.published": {"type": "integer", "minimum": 1026, "maximum": 65534},
    # One class takes both values and a loader chooses by them.
    "ManagedOnlineDeployment.type": {"type": "string", "x-enum": ["managed"], "x-spelling": "exact"},
    "KubernetesOnlineDeployment.type": {"type": "string", "x-enum": ["kubernetes"], "x-spelling": "exact"},
    "ModelBatchDeployment.type": {"type": "string", "x-enum": ["model"], "x-spelling": "exact"},
    "PipelineComponentBatchDeployment.type": {"type": "string", "x-enum": ["pipeline"], "x-spelling": "exact"},
}

# Classes that become Bicep, where "4" is not 4: the SDK takes text for numbers and booleans, we do not.
LITERALS = ("AmlCompute", "Workspace", "PrivateEndpointDestination", "ServerlessComputeSettings")

AUTOML_OF_TABLES_AND_IMAGES = tuple(
    f"{name}{suffix}"
    for name in (
        "AutoMLClassification",
        "AutoMLRegression",
        "AutoMLForecasting",
        "ImageClassification",
        "ImageClassificationMulticlass",
        "ImageClassificationMultilabel",
        "ImageObjectDetection",
        "ImageInstanceSegmentation",
    )
    for suffix in ("", "Node")
)

# Fields that the classes call optional and without which the entity can't be made.
REQUIRED: dict[str, tuple[str, ...]] = {
    "AccessKeyConfiguration": ("access_key_id", "secret_access_key"),
    "AccountKeyConfiguration": ("account_key",),
    "AmlComputeSshSettings": ("admin_username",),
    "ApiKeyConfiguration": ("key",),
    "AzureAISearchConnection": ("endpoint",),
    "AzureAIServicesConnection": ("endpoint", "ai_services_resource_id"),
    "AzureBlobStoreConnection": ("url",),
    "AzureContentSafetyConnection": ("endpoint",),
    "AzureOpenAIConnection": ("azure_endpoint",),
    "AzureSpeechServicesConnection": ("endpoint",),
    **dict.fromkeys(("CommandCreateJob", "PipelineCreateJob", "SparkCreateJob"), ("type",)),
    "ComputeRuntime": ("spark_runtime_version",),
    "CreateOnBehalfOf": ("user_object_id", "user_tenant_id"),
    "CustomApplications": ("endpoints", "image"),
    "CustomMonitoringMetricThreshold": ("metric_name",),
    "CustomMonitoringSignal": ("component_id", "metric_thresholds"),
    "DataCollector": ("collections",),
    **dict.fromkeys(AUTOML_OF_TABLES_AND_IMAGES, ("target_column_name", "training_data")),
    "DataImport": ("name",),
    "EndpointsSettings": ("published", "target"),
    "FADProductionData": ("input_data",),
    "FeatureAttributionDriftSignal": ("metric_thresholds", "reference_data"),
    "GenerationSafetyQuality": ("metric_thresholds",),
    "ImageSettings": ("reference",),
    "ImportDataSchedule": ("import_data", "trigger"),
    "JobSchedule": ("create_job", "trigger"),
    "MonitorSchedule": ("create_monitor", "trigger"),
    "ImageSweepSettings": ("sampling_algorithm",),
    "Import": ("inputs",),
    "InputLiteralValue": ("value",),
    "LlmData": ("input_data",),
    "ManagedNetwork": ("isolation_mode",),
    "MaterializationComputeResource": ("instance_type",),
    "MicrosoftOneLakeConnection": ("endpoint",),
    "ModelBatchDeployment": ("type",),  # by which `az ml` chooses the class
    "ModelBatchDeploymentSettings": ("mini_batch_size",),
    "ModelPerformanceSignal": ("metric_thresholds", "production_data", "reference_data"),
    "MonitorDefinition": ("compute",),
    "NlpSweepSettings": ("sampling_algorithm",),
    "OneLake": ("artifact",),
    "PatTokenConfiguration": ("pat",),
    "PipelineComponentBatchDeployment": ("type",),
    "PredictionDriftSignal": ("metric_thresholds",),
    "ProductionData": ("input_data",),
    "RecurrenceSchedule": ("hours", "minutes"),
    "ReferenceData": ("input_data",),
    "Registry": ("replication_locations",),
    "SasTokenConfiguration": ("sas_token",),
    "ServerlessConnection": ("endpoint",),
    "ServerlessSparkCompute": ("instance_type", "runtime_version"),
    "ServicePrincipalConfiguration": ("client_secret",),
    "StackEnsembleSettings": ("stack_meta_learner_type",),
    "SystemCreatedAcrAccount": ("acr_account_sku",),
    "UsernamePasswordConfiguration": ("password", "username"),
    "VirtualMachineSshSettings": ("admin_username",),
    "VolumeSettings": ("source", "target"),
    "WorkspaceConnection": ("target",),
    "compute.compute.Identity": ("type",),
    "compute.schedule.RecurrenceTrigger": ("interval",),
    "identity.Identity": ("type",),
    "workspace.identity.Identity": ("type",),
}

ONE_AUTHORITY: dict[str, Any] = {  # accept_backward_compatible_keys
    "properties": {"authority_uri": TEXT},
    "not": {"type": "object", "required": ["authority_uri", "authority_url"]},
}

NUMERIC: dict[str, Any] = {"type": ["number", "string"], "pattern": r"^[+-]?[0-9.]+([eE][+-]?[0-9]+)?$"}
SET_BY_AZURE = dict.fromkeys(("id", "openapi_uri", "provisioning_state", "scoring_uri"))

# Fields that the classes read and their entities do not take: whatever stands there, loading fails.
UNUSABLE: dict[str, tuple[str, ...]] = {
    "ImageModelDistributionSettingsClassification": ("augmentations",),
    "ImageModelDistributionSettingsInstanceSegmentation": ("augmentations",),
    "ImageModelDistributionSettingsObjectDetection": ("augmentations",),
    "InputPort": ("default",),  # only a parameter has one
    "BatchEndpoint": ("identity",),
    "BatchDeployment": ("component", "job_definition"),
    "PipelineDataTransferCopyJob": ("identity",),
    "PipelineDataTransferExportJob": ("identity",),
    "PipelineDataTransferImportJob": ("identity",),
    "PipelineImportJob": ("identity",),
    "ManagedIdentity": ("msi_resource_id",),
    "ModelPerformanceMetricThreshold": ("threshold",),
    "ModelPerformanceRegressionThresholds": ("mae", "mse", "rmse"),
    "PipelineParallelJob": ("comment", "environment"),
    "ReferenceData": ("target_column_name",),
    "ServerlessSparkCompute": ("compute_type",),
}

# Whole bodies: JSON Schema keywords added to the class's own; a property that is None goes.
BODIES: dict[str, dict[str, Any]] = {
    "identity.Identity": {  # validate_user_assigned_identities
        "properties": {
            "user_assigned_identities": {
                "type": "array",
                "maxItems": 1,
                "items": {
                    "type": "object",
                    "properties": {"resource_id": TEXT | {"x-reference": To(("identities",), "id")}},
                    "additionalProperties": TEXT,
                },
            }
        },
    },
    "NetworkAcls": {
        "if": {"properties": {"default_action": {"const": "Deny"}}, "required": ["default_action"]},
        "then": {"required": ["ip_rules"], "properties": {"ip_rules": {"type": "array", "minItems": 1}}},
    },
    "MicrosoftOneLakeConnection": {  # check_for_target
        "if": {"not": {"required": ["target"]}},
        "then": {
            "required": ["artifact", "one_lake_workspace_name"],
            "properties": {"artifact": {"type": "object"}},
        },
    },
    "BatchDeployment": {"properties": {"type": None}},  # `az ml` reads a body with a type by the class of that type
    "BatchEndpoint": {"properties": SET_BY_AZURE, "x-read-only": list(SET_BY_AZURE)},
    "ManagedOnlineEndpoint": {"properties": SET_BY_AZURE, "x-read-only": ["kind", *SET_BY_AZURE]},
    "KubernetesOnlineEndpoint": {"properties": SET_BY_AZURE, "x-read-only": ["kind", *SET_BY_AZURE]},
    "Output": {"if": {"required": ["version"]}, "then": {"required": ["name"]}},
    "Parameter": {  # azure-ai-ml: Input._update_default, _validate_parameter_combinations
        "if": {"properties": {"type": {"enum": ["string", "boolean"]}}, "required": ["type"]},
        "then": {"properties": {"min": False, "max": False}},
        "else": {"properties": dict.fromkeys(("default", "min", "max"), NUMERIC)},
    },
    "PipelineJob": {"not": {"type": "object", "required": ["component", "jobs"]}},  # check_exclusive_fields
    "ServicePrincipal": ONE_AUTHORITY,
    "Certificate": ONE_AUTHORITY,
    "ResourceSettings": {"properties": {"nvidia.com/gpu": TEXT}},  # ResourceSettingsSchema.conversion
}

# The keys of the language's closed list: what each takes where a section has it (`Section.additions`).
ADDITIONS: dict[str, dict[str, Any]] = {
    "azure_name": TEXT,
    "targets": {"type": "array", "items": TEXT, "uniqueItems": True},
    "existing": {"type": "boolean"},
    "id": TEXT,
    "subscription": TEXT,
    "resource_group": TEXT,
    "properties": {"type": "object"},
    "workspace": TEXT | {"x-reference": To(("workspaces", "projects", "hubs"), "name")},
    "registry": TEXT | {"x-reference": To(("registries",), "name")},
    "feature_store": TEXT | {"x-reference": To(("feature_stores",), "name")},
    "from_job": TEXT | {"x-reference": To(("jobs",), "file")},
    "output": TEXT,
    "smoke_test": {
        "type": "object",
        "properties": {"request": TEXT | {"x-path": FILE}, "contains": TEXT},
        "required": ["request"],
        "additionalProperties": False,
    },
    "rollout": {"type": "string", "enum": ["all_at_once"]},
}
