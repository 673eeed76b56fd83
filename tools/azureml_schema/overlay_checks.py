"""What the SDK checks where its classes are silent, and what they take that it can't use: the overlay's second half.

Validators of the classes that are functions, and what the entities check when they are made from a body. Fields are
named as in `overlay.py`. Most lines were found by the test that loads generated bodies with the SDK.
"""

from typing import Any

from tools.azureml_schema.overlay import COMPUTES, ENTRY, ENTRY_NAME, TEXT, URL_PATTERN, To

TABLE_TASKS = ("Classification", "Regression", "Forecasting")
OUTBOUND_RULES = ("FqdnOutboundRule", "PrivateEndpointOutboundRule", "ServiceTagOutboundRule")
IMAGE_TASKS = ("ClassificationMultilabel", "ObjectDetection", "InstanceSegmentation")

ARM_ID = r"(?i:/subscriptions/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/resourcegroups/.*/providers/[a-z.]*/[a-z]*/.*)"
RESOURCE_ID: dict[str, Any] = {
    "pattern": f"^({ENTRY}|{ARM_ID})$",
    "x-expects": ["the name of an entry", "a resource id /subscriptions/…"],
}


def _id_of(resource_type: str) -> str:
    """A pattern of the id of a resource of one type, in any case, as Azure compares ids."""
    provider, *segments = resource_type.split("/")
    names = "".join(f"/{segment}/[^/]+" for segment in segments)
    provider = provider.replace(".", r"\.")
    return f"(?i:/subscriptions/[^/]+/resourcegroups/[^/]+/providers/{provider}{names})"


SUBNET = _id_of("Microsoft.Network/virtualNetworks/subnets")
SUBNET_ID = "/subscriptions/…/virtualNetworks/…/subnets/…"
IN_GROUP = "/subscriptions/.*/resourceGroups/.*/providers/"
RULE_NAME: dict[str, Any] = {  # Azure resource types: Microsoft.MachineLearningServices/workspaces/outboundRules
    "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{2,32}$",
    "x-expects": ["3 to 33 letters, digits, - and _, a letter or digit first"],
}
REGISTRY_ID: dict[str, Any] = RESOURCE_ID | {
    "pattern": f"^({ENTRY}$|{IN_GROUP}Microsoft.ContainerRegistry/registries/)"
}
STORAGE_ID: dict[str, Any] = RESOURCE_ID | {"pattern": f"^({ENTRY}$|{IN_GROUP}Microsoft.Storage/storageAccounts/)"}
TARGET_ID: dict[str, Any] = {  # azure-ai-ml: AzureResourceId
    "pattern": "^/?subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.[^/]+/[^/]+/[^/]+",
    "x-expects": ["a resource id /subscriptions/…"],
}
MINI_BATCH_SIZE: dict[str, Any] = {  # azure-ai-ml: Parallel.__init__
    "pattern": "^0*[1-9][0-9]*([kKmMgG][bB])?$",  # a batch of nothing is handed on, and no run takes it
    "x-expects": ["a number of files from 1 on, or a size such as 10MB"],
}
SHARED_MEMORY: dict[str, Any] = {  # reference-yaml-job-command: a number above 0, and b, k, m or g
    "pattern": "^0*[1-9][0-9]*[bkmgBKMG]$",
    "x-expects": ["a size such as 2g: a number, and b, k, m or g"],
}
DURATION: dict[str, Any] = {  # ISO 8601; none is negative
    "pattern": "^P(([0-9]+[YMWD])+(T([0-9]+[HMS])+)?|T([0-9]+[HMS])+)$",
    "x-expects": ["a duration such as P7D or PT30M"],
}
WINDOW: dict[str, Any] = DURATION | {  # azure-ai-ml: BaselineDataRange
    "pattern": f"^default$|{DURATION['pattern']}",
    "x-expects": ["default", *DURATION["x-expects"]],
}
DISTINCT_TEXTS: dict[str, Any] = {"type": "array", "items": TEXT, "uniqueItems": True}
SERVICE_NODES = tuple(f"{kind}JobService.nodes" for kind in ("", "Ssh", "TensorBoard", "VsCode", "JupyterLab"))

TASKS = {  # class of an AutoML job -> its task
    "AutoMLClassification": "classification",
    "AutoMLRegression": "regression",
    "AutoMLForecasting": "forecasting",
    "ImageClassification": "image_classification",
    "ImageClassificationMultilabel": "image_classification_multilabel",
    "ImageObjectDetection": "image_object_detection",
    "ImageInstanceSegmentation": "image_instance_segmentation",
    "TextClassification": "text_classification",
    "TextClassificationMultilabel": "text_classification_multilabel",
    "TextNer": "text_ner",
}


def _exactly(word: str) -> dict[str, Any]:
    return {"type": "string", "x-enum": [word], "x-spelling": "exact"}


ENABLE_OR_DISABLE: dict[str, Any] = {"type": "string", "x-enum": ["enable", "disable"], "x-spelling": "any case"}

KEY_URI: dict[str, Any] = {
    "type": "string",
    "pattern": f"^({ENTRY_NAME}|{URL_PATTERN[1:-1]})$",
    "x-expects": ["the name of a key of key_vault", "an https:// address"],
}

# What validators that are functions check, and entities on loading: a node in place of the class's where it has a type,
# else keywords for every text in the class's.
CONSTRAINTS: dict[str, dict[str, Any]] = {
    "*.storage_account": RESOURCE_ID,  # validate_arm_str
    "*.key_vault": RESOURCE_ID,
    "*.application_insights": RESOURCE_ID,
    "*.workspace_hub": RESOURCE_ID,
    "CustomerManagedKey.key_uri": KEY_URI,
    "*.container_registry": RESOURCE_ID,
    "Registry.container_registry": REGISTRY_ID,  # acr_format_validator
    "RegistryRegionDetails.storage_config": STORAGE_ID,  # storage_account_validator
    "ServerlessComputeSettings.custom_subnet": {  # validate_custom_subnet
        "type": ["string", "null"],
        "pattern": f"^(None|{SUBNET})$",  # stricter than the SDK, not than the service
        "x-expects": [f"the id of a subnet {SUBNET_ID}"],
    },
    "NetworkSettings.subnet": {  # the same
        "pattern": f"^([^/]+|{SUBNET})$",
        "x-expects": ["the name of a subnet", f"its id {SUBNET_ID}"],
    },
    **{
        f"CustomerManagedKey.{key}": {
            "pattern": f"^{_id_of(type_)}$",
            "x-expects": [f"the id of {what} /subscriptions/…/{type_}/…"],
        }
        for key, type_, what in (
            ("cosmosdb_id", "Microsoft.DocumentDB/databaseAccounts", "an account of Cosmos DB"),
            ("storage_id", "Microsoft.Storage/storageAccounts", "a storage account"),
            ("search_id", "Microsoft.Search/searchServices", "a search service"),
        )
    },
    **{f"{name}.name": RULE_NAME for name in OUTBOUND_RULES},
    "PrivateEndpointDestination.service_resource_id": RESOURCE_ID,  # stricter than the SDK, not than the service
    "NetworkAcls.default_action": {"type": "string", "enum": ["Allow", "Deny"]},  # NetworkAclsSchema.validate_schema
    "DataCollector.sampling_rate": {"type": "number", "minimum": 0, "maximum": 1},  # validate_sampling_rate
    "SystemCreatedStorageAccount.replication_count": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
    "ComputeInstance.idle_time_before_shutdown": DURATION,
    "BaselineDataRange.lookback_window_size": WINDOW,
    "BaselineDataRange.lookback_window_offset": WINDOW,
    "MaterializationStore.target": TARGET_ID,
    "DataColumn.type": {
        "type": "string",
        "x-enum": ["string", "integer", "long", "float", "double", "binary", "datetime", "boolean"],
        "x-spelling": "any case",
    },
    **{name: {"enum": ["all"]} for name in SERVICE_NODES},
    "*.conda_file": {"union": [{"type": "object"}, TEXT]},
    "*.shm_size": SHARED_MEMORY,  # stricter than the SDK, not than the service
    "*.log_training_metrics": ENABLE_OR_DISABLE,
    "*.log_validation_loss": ENABLE_OR_DISABLE,
    **dict.fromkeys(("*.archives", "*.files", "*.jars", "*.py_files"), DISTINCT_TEXTS),  # no_duplicates
    "ParallelComponent.mini_batch_size": MINI_BATCH_SIZE,
    "AnonymousParallelComponent.mini_batch_size": MINI_BATCH_SIZE,
    "Parallel.mini_batch_size": MINI_BATCH_SIZE,
    "PipelineParallelJob.mini_batch_size": MINI_BATCH_SIZE,
    "EndpointsSettings.target": {"type": "integer", "minimum": 1026, "maximum": 65534},
    "EndpointsSettings.published": {"type": "integer", "minimum": 1026, "maximum": 65534},
    # One class takes both values and a loader chooses by them.
    "ManagedOnlineDeployment.type": _exactly("managed"),
    "KubernetesOnlineDeployment.type": _exactly("kubernetes"),
    "ModelBatchDeployment.type": _exactly("model"),
    "PipelineComponentBatchDeployment.type": _exactly("pipeline"),
    # The classes take any case, and Job._resolve_cls_and_type, which chooses among them, does not.
    "CommandJob.type": _exactly("command"),
    "PipelineJob.type": _exactly("pipeline"),
    "SweepJob.type": _exactly("sweep"),
    "SparkJob.type": _exactly("spark"),
    **{f"{name}.type": _exactly("automl") for name in TASKS},
    **{f"{name}.task": _exactly(task) for name, task in TASKS.items()},
}

# Classes that become Bicep, where "4" is not 4: the SDK takes text for numbers and booleans, we do not.
LITERALS = (
    "AmlCompute",
    "Registry",
    "SystemCreatedStorageAccount",
    "Workspace",
    "PrivateEndpointDestination",
    "ServerlessComputeSettings",
)

TABLE_JOBS = tuple(f"AutoML{task}{node}" for task in TABLE_TASKS for node in ("", "Node"))
IMAGE_JOBS = (
    "ImageClassification",
    "ImageClassificationMulticlassNode",
    *(f"Image{task}{node}" for task in IMAGE_TASKS for node in ("", "Node")),
)

# Fields that the classes call required and the loader, or the compiler, gives a value.
OPTIONAL: dict[str, tuple[str, ...]] = {
    "KubernetesCompute": ("namespace",),
    "Registry": ("location",),  # ours: that of the target
}

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
    "CustomerManagedKey": ("key_uri", "key_vault"),  # stricter than the SDK: Resource Manager takes no half of a key
    "CustomMonitoringMetricThreshold": ("metric_name",),
    "CustomMonitoringSignal": ("component_id", "metric_thresholds"),
    "DataCollector": ("collections",),
    **dict.fromkeys((*TABLE_JOBS, *IMAGE_JOBS), ("target_column_name", "training_data")),
    "DataImport": ("name",),
    "EndpointsSettings": ("published", "target"),
    "FADProductionData": ("input_data",),
    "FeatureAttributionDriftSignal": ("metric_thresholds", "reference_data"),
    "GenerationSafetyQuality": ("metric_thresholds",),
    "ImageSettings": ("reference",),
    "Import": ("inputs", "outputs"),
    "ImportDataSchedule": ("import_data", "trigger"),
    "JobSchedule": ("create_job", "trigger"),
    "MonitorSchedule": ("create_monitor", "trigger"),
    "ImageSweepSettings": ("sampling_algorithm",),
    "InputLiteralValue": ("value",),
    "LlmData": ("input_data",),
    "ManagedNetwork": ("isolation_mode",),
    "MaterializationComputeResource": ("instance_type",),
    "MicrosoftOneLakeConnection": ("endpoint",),
    "assets.model.Model": ("path",),  # stricter than the SDK: what has neither file nor run can't be registered
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
    **dict.fromkeys(OUTBOUND_RULES, ("type",)),  # stricter than the SDK, which tries one class after the other
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
    "compute.compute.UserAssignedIdentity": ("resource_id",),
    "compute.schedule.RecurrenceTrigger": ("interval",),
    "identity.Identity": ("type",),
    "workspace.identity.Identity": ("type",),
}

ONE_AUTHORITY: dict[str, Any] = {  # accept_backward_compatible_keys
    "properties": {"authority_uri": TEXT},
    "not": {"type": "object", "required": ["authority_uri", "authority_url"]},
}

ONE_INSTANCE_COUNT: dict[str, Any] = {  # BatchDeployment: "Can't set instance_count when resources is provided."
    "if": {"properties": {"resources": {"type": "object"}}, "required": ["resources"]},
    "then": {"properties": {"settings": {"properties": {"instance_count": False}}}},
}
VERSION_OF_A_NAME: dict[str, Any] = {"if": {"required": ["version"]}, "then": {"required": ["name"]}}
NUMERIC: dict[str, Any] = {"type": ["number", "string"], "pattern": r"^[+-]?[0-9.]+([eE][+-]?[0-9]+)?$"}
SET_BY_AZURE = dict.fromkeys(("id", "openapi_uri", "provisioning_state", "scoring_uri"))

# Fields that the classes read and their entities do not take: whatever stands there, loading fails.
UNUSABLE: dict[str, tuple[str, ...]] = {
    "ImageModelDistributionSettingsClassification": ("augmentations",),
    "ImageModelDistributionSettingsInstanceSegmentation": ("augmentations",),
    "ImageModelDistributionSettingsObjectDetection": ("augmentations",),
    "InputPort": ("default",),  # only a parameter has one
    **dict.fromkeys(("DataInput", "MLTableInput"), ("path_on_compute",)),  # the client looks for it on this machine
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
    "StackEnsembleSettings": ("stack_meta_learner_kwargs",),
    **dict.fromkeys(IMAGE_JOBS, ("test_data_size",)),
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
                    "required": ["resource_id"],
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
    "PipelineComponentBatchDeployment": {  # a Dict to the SDK; how-to-use-batch-pipeline-deployments names the keys
        "properties": {
            "settings": {"type": "object", "properties": {"default_compute": {"x-reference": To(COMPUTES, "name")}}}
        },
    },
    "BatchEndpoint": {"properties": SET_BY_AZURE, "x-read-only": list(SET_BY_AZURE)},
    "ManagedOnlineEndpoint": {"properties": SET_BY_AZURE, "x-read-only": ["kind", *SET_BY_AZURE]},
    "KubernetesOnlineEndpoint": {"properties": SET_BY_AZURE, "x-read-only": ["kind", *SET_BY_AZURE]},
    "ModelBatchDeployment": ONE_INSTANCE_COUNT,
    **dict.fromkeys(("AnonymousEnvironment", "AnonymousModel", "Output"), VERSION_OF_A_NAME),
    "Parameter": {  # azure-ai-ml: Input._update_default, _validate_parameter_combinations
        "if": {"properties": {"type": {"enum": ["string", "boolean"]}}, "required": ["type"]},
        "then": {
            "properties": {"min": False, "max": False},
            "if": {"properties": {"type": {"const": "boolean"}}},
            "then": {"properties": {"default": {"enum": [True, False, "true", "false", "True", "False"]}}},
        },
        "else": {"properties": dict.fromkeys(("default", "min", "max"), NUMERIC)},
    },
    "PipelineJob": {"not": {"type": "object", "required": ["component", "jobs"]}},  # check_exclusive_fields
    "ServicePrincipal": ONE_AUTHORITY,
    "Certificate": ONE_AUTHORITY,
    "ResourceSettings": {"properties": {"nvidia.com/gpu": TEXT}},  # ResourceSettingsSchema.conversion
}
