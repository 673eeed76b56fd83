"""What serves and what is looked at: endpoints, monitors, dashboards, alerts, apps, spaces, indexes."""

from __future__ import annotations

from mlinfra.languages.databricks.charges import by_dbu
from mlinfra.languages.databricks.row import CALLED_ELSEWHERE, READ, USE, Awaits, Row, Takes, remade


def _kept_for(*way: str) -> Takes:
    """Docs, "Enable inference tables on model serving endpoints using the API", requirements."""
    parts = tuple(".".join((*way, part)) for part in ("catalog_name", "schema_name"))
    return Takes("schema", parts, ("CREATE_TABLE",), "keeps requests of")


MODEL_SERVING_ENDPOINTS = Row(
    name="databricks_model_serving_endpoints",
    acts_for_others=True,
    noun="model serving endpoint",
    called_elsewhere={**CALLED_ELSEWHERE, "size": "write workload_size: Small"},
    charges=by_dbu("model serving"),
    changes=remade(
        "name",
        "description",
        "route_optimized",
        "config.auto_capture_config.catalog_name",
        "config.auto_capture_config.schema_name",
        "config.auto_capture_config.table_name_prefix",
        ignored=(
            "budget_policy_id",
            "rate_limits",
        ),
    ),
    creates="serving.ServingEndpointsAPI.create",
    later=("consumers", "smoke_test"),
    access="serving.ServingEndpointPermissionLevel",
    named_by="name",
    bundle="serving",
    on_serverless=lambda entry: True,
    levels={"CAN_VIEW": "CAN_VIEW", "CAN_RUN": "CAN_QUERY", "CAN_MANAGE": "CAN_MANAGE"},
    takes=(  # docs, "Upgrade ML workflows to target models in Unity Catalog", required privileges
        Takes("function", ("config.served_entities.*.entity_name",), ("EXECUTE",), "is served by"),
        _kept_for("ai_gateway", "inference_table_config"),
        _kept_for("config", "auto_capture_config"),
    ),
    described="Endpoints that serve versions of models",
)

QUALITY_MONITORS = Row(
    name="databricks_quality_monitors",
    noun="quality monitor",
    creates="catalog.QualityMonitorsAPI.create",
    named_by="table_name",
    # The reference of the API, "Create a table monitor": SELECT, also for who owns the catalog; else only the owner of
    # the table makes one, for which its successor's, "Data Quality Monitoring", says MANAGE.
    takes=(
        Takes("table", ("table_name",), ("SELECT", "MANAGE"), "is watched by"),
        Takes("table", ("baseline_table_name",), ("SELECT",), "is compared with by"),
        Takes("schema", ("output_schema_name",), ("CREATE_TABLE",), "keeps numbers of"),
    ),
    is_named_by_itself=False,
    awaits=(Awaits("table_name"), Awaits("baseline_table_name")),
    bundle="serving",
    paused=("schedule",),
    on_serverless=lambda entry: True,
    described="Monitors of tables, which have to be there",
)

# A bundle looks dashboards up among those of before, which these are not: the CLI asks `preview/sql/dashboards`.
DASHBOARDS = Row(
    name="databricks_dashboards",
    acts_for_others=True,
    noun="dashboard",
    creates="dashboards.Dashboard",
    access="iam.PermissionLevel",
    as_json=("serialized_dashboard",),
    named_by="display_name",
    levels=READ,
    described="Dashboards; `file_path` names an exported one",
)

ALERTS = Row(
    name="databricks_alerts",
    acts_for_others=True,
    noun="alert of SQL",
    creates="sql.AlertV2",
    access="iam.PermissionLevel",
    levels=READ | {"CAN_RUN": "CAN_RUN"},
    looked_up_as="alert",
    named_by="display_name",
    paused=("schedule",),
    described="Queries that tell somebody when a value passes a bound",
)

APPS = Row(
    name="databricks_apps",
    acts_for_others=True,
    is_prefixed=False,
    goes_with_what_it_names=True,
    # docs, "Add a Unity Catalog table resource to a Databricks app", and the same of functions
    awaits=(Awaits("resources.*.uc_securable.securable_full_name"),),
    noun="Databricks app",
    called_elsewhere={
        **CALLED_ELSEWHERE,
        "env": "write config: {env: [{name: …, value: …}]}",
        "command": "write config: {command: […]}",
    },
    creates="apps.App",
    access="apps.AppPermissionLevel",
    named_by="name",
    may_be_started=True,
    levels=USE,
    described="Web applications; `source_code_path` is the folder of their code",
)

GENIE_SPACES = Row(
    name="databricks_genie_spaces",
    acts_for_others=True,
    noun="Genie space",
    creates="dashboards.GenieAPI.create_space",
    as_json=("serialized_space",),
    access="iam.PermissionLevel",
    named_by="title",
    levels=READ,
    goes_with_what_it_names=True,
    awaits=(  # https://github.com/databricks/cli/issues/6750
        Awaits("serialized_space.data_sources.tables.*.identifier"),
        Awaits("serialized_space.data_sources.metric_views.*.identifier"),
    ),
    known_since="1.3.0",
    described="Spaces in which people ask about tables in their own words",
)

VECTOR_SEARCH_ENDPOINTS = Row(
    name="databricks_vector_search_endpoints",
    is_prefixed=False,
    noun="vector search endpoint",
    creates="vectorsearch.VectorSearchEndpointsAPI.create_endpoint",
    access="vectorsearch.VectorSearchEndpointPermissionLevel",
    levels=USE,
    named_by="name",
    described="What vector search indexes run on",
)

VECTOR_SEARCH_INDEXES = Row(
    name="databricks_vector_search_indexes",
    noun="vector search index",
    changes=remade(
        "name", "endpoint_name", "index_type", "primary_key", "delta_sync_index_spec", "direct_access_index_spec"
    ),
    creates="vectorsearch.VectorSearchIndexesAPI.create_index",
    access="catalog.PrivilegeAssignment",
    named_by="name",
    is_named_by_itself=False,  # it has three parts
    stateful=True,
    on_serverless=lambda entry: True,
    takes=(  # docs, "Create vector search endpoints and indexes", requirements
        Takes("schema", ("name",), ("CREATE_TABLE",), "holds"),
        Takes("table", ("delta_sync_index_spec.source_table",), ("SELECT",), "is followed by"),
    ),
    goes_with_what_it_names=True,
    awaits=(Awaits("delta_sync_index_spec.source_table"),),  # docs, "Create vector search endpoints and indexes"
    known_since="1.1.0",
    described="Indexes of vectors, beside the tables that they follow",
)
