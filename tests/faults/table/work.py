"""Faults of what trains, is released and serves, and of who does it, made by people who did not write the rules."""

from __future__ import annotations

from tests.faults.fault import put

SWEEP = "jobs/tune/jobs/sweep"
RELEASE = "models/churn/release"

TRAINING = (
    put("targets/dev/quota/standardDDSV4Famly", 3, "MLI746"),
    put("targets/test/quota/standardDASv4Family", -1, "MLI205"),
    put("targets/prod/overrides/compute_cluster", {"gpu": {}}, "MLI230"),
    put("storage_accounts/lake/hierarchical_namespace", "yes please", "MLI214"),
    put("storage_accounts/lake/containers/Gold", {}, "MLI310"),
    put("storage_accounts/lake/sku", "Standard_XRS", "MLI215"),
    put("compute_instances/nb/create_on_behalf_of", "leader", "MLI301"),
    put("compute_clusters/cpu/usage/hours_a_month", -4, "MLI220"),
    put("datastores/scored/type", "azure_blobs", "MLI220"),
    put("components/train/inputs/learning_rate/default", "much", "MLI220"),
    put("jobs/tune/jobs/prep/inputs/row", "${{parent.inputs.raw}}", "MLI536", needs=("components/prep/inputs",)),
    put(f"{SWEEP}/search_space/depth", {"type": "uniform", "min_value": 0.1, "max_value": 0.2}, "MLI536"),
    put(
        f"{SWEEP}/search_space/max_depth/values",
        [2, "deep"],
        "MLI516",
        at=(f"{SWEEP}/search_space/max_depth/values/1",),
        needs=("components/train/inputs/max_depth",),
    ),
    put(f"{SWEEP}/search_space/learning_rate/max_value", 0.001, "MLI529"),
    put(f"{SWEEP}/limits/max_concurrent_trials", 40, "MLI523"),
    put(f"{SWEEP}/sampling_algorithm", "randm", "MLI220"),
)
RELEASING = (
    put(f"{RELEASE}/metrics/output", "reports", "MLI721", needs=("models/churn/from_job", "jobs/train/outputs")),
    put(f"{RELEASE}/evaluate/job", "juge", "MLI301"),
    put(
        f"{RELEASE}/evaluate/model",
        "modl",
        "MLI733",
        needs=(f"{RELEASE}/evaluate/job", "models/churn/from_job", "jobs/judge/inputs"),
    ),
    put("online_endpoints/churn/consumers", ["shopp"], "MLI301", at=("online_endpoints/churn/consumers/0",)),
    put("principals/shop/type", "app", "MLI215"),
    put("principals/scientists/targets/1", "tst", "MLI238"),
    put(
        "targets/prod/overrides/online_endpoints/churn/rollout/canary/steps",
        [50, 10],
        "MLI692",
        at=("targets/prod/overrides/online_endpoints/churn/rollout/canary/steps/0",),
        needs=("online_endpoints/churn/rollout",),
    ),
    put("batch_endpoints/nightly/invoke/output", "azureml://datastores/raw/paths/nightly/", "MLI701"),
    put("batch_endpoints/nightly/invoke/input", "azureml://datastores/raw/paths/daily/${run.day}/", "MLI235"),
    put("pipelines/service_connections/qa", "churn-qa", "MLI490"),
    put("pipelines/score/endpoints/0", "nigthly", "MLI703"),
    put("pipelines/tests/0/comand", "x", "MLI212"),
    put("pipelines/tests/0/requirements", "specs/churn/requirements-tst.txt", "MLI330"),
    put("pipelines/pool/deployy", "x", "MLI212"),
    put(
        "moved",
        [{"from": "workspaces.lab", "to": "workspaces.man"}],
        "MLI361",
        at=("moved/0", "moved/0/from", "moved/0/to"),
    ),
)
