"""The Azure ML sections of the language, one row each: a new Azure ML kind is a row here and nothing else.

Importing this module imports nothing heavy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

CompiledTo = Literal["bicep", "yaml", "unsupported yet"]

SCHEMA_URL = "https://azuremlschemas.azureedge.net/latest/{}.schema.json"  # Azure ML docs: reference-yaml-overview


@dataclass(frozen=True, slots=True)
class Section:
    """What the compiler knows of a section, beside the fields of its bodies, which `azureml.schema.json` holds."""

    name: str
    noun: str  # of `az ml`
    loader: str  # the function of `azure.ai.ml` that reads a body's file
    compiled_to: CompiledTo
    classes: tuple[str, ...]  # marshmallow classes in `azure.ai.ml._schema`: module, colon, class
    schemas: Mapping[str, str]  # value of the discriminator -> name of the published schema; "" where there is only one
    discriminator: str | None = None
    default: str = ""  # the discriminator's value where none is written
    implied: Mapping[str, str] = field(default_factory=dict)  # what the section itself says, so that a body need not
    additions: tuple[str, ...] = ()  # keys of ours beside Azure ML's; the overlay says what each takes
    versioned: bool = False
    nested_in: tuple[str, str] | None = (
        None  # section and key that hold the entries: online_endpoints.<name>.deployments
    )

    def schema_url(self, body: Mapping[str, object]) -> str:
        """Return the `$schema` of a file that holds `body`.

        The SDK reads past it (it is `dump_only` in every class, and free text in a component); editors follow it.
        Raises KeyError where the discriminator has a value that the schema refuses.
        """
        value = "" if self.discriminator is None else str(body.get(self.discriminator, self.default)).lower()
        only = self.schemas[""] if len(self.schemas) == 1 else None
        return SCHEMA_URL.format(only or self.schemas[value])


AUTOML = tuple(
    f"automl.{module}:{name}Schema"
    for module, names in (
        ("table_vertical.classification", ("AutoMLClassification",)),
        ("table_vertical.regression", ("AutoMLRegression",)),
        ("table_vertical.forecasting", ("AutoMLForecasting",)),
        ("image_vertical.image_classification", ("ImageClassification", "ImageClassificationMultilabel")),
        ("image_vertical.image_object_detection", ("ImageObjectDetection", "ImageInstanceSegmentation")),
        ("nlp_vertical.text_classification", ("TextClassification",)),
        ("nlp_vertical.text_classification_multilabel", ("TextClassificationMultilabel",)),
        ("nlp_vertical.text_ner", ("TextNer",)),
    )
    for name in names
)
CONNECTIONS = (
    "workspace.connections.workspace_connection:WorkspaceConnectionSchema",
    *(
        f"workspace.connections.connection_subtypes:{name}ConnectionSchema"
        for name in (
            "AzureBlobStore",
            "MicrosoftOneLake",
            "AzureOpenAI",
            "AzureAIServices",
            "AzureAISearch",
            "AzureContentSafety",
            "AzureSpeechServices",
            "APIKey",
            "OpenAI",
            "Serp",
            "Serverless",
        )
    ),
)
RESOURCE = ("azure_name", "targets", "existing", "id", "subscription", "resource_group", "properties")
IN_WORKSPACE = ("azure_name", "targets", "workspace")
IN_FEATURE_STORE = ("azure_name", "targets", "feature_store")
SHARED = (*IN_WORKSPACE, "registry")  # in a workspace, or in a registry

SECTIONS: tuple[Section, ...] = (
    Section(
        name="workspaces",
        noun="workspace",
        loader="load_workspace",
        compiled_to="bicep",
        classes=("workspace.workspace:WorkspaceSchema",),
        schemas={"": "workspace"},
        additions=RESOURCE,
    ),
    Section(
        name="hubs",
        noun="workspace",
        loader="load_workspace",
        compiled_to="unsupported yet",
        classes=("workspace.ai_workspaces.hub:HubSchema",),
        schemas={"": "hub"},
        implied={"kind": "hub"},
        additions=RESOURCE,
    ),
    Section(
        name="projects",
        noun="workspace",
        loader="load_workspace",
        compiled_to="unsupported yet",
        classes=("workspace.ai_workspaces.project:ProjectSchema",),
        schemas={"": "project"},
        implied={"kind": "project"},
        additions=RESOURCE,
    ),
    Section(
        name="registries",
        noun="registry",
        loader="load_registry",
        compiled_to="unsupported yet",
        classes=("registry.registry:RegistrySchema",),
        schemas={"": "registry"},
        additions=RESOURCE,
    ),
    Section(
        name="connections",
        noun="connection",
        loader="load_connection",
        compiled_to="unsupported yet",
        classes=CONNECTIONS,
        schemas={"": "connection"},
        discriminator="type",
        additions=IN_WORKSPACE,
    ),
    Section(
        name="compute_clusters",
        noun="compute",
        loader="load_compute",
        compiled_to="bicep",
        classes=("compute.aml_compute:AmlComputeSchema",),
        schemas={"": "amlCompute"},
        implied={"type": "amlcompute"},
        additions=(*IN_WORKSPACE, "existing", "id", "properties"),
    ),
    Section(
        name="compute_instances",
        noun="compute",
        loader="load_compute",
        compiled_to="yaml",
        classes=("compute.compute_instance:ComputeInstanceSchema",),
        schemas={"": "computeInstance"},
        implied={"type": "computeinstance"},
        additions=IN_WORKSPACE,
    ),
    Section(
        name="kubernetes_computes",
        noun="compute",
        loader="load_compute",
        compiled_to="unsupported yet",
        classes=("compute.kubernetes_compute:KubernetesComputeSchema",),
        schemas={"": "kubernetesCompute"},
        implied={"type": "kubernetes"},
        additions=IN_WORKSPACE,
    ),
    Section(
        name="virtual_machine_computes",
        noun="compute",
        loader="load_compute",
        compiled_to="unsupported yet",
        classes=("compute.virtual_machine_compute:VirtualMachineComputeSchema",),
        schemas={"": "vmCompute"},
        implied={"type": "virtualmachine"},
        additions=IN_WORKSPACE,
    ),
    Section(
        name="synapse_spark_computes",
        noun="compute",
        loader="load_compute",
        compiled_to="unsupported yet",
        classes=("compute.synapsespark_compute:SynapseSparkComputeSchema",),
        schemas={"": "synapseSparkCompute"},
        implied={"type": "synapsespark"},
        additions=IN_WORKSPACE,
    ),
    Section(
        name="datastores",
        noun="datastore",
        loader="load_datastore",
        compiled_to="bicep",
        classes=(
            "_datastore.azure_storage:AzureBlobSchema",
            "_datastore.azure_storage:AzureFileSchema",
            "_datastore.azure_storage:AzureDataLakeGen2Schema",
            "_datastore.adls_gen1:AzureDataLakeGen1Schema",
            "_datastore.one_lake:OneLakeSchema",
        ),
        schemas={
            "azure_blob": "azureBlob",
            "azure_file": "azureFile",
            "azure_data_lake_gen2": "azureDataLakeGen2",
            "azure_data_lake_gen1": "azureDataLakeGen1",
            "one_lake": "oneLake",
        },
        discriminator="type",
        additions=(*IN_WORKSPACE, "existing", "properties"),
    ),
    Section(
        name="data",
        noun="data",
        loader="load_data",
        compiled_to="yaml",
        classes=("assets.data:DataSchema",),
        schemas={"": "data"},
        additions=SHARED,
        versioned=True,
    ),
    Section(
        name="environments",
        noun="environment",
        loader="load_environment",
        compiled_to="yaml",
        classes=("assets.environment:EnvironmentSchema",),
        schemas={"": "environment"},
        additions=SHARED,
        versioned=True,
    ),
    Section(
        name="components",
        noun="component",
        loader="load_component",
        compiled_to="yaml",
        classes=(
            "component.command_component:CommandComponentSchema",
            "component.spark_component:SparkComponentSchema",
            "component.parallel_component:ParallelComponentSchema",
            "pipeline.pipeline_component:PipelineComponentSchema",
            "component.automl_component:AutoMLComponentSchema",
        ),
        schemas={
            "command": "commandComponent",
            "spark": "sparkComponent",
            "parallel": "parallelComponent",
            "pipeline": "pipelineComponent",
            "automl": "autoMLComponent",
        },
        discriminator="type",
        default="command",  # azure-ai-ml: Component._load
        additions=SHARED,
        versioned=True,
    ),
    Section(
        name="jobs",
        noun="job",
        loader="load_job",
        compiled_to="yaml",
        classes=(
            "job.command_job:CommandJobSchema",
            "pipeline.pipeline_job:PipelineJobSchema",
            "_sweep.sweep_job:SweepJobSchema",
            "job.spark_job:SparkJobSchema",
            *AUTOML,
        ),
        schemas={
            "command": "commandJob",
            "pipeline": "pipelineJob",
            "sweep": "sweepJob",
            "spark": "sparkJob",
            "automl": "autoMLJob",
        },
        discriminator="type",
        default="command",  # azure-ai-ml: Job._resolve_cls_and_type
        additions=IN_WORKSPACE,
    ),
    Section(
        name="models",
        noun="model",
        loader="load_model",
        compiled_to="yaml",
        classes=("assets.model:ModelSchema",),
        schemas={"": "model"},
        additions=(*SHARED, "from_job", "output"),
        versioned=True,
    ),
    Section(
        name="online_endpoints",
        noun="online-endpoint",
        loader="load_online_endpoint",
        compiled_to="yaml",
        classes=(
            "_endpoint.online.online_endpoint:ManagedOnlineEndpointSchema",
            "_endpoint.online.online_endpoint:KubernetesOnlineEndpointSchema",
        ),
        schemas={"": "managedOnlineEndpoint"},
        additions=(*IN_WORKSPACE, "smoke_test", "rollout"),
    ),
    Section(
        name="online_deployments",
        noun="online-deployment",
        loader="load_online_deployment",
        compiled_to="yaml",
        classes=(
            "_deployment.online.online_deployment:ManagedOnlineDeploymentSchema",
            "_deployment.online.online_deployment:KubernetesOnlineDeploymentSchema",
        ),
        schemas={"managed": "managedOnlineDeployment", "kubernetes": "kubernetesOnlineDeployment"},
        discriminator="type",
        default="managed",  # azure-ai-ml: OnlineDeployment._load
        additions=("targets",),
        nested_in=("online_endpoints", "deployments"),
    ),
    Section(
        name="batch_endpoints",
        noun="batch-endpoint",
        loader="load_batch_endpoint",
        compiled_to="yaml",
        classes=("_endpoint.batch.batch_endpoint:BatchEndpointSchema",),
        schemas={"": "batchEndpoint"},
        additions=IN_WORKSPACE,
    ),
    Section(
        name="batch_deployments",
        noun="batch-deployment",
        loader="load_batch_deployment",  # `verify` reads one with a type by load_model_… or load_pipeline_component_…
        compiled_to="yaml",
        classes=(
            "_deployment.batch.batch_deployment:BatchDeploymentSchema",
            "_deployment.batch.model_batch_deployment:ModelBatchDeploymentSchema",
            "_deployment.batch.pipeline_component_batch_deployment_schema:PipelineComponentBatchDeploymentSchema",
        ),
        schemas={
            "": "batchDeployment",
            "model": "modelBatchDeployment",
            "pipeline": "pipelineComponentBatchDeployment",
        },
        discriminator="type",
        additions=("targets",),
        nested_in=("batch_endpoints", "deployments"),
    ),
    Section(
        name="schedules",
        noun="schedule",
        loader="load_schedule",
        compiled_to="yaml",
        classes=("schedule.schedule:JobScheduleSchema", "_data_import.schedule:ImportDataScheduleSchema"),
        schemas={"": "schedule"},
        additions=IN_WORKSPACE,
    ),
    Section(
        name="monitors",
        noun="schedule",
        loader="load_schedule",
        compiled_to="yaml",
        classes=("monitoring.schedule:MonitorScheduleSchema",),
        schemas={"": "monitorSchedule"},
        additions=IN_WORKSPACE,
    ),
    Section(
        name="feature_stores",
        noun="feature-store",
        loader="load_feature_store",
        compiled_to="unsupported yet",
        classes=("_feature_store.feature_store_schema:FeatureStoreSchema",),
        schemas={"": "featureStore"},
        additions=RESOURCE,
    ),
    Section(
        name="feature_sets",
        noun="feature-set",
        loader="load_feature_set",
        compiled_to="unsupported yet",
        classes=("_feature_set.feature_set_schema:FeatureSetSchema",),
        schemas={"": "featureSet"},
        additions=IN_FEATURE_STORE,
        versioned=True,
    ),
    Section(
        name="feature_store_entities",
        noun="feature-store-entity",
        loader="load_feature_store_entity",
        compiled_to="unsupported yet",
        classes=("_feature_store_entity.feature_store_entity_schema:FeatureStoreEntitySchema",),
        schemas={"": "featureStoreEntity"},
        additions=IN_FEATURE_STORE,
        versioned=True,
    ),
)

BY_NAME: Mapping[str, Section] = MappingProxyType({section.name: section for section in SECTIONS})
