"""Faults of what leads from one place to another: names, references, paths and bindings."""

from __future__ import annotations

from tests.faults.fault import drop, put

NAMES = (
    put("storage_accounts/lake/azure_name", "Lake_1", "MLI310"),
    put("storage_accounts/archive/containers/kept/azure_name", "KEPT", "MLI310"),
    put("compute_clusters/cpu/azure_name", "x", "MLI310"),
    put(
        "compute_instances/nb/azure_name",
        "cpu",
        "MLI311",
        needs=("compute_clusters/cpu/azure_name", "compute_instances/nb/targets"),
    ),
    put("key_vaults/team/azure_name", "9vault", "MLI310"),
    put("online_endpoints/churn/azure_name", "a", "MLI310"),
    put("identities/ci/azure_name", "${workspaces.main.name}-ci", "MLI313"),
    put(
        "key_vaults/theirs",
        {"existing": True, "id": "/subscriptions/x"},
        "MLI215",
        "MLI312",
        at=("key_vaults/theirs/id",),
    ),
    put(
        "storage_accounts/theirs",
        {"existing": True, "azure_name": "sttheirs", "resource_group": "rg."},
        "MLI310",
        at=("storage_accounts/theirs/resource_group",),
    ),
    put("workspaces/main/location", "West Europe", "MLI314"),
    put("container_registries/team/azure_name", "team-images", "MLI310"),
)

REFERENCES = (
    put("jobs/train/settings/default_compute", "gqu", "MLI301"),
    put("jobs/tune/jobs/prep/component", "prepp", "MLI301"),
    put("components/train/environment", "trian", "MLI301"),
    put("jobs/once/compute", "gqu", "MLI301"),
    put("datastores/raw/account_name", "laek", "MLI301"),
    put("datastores/scored/container_name", "scord", "MLI301"),
    put("data/customers/path", "azureml://datastores/rww/paths/customers/", "MLI317"),
    put("online_endpoints/churn/deployments/main/model", "chrun", "MLI301"),
    put("online_endpoints/churn/deployments/main/environment", "cpu", "MLI302", "MLI301"),
    put("schedules/weekly/create_job", "retrain", "MLI301"),
    put(
        "online_endpoints/churn/traffic", {"mian": 100}, "MLI301", "MLI632", at=("online_endpoints/churn/traffic/mian",)
    ),
    put("role_assignments/ci-reads/identity", "cii", "MLI301"),
    put("role_assignments/ci-reads/scope", "storage_accounts.lak", "MLI301"),
    put("compute_instances/nb/workspace", "mian", "MLI222"),
    put("batch_endpoints/nightly/deployments/main/compute", "cpus", "MLI301"),
    put(
        "environments/batch/targets",
        ["dev", "test"],
        "MLI303",
        needs=("batch_endpoints/nightly/deployments/main/environment",),
    ),
    put(
        "components/loop",
        {"type": "pipeline", "jobs": {"again": {"type": "pipeline", "component": "loop"}}},
        "MLI304",
        at=("components/loop", "components/loop/jobs/again/component"),
    ),
    put("data/sample/description", "beside ${storage_accounts.lak.name}", "MLI305"),
    put("environments/train/description", "of ${models.churn.id}", "MLI305"),
    put("models/churn/from_job", "trian", "MLI301"),
)

PATHS = (
    put("components/train/code", "srcc", "MLI330"),
    put("online_endpoints/churn/deployments/main/code_configuration/code", "src/train.py", "MLI331"),
    put("environments/train/conda_file", "environments/trian.yml", "MLI330"),
    put("environments/score/conda_file", "environments", "MLI331"),
    put("environments/batch/conda_file", "src/model.py", "MLI335", "MLI336"),
    put("data/sample/path", "../../../etc/passwd", "MLI332"),
    put("data/absent", {"type": "uri_file", "path": "/data/absent.csv"}, "MLI332", at=("data/absent/path",)),
    put("data/table", {"type": "mltable", "path": "src"}, "MLI673", at=("data/table/path", "data/table")),
    put("online_endpoints/churn/deployments/main/code_configuration/scoring_script", "scor.py", "MLI330"),
    put("online_endpoints/churn/deployments/main/code_configuration/code", "sorce", "MLI330"),
    put("online_endpoints/churn/smoke_test/request", "tests/reqest.json", "MLI330"),
    put("batch_endpoints/nightly/deployments/main/code_configuration/scoring_script", "batch_scoer.py", "MLI330"),
    put("jobs/once/code", "~/src", "MLI332", "MLI330"),
)

BINDINGS = (
    put("components/prep/command", "python prep.py ${{inputs.rwa}}", "MLI502"),
    put("jobs/once/command", "python train.py ${{outputs.modle}}", "MLI502"),
    put("components/train/command", "python train.py {{inputs.max_depth}}", "MLI508"),
    put("components/evaluate/command", "python evaluate.py ${{parent.inputs.raw}}", "MLI515"),
    put("jobs/train/jobs/train/inputs/train_data", "${{parent.jobs.prepp.outputs.train_data}}", "MLI503"),
    put("jobs/train/jobs/evaluate/inputs/test_data", "${{parent.jobs.prep.outputs.tset_data}}", "MLI503"),
    put("jobs/train/jobs/evaluate/inputs/extra", 3, "MLI536"),
    drop(
        "jobs/tune/jobs/prep/inputs/raw",
        "MLI513",
        at=("jobs/tune/jobs/prep/inputs", "jobs/tune/jobs/prep"),
        needs=("jobs/tune/jobs/prep/component",),
    ),
    put("jobs/tune/jobs/sweep/inputs/train_data", "${{parent.inputs.raws}}", "MLI502"),
    put(
        "jobs/train/jobs/prep/inputs/raw",
        "${{parent.jobs.train.outputs.model}}",
        "MLI504",
        "MLI535",
        at=(
            "jobs/train/jobs/prep/inputs/raw",
            "jobs/train/jobs/train/inputs/train_data",
            "jobs/train/jobs/prep",
            "jobs/train/jobs/train",
        ),
        needs=("jobs/train/jobs/train", "components/train/inputs/train_data", "components/train/outputs"),
    ),
    put("components/train/outputs/default", {"type": "uri_folder"}, "MLI509"),
    put("components/prep/inputs/two words", {"type": "uri_folder"}, "MLI517"),
    put("components/prep/inputs/seed/default", 1.5, "MLI516", "MLI220"),
    put("jobs/train/jobs/evaluate/inputs/model", "${{parent.jobs.train.model}}", "MLI501", "MLI503", "MLI515"),
)
