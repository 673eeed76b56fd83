"""Faults of the header, and of what a target makes of the text."""

from __future__ import annotations

from tests.faults.fault import drop, put, rename

HEADER = (
    put("apiVersion", "mlinfra/v2", "MLI201"),
    put("owner", 5, "MLI204"),
    put("platform", "Churn!", "MLI205"),
    put("short", "much-too-long", "MLI205"),
    put("location", "West Europe", "MLI205"),
    put("tags/costCenter", 4711, "MLI204"),
    put("cloud", "mars", "MLI205"),
    put("naming/generation", 0, "MLI205"),
    put("naming/pattern", "{nobody}", "MLI205"),
    put("maintainer", "someone", "MLI203"),
    put("alerts", {"slow": {}}, "MLI221"),
    put("databricks_online_stores", {"big": {}}, "MLI221"),
    rename("compute_instances", "compute_instnces", "MLI203"),
    rename("datastores", "datastore", "MLI203"),
    drop("targets/dev/subscription", "MLI202"),
    put("targets/test/subscription", "abc", "MLI205"),
    put("targets/prod/mode", "prodction", "MLI205"),
    drop("targets/test/mode", "MLI202"),
    put("targets/test/promote_from", "dve", "MLI207"),
    put("targets/test/default", True, "MLI206", needs=("targets/dev/default",)),
    put("targets/dev/stage", "first", "MLI203"),
    put("targets/dev/resource_group/name", "-x", "MLI205"),
    put("targets/prod/variables/min_acu", 0.9, "MLI211"),
    put("targets/prod/variables/max_nodes", "many", "MLI209", needs=("variables/max_nodes",)),
    put("variables/min_auc/type", "float", "MLI205", "MLI208"),
    put("variables/region", {"type": "string"}, "MLI210"),
    put("variables/untyped", {"default": 3}, "MLI208"),
    put("variables/max_nodes/default", "two", "MLI209"),
    put("variables/max_nodes/least", 1, "MLI203"),
)

OVERRIDES = (
    put("targets/prod/overrides/jobz", {"train": {}}, "MLI230"),
    put(
        "targets/prod/overrides/compute_clusters",
        {"gqu": {"max_instances": 4}},
        "MLI230",
        at=("targets/prod/overrides/compute_clusters/gqu",),
        needs=("compute_clusters/gpu/max_instances",),
    ),
    put("targets/test/overrides/owner", "someone", "MLI231"),
    put(
        "targets/test/overrides/data",
        {"sample": {"targets": ["dev"]}},
        "MLI231",
        at=("targets/test/overrides/data/sample/targets",),
    ),
    put(
        "targets/dev/overrides/log_analytics",
        {"main": {"daily_cap_gb": None}},
        "MLI230",
        at=("targets/dev/overrides/log_analytics/main/daily_cap_gb",),
        needs=("log_analytics/main",),
    ),
    put("targets/prod/overrides/schedules", "none", "MLI231"),
    put("data/bad name", {"type": "uri_file", "path": "data/customers.csv"}, "MLI232"),
    put("data/Sample", {"type": "uri_file", "path": "data/customers.csv"}, "MLI233"),
    put("data/listed", ["a"], "MLI234", at=("data/listed/0", "data/listed")),
    put("environments/none", 3, "MLI234"),
    put("jobs/train/experiment_name", "${var.expermnt}", "MLI235"),
    put("data/customers/description", "In ${target.nam}", "MLI235"),
    put("jobs/tune/display_name", "tuned to ${var.min_auc", "MLI236"),
    put("workspaces/main/description", "reaches ${var.hosts}", "MLI237"),
    put("schedules/weekly/targets", ["stage"], "MLI238", at=("schedules/weekly/targets/0",)),
    put("storage_accounts/lake/tags/${platform}", "x", "MLI136"),
    put("compute_clusters/gpu/max_instances", "${var.max_nodse}", "MLI235"),
)
