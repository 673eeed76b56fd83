"""What lets more in, or holds less, where it changes in an object of Databricks: facts about fields of any of them."""

from __future__ import annotations

from mlinfra.languages.changes import ANY, FEWER, GONE, LESS, MORE, Change, changes

API = "https://docs.databricks.com/api/azure/workspace/introduction"  # the descriptions of the fields
FULL_REFRESH = "https://learn.microsoft.com/azure/databricks/ldp/updates"  # "Full refresh"
MODES = "https://learn.microsoft.com/azure/databricks/compute/configure"  # "Access modes"
# Where a cluster is described: on its own, in a job for several tasks, in a task, in a pipeline.
_OF_CLUSTERS = (
    "",
    "job_clusters.new_cluster.",
    "tasks.new_cluster.",
    "tasks.for_each_task.task.new_cluster.",
    "clusters.",
)
_IN_TASKS = ("tasks.", "tasks.for_each_task.task.")
# Of a pipeline that takes tables from somewhere else: for all, for those of a schema, for one, for a report.
_TABLES = (
    "ingestion_definition.table_configuration",
    *(f"ingestion_definition.objects.{what}.table_configuration" for what in ("schema", "table", "report")),
)
_SENT_TO = tuple(  # people, and places such as Slack, that get what a query finds
    f"{where}{what}"
    for where in _IN_TASKS
    for what in (
        *("alert_task.subscribers", "dashboard_task.subscription.subscribers"),
        *("sql_task.alert.subscriptions", "sql_task.dashboard.subscriptions"),
    )
)
_MODELS = "config.served_entities.external_model"
_OUTSIDE = (
    f"{_MODELS}.provider",
    f"{_MODELS}.cohere_config.cohere_api_base",
    f"{_MODELS}.openai_config.openai_api_base",
    f"{_MODELS}.custom_provider_config.custom_provider_url",
    f"{_MODELS}.databricks_model_serving_config.databricks_workspace_url",
)
_SAME_MODES = (("SINGLE_USER", "DATA_SECURITY_MODE_DEDICATED"), ("USER_ISOLATION", "DATA_SECURITY_MODE_STANDARD"))
_GATEWAY = tuple(f"ai_gateway.{field}" for field in ("guardrails", "rate_limits", "usage_tracking_config"))


_INDEXES = tuple(  # from where packages are taken that a task runs
    f"{where}libraries.{of}.repo" for where in ("", *_IN_TASKS) for of in ("pypi", "maven", "cran")
)


def _clusters(*fields: str) -> tuple[str, ...]:
    return tuple(f"{where}{field}" for where in _OF_CLUSTERS for field in fields)


def _tasks(*fields: str) -> tuple[str, ...]:
    return tuple(f"{where}{field}" for where in _IN_TASKS for field in fields)


OPENING: tuple[Change, ...] = (
    *changes("opens_access", API, "isolation_mode"),  # every workspace of the region sees it
    *changes("opens_access", API, "read_only", none_is="false"),
    *changes("opens_access", MODES, *_clusters("data_security_mode"), families=_SAME_MODES, none_is="NONE"),
    *changes("opens_access", MODES, *_clusters("single_user_name"), towards=ANY),
    *changes("opens_access", API, *_clusters("ssh_public_keys")),
    *changes("opens_access", API, "user_api_scopes", "forward_user_access_token", "resources"),  # of an app
    *changes("opens_access", API, "enable_pg_native_login", "membership_roles", "attributes"),
    *changes("opens_access", API, "auth_method", "identity_type", "role", "role_id", towards=ANY),
    *changes("opens_access", API, "postgres_role", towards=ANY, when_made=True),  # who may sign in to a branch
    *changes(  # whoever has grants on it reaches another place, or by another identity
        "opens_access", API, "url", "access_connector", "azure_managed_identity", towards=ANY
    ),
    *changes("opens_access", API, "fallback", none_is="false"),  # to whatever the cluster may read
    *changes(
        "opens_access", API, *_clusters("workload_type.clients.jobs", "workload_type.clients.notebooks"), none_is="true"
    ),
    *changes("opens_access", API, "embed_credentials", none_is="false"),  # readers see what the publisher may read
    *changes("opens_access", API, "parent_path", "run_as_user_name", towards=ANY),  # who may see the folder sees it
    *changes("opens_access", API, *_SENT_TO),
    *changes("opens_access", API, *_OUTSIDE, towards=ANY),  # where requests go, with what is in them
    *changes(  # what is fetched from there runs with the rights of the job or of the app
        "opens_access",
        API,
        *("git_source.git_url", "git_repository.url", *_clusters("init_scripts"), *_INDEXES),
        whom="whoever may change the code there",
    ),
    *changes("opens_access", API, *(f"{where}.row_filter" for where in _TABLES), towards=ANY),
    *changes(
        "opens_access",
        API,
        *(f"{where}.{field}" for where in _TABLES for field in ("exclude_columns", "include_columns")),
        none_is=ANY,
    ),
)

LOSING: tuple[Change, ...] = (
    *changes("loses_data", FULL_REFRESH, *_tasks("pipeline_task.full_refresh"), towards=MORE, when_made=True),
    *changes("loses_data", FULL_REFRESH, *_tasks("pipeline_task.full_refresh_selection"), towards=MORE, when_made=True),
    *changes(
        "loses_data", FULL_REFRESH, *_tasks("run_job_task.pipeline_params.full_refresh"), towards=MORE, when_made=True
    ),
    *changes(
        "loses_data",
        FULL_REFRESH,
        *_tasks("run_job_task.pipeline_params.full_refresh_selection"),
        towards=MORE,
        when_made=True,
    ),
    *changes(
        "loses_data",
        FULL_REFRESH,
        *(f"{where}.auto_full_refresh_policy.enabled" for where in _TABLES),
        towards=MORE,
        is_confirmed=False,
    ),
    *changes("loses_data", API, *(f"{where}.scd_type" for where in _TABLES), towards="SCD_TYPE_1", is_confirmed=False),
)

# Who hears of it when something fails or takes too long.
_HEARD = ("email_notifications", "webhook_notifications", "notifications", "health")
_NOTICES = (*_HEARD, *_tasks(*_HEARD))
_RUNS = (*_tasks("notification_settings", "email_notifications"), "notification_settings", "email_notifications")

WEAKENING: tuple[Change, ...] = (
    *changes("weakens", API, *_NOTICES, towards=GONE),
    *changes("weakens", API, *_NOTICES, towards=FEWER),
    *changes("weakens", API, *_clusters("enable_local_disk_encryption"), towards=LESS),
    *changes("weakens", API, *_clusters("policy_id"), "job_clusters.serverless_compute", towards=GONE),
    *changes("weakens", API, "definition", "policy_family_definition_overrides", "policy_family_id", towards=ANY),
    *changes("weakens", API, "max_clusters_per_user", towards=MORE, none_is="-1"),
    *changes("weakens", API, "rate_limits", *_GATEWAY, towards=GONE),
    *changes("weakens", API, "rate_limits", *_GATEWAY, towards=FEWER),
    *changes("weakens", API, "ai_gateway", "ai_gateway.inference_table_config", "auto_capture_config", towards=GONE),
    *changes("weakens", API, "encryption_details", "managed_encryption_settings", towards=GONE),
    *changes("weakens", API, "custom_max_retention_hours", "history_retention_duration", towards=LESS),
    *changes("weakens", API, "is_protected", towards=LESS),
    *changes("weakens", API, "purge_on_delete", towards=MORE),
    *changes("weakens", API, *_clusters("cluster_log_conf", "azure_attributes.log_analytics_info"), towards=GONE),
    *changes("weakens", API, "telemetry_config", "telemetry_export_destinations", "event_log", towards=GONE),
    *changes("weakens", API, "telemetry_config", "telemetry_export_destinations", towards=FEWER),
    *changes("weakens", API, "telemetry_config.inference_table_config.sampling_fraction", towards=LESS),
    *changes("weakens", API, "config.auto_capture_config", towards=GONE),
    *changes("weakens", API, "config.auto_capture_config.enabled", "data_classification_config.enabled", towards=LESS),
    *changes(
        "weakens",
        API,
        *(f"{where}.no_alert_for_{what}_runs" for where in _RUNS for what in ("canceled", "skipped")),
        towards=MORE,
    ),
    *changes("weakens", API, "custom_metrics", "slicing_exprs", towards=FEWER),
    *changes("weakens", API, "schedule", "trigger", towards=GONE),
    *changes("weakens", API, "git_source.git_commit", "git_source.git_tag", towards=GONE),  # of a branch, all is run
)
