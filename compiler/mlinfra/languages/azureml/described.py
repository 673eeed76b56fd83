"""What the fields of Azure ML mean, in a sentence for editors: the schema that the SDK gives has none.

By the name of the field, as a name means the same wherever the CLI has it; key by key it is documented there.
Source: docs, "CLI (v2) YAML schemas".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        # What many have
        "name": "Its name on Azure; by default the entry's key",
        "description": "What it is for, for who looks at it in the studio",
        "display_name": "How the studio shows it",
        "tags": "Words that it carries on Azure",
        "type": "Which kind it is; the other fields follow from it",
        "version": "Its version; by default it follows from its content",
        "path": "Where it lies: a path here, or an address in a datastore",
        "properties": "What else Azure ML keeps of it",
        "identity": "As whom it acts",
        "workspace": "The workspace that it belongs to; by default the only one",
        "targets": "Targets in which it exists; by default all",
        "made_in": "The target in which it is made; in its other targets it is there already",
        "azure_name": "Its name on Azure; by default made by the naming rules",
        "existing": "Owned by someone else: read, never created",
        "location": "The Azure region; by default that of the target",
        # Workspaces, hubs and registries
        "hub_id": "The hub whose storage, secrets and network it has: an entry of hubs",
        "replication_locations": "Regions in which it is read from nearby",
        "system_identity": "An identity that lives as long as it does",
        "identities": "User-assigned identities that it may act as",
        "registry": "The registry of Azure ML in which it lies, in place of a workspace",
        "default_resource_group": "The group in which people make projects of the hub",
        "storage_config": "What the storage is that Azure makes in a region",
        "hbi_workspace": "Sensitive data: Microsoft gets less diagnostic data, and scratch disks are encrypted",
        "managed_network": "The network that Azure ML makes for computes, and what it lets out",
        "isolation_mode": "What may leave the managed network: everything, the internet, or what is approved",
        "outbound_rules": "What else the managed network lets out",
        "firewall_sku": "Of the firewall that rules about hosts need",
        "storage_account": "The account in which runs and models are kept",
        "key_vault": "The vault in which secrets are kept",
        "container_registry": "The registry of its images",
        "application_insights": "Where traces of endpoints and runs go",
        "customer_managed_key": "A key of your own that encrypts it",
        "image_build_compute": "The cluster that builds images",
        "public_network_access": "Whether the internet reaches it; sign-in stays Entra's",
        "primary_user_assigned_identity": "The identity as which it acts",
        "user_assigned_identities": "Identities of the spec that it may act as",
        "serverless_compute": "Where jobs without a cluster run",
        "system_datastores_auth_mode": "How its own datastores sign in: by identity, or by the account's key",
        # Computes
        "size": "The size of its machines",
        "min_instances": "Machines that always run",
        "max_instances": "Machines that run at most",
        "tier": "dedicated, or low_priority, which is cheaper and may be taken away",
        "idle_time_before_scale_down": "Seconds without work after which a machine goes",
        "idle_time_before_shutdown_minutes": "Minutes without work after which it stops",
        "create_on_behalf_of": "The person it belongs to, an entry of principals",
        "network_settings": "The subnet in which its machines lie",
        "subnet": "The subnet, an address or an id",
        "enable_node_public_ip": "Whether its machines have public addresses",
        "instance_type": "The size of its machines",
        "instance_count": "How many machines it takes",
        "runtime_version": "The version of Spark",
        # Data and datastores
        "account_name": "The storage account: an entry, or its name on Azure",
        "container_name": "The container in that account",
        "filesystem": "The file system of the lake",
        "file_share_name": "The share in that account",
        "credentials": "How it signs in where it does so by no identity",
        "protocol": "http or https",
        "endpoint": "The cloud's host of storage",
        # Environments
        "image": "The image that it starts from",
        "conda_file": "The packages of Python that it adds",
        "build": "The Dockerfile that it is built from instead",
        "inference_config": "How the image serves: routes and ports",
        # Jobs and components
        "code": "The folder with what runs",
        "command": "What is run, with ${{inputs.…}} and ${{outputs.…}}",
        "environment": "The environment in which it runs",
        "environment_variables": "Variables of the process that runs",
        "compute": "Where it runs: a cluster, or serverless",
        "inputs": "What it reads, by name",
        "outputs": "What it writes, by name",
        "mode": "How data is reached: mounted, downloaded, or read directly",
        "default": "The value where none is given",
        "optional": "Whether it may be left out",
        "jobs": "The steps of the pipeline, by name",
        "component": "The component that the step runs",
        "settings": "What holds for all steps",
        "default_compute": "Where steps run that say nothing else",
        "default_datastore": "Where outputs go that say nothing else",
        "experiment_name": "The experiment under which its runs are listed",
        "resources": "How many machines of which size it takes",
        "distribution": "How it is spread over machines",
        "limits": "How long, how much and how often at most",
        "timeout": "Seconds after which it is stopped",
        # Tuning
        "trial": "What one trial runs",
        "search_space": "The parameters that are tried, and their values",
        "values": "The values that are tried",
        "min_value": "The least value that is tried",
        "max_value": "The greatest value that is tried",
        "sampling_algorithm": "How the next trial is chosen",
        "objective": "What is to be better",
        "goal": "minimize or maximize",
        "primary_metric": "The metric that is compared",
        "max_total_trials": "Trials in all",
        "max_concurrent_trials": "Trials at once",
        "early_termination": "When a bad trial is given up",
        "evaluation_interval": "After how many values a trial is compared",
        "slack_factor": "How much worse than the best a trial may be",
        # Serving
        "auth_mode": "How callers prove who they are",
        "traffic": "The share of calls of each deployment, in per cent",
        "mirror_traffic": "The share of calls that a deployment gets beside the one that answers",
        "deployments": "What serves, by name",
        "model": "The model that it serves",
        "code_configuration": "The code that scores",
        "scoring_script": "The file with init and run",
        "data_collector": "What of calls and answers is kept",
        "collections": "What is kept, by name",
        "enabled": "Whether it is kept",
        "defaults": "What holds where a call says nothing",
        "deployment_name": "The deployment that is called",
        "mini_batch_size": "Files that one call of run gets",
        "output_action": "Whether answers are one file, or none",
        "output_file_name": "The name of that file",
        "error_threshold": "Files that may fail",
        "retry_settings": "How often and how long a mini batch is tried",
        "logging_level": "How much is logged",
        "max_concurrency_per_instance": "Calls at once on one machine",
        # Schedules and monitors
        "trigger": "When it starts",
        "frequency": "The unit of the interval: minute, hour, day, week, month",
        "interval": "After how many of these",
        "schedule": "At which time of the day, on which day",
        "hours": "At these hours",
        "minutes": "At these minutes",
        "expression": "When, as cron writes it",
        "time_zone": "In which time zone",
        "start_time": "Not before this",
        "end_time": "Not after this",
        "create_job": "The job that it runs",
        "create_monitor": "What it looks at, and how",
        "monitoring_target": "The deployment that is watched, and what it predicts",
        "ml_task": "Whether it classifies, predicts numbers, or answers questions",
        "endpoint_deployment_id": "The deployment whose calls are looked at",
        "monitoring_signals": "What is compared with what, by name",
        "reference_data": "What the calls are compared with",
        "production_data": "The calls, where they are not the deployment's own",
        "input_data": "The data",
        "data_context": "Which part of its life the data is from",
        "data_column_names": "Which column is which",
        "features": "Which columns are compared",
        "metric_thresholds": "From which distance on somebody is told",
        "numerical": "Of numbers",
        "categorical": "Of categories",
        "jensen_shannon_distance": "The distance of Jensen and Shannon",
        "pearsons_chi_squared_test": "Pearson's chi-squared test",
        "alert_notification": "Who is told",
        "emails": "Their addresses",
        # Models, and what mlinfra adds
        "from_job": "The job whose run makes it",
        "output": "The output of that job",
        "registered_by": "mlinfra, or a step of the run itself",
        "release": "What it must show before it serves in a target",
        "rollout": "How traffic moves to a new model",
    }
)


def with_descriptions(node: Any) -> Any:
    """A schema in which each property that the table knows explains itself."""
    if isinstance(node, list):
        return [with_descriptions(below) for below in node]
    if not isinstance(node, dict):
        return node
    rendered = {key: with_descriptions(below) for key, below in node.items()}
    properties = rendered.get("properties")
    if isinstance(properties, dict):
        rendered["properties"] = {name: _described(name, below) for name, below in properties.items()}
    return rendered


def _described(name: str, schema: Any) -> Any:
    is_said = not isinstance(schema, dict) or "description" in schema or name not in FIELDS
    return schema if is_said else {"description": FIELDS[name], **schema}
