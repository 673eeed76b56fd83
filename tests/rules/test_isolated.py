"""What a managed network leaves out is said, and what has no roles; with what is right, nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.spec import HEADER, found, said

INTERNET = f"{HEADER}network: {{outbound: internet}}\n"
APPROVED = (
    f"{HEADER}network: {{outbound: approved, package_hosts: {{conda-forge: [conda.example], pip: [pip.example]}}}}\n"
)
NAMELESS = f"{HEADER}network: {{outbound: approved}}\n"
WORKSPACE = "workspaces: {main: {}}\n"
CLUSTER = "compute_clusters: {cpu: {size: Standard_D4ds_v4%s}}\n"
ELSEWHERE = "/subscriptions/55555555-5555-5555-5555-555555555555/resourceGroups/rg-s"
OWN = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/RG-churn-dev"
SEARCH = "/providers/Microsoft.Search/searchServices/srch"
RULE = (
    "workspaces:\n  main:\n    managed_network:\n      isolation_mode: allow_internet_outbound\n      outbound_rules:\n"
    "      - {name: search, type: private_endpoint, destination: {service_resource_id: %s, "
    "subresource_target: searchService, spark_enabled: false}}\n"
)
SPARK = (
    "jobs: {clean: {type: spark, code: ., entry: {file: a.py}, "
    "resources: {instance_type: standard_e4s_v3, runtime_version: '3.4'}, conf: {spark.driver.cores: 1, "
    "spark.driver.memory: 2g, spark.executor.cores: 2, spark.executor.memory: 2g, spark.executor.instances: 2}}}\n"
)
MODEL = "models: {m: {type: %s, path: azureml://datastores/workspaceblobstore/paths/m, version: 1}}\n"
JOB = (
    "jobs: {train: {type: command, command: 'x ${{outputs.model}}', environment: azureml:e:1, compute: cpu, "
    "outputs: {model: {type: mlflow_model}}}}\nmodels: {m: {from_job: train, output: model}}\n"
)
ONLINE = (
    "online_endpoints: {e: {deployments: {blue: {model: m, instance_type: Standard_D2as_v4, instance_count: 1}}}}\n"
)
BATCH = (
    "batch_endpoints: {b: {defaults: {deployment_name: d}, "
    "deployments: {d: {type: model, model: m, compute: cpu%s}}}}\n"
)
ON_EDGE = (
    "online_endpoints: {e: {compute: azureml:edge, deployments: {blue: {type: kubernetes, model: azureml:m:1}}}}\n"
)
CODE = ", environment: azureml:e:1, code_configuration: {code: src, scoring_script: s.py}"
SCRIPT = {"src/s.py": "def init(): ...\ndef run(data): ...\n", "a.py": ""}
NO_HOSTS = "write environment and code_configuration, or network.package_hosts: {conda-forge: […], pip: […]}"


class Case(NamedTuple):
    code: str
    wrong: str
    message: str
    right: str
    files: Mapping[str, str] = SCRIPT


ISOLATED_CASES = (
    Case(
        "MLI585",
        HEADER + WORKSPACE + CLUSTER % ", identity: {type: system_assigned}",
        "7: compute_clusters.cpu works as an identity of its own, for which no role is derived (leave identity out: it "
        "gets an identity with the roles that it needs)",
        HEADER + WORKSPACE + CLUSTER % "",
    ),
    Case(
        "MLI585",
        HEADER + WORKSPACE + "compute_instances: {nb: {size: Standard_D4ds_v4, identity: {type: SystemAssigned}}}\n",
        "7: compute_instances.nb works as an identity of its own, for which no role is derived (leave identity out: it "
        "gets an identity with the roles that it needs)",
        f"{HEADER}identities: {{one: {{}}}}\n{WORKSPACE}"
        + CLUSTER % ", identity: {type: user_assigned, user_assigned_identities: [{resource_id: one}]}",
    ),
    Case(
        "MLI586",
        INTERNET + WORKSPACE + ON_EDGE,
        "8: online_endpoints.e is served by Kubernetes, outside the managed network of workspaces.main",
        HEADER + WORKSPACE + ON_EDGE,
    ),
    Case(
        "MLI586",
        INTERNET + WORKSPACE + ON_EDGE.replace("compute: azureml:edge, ", ""),
        "8: online_endpoints.e.deployments.blue runs on Kubernetes, outside the managed network of workspaces.main",
        INTERNET + WORKSPACE + MODEL % "mlflow_model" + ONLINE,
    ),
    Case(
        "MLI587",
        INTERNET + RULE % (ELSEWHERE + SEARCH),
        'nobody gives identities.main the role to approve the private endpoint of rule "search" (its owner gives '
        "identities.main the role Azure AI Enterprise Network Connection Approver there)",
        INTERNET + RULE % (OWN + SEARCH),
    ),
    Case(
        "MLI588",
        INTERNET + WORKSPACE + SPARK,
        "7: Spark runs in the managed network of workspaces.main, which is deployed without it",
        HEADER + WORKSPACE + SPARK,
    ),
    Case(
        "MLI589",
        NAMELESS + WORKSPACE + MODEL % "mlflow_model" + ONLINE,
        "9: online_endpoints.e.deployments.blue installs what its model names, and no rule names the host of "
        f"the channel conda-forge and pip's own index ({NO_HOSTS})",
        APPROVED + WORKSPACE + MODEL % "mlflow_model" + ONLINE,
    ),
    Case(
        "MLI589",
        NAMELESS + WORKSPACE + CLUSTER % "" + JOB + BATCH % "",
        "11: batch_endpoints.b.deployments.d installs what its model names, and no rule names the host of "
        f"the channel conda-forge and pip's own index ({NO_HOSTS})",
        NAMELESS + WORKSPACE + CLUSTER % "" + JOB + BATCH % CODE,
    ),
    Case(
        "MLI589",
        NAMELESS + WORKSPACE + ONLINE.replace("model: m", "model: {path: src, type: mlflow_model}"),
        "8: online_endpoints.e.deployments.blue installs what its model names, and no rule names the host of "
        f"the channel conda-forge and pip's own index ({NO_HOSTS})",
        INTERNET + WORKSPACE + MODEL % "mlflow_model" + ONLINE,
    ),
)


@pytest.mark.parametrize("case", ISOLATED_CASES, ids=range(len(ISOLATED_CASES)))
def test_what_is_left_out_is_said_and_nothing_else(case: Case, tmp_path: Path) -> None:
    (message,) = said(tmp_path, case.wrong, case.code, case.files)
    assert message.removeprefix("12: " if case.code == "MLI587" else "") == case.message
    assert [item.message for item in found(tmp_path, case.right, case.files) if item.code.severity == "error"] == []
    assert said(tmp_path, case.right, case.code, case.files) == []
