"""Checks of data, environments, models and computes: a wrong and a right body for each code."""

import pytest

from mlinfra.languages.azureml.checks import assets, computes, curated, hubs, registries
from tests.languages.azureml.body_cases import Case

KEPT_UP = "take one that is kept up, such as azureml://registries/azureml/environments/sklearn-1.5/versions/<version>"
ASSETS = [
    Case(
        assets.LATEST_ASSET,
        "jobs",
        "{command: a, environment: 'azureml:train@latest'}",
        ("environment",),
        '"azureml:train@latest" is not fixed in production',
        "write the bare name of an entry, which is fixed to its version, or name a version",
        "{command: a, environment: 'azureml:train:3', description: ask@latest}",
        mode="production",
    ),
    Case(
        assets.LATEST_ASSET,
        "jobs",
        "{command: a, environment: 'azureml://registries/azureml/environments/sklearn/labels/latest'}",
        ("environment",),
        '"azureml://registries/azureml/environments/sklearn/labels/latest" is not fixed in production',
        "write the bare name of an entry, which is fixed to its version, or name a version",
        "{command: a, environment: 'azureml://registries/azureml/environments/sklearn/labels/latest'}",
        mode="production",
        right_mode="development",
    ),
    Case(
        curated.OLD_CURATED,
        "jobs",
        "{command: a, environment: 'azureml:AzureML-sklearn-0.24-ubuntu18.04-py37-cpu@latest'}",
        ("environment",),
        'curated environment "AzureML-sklearn-0.24-ubuntu18.04-py37-cpu" is built on Ubuntu 18.04, whose support '
        "ended on 2023-05-31",
        KEPT_UP,
        "{command: a, environment: 'azureml:AzureML-acpt-pytorch-1.13-py38-cuda11.7-gpu@latest'}",
    ),
    Case(
        curated.OLD_CURATED,
        "jobs",
        "{type: pipeline, jobs: {a: {type: sweep, compute: cpu, trial: {command: a, environment: "
        "'azureml://registries/azureml/environments/minimal-ubuntu2004-py38-cpu-inference/versions/5'}}}}",
        ("jobs", "a", "trial", "environment"),
        'curated environment "minimal-ubuntu2004-py38-cpu-inference" is built on Ubuntu 20.04, whose support ended on '
        "2025-05-31",
        KEPT_UP,
        "{type: pipeline, jobs: {a: {type: sweep, compute: cpu, trial: {command: a, environment: "
        "'azureml://registries/azureml/environments/minimal-ubuntu22.04-py39-cpu-inference/versions/5'}}}}",
    ),
    Case(
        curated.OLD_CURATED,
        "batch_deployments",
        "{type: model, task: {environment: 'azureml:AzureML-x-ubuntu16.04@latest'}}",
        ("task", "environment"),
        'curated environment "AzureML-x-ubuntu16.04" is built on Ubuntu 16.04, whose support ended on 2021-04-30',
        KEPT_UP,
        "{type: model, task: {environment: 'azureml://registries/ours/environments/x-ubuntu16.04/versions/1'}}",
    ),
    Case(
        assets.NO_MLTABLE,
        "data",
        "{type: mltable, path: data/customers}",
        ("path",),
        'there is no file named "MLTable" in data/customers',
        "add it, or use type: uri_folder",
        "{type: mltable, path: data/table}",
        files={"data/customers": {"a.csv": ""}, "data/table": {"MLTable": "", "a.csv": ""}},
    ),
    Case(
        assets.ENVIRONMENT_BASE,
        "environments",
        "{image: 'a:1', build: {path: context}}",
        ("build",),
        "an environment is an image or a build context, not both",
        "leave image or build out",
        "{build: {path: context}}",
    ),
    Case(
        assets.ENVIRONMENT_BASE,
        "jobs",
        "{type: pipeline, compute: cpu, jobs: {a: {command: a, environment: {conda_file: conda.yml}}}}",
        ("jobs", "a", "environment", "conda_file"),
        "conda packages need an image to go into",
        "give an image",
        "{type: pipeline, compute: cpu, jobs: {a: {command: a, environment: {image: 'a:1', conda_file: conda.yml}}}}",
    ),
    Case(
        assets.ENVIRONMENT_BASE,
        "jobs",
        "{type: pipeline, compute: cpu, jobs: {environment: {command: a, environment: {description: empty}}}}",
        ("jobs", "environment", "environment"),
        "an environment needs an image or a build context",
        None,
        "{type: pipeline, compute: cpu, jobs: {environment: {command: a, environment: {image: 'a:1'}}}}",
    ),
    Case(
        assets.ENVIRONMENT_BASE,
        "environments",
        "{description: empty}",
        (),
        "an environment needs an image or a build context",
        None,
        "{image: 'a:1'}",
    ),
    Case(
        assets.BUILD_CONTEXT,
        "environments",
        "{build: {path: context}}",
        ("build", "path"),
        "a build context has at most 100 files, and context has 101",
        None,
        "{build: {path: small}}",
        files={
            "context": {"Dockerfile": ""} | {f"{number}": "" for number in range(100)},
            "small": {"Dockerfile": ""} | {f"{number}": "" for number in range(99)},
        },
    ),
    Case(
        assets.BUILD_CONTEXT,
        "environments",
        "{build: {path: context}}",
        ("build", "path"),
        "a build context has at most 1000000 bytes, and context has 1000001",
        None,
        "{build: {path: 'https://github.com/contoso/context.git'}}",
        files={"context": {"Dockerfile": "F", "data": "x" * 1_000_000}},
    ),
    Case(
        assets.MODEL_FILES,
        "models",
        "{path: model, version: 1}",
        ("path",),
        "a model has at most 1500 files, and model has 1501",
        None,
        "{path: 'azureml://jobs/x/outputs/artifacts/paths/model', version: 1}",
        files={"model": {f"{number}": "" for number in range(1501)}},
    ),
    Case(
        assets.MODEL_VERSION,
        "models",
        "{path: model, version: '1.0'}",
        ("version",),
        'version "1.0" of a model is no positive integer',
        "use 1, 2, 3…, or leave it out: Azure counts then",
        "{path: model}",
    ),
]

COMPUTES = [
    Case(
        computes.SCALE,
        "compute_clusters",
        "{max_instances: 0}",
        ("max_instances",),
        "a cluster of at most 0 nodes runs nothing",
        "max_instances must be at least 1",
        "{max_instances: 1}",
    ),
    Case(
        computes.SCALE,
        "compute_clusters",
        "{min_instances: 5}",
        ("min_instances",),
        "min_instances is 5, and must be from 0 to max_instances, 4",
        None,
        "{min_instances: 5, max_instances: 5}",
        right_mode="production",
    ),
    Case(
        computes.IDLE_NODES,
        "compute_clusters",
        "{min_instances: 1, max_instances: 2}",
        ("min_instances",),
        "a development cluster should scale to zero",
        "set min_instances: 0",
        "{min_instances: 0, max_instances: 2}",
    ),
    Case(
        computes.SSH,
        "compute_clusters",
        "{ssh_public_access_enabled: true}",
        ("ssh_public_access_enabled",),
        "SSH is open to the public, for as long as this compute exists",
        "set it to false",
        "{ssh_public_access_enabled: false}",
    ),
    Case(
        computes.SSH,
        "compute_clusters",
        "{ssh_settings: {admin_username: me, admin_password: {vault: v, secret: s}}}",
        ("ssh_settings", "admin_password"),
        "SSH should not take a password",
        "use ssh_key_value",
        "{ssh_settings: {admin_username: me, ssh_key_value: ssh-rsa x}}",
    ),
    Case(
        computes.ONE_IDENTITY,
        "compute_clusters",
        "{identity: {type: 'system_assigned,user_assigned'}}",
        ("identity", "type"),
        "a compute has a system-assigned identity or user-assigned ones, not both",
        "write type: user_assigned",
        "{identity: {type: user_assigned, user_assigned_identities: [{resource_id: x}]}}",
    ),
    Case(
        computes.ONE_IDENTITY,
        "compute_instances",
        "{idle_time_before_shutdown_minutes: 60,"
        " identity: {type: SystemAssigned, user_assigned_identities: [{resource_id: x}]}}",
        ("identity", "type"),
        "a compute has a system-assigned identity or user-assigned ones, not both",
        "write type: user_assigned",
        "{idle_time_before_shutdown_minutes: 60, identity: {type: system_assigned}}",
    ),
    Case(
        computes.IDLE_SHUTDOWN,
        "compute_instances",
        "{idle_time_before_shutdown_minutes: 14}",
        ("idle_time_before_shutdown_minutes",),
        "an idle shutdown after 14 minutes is not possible",
        "from 15 to 4320 minutes",
        "{idle_time_before_shutdown_minutes: 15}",
    ),
    *(
        Case(
            computes.IDLE_SHUTDOWN,
            "compute_instances",
            f"{{idle_time_before_shutdown: {duration % ('9' * 5_000)}}}",
            ("idle_time_before_shutdown",),
            "an idle shutdown after at least 1,000,000,000 minutes is not possible",
            "from 15 to 4320 minutes",
            "{idle_time_before_shutdown: PT15M}",
        )
        for duration in ("PT%sM", "PT%sH", "P%sD")
    ),
    Case(
        computes.IDLE_SHUTDOWN,
        "compute_instances",
        "{idle_time_before_shutdown: P3DT1M}",
        ("idle_time_before_shutdown",),
        "an idle shutdown after 4321 minutes is not possible",
        "from 15 to 4320 minutes",
        "{idle_time_before_shutdown: P3D}",
    ),
    Case(
        computes.NO_IDLE_SHUTDOWN,
        "compute_instances",
        "{size: Standard_D2s_v3}",
        ("idle_time_before_shutdown_minutes",),
        "a compute instance without idle shutdown costs around the clock",
        "set idle_time_before_shutdown_minutes, such as 60",
        "{size: Standard_D2s_v3, idle_time_before_shutdown: PT30M}",
    ),
    Case(
        computes.MANY_SCHEDULES,
        "compute_instances",
        "{idle_time_before_shutdown_minutes: 60, schedules: {compute_start_stop: [{}, {}, {}, {}, {}]}}",
        ("schedules", "compute_start_stop"),
        "a compute instance has at most 4 schedules, not 5",
        None,
        "{idle_time_before_shutdown_minutes: 60, schedules: {compute_start_stop: [{}, {}, {}, {}]}}",
    ),
    Case(
        computes.HALF_A_SUBNET,
        "compute_clusters",
        "{network_settings: {subnet: training}}",
        ("network_settings", "subnet"),
        'subnet "training" is neither an id nor in a network',
        "write ${virtual_networks.<entry>.subnets.<entry>.id}, or add vnet_name: <name>",
        "{network_settings: {vnet_name: vnet, subnet: training}}",
    ),
    Case(
        computes.HALF_A_SUBNET,
        "compute_instances",
        "{idle_time_before_shutdown_minutes: 60, network_settings: {vnet_name: vnet}}",
        ("network_settings", "vnet_name"),
        'vnet_name "vnet" has no subnet beside it',
        "add subnet: <name>",
        "{idle_time_before_shutdown_minutes: 60, network_settings: {subnet: /subscriptions/s/subnets/training}}",
    ),
]

REGISTRIES = [
    Case(
        registries.NOT_SO,
        "registries",
        "{container_registry: images}",
        ("container_registry",),
        "Azure makes the images of a registry itself, and takes no registry of yours",
        "leave container_registry out",
        "{container_registry: {acr_account_sku: premium}}",
    ),
    Case(
        registries.NOT_SO,
        "registries",
        "{replication_locations: [{location: westeurope, storage_config: [lake]}]}",
        ("replication_locations", 0, "storage_config"),
        "Azure makes the storage of a registry itself, and takes no account of yours",
        "write storage_config: {storage_account_type: standard_zrs}",
        "{replication_locations: [{location: westeurope, storage_config: {storage_account_type: standard_zrs}}]}",
    ),
    Case(
        registries.NOT_SO,
        "registries",
        "{replication_locations: [{location: westeurope}, {location: westeurope}]}",
        ("replication_locations", 1, "location"),
        "westeurope is listed twice",
        "leave it out",
        "{replication_locations: [{location: westeurope}, {location: northeurope}]}",
    ),
    Case(
        registries.NOT_SO,
        "registries",
        "{location: westeurope, replication_locations: [{location: northeurope}]}",
        ("location",),
        "location is westeurope, which is none of replication_locations",
        "add {location: westeurope} to replication_locations",
        "{location: westeurope, replication_locations: [{location: northeurope}, {location: westeurope}]}",
    ),
]

HUBS = [
    Case(
        hubs.DECIDED_ELSEWHERE,
        "projects",
        "{hub_id: lab, storage_account: lake}",
        ("storage_account",),
        "storage_account of a project is that of its hub",
        "write storage_account on the hub",
        "{hub_id: lab, display_name: Cards}",
    ),
    Case(
        hubs.DECIDED_ELSEWHERE,
        "hubs",
        "{image_build_compute: cpu}",
        ("image_build_compute",),
        "image_build_compute is of workspaces, and does nothing in hubs",
        "leave it out",
        "{storage_account: lake}",
    ),
]

ASSET_CASES = (*ASSETS, *COMPUTES, *REGISTRIES, *HUBS)


@pytest.mark.parametrize("case", ASSET_CASES, ids=lambda case: case.id)
def test_wrong_body_is_reported_in_its_place(case: Case) -> None:
    assert case.said_of_wrong() == [(case.code, case.path, case.message, case.help)]


@pytest.mark.parametrize("case", ASSET_CASES, ids=lambda case: case.id)
def test_right_body_is_left_alone(case: Case) -> None:
    assert case.said_of_right() == []
