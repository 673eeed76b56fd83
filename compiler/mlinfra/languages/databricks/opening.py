"""What lets more in, or holds less, where it changes in an object of Databricks: facts about fields of any of them."""

from __future__ import annotations

from mlinfra.languages.changes import ANY, FEWER, GONE, LESS, MORE, Change, changes

API = "https://docs.databricks.com/api/azure/workspace/introduction"  # the descriptions of the fields
MODES = "https://learn.microsoft.com/azure/databricks/compute/configure"  # "Access modes"
# Where a cluster is described: on its own, in a job for several tasks, in a task, in a pipeline.
_OF_CLUSTERS = (
    "",
    "job_clusters.new_cluster.",
    "tasks.new_cluster.",
    "tasks.for_each_task.task.new_cluster.",
    "clusters.",
)
_SAME_MODES = (("SINGLE_USER", "DATA_SECURITY_MODE_DEDICATED"), ("USER_ISOLATION", "DATA_SECURITY_MODE_STANDARD"))
_GATEWAY = tuple(f"ai_gateway.{field}" for field in ("guardrails", "rate_limits", "usage_tracking_config"))


def _clusters(*fields: str) -> tuple[str, ...]:
    return tuple(f"{where}{field}" for where in _OF_CLUSTERS for field in fields)


OPENING: tuple[Change, ...] = (
    *changes("opens_access", API, "isolation_mode"),  # every workspace of the region sees it
    *changes("opens_access", API, "read_only", none_is="false"),
    *changes("opens_access", MODES, *_clusters("data_security_mode"), families=_SAME_MODES, none_is="NONE"),
    *changes("opens_access", MODES, *_clusters("single_user_name"), towards=ANY),
    *changes("opens_access", API, *_clusters("ssh_public_keys")),
    *changes("opens_access", API, "user_api_scopes", "forward_user_access_token", "resources"),  # of an app
    *changes("opens_access", API, "enable_pg_native_login", "membership_roles", "attributes"),
    *changes("opens_access", API, "auth_method", "identity_type", "postgres_role", towards=ANY),
)

WEAKENING: tuple[Change, ...] = (
    *changes("weakens", API, *_clusters("enable_local_disk_encryption"), towards=LESS),
    *changes("weakens", API, *_clusters("policy_id"), towards=GONE),
    *changes("weakens", API, "definition", "policy_family_definition_overrides", "policy_family_id", towards=ANY),
    *changes("weakens", API, "max_clusters_per_user", towards=MORE, none_is="-1"),
    *changes("weakens", API, "rate_limits", *_GATEWAY, towards=GONE),
    *changes("weakens", API, "rate_limits", *_GATEWAY, towards=FEWER),
    *changes("weakens", API, "ai_gateway", "ai_gateway.inference_table_config", "auto_capture_config", towards=GONE),
    *changes("weakens", API, "encryption_details", "managed_encryption_settings", towards=GONE),
    *changes("weakens", API, "custom_max_retention_hours", "history_retention_duration", towards=LESS),
    *changes("weakens", API, "is_protected", towards=LESS),
    *changes("weakens", API, "purge_on_delete", towards=MORE),
)
