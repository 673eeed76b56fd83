"""What the SDK's types do not say of their fields, reviewed field by field.

A field is named `module.Class.field` of `databricks.sdk.service`, or `*.field` in every class. A test names each line
that fits nothing.
"""

from __future__ import annotations

import re
from typing import Any

from mlinfra.languages.databricks.expressions import EXPRESSION
from tools.azureml_schema.nodes import Node
from tools.databricks_schema.nodes import BOOLEAN, TEXT, list_of, one_of, or_expression, record

# Types of the SDK that JSON has as a text: of protobuf, which says what it looks like.
TEXTS: dict[str, Node] = {
    "Duration": TEXT
    | {"pattern": rf"^(?:-?[0-9]+(?:\.[0-9]+)?s|{EXPRESSION})$", "x-expects": ["a number of seconds, such as 3600s"]},
    "Timestamp": TEXT
    | {
        "pattern": rf"^(?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9:.]+(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})|{EXPRESSION})$",
        "x-expects": ["a time, such as 2027-01-31T08:00:00Z"],
    },
    "FieldMask": TEXT,
}

# What a request of the API wants and a bundle does without.
NOT_REQUIRED: dict[str, tuple[str, ...]] = {
    "compute.ClustersAPI.create": ("spark_version",),  # a policy may give it
    "catalog.VolumesAPI.create": ("volume_type",),  # MANAGED
    "dashboards.GenieAPI.create_space": ("serialized_space", "warehouse_id"),  # file_path, or an export, has them
}

# What the service answers, what only its own pages set, and what bundles call otherwise.
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "compute.ClustersAPI.create": ("clone_from",),
    "jobs.JobsAPI.create": ("access_control_list", "deployment", "edit_mode", "format"),
    "pipelines.PipelinesAPI.create": ("deployment", "dry_run", "id"),
    "catalog.ExternalLocationsAPI.create": ("effective_enable_file_events", "effective_file_event_queue"),
    "catalog.RegisteredModelsAPI.create": (
        *("browse_only", "created_at", "created_by", "full_name", "metastore_id", "updated_at", "updated_by"),
    ),
    "workspace.SecretsAPI.create_scope": (
        *("backend_azure_keyvault", "initial_manage_principal", "scope", "scope_backend_type"),
    ),
    "dashboards.Dashboard": ("create_time", "dashboard_id", "etag", "lifecycle_state", "path", "update_time"),
    "sql.AlertV2": ("create_time", "effective_run_as", "id", "lifecycle_state", "owner_user_name", "update_time"),
    "catalog.Secret": (
        *("create_time", "created_by", "effective_owner", "effective_value", "full_name", "metastore_id"),
        *("update_time", "updated_by"),
    ),
    "catalog.StorageCredentialsAPI.create": (  # of other clouds, or with a key that somebody would have to renew
        *("aws_iam_role", "azure_service_principal", "cloudflare_api_token", "databricks_gcp_service_account"),
    ),
    **dict.fromkeys(
        ("catalog.AwsSqsQueue", "catalog.AzureQueueStorage", "catalog.GcpPubsub"), ("managed_resource_id",)
    ),
    "ml.UcTraceLocation": ("effective_table_prefix",),
    "pipelines.IngestionPipelineDefinition": ("source_type",),
    "apps.AppResourceUcSecurable": ("securable_kind",),
    "apps.GitSource": ("git_repository", "resolved_commit"),
    "jobs.GitSource": ("git_snapshot", "job_source"),
    "sql.AlertV2Evaluation": ("last_evaluated_at", "state"),
    "serving.EndpointCoreConfigInput": ("name",),
    "apps.App": (
        *("active_deployment", "app_status", "compute_status", "create_time", "creator", "default_git_source"),
        *("default_source_code_path", "effective_budget_policy_id", "effective_usage_policy_id"),
        *("effective_user_api_scopes", "id", "oauth2_app_client_id", "oauth2_app_integration_id"),
        *("pending_deployment", "service_principal_client_id", "service_principal_id", "service_principal_name"),
        *("thumbnail_url", "update_time", "updater", "url"),
    ),
}


def _to(*sections: str, form: str, edge: str = "needs") -> Node:
    return {"x-reference": {"sections": list(sections), "form": form, "edge": edge}}


def _path(kind: str) -> Node:
    return {"x-path": {"kind": kind, "addresses": ["uri"]}}


# On a field of text: where a name may point, or that it is a path.
MARKS: dict[str, Node] = {
    "*.existing_cluster_id": _to("databricks_clusters", form="bundle_id"),
    "*.instance_pool_id": _to("databricks_instance_pools", form="bundle_id"),
    "*.driver_instance_pool_id": _to("databricks_instance_pools", form="bundle_id"),
    "*.policy_id": _to("databricks_cluster_policies", form="bundle_id"),
    "*.warehouse_id": _to("databricks_sql_warehouses", form="bundle_id"),
    "jobs.PipelineTask.pipeline_id": _to("databricks_pipelines", form="bundle_id"),
    "jobs.DashboardTask.dashboard_id": _to("databricks_dashboards", form="bundle_id"),
    "jobs.AlertTask.alert_id": _to("databricks_alerts", form="bundle_id"),
    "*.catalog_name": _to("databricks_catalogs", form="bundle_name"),
    "*.schema_name": _to("databricks_schemas", form="bundle_name"),
    "pipelines.PipelinesAPI.create.catalog": _to("databricks_catalogs", form="bundle_name"),
    "pipelines.PipelinesAPI.create.schema": _to("databricks_schemas", form="bundle_name"),
    "pipelines.PipelinesAPI.create.target": _to("databricks_schemas", form="bundle_name"),
    "catalog.ExternalLocationsAPI.create.credential_name": _to("databricks_storage_credentials", form="bundle_name"),
    "catalog.ExternalLocationsAPI.create.url": _to("containers", form="bundle_container"),
    "*.storage_root": _to("databricks_external_locations", form="bundle_url"),
    "catalog.VolumesAPI.create.storage_location": _to("databricks_external_locations", form="bundle_url"),
    "serving.ServedEntityInput.entity_name": _to("databricks_registered_models", form="bundle_full_name"),
    "vectorsearch.VectorSearchIndexesAPI.create_index.endpoint_name": _to(
        "databricks_vector_search_endpoints", form="bundle_name"
    ),
    "vectorsearch.EmbeddingSourceColumn.embedding_model_endpoint_name": _to(
        "databricks_model_serving_endpoints", form="bundle_name"
    ),
    "vectorsearch.EmbeddingSourceColumn.model_endpoint_name_for_query": _to(
        "databricks_model_serving_endpoints", form="bundle_name"
    ),
    "apps.AppResourceSqlWarehouse.id": _to("databricks_sql_warehouses", form="bundle_id"),
    "apps.AppResourceJob.id": _to("databricks_jobs", form="bundle_id"),
    "apps.AppResourceServingEndpoint.name": _to("databricks_model_serving_endpoints", form="bundle_name"),
    "apps.AppResourceExperiment.experiment_id": _to("databricks_experiments", form="bundle_id"),
    "apps.AppResourceGenieSpace.space_id": _to("databricks_genie_spaces", form="bundle_id"),
    "apps.AppResourcePostgres.branch": _to("databricks_postgres_branches", form="bundle_path"),
    "apps.AppResourcePostgres.database": _to("databricks_postgres_databases", form="bundle_path"),
    "apps.AppResourceSecret.scope": _to("databricks_secret_scopes", form="bundle_name"),
    "apps.AppResourceUcSecurable.securable_full_name": _to(
        "databricks_volumes", "databricks_registered_models", form="bundle_full_name"
    ),
    "jobs.DbtTask.catalog": _to("databricks_catalogs", form="bundle_name"),
    "jobs.DbtTask.schema": _to("databricks_schemas", form="bundle_name"),
    "ml.UcTraceLocation.catalog": _to("databricks_catalogs", form="bundle_name"),
    "ml.UcTraceLocation.schema": _to("databricks_schemas", form="bundle_name"),
    "pipelines.EventLogSpec.catalog": _to("databricks_catalogs", form="bundle_name"),
    "pipelines.EventLogSpec.schema": _to("databricks_schemas", form="bundle_name"),
    "*.destination_catalog": _to("databricks_catalogs", form="bundle_name"),
    "*.destination_schema": _to("databricks_schemas", form="bundle_name"),
    "*.gateway_storage_catalog": _to("databricks_catalogs", form="bundle_name"),
    "*.gateway_storage_schema": _to("databricks_schemas", form="bundle_name"),
    "*.ingestion_gateway_id": _to("databricks_pipelines", form="bundle_id"),
    "*.storage_catalog": _to("databricks_catalogs", form="bundle_name"),
    "*.storage_schema": _to("databricks_schemas", form="bundle_name"),
    "*.existing_pipeline_id": _to("databricks_pipelines", form="bundle_id"),
    "postgres.BranchSpec.source_branch": _to("databricks_postgres_branches", form="bundle_path"),
    "postgres.CatalogCatalogSpec.branch": _to("databricks_postgres_branches", form="bundle_path"),
    "postgres.SyncedTableSyncedTableSpec.branch": _to("databricks_postgres_branches", form="bundle_path"),
    "postgres.DatabaseDatabaseSpec.role": _to("databricks_postgres_roles", form="bundle_path"),
    "apps.App.source_code_path": _path("folder"),
    "jobs.NotebookTask.notebook_path": _path("file"),
    "jobs.SparkPythonTask.python_file": _path("file"),
    "jobs.DbtTask.project_directory": _path("folder"),
    "jobs.SqlTaskFile.path": _path("file"),
    "compute.Library.requirements": _path("file"),
    "compute.Library.whl": _path("built"),
    "compute.Library.jar": _path("built"),
    "compute.Environment.dependencies": _path("built"),
    "pipelines.PipelinesEnvironment.dependencies": _path("built"),
    "pipelines.PathPattern.include": _path("pattern"),
    "pipelines.NotebookLibrary.path": _path("file"),
    "pipelines.FileLibrary.path": _path("file"),
    "pipelines.PipelinesAPI.create.root_path": _path("folder"),
}

_RUN_AS: Node = {
    "type": ["object", "string"],
    "properties": {
        "user_name": {"type": "string", "description": "The mail address of a user"},
        "group_name": {"type": "string", "description": "The name of a group"},
        "service_principal_name": {"type": "string", "description": "The application id of a service principal"},
    },
    "additionalProperties": False,
    **_to("principals", form="bundle_principal"),
}

_JOB = or_expression("integer") | _to("databricks_jobs", form="bundle_id")
_JOB["pattern"] = f"^(?:[0-9]+|[A-Za-z][A-Za-z0-9_.-]*|{EXPRESSION})$"
_JOB["x-expects"] = ["the name of an entry of databricks_jobs"]

_OR_ITS_TEXT: Node = {"type": ["object", "string"], "additionalProperties": {}}

# docs, "Compute policy reference": what a policy says of one attribute, whose path is the key.
_LIMIT: Node = {
    "type": "object",
    "properties": {
        "type": one_of(["fixed", "forbidden", "allowlist", "blocklist", "regex", "range", "unlimited"])
        | {"description": "How the attribute is limited"},
        "value": {"description": "Of fixed: what it is"},
        "values": list_of({}) | {"description": "Of allowlist and blocklist: what it may be, or may not"},
        "pattern": TEXT | {"description": "Of regex: what it has to look like, whole"},
        "minValue": {"$ref": "#/$defs/databricks.number", "description": "Of range: the least"},
        "maxValue": {"$ref": "#/$defs/databricks.number", "description": "Of range: the most"},
        "defaultValue": {"description": "What it is where nobody says, in the form that people fill in"},
        "isOptional": BOOLEAN | {"description": "Whether it may be left out"},
        "hidden": BOOLEAN | {"description": "Whether the form leaves it out"},
    },
    "required": ["type"],
    "additionalProperties": False,
}
_POLICY: Node = _OR_ITS_TEXT | {"additionalProperties": _LIMIT}


def _plain(word: str) -> str:
    """A word as a pattern of any engine; some take no escaped blank or hyphen."""
    return re.sub(r"\\([ -])", r"\1", re.escape(word))


def _listed(*words: str) -> Node:
    """A text of a list, in capitals or not."""
    spelled = dict.fromkeys((*words, *(word.lower() for word in words if word.isupper())))
    return {"type": "string", "x-enum": [*words], "pattern": f"^(?:{'|'.join(map(_plain, spelled))}|{EXPRESSION})$"}


# SDK, MonitorTimeSeries.granularities
_WINDOWS = ("5 minutes", "30 minutes", "1 hour", "1 day", "1 month", "1 year")
_WINDOW = {
    "type": "string",
    "pattern": f"^(?:{'|'.join(_WINDOWS)}|[1-9][0-9]* weeks?|{EXPRESSION})$",
    "x-expects": [*_WINDOWS, "<n> weeks"],
}
# docs, "SQL warehouse sizing", cluster size
_WAREHOUSE_SIZES = (
    *("2X-Small", "X-Small", "Small", "Medium", "Large", "X-Large", "2X-Large", "3X-Large", "4X-Large", "5X-Large"),
)

# Fields whose values are others than the SDK's type says, or of a list that only its words tell.
NODES: dict[str, Node] = {
    "jobs.RunJobTask.job_id": _JOB,
    "jobs.JobsAPI.create.duration_target": _listed("NO_FLEXIBILITY", "4h", "12h", "24h", "72h"),
    "jobs.JobsAPI.create.run_as": _RUN_AS,
    "catalog.MonitorInferenceLog.granularities": _WINDOW,
    "catalog.MonitorTimeSeries.granularities": _WINDOW,
    "pipelines.Notifications.alerts": _listed(
        "on-update-success", "on-update-failure", "on-update-fatal-failure", "on-flow-failure"
    ),
    "pipelines.PipelineCluster.label": _listed("default", "updates", "maintenance"),
    "pipelines.PipelinesAPI.create.channel": _listed("CURRENT", "PREVIEW"),
    "pipelines.PipelinesAPI.create.edition": _listed("CORE", "PRO", "ADVANCED"),
    "sql.WarehousesAPI.create.cluster_size": _listed(*_WAREHOUSE_SIZES),
    "pipelines.PipelinesAPI.create.run_as": _RUN_AS,
    "dashboards.Dashboard.serialized_dashboard": _OR_ITS_TEXT,
    "dashboards.GenieAPI.create_space.serialized_space": _OR_ITS_TEXT,
    "compute.ClusterPoliciesAPI.create.definition": _POLICY,
    "compute.ClusterPoliciesAPI.create.policy_family_definition_overrides": _POLICY,
}


def _parent(*sections: str) -> Node:
    return TEXT | _to(*sections, form="bundle_path") | {"description": "What it is in: an entry, or its path"}


def _id(of: str) -> Node:
    return TEXT | {"description": f"The id of {of}, which is part of its path"}


_PURGE = {"purge_on_delete": BOOLEAN | {"description": "Whether it is gone for good once it is deleted"}}
_REPLACE = {"replace_existing": BOOLEAN | {"description": "Whether it takes over one that is there under its id"}}
_FILE = TEXT | _path("file") | {"description": "The file that holds it, as Databricks exports it"}


def _isolation(*words: str) -> Node:
    said = "Which workspaces of the region see it: its own, or every one; by default its own"
    return {"isolation_mode": one_of(words) | {"description": said}}


# What only bundles have, or a step of ours sets, by section.
BUNDLE_ONLY: dict[str, Node] = {
    "databricks_clusters": {
        "libraries": list_of({"$ref": "#/$defs/databricks.compute.Library"})
        | {"description": "Libraries that are installed on the cluster once it runs"}
    },
    "databricks_pipelines": {
        "cascade_on_destroy": BOOLEAN
        | {"description": "Whether destroying the pipeline deletes its tables too; the service does so by default"}
    },
    "databricks_artifacts": {
        "type": one_of(["whl", "jar"]) | {"description": "What is built: a wheel of Python, or a jar"},
        "path": TEXT | _path("folder") | {"description": "The folder in which it is built"},
        "build": TEXT | {"description": "The command that builds it; of a wheel Python's own, where none is written"},
        "files": list_of(
            record({"source": TEXT | _path("built") | {"description": "A path, or a pattern of paths"}}, ["source"])
        )
        | {"description": "The files that are built, where they are not found by themselves"},
        "executable": one_of(["bash", "sh", "cmd"]) | {"description": "What runs the command"},
        "dynamic_version": BOOLEAN | {"description": "Whether a wheel's version gets the time at which it was built"},
    },
    "databricks_catalogs": _isolation("ISOLATED", "OPEN"),
    "databricks_external_locations": _isolation("ISOLATION_MODE_ISOLATED", "ISOLATION_MODE_OPEN"),
    "databricks_storage_credentials": {
        **_isolation("ISOLATION_MODE_ISOLATED", "ISOLATION_MODE_OPEN"),
        "access_connector": TEXT
        | _to("databricks_access_connectors", form="name")
        | {"description": "As whose identity it reads and writes: an entry of databricks_access_connectors"},
    },
    "databricks_secret_scopes": {
        "name": TEXT | {"description": "The name of the scope"},
        "backend_type": one_of(["AZURE_KEYVAULT", "DATABRICKS"]) | {"description": "Where its secrets are kept"},
        "keyvault_metadata": {
            "type": ["object", "string"],
            "properties": {
                "resource_id": {"type": "string", "description": "The resource id of the vault"},
                "dns_name": {"type": "string", "description": "The address of the vault"},
            },
            "required": ["resource_id", "dns_name"],
            "additionalProperties": False,
            "description": "The vault whose secrets it reads: an entry of key_vaults, or id and address of another",
            **_to("key_vaults", form="bundle_vault"),
        },
    },
    "databricks_dashboards": {
        "file_path": _FILE,
        "embed_credentials": BOOLEAN | {"description": "Whether whoever sees it reads with its publisher's rights"},
        "dataset_catalog": TEXT
        | _to("databricks_catalogs", form="bundle_name")
        | {"description": "The catalog of its datasets"},
        "dataset_schema": TEXT
        | _to("databricks_schemas", form="bundle_name")
        | {"description": "The schema of its datasets"},
    },
    "databricks_alerts": {"file_path": _FILE},
    "databricks_genie_spaces": {"file_path": _FILE},
    "databricks_apps": {
        "config": {"type": "object", "additionalProperties": {}, "description": "What app.yaml would say of it"}
    },
    "databricks_postgres_projects": {"project_id": _id("the project"), **_PURGE},
    "databricks_postgres_branches": {
        "branch_id": _id("the branch"),
        "parent": _parent("databricks_postgres_projects"),
        **_PURGE,
        **_REPLACE,
    },
    "databricks_postgres_endpoints": {
        "endpoint_id": _id("the endpoint"),
        "parent": _parent("databricks_postgres_branches"),
        **_REPLACE,
    },
    "databricks_postgres_roles": {
        "role_id": _id("the role"),
        "parent": _parent("databricks_postgres_branches"),
        **_REPLACE,
    },
    "databricks_postgres_databases": {
        "database_id": _id("the database"),
        "parent": _parent("databricks_postgres_branches"),
        **_REPLACE,
    },
    "databricks_postgres_catalogs": {"catalog_id": _id("the catalog")},
    "databricks_postgres_synced_tables": {"synced_table_id": _id("the table: catalog.schema.table")},
}
BESIDE_A_FILE = ("warehouse_id",)  # that an exported file doesn't say
REQUIRED = ("parent", "synced_table_id")  # of these, wherever they stand
OF_CLASSES_BESIDE = ("compute.Library",)  # which `BUNDLE_ONLY` refers to

_KEPT = {"prevent_destroy": BOOLEAN | {"description": "Refuse to destroy it"}}
_STARTED = {"started": BOOLEAN | {"description": "Whether a deployment leaves it started"}}
_LIFECYCLE = {"description": "What becomes of it, and when"}
LIFECYCLE = record(_KEPT) | _LIFECYCLE
LIFECYCLE_OF_STARTED = record(_KEPT | _STARTED) | _LIFECYCLE
WHO = {
    "user_name": TEXT | {"description": "The mail address of a user"},
    "group_name": TEXT | {"description": "The name of a group"},
    "service_principal_name": TEXT | {"description": "The application id of a service principal"},
}

# The keys that mlinfra adds.
ADDITIONS: dict[str, Any] = {
    "targets": {
        "type": "array",
        "items": {"type": "string"},
        "uniqueItems": True,
        "description": "Targets in which it exists; by default all",
    },
    "workspace": {
        "type": "string",
        "description": "The entry of databricks_workspaces that it belongs to; the only one, where there is one",
        **_to("databricks_workspaces", form="name"),
    },
    "existing": {"type": "boolean", "description": "Whether it is someone else's, and only referred to"},
}
