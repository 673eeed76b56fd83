"""Faults of keys: two letters changed places, in a word that decides what stands beside it, or is named elsewhere."""

from tests.faults.fault import rename

SLIPS = (
    rename("targets/prod/mode", "mdoe", "MLI203"),
    rename("principals/lead/type", "ytpe", "MLI212"),
    rename("principals/shop", "hsop", "MLI715", "MLI301"),
    rename("compute_instances/nb/targets", "tragets", "MLI220"),
    rename("jobs/train/jobs/evaluate/component", "comopnent", "MLI220"),
    rename("jobs/tune/jobs/sweep/type", "tyep", "MLI220"),
    rename("jobs/train/jobs/evaluate/inputs/test_data", "tset_data", "MLI513"),
    rename("models/churn/release/metrics/file", "flie", "MLI220"),
    rename("models/churn/release/evaluate/job", "jbo", "MLI220"),
    rename("batch_endpoints/nightly/deployments/main/type", "ytpe", "MLI220"),
)
