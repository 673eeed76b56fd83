"""Faults that rules find: over a body, over the graph of a target, and over all targets together."""

from __future__ import annotations

from tests.faults.fault import both, drop, put

SWEEP = "jobs/tune/jobs/sweep"
ONLINE = "online_endpoints/churn/deployments/main"
NIGHTLY = "batch_endpoints/nightly/deployments/main"

BODY_RULES = (
    put(
        f"{SWEEP}/sampling_algorithm",
        "grid",
        "MLI521",
        at=(
            f"{SWEEP}/sampling_algorithm",
            f"{SWEEP}/search_space/learning_rate",
            f"{SWEEP}/search_space/learning_rate/type",
        ),
        needs=(f"{SWEEP}/search_space",),
    ),
    put(f"{SWEEP}/limits/max_concurrent_trials", 30, "MLI523", needs=(f"{SWEEP}/limits/max_total_trials",)),
    drop(f"{SWEEP}/early_termination/slack_factor", "MLI524", needs=(f"{SWEEP}/early_termination/type",)),
    put("schedules/weekly/trigger/expression", "every monday", "MLI601"),
    put("schedules/weekly/trigger/time_zone", "Mars", "MLI604"),
    put(
        "online_endpoints/churn/traffic",
        {"main": 95},
        "MLI631",
        at=("online_endpoints/churn/traffic", "online_endpoints/churn/traffic/main"),
    ),
    put(
        f"{ONLINE}/request_settings",
        {"request_timeout_ms": 400000},
        "MLI651",
        at=(f"{ONLINE}/request_settings/request_timeout_ms",),
    ),
    put(f"{ONLINE}/liveness_probe", {"period": 0}, "MLI653", "MLI220", at=(f"{ONLINE}/liveness_probe/period",)),
    put(
        f"{NIGHTLY}/settings/output_action",
        "summary_only",
        "MLI663",
        at=(f"{NIGHTLY}/settings/output_action", f"{NIGHTLY}/settings/output_file_name"),
        needs=(f"{NIGHTLY}/settings/output_file_name",),
    ),
    put("batch_endpoints/nightly/defaults/deployment_name", "mian", "MLI662", "MLI301"),
    drop(
        "environments/batch/image",
        "MLI674",
        at=("environments/batch", "environments/batch/conda_file"),
        needs=("environments/batch/conda_file",),
    ),
    put("compute_clusters/gpu/min_instances", 9, "MLI681", needs=("compute_clusters/gpu/max_instances",)),
    put("compute_instances/nb/idle_time_before_shutdown_minutes", 5, "MLI686"),
    put(
        f"{NIGHTLY}/code_configuration/scoring_script",
        "train.py",
        "MLI642",
        needs=(f"{NIGHTLY}/code_configuration/code",),
    ),
    put("models/local", {"path": "src", "version": "one"}, "MLI677", "MLI220", at=("models/local/version",)),
)

GRAPH_RULES = (
    put("storage_accounts/lake/versioning", True, "MLI410", needs=("storage_accounts/lake/hierarchical_namespace",)),
    put("storage_accounts/archive/sku", "Premium_LRS", "MLI415", "MLI417", needs=("storage_accounts/archive/kind",)),
    put("storage_accounts/archive/lifecycle/idle", {"prefixes": ["kept/"]}, "MLI418"),
    put("storage_accounts/archive/public_blobs", True, "MLI413"),
    put("storage_accounts/archive/sftp", True, "MLI416"),
    put("container_registries/team/admin_user", True, "MLI426"),
    put("container_registries/team/export_policy", False, "MLI428"),
    put(
        "container_registries/team/network_acls",
        {"bypass": "none"},
        "MLI436",
        at=("container_registries/team/network_acls/bypass",),
    ),
    put(
        "key_vaults/team/properties",
        {"enableRbacAuthorization": False},
        "MLI421",
        at=("key_vaults/team/properties", "key_vaults/team/properties/enableRbacAuthorization"),
    ),
    put("role_assignments/nobody", {"role": "Reader", "scope": "storage_accounts.lake"}, "MLI445"),
    put("role_assignments/ci-reads/role", "Storage Blob Data Readr", "MLI447"),
    put("workspaces/main/storage_account", "lake", "MLI460", needs=("storage_accounts/lake/hierarchical_namespace",)),
    put("compute_clusters/gpu/size", "Standard_NC6", "MLI480"),
    put("compute_clusters/cpu/size", "Standard_Nonsense", "MLI482"),
    put(
        "compute_clusters/gpu/location",
        "northeurope",
        "MLI440",
        needs=("targets/prod", "targets/test", "network", "location"),
    ),
    put(
        "jobs/once/resources",
        {"instance_count": 9},
        "MLI484",
        at=("jobs/once/resources/instance_count",),
        needs=("jobs/once/compute", "compute_clusters/gpu/max_instances"),
    ),
    put("models/churn/output", "modle", "MLI486", needs=("models/churn/from_job", "jobs/train/outputs")),
    put(
        "log_analytics/main/sku",
        "capacity_reservation",
        "MLI453",
        "MLI215",
        at=("log_analytics/main/sku", "log_analytics/main"),
    ),
)

PIPELINE_RULES = (
    put(
        "network/inbound",
        "private",
        "MLI380",
        "MLI382",
        at=("network/inbound", "targets/prod/overrides/network/allowed_ips"),
    ),
    put("network/outbound", "vnet", "MLI383", needs=("targets/dev",)),
    put("network/inboud", "public", "MLI212"),
    put("network/package_hosts", ["-"], "MLI215", at=("network/package_hosts/0",)),
    drop("network/inbound", "MLI432", at=("network",), needs=("targets/prod",)),
    put(
        "targets/prod/overrides/network/allowed_ips",
        ["10.0.0.0/8"],
        "MLI215",
        at=("targets/prod/overrides/network/allowed_ips/0",),
    ),
    put("targets/test/overrides/network/outbound", "intrnet", "MLI215"),
    put("pipelines/pool", "churn-agents", "MLI214"),
    put("pipelines/branch", "refs/heads/..", "MLI215"),
    put("pipelines/brnch", "main", "MLI212"),
    put("pipelines/service_connections/stage", {"deploy": "churn-stage"}, "MLI490"),
    drop(
        "pipelines/service_connections/test",
        "MLI491",
        at=("pipelines/service_connections", "targets/test"),
        needs=("targets/test",),
    ),
    put(
        "pipelines/service_connections/prod",
        {"deploy": "churn-prod", "plan": "churn-prod"},
        "MLI492",
        "MLI706",
        "MLI735",
        at=("pipelines/service_connections/prod/plan", "pipelines/service_connections/prod"),
    ),
    put("pipelines/train/jobs", ["train", "trian"], "MLI493", at=("pipelines/train/jobs/1",)),
    put(
        "pipelines/train/jobs",
        [],
        "MLI494",
        at=("models/churn/from_job",),
        needs=("models/churn", "jobs/train/outputs"),
    ),
    put("pipelines/install/source", "tols", "MLI330"),
    put("pipelines/install/requirements", "requirements/rnu.txt", "MLI330"),
)

TARGET_RULES = (
    both(
        "the account of two targets",
        put(
            "storage_accounts/shared/azure_name",
            "stchurnshared",
            "MLI495",
            at=("storage_accounts/shared",),
            needs=("storage_accounts/shared",),
        ),
        put("targets/test/resource_group/name", "rg-churn-both", needs=("targets/test/subscription",)),
        put("targets/dev/resource_group/name", "rg-churn-both", needs=("targets/dev/subscription",)),
        at=("storage_accounts/shared", "targets/test", "storage_accounts/shared/azure_name"),
    ),
    put(
        f"{ONLINE}/instance_count",
        5,
        "MLI496",
        at=(
            f"{ONLINE}/instance_count",
            "targets/prod/overrides/online_endpoints/churn/deployments/main/instance_count",
        ),
        needs=("targets/prod",),
    ),
    both(
        "production is more open than test",
        put(
            "targets/prod/overrides/network/outbound",
            "internet",
            "MLI496",
            at=("targets/prod",),
            needs=("targets/prod/mode",),
        ),
        put("targets/test/overrides/network/outbound", "approved", needs=("targets/test/mode",)),
        at=("targets/prod", "targets/prod/overrides/network/outbound"),
    ),
    put(
        "models/late",
        {"from_job": "train", "output": "model", "targets": ["test", "prod"]},
        "MLI497",
        at=("models/late",),
        needs=("jobs/train/outputs", "targets", "pipelines/train"),
    ),
    put(
        "models/apart",
        {"from_job": "tune", "output": "model"},
        "MLI486",
        "MLI494",
        at=("models/apart/from_job", "models/apart/output", "models/apart"),
        needs=("jobs/tune",),
    ),
    both(
        "a job that the first target does not have",
        put("pipelines/train/jobs", ["train", "later"], "MLI493", at=("pipelines/train/jobs/1",)),
        put(
            "jobs/later",
            {
                "type": "command",
                "command": "python train.py",
                "code": "src",
                "environment": "train",
                "compute": "cpu",
                "targets": ["test", "prod"],
            },
            needs=("targets/dev", "environments/train", "compute_clusters/cpu"),
        ),
        at=("pipelines/train/jobs/1",),
    ),
)
