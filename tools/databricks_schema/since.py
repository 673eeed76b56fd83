"""From which version on the Databricks CLI knows a field of a bundle, or a value of one, that older ones do not.

An unknown field is a warning of `bundle validate`, which `--strict` ends with, and without it the field is left out; so
is an unknown value of a list. Each line is a fact that was read off the CLI, and no text of it: up to 1.13.0 from the
schema of each of its tags, as `python -m tools.databricks_schema.known` prints them, and behind that from the first
release of databricks-bundles that has the field, which is made of the CLI of the same number; one between may know it
already. Where nothing is written neither has it. What is as old as its kind, or its class, is not listed.

Source: https://github.com/databricks/cli, bundle/schema/jsonschema.json at its tags, and the releases of
databricks-bundles.
"""

from __future__ import annotations

import json

from tools.azureml_schema.nodes import Node

SINCE: dict[str, dict[str, str]] = {  # of a definition of the schema: its fields, or their way
    "databricks.apps.GitRepository": {"auto_deploy": "1.16.0", "caller_credential_id": "1.16.0"},
    "databricks.compute.AzureAttributes": {"capacity_reservation_group": "1.5.0"},
    "databricks.compute.ClusterSpec": {
        "dependency_mode": "1.10.0",
    },
    "databricks.compute.Environment": {"project_environment": "1.20.0"},
    "databricks.compute.NodeTypeFlexibility": {"aws_context_id": "1.16.0"},
    "databricks.jobs.AiRuntimeTask": {
        "docker_image_url": "1.13.0",
        "mlflow_artifact_location": "1.13.0",
        "priority_class": "1.18.0",
        "unity_catalog_image_path": "1.18.0",
    },
    "databricks.jobs.AlertTask": {"parameters": "1.16.0"},
    "databricks.jobs.ComputeSpec": {"provisioned_capacity_id": "1.17.0"},
    "databricks.jobs.Continuous": {"maintenance_window": "1.16.0"},
    "databricks.jobs.ContinuousTriggerConfiguration": {"maintenance_window": "1.16.0"},
    "databricks.jobs.CronSchedule": {"sql_condition": "1.7.0"},
    "databricks.jobs.JobCluster": {"serverless_compute": "", "serverless_compute_id": "1.10.0"},
    "databricks.jobs.JobEmailNotifications": {"on_maintenance_complete": "1.20.0", "on_maintenance_start": "1.20.0"},
    "databricks.jobs.PipelineParams": {
        "full_refresh_selection": "1.1.0",
        "refresh_flow_selection": "1.1.0",
        "refresh_selection": "1.1.0",
        "reset_checkpoint_selection": "1.1.0",
    },
    "databricks.jobs.PipelineTask": {
        "full_refresh_selection": "1.1.0",
        "parameters": "1.2.0",
        "refresh_flow_selection": "1.1.0",
        "refresh_selection": "1.1.0",
        "reset_checkpoint_selection": "1.1.0",
    },
    "databricks.jobs.Subscription": {"attachment": "1.22.0"},
    "databricks.jobs.Task": {
        "ai_function_task": "",
        "ai_runtime_task": "1.6.0",
        "environment_variables_key": "1.20.0",
        "python_operator_task": "1.1.0",
    },
    "databricks.jobs.TaskEmailNotifications": {"on_maintenance_complete": "1.20.0", "on_maintenance_start": "1.20.0"},
    "databricks.jobs.TriggerConfiguration": {"job_completion": ""},
    "databricks.jobs.TriggerSettings": {"job_completion": "", "sql_condition": "1.7.0"},
    "databricks.jobs.WebhookNotifications": {"on_maintenance_complete": "1.20.0", "on_maintenance_start": "1.20.0"},
    "databricks.pipelines.ConnectorOptions": {
        "api_source_connector_options": "1.13.0",
        "kafka_options": "1.1.0",
        "linkedin_ads_options": "1.14.0",
        "marketo_options": "1.14.0",
        "onedrive_options": "",
        "rabbitmq_options": "1.16.0",
        "reddit_ads_options": "1.10.0",
    },
    "databricks.pipelines.GoogleAdsOptions": {"custom_report_options": "1.9.0"},
    "databricks.pipelines.MetaMarketingOptions": {"custom_report_options": "1.9.0"},
    "databricks.pipelines.SchemaSpec": {"fanout_options": "1.10.0"},
    "databricks.pipelines.SourceConfig": {"api_source_connector_config": "1.13.0"},
    "databricks.pipelines.TableSpecificConfig": {
        "clustering_columns": "1.5.0",
        "enable_auto_clustering": "1.5.0",
        "source_metadata_column": "1.9.0",
        "table_properties": "1.5.0",
    },
    "databricks.pipelines.TikTokAdsOptions": {"custom_report_options": "1.9.0"},
    "databricks.pipelines.Transformer": {
        "avro_options": "1.18.0",
        "input_column": "1.13.0",
        "output_column": "1.13.0",
        "protobuf_options": "1.18.0",
    },
    "databricks.postgres.NewPipelineSpec": {"pipeline_channel": ""},
    "databricks.serving.AmazonBedrockConfig": {"uc_service_credential_name": "1.18.0"},
    "databricks.serving.TelemetryConfig": {
        "enabled_telemetry_features": "1.16.0",
        "table_names": "1.10.0",
        "telemetry_profile_id": "1.10.0",
    },
    "databricks.serving.TelemetryInferenceTableConfig": {"name": ""},
    "entries.databricks_alerts": {"custom_template_format": "1.21.0", "parameters": "1.10.0"},
    "entries.databricks_apps": {
        "compute_max_instances": "1.2.0",
        "compute_min_instances": "1.2.0",
        "forward_user_access_token": "1.13.0",
    },
    "entries.databricks_catalogs": {"custom_max_retention_hours": "1.5.0"},
    "entries.databricks_clusters": {"dependency_mode": "1.10.0", "libraries": "1.19.0"},
    "entries.databricks_experiments": {"trace_location": "1.9.0"},
    "entries.databricks_jobs": {
        "duration_target": "1.22.0",
        "environment_variables": "1.20.0",
        "parent_path": "1.7.0",
        "triggers": "1.13.0",
    },
    "entries.databricks_model_serving_endpoints": {"telemetry_config": "1.6.0"},
    "entries.databricks_pipelines": {
        "cascade_on_destroy": "1.12.0",
        "parameters": "1.2.0",
        "parent_path": "1.21.0",
        "run_as.group_name": "1.18.0",
        "serverless_compute_id": "1.5.0",
    },
    "entries.databricks_postgres_branches": {
        "purge_on_delete": "1.7.0",
        "source_snapshot": "",
    },
    "entries.databricks_postgres_databases": {"replace_existing": "1.7.0"},
    "entries.databricks_postgres_projects": {"purge_on_delete": "1.2.0"},
    "entries.databricks_postgres_roles": {"replace_existing": "1.7.0"},
    "entries.databricks_postgres_synced_tables": {
        "accelerated_sync": "1.5.0",
        "extra_columns": "1.10.0",
        "type_overrides": "1.5.0",
    },
    "entries.databricks_schemas": {"custom_max_retention_hours": "1.5.0"},
    "entries.databricks_sql_warehouses": {
        "customer_version_label": "",
        "max_dbu": "",
        "reyden_cluster_size_multiplier": "",
        "statement_timeout": "1.21.0",
    },
}
VALUES: dict[str, dict[str, str]] = {  # of an enumeration: its values
    "databricks.apps.AppResourceUcSecurableUcSecurableType": {"MODEL_SERVICE": "1.21.0"},
    "databricks.catalog.Privilege.external_locations": {"EXTERNAL_USE_LOCATION": "1.17.0"},
    "databricks.compute.HardwareAcceleratorType": {"GPU_8xB300": "1.17.0"},
    "databricks.jobs.ComputeSpecAcceleratorType": {"GPU_8xB300": ""},
    "databricks.postgres.SyncedTableSyncedTableSpecPgSpecificType": {
        "PG_SPECIFIC_TYPE_HALFVEC": "",
        "PG_SPECIFIC_TYPE_VARCHAR": "",
    },
    "databricks.serving.ServedModelInputWorkloadType": {"GPU_XLARGE_8": "1.13.0"},
    "databricks.serving.ServingModelWorkloadType": {"GPU_XLARGE_8": "1.13.0"},
    "databricks.sql.CreateWarehouseRequestWarehouseType": {"REALTIME": "1.22.0"},
}
FIELD, OF_VALUES = "x-since", "x-since-values"  # keywords of ours in the schema


def marked(schema: Node) -> Node:
    """A copy with the version on each field and each enumeration; raises KeyError where a line fits none."""
    schema = json.loads(json.dumps(schema))  # what one constant says of two fields is written twice
    definitions = schema["$defs"]
    for name, fields in SINCE.items():
        for way, version in fields.items():
            *above, field = way.split(".")
            node = definitions[name]
            for step in above:
                node = node["properties"][step]
            node["properties"][field][FIELD] = version
    for name, values in VALUES.items():
        missing = set(values) - set(definitions[name]["x-enum"])
        if missing:
            raise KeyError(f"{name}: {sorted(missing)}")
        definitions[name][OF_VALUES] = values
    return schema
