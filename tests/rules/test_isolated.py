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
MONITOR = (
    "monitors: {m: {trigger: {type: recurrence, frequency: day, interval: 1}, create_monitor: "
    "{compute: {instance_type: standard_e4s_v3, runtime_version: '3.5'}, "
    "alert_notification: {emails: [a@contoso.com]}}}}\n"
)
NO_INDEX = "and Spark in the approved network of workspaces.main reaches no index"
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
OUTSIDE = "datastores: {raw: {type: azure_blob, account_name: stother, container_name: raw}}\n"
DECLARED = (
    f"{HEADER}network: {{outbound: approved}}\nstorage_accounts: {{stother: {{existing: true, azure_name: stother, "
    "resource_group: rg-lake}}\n"
)
LET = (
    f"{HEADER}network: {{outbound: approved}}\nworkspaces:\n  main:\n    managed_network:\n"
    "      isolation_mode: allow_only_approved_outbound\n      outbound_rules:\n"
)
TO_STORAGE = (
    f"      - {{name: one, type: private_endpoint, destination: {{service_resource_id: {ELSEWHERE}/providers/"
    "Microsoft.Storage/storageAccounts/StOther, subresource_target: blob, spark_enabled: false}}\n"
)
TO_REGISTRY = (
    f"      - {{name: images, type: private_endpoint, destination: {{service_resource_id: {ELSEWHERE}/providers/"
    "Microsoft.ContainerRegistry/registries/other, subresource_target: registry, spark_enabled: false}}\n"
)
TAGGED = (
    "      - {name: all, type: service_tag, destination: {service_tag: Storage.WestEurope, protocol: TCP, "
    "port_ranges: '443'}}\n"
)
IRIS = "https://stother.blob.core.windows.net/raw/iris.csv"
LAKE = "abfss://raw@stother.dfs.core.windows.net/iris.csv"
BY_ADDRESS = "data: {iris: {type: uri_file, version: 1, description: of %s, path: '%s'}}\n"
CALL = f"{{input: '{IRIS}', output: azureml://datastores/workspaceblobstore/paths/scores/}}"
ADD_ACCOUNT = "add storage_accounts stother: {existing: true, azure_name: stother, subscription: …, resource_group: …}"
NO_RULE = 'needs the storage account "stother", to which no rule of the approved network of workspaces.main leads'
LEAD = "a datastore with account_name: stother, and name its paths: azureml://datastores/…"
NO_HOSTS = (
    "write environment and code_configuration, or network.package_hosts: {conda-forge: [packages.contoso.example], "
    "pip: [packages.contoso.example]}"
)


class Case(NamedTuple):
    code: str
    wrong: str
    message: str
    right: str
    files: Mapping[str, str] = SCRIPT


ISOLATED_CASES = (
    Case(
        "MLI585",
        HEADER + WORKSPACE + "compute_instances: {nb: {size: Standard_D4ds_v4, identity: {type: SystemAssigned}}}\n",
        "7: compute_instances.nb works as an identity of its own, for which no role is derived (leave identity out: it "
        "gets an identity with the roles that it needs)",
        HEADER + WORKSPACE + CLUSTER % ", identity: {type: system_assigned}",
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
        "MLI667",
        f"{NAMELESS}{WORKSPACE}environments: {{e: {{image: 'ghcr.io/contoso/serve:1.4'}}}}\n",
        '8: image "ghcr.io/contoso/serve:1.4" comes from ghcr.io, to which no rule of the approved network of '
        "workspaces.main leads (copy it into a registry of the spec (az acr import), or write network.package_hosts: "
        "{ghcr.io: [ghcr.io]})",
        f"{HEADER}network: {{outbound: approved, package_hosts: {{ghcr.io: [ghcr.io]}}}}\n"
        f"{WORKSPACE}environments: {{e: {{image: 'ghcr.io/contoso/serve:1.4'}}}}\n",
    ),
    Case(
        "MLI667",
        f"{NAMELESS}{WORKSPACE}environments: {{e: {{build: {{path: src}}}}}}\n",
        '8: image "nvidia/cuda:12.4.1-base-ubuntu22.04", from which Dockerfile starts, comes from docker.io, to which '
        "no rule of the approved network of workspaces.main leads (copy it into a registry of the spec (az acr "
        "import), or write network.package_hosts: {docker.io: [docker.io]}; its other hosts are listed in "
        "https://docs.docker.com/desktop/setup/allow-list/)",
        f"{HEADER}network: {{outbound: approved, package_hosts: [registry-1.docker.io]}}\n"
        f"{WORKSPACE}environments: {{e: {{build: {{path: src}}}}}}\n",
        {**SCRIPT, "src/Dockerfile": "FROM nvidia/cuda:12.4.1-base-ubuntu22.04\n"},
    ),
    Case(
        "MLI667",
        f"{LET}{TO_STORAGE}environments: {{e: {{image: 'other.azurecr.io/train:7'}}}}\n",
        '13: image "other.azurecr.io/train:7" comes from other.azurecr.io, to which no rule of the approved network of '
        "workspaces.main leads (copy it into a registry of the spec (az acr import), or write network.package_hosts: "
        "{other.azurecr.io: [other.azurecr.io]})",
        f"{LET}{TO_REGISTRY}environments: {{e: {{image: 'other.azurecr.io/train:7'}}}}\n",
    ),
    Case(
        "MLI588",
        INTERNET + WORKSPACE + SPARK,
        "7: Spark runs in the managed network of workspaces.main, which is deployed without it",
        HEADER + WORKSPACE + SPARK,
    ),
    Case(
        "MLI648",
        NAMELESS + WORKSPACE + MONITOR,
        f"8: the components of monitors.m install packages, {NO_INDEX} (leave it out of this target, or write "
        "network.outbound: internet)",
        HEADER + WORKSPACE + MONITOR,
    ),
    Case(
        "MLI648",
        NAMELESS + WORKSPACE + SPARK.replace("code: .", "code: ., environment: 'azureml:e:1'"),
        f"8: jobs.clean installs packages, {NO_INDEX} (upload a wheel without dependencies as py_files)",
        NAMELESS + WORKSPACE + SPARK,
    ),
    Case(
        "MLI648",
        NAMELESS
        + WORKSPACE
        + SPARK.replace("{spark.driver.cores", "{spark.jars.packages: 'a:b:1', spark.driver.cores"),
        f"8: jobs.clean installs packages, {NO_INDEX} (upload a wheel without dependencies as py_files)",
        HEADER + WORKSPACE + SPARK.replace("{spark.driver.cores", "{spark.jars.packages: 'a:b:1', spark.driver.cores"),
    ),
    Case(
        "MLI648",
        NAMELESS
        + WORKSPACE
        + f"jobs: {{p: {{type: pipeline, jobs: {SPARK.removeprefix('jobs: ').strip()}}}}}\n".replace(
            "code: .", "code: ., environment: 'azureml:e:1'"
        ),
        f"8: jobs.p installs packages, {NO_INDEX} (upload a wheel without dependencies as py_files)",
        NAMELESS + WORKSPACE + f"jobs: {{p: {{type: pipeline, jobs: {SPARK.removeprefix('jobs: ').strip()}}}}}\n",
    ),
    Case(
        "MLI649",
        INTERNET + WORKSPACE + SPARK,
        "7: no private endpoint leads Spark in the managed network of workspaces.main to that workspace (write "
        "network.inbound: private, or add the rule as the README says)",
        HEADER + WORKSPACE + SPARK,
    ),
    Case(
        "MLI649",
        INTERNET + WORKSPACE + MONITOR,
        "7: no private endpoint leads Spark in the managed network of workspaces.main to that workspace (write "
        "network.inbound: private, or add the rule as the README says)",
        NAMELESS + WORKSPACE + MONITOR,
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
    Case(
        "MLI708",
        NAMELESS + WORKSPACE + "datastores: {raw: {existing: true, azure_name: raw}}\n",
        "8: datastores.raw is known by its name, so nobody knows the account to which a rule of the approved network "
        "of workspaces.main had to lead (add storage_accounts theirs: {existing: true, azure_name: …, subscription: …, "
        "resource_group: …}, and write the datastore in full: type, account_name: theirs, its container)",
        DECLARED + WORKSPACE + OUTSIDE,
    ),
    Case(
        "MLI708",
        NAMELESS + WORKSPACE + BY_ADDRESS % (IRIS, IRIS),
        f"8: data.iris {NO_RULE} ({ADD_ACCOUNT} and {LEAD})",
        LET + TAGGED + BY_ADDRESS % (IRIS, IRIS),
    ),
    Case(  # the rule leads to blobs, and dfs is another service
        "MLI708",
        LET + TO_STORAGE + BY_ADDRESS % (LAKE, LAKE),
        f"13: data.iris {NO_RULE} ({ADD_ACCOUNT} and {LEAD})",
        LET + TO_STORAGE + BY_ADDRESS % (LAKE, IRIS),
    ),
    Case(
        "MLI708",
        DECLARED + WORKSPACE + CLUSTER % "" + JOB.replace("'x ", f"'x --data wasbs://raw@{IRIS[8:]} "),
        f"10: jobs.train {NO_RULE} (add {LEAD})",
        DECLARED + WORKSPACE + CLUSTER % "" + OUTSIDE + JOB.replace("'x ", f"'x --data wasbs://raw@{IRIS[8:]} "),
    ),
    Case(
        "MLI708",
        NAMELESS + WORKSPACE + CLUSTER % "" + JOB + (BATCH % CODE).replace("{b: {", f"{{b: {{invoke: {CALL}, "),
        f"11: batch_endpoints.b {NO_RULE} ({ADD_ACCOUNT} and {LEAD})",
        INTERNET + WORKSPACE + BY_ADDRESS % (IRIS, IRIS),
    ),
)


@pytest.mark.parametrize("case", ISOLATED_CASES, ids=range(len(ISOLATED_CASES)))
def test_what_is_left_out_is_said_and_nothing_else(case: Case, tmp_path: Path) -> None:
    (message,) = said(tmp_path, case.wrong, case.code, case.files)
    assert message.removeprefix("12: " if case.code == "MLI587" else "") == case.message
    assert [item.message for item in found(tmp_path, case.right, case.files) if item.code.severity == "error"] == []
    assert said(tmp_path, case.right, case.code, case.files) == []


def test_a_rule_to_a_name_that_leads_nowhere_ends_no_other_check(tmp_path: Path) -> None:
    named = TO_STORAGE.replace(f"{ELSEWHERE}/providers/Microsoft.Storage/storageAccounts/StOther", "stother")
    codes = [item.code.id for item in found(tmp_path, LET + named + BY_ADDRESS % (IRIS, IRIS))]
    assert "MLI301" in codes
    assert "MLI708" not in codes
