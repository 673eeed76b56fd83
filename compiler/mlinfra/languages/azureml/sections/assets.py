"""Data, and what jobs and endpoints are made of."""

from __future__ import annotations

from mlinfra.azure.name_rules import UNDERSCORED, WORD, NameRule
from mlinfra.languages.azureml import datastores, elsewhere
from mlinfra.languages.azureml.checks import assets, listed
from mlinfra.languages.azureml.row import IN_WORKSPACE, SHARED, WORKSPACE_TYPE, Row, types_of_assets
from mlinfra.languages.changes import LEARN, REST, changes
from mlinfra.languages.language import Inside, Secret

SECRETS_OF_DATASTORES = (
    Secret(("credentials", "account_key"), "_datastore.credentials.AccountKey"),
    Secret(("credentials", "sas_token"), "_datastore.credentials.SasToken"),
    Secret(("credentials", "client_secret"), "_datastore.credentials.ServicePrincipal"),
    Secret(("credentials", "certificate"), "_datastore.credentials.Certificate"),
)

DATASTORES = Row(
    name="datastores",
    described="Where data lies, and how it is reached",
    noun="datastore",
    called_elsewhere=elsewhere.OF_DATASTORES,
    az_noun="datastore",
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
    resource_type=f"{WORKSPACE_TYPE}/datastores",
    name_rule=NameRule("a datastore", 1, 255, UNDERSCORED, "workspace"),  # K
    layer="workspace",
    emitter=datastores.resources,
    rules=listed.DATASTORE_RULES,
    said_to_the_client=datastores.said_to_the_client,
    built_in=(
        "workspaceblobstore",
        "workspacefilestore",
        "workspaceartifactstore",
        "workspaceworkingdirectory",
    ),  # D:concept-data
    secrets=SECRETS_OF_DATASTORES,
    inside=(
        Inside(
            "account_name",
            "storage_accounts",
            {"container_name": "containers", "filesystem": "containers", "file_share_name": "file_shares"},
        ),
    ),
    beyond_the_sdk={
        "properties.serviceDataAccessAuthIdentity": "the workspace's identity, where a role lets it read",
    },
    symbol="datastore",
    group="Data",
    changes=(
        *changes(  # x-ms-mutability: read and create, so that what there is leads where it led
            "ignored",
            REST,
            "properties.datastoreType",
            "properties.subscriptionId",
            "properties.resourceGroup",
            "properties.accountName",
            "properties.containerName",
            "properties.filesystem",
            "properties.fileShareName",
            "properties.endpoint",
            "properties.protocol",
            "properties.serviceDataAccessAuthIdentity",
        ),
        *changes("opens_access", REST, "properties.credentials.credentialsType"),
    ),
)

DATA = Row(
    name="data",
    described="Data that jobs read, by name and version",
    noun="data asset",
    called_elsewhere=elsewhere.OF_DATA,
    az_noun="data",
    loader="load_data",
    compiled_to="yaml",
    other_types=types_of_assets("data"),
    classes=("assets.data:DataSchema",),
    schemas={"": "data"},
    additions=(*SHARED, "existing"),
    versioned=True,
    name_rule=NameRule("a data asset", 1, 255, WORD, "workspace"),
    lies_elsewhere=True,
    is_read_newest=True,
    known_of_others=("type",),
    rules=assets.DATA_RULES,
    group="Data",
    changes=(*changes("refused", f"{LEARN}machine-learning/how-to-create-data-assets", "path", "type"),),
)

ENVIRONMENTS = Row(
    name="environments",
    described="Images in which jobs and endpoints run",
    noun="environment",
    called_elsewhere=elsewhere.OF_ENVIRONMENTS,
    az_noun="environment",
    loader="load_environment",
    compiled_to="yaml",
    other_types=types_of_assets("environments"),
    classes=("assets.environment:EnvironmentSchema",),
    schemas={"": "environment"},
    additions=(*SHARED, "existing"),
    versioned=True,
    builds_images=True,
    name_rule=NameRule("an environment", 1, 255, WORD, "workspace"),
    built_in_prefix="AzureML-",  # D:how-to-manage-environments-v2, curated environments
    files_at=("environment",),
    rules=assets.PINNED_RULES,
    group="Training",
    changes=(
        *changes("refused", REST, "image", "conda_file", "build", "inference_config", "os_type", is_confirmed=False),
    ),
)

MODELS = Row(
    name="models",
    described="Models: declared, or made by a job and released",
    noun="model",
    called_elsewhere=elsewhere.OF_MODELS,
    az_noun="model",
    loader="load_model",
    compiled_to="yaml",
    other_types=types_of_assets("models"),
    classes=("assets.model:ModelSchema",),
    schemas={"": "model"},
    additions=(*SHARED, "existing", "from_job", "output", "registered_by", "release"),
    later=("registered_model",),
    named_later=("from_job", "databricks_jobs."),
    versioned=True,
    name_rule=NameRule("a model", 1, 255, WORD, "workspace"),
    numbers_its_versions=True,
    rules=assets.MODEL_RULES,
    group="Models",
    changes=(*changes("refused", REST, "path", is_confirmed=False),),
)
