"""What follows from the edges of the graph: roles, rules of networks, diagnostics and locks, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mlinfra.derive import grants
from mlinfra.derive.grants import Need
from mlinfra.graph import Graph
from mlinfra.languages.platform.network.outbound_rules import FqdnRule, OutboundRule, PrivateEndpointRule
from tests.core.cases import CLUSTER, WORKSPACE
from tests.spec import HEADER, PRODUCTION, compiled, said

LAKE = """\
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}, out: {}}, file_shares: {notes: {}}}}
datastores:
  raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}
  out: {type: azure_data_lake_gen2, account_name: lake, filesystem: out}
  notes: {type: azure_file, account_name: lake, file_share_name: notes}
data: {rows: {type: uri_folder, path: azureml://datastores/raw/paths/rows/}}
"""


def graph(folder: Path, text: str, files: dict[str, str] | None = None) -> Graph:
    (plan,) = compiled(folder, text, files).plans
    return plan.graph


def roles(graph: Graph, principal: str) -> dict[str, str]:
    """Derived roles of an assignee, given by its address, with their reasons."""
    prefix = f"{principal}/"
    found = graph.section("derived_role_assignments")
    return {entry.name.removeprefix(prefix): str(entry.because) for entry in found if entry.name.startswith(prefix)}


def job(name: str, **ports: str) -> str:
    text = f"  {name}: {{type: command, command: x, environment: azureml:e:1, compute: cpu"
    for kind, path in ports.items():
        command = f"x ${{{{{kind}.p}}}}"
        text = text.replace("command: x", f"command: '{command}'")
        text += f", {kind}: {{p: {{type: uri_folder, path: '{path}'}}}}"
    return f"{text}}}\n"


OWN = {
    "AcrPull/container_registries.main": "compute_clusters.cpu pulls the images of its jobs from "
    "container_registries.main",
    "Storage Blob Data Contributor/storage_accounts.main": "compute_clusters.cpu reads code from storage_accounts.main "
    "and writes outputs and logs to it",
}
RAW, OUT = "storage_accounts.lake.containers.raw", "storage_accounts.lake.containers.out"
JOBS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("nothing", job("a"), {}),
    (
        "data",
        job("a", inputs="rows"),
        {f"Storage Blob Data Reader/{RAW}": f"jobs.a reads {RAW} through datastores.raw"},
    ),
    (
        "a datastore, twice",
        job("a", inputs="azureml://datastores/raw/paths/x") + job("b", inputs="rows"),
        {
            f"Storage Blob Data Reader/{RAW}": f"jobs.a reads {RAW} through datastores.raw; "
            f"jobs.b reads {RAW} through datastores.raw"
        },
    ),
    (
        "and writes",
        job("a", outputs="azureml://datastores/out/paths/x"),
        {f"Storage Blob Data Contributor/{OUT}": f"jobs.a writes to {OUT} through datastores.out"},
    ),
    (
        "and writes to a path that the run names",
        job("a", outputs="azureml://datastores/out/paths/${{name}}/"),
        {f"Storage Blob Data Contributor/{OUT}": f"jobs.a writes to {OUT} through datastores.out"},
    ),
    (
        "what another one writes",
        job("a", inputs="azureml://datastores/out/paths/x") + job("b", outputs="azureml://datastores/out/paths/x"),
        {f"Storage Blob Data Contributor/{OUT}": f"jobs.b writes to {OUT} through datastores.out"},
    ),
    (
        "a file share",
        job("a", inputs="azureml://datastores/notes/paths/x"),
        {
            "Storage File Data Privileged Contributor/storage_accounts.lake.file_shares.notes": "jobs.a reads "
            "storage_accounts.lake.file_shares.notes through datastores.notes"
        },
    ),
)


@pytest.mark.parametrize(("what", "jobs", "expected"), JOBS, ids=[case[0] for case in JOBS])
def test_a_cluster_has_the_least_roles_for_jobs_that_read(
    what: str, jobs: str, expected: dict[str, str], tmp_path: Path
) -> None:
    found = graph(tmp_path, f"{HEADER}{WORKSPACE}{CLUSTER}{LAKE}jobs:\n{jobs}")
    assert roles(found, "identities.cpu-compute") == {**OWN, **expected}


MANAGED = "identity: {type: managed}"
SPARK = (
    "type: spark, code: ., entry: {file: a.py}, resources: {instance_type: standard_e4s_v3, runtime_version: '3.4'}, "
    "conf: {spark.driver.cores: 1, spark.driver.memory: 2g, spark.executor.cores: 2, spark.executor.memory: 2g, "
    "spark.executor.instances: 2}, "
    "inputs: {p: {type: uri_folder, path: azureml://datastores/raw/paths/x, mode: direct}}"
)
COMMAND = (
    "type: command, command: 'x ${{inputs.p}}', environment: azureml:e:1, inputs: {p: {type: uri_folder, path: rows}}"
)
PIPELINE = (
    f"jobs: {{a: {{type: pipeline, settings: {{default_compute: cpu}}, jobs: {{s: {{{COMMAND}, {MANAGED}}}}}}}}}\n"
)
MONITOR = """\
monitors:
  m:
    trigger: {type: cron, expression: "0 3 * * *"}
    create_monitor:
      compute: {instance_type: standard_e4s_v3, runtime_version: "3.4"}
      monitoring_target: {ml_task: classification, endpoint_deployment_id: "azureml:e:blue"}
      monitoring_signals:
        drift:
          type: data_drift
          production_data: {input_data: {type: uri_folder, path: rows}, data_context: model_inputs}
          reference_data: {input_data: {type: uri_folder, path: rows}, data_context: training}
          metric_thresholds: {numerical: {jensen_shannon_distance: 0.1}}
      alert_notification: azmonitoring
online_endpoints:
  e:
    deployments:
      blue:
        model: azureml:m:1
        instance_type: Standard_D2as_v4
        instance_count: 1
        data_collector:
          collections:
            model_inputs: {enabled: "true", data: {name: n, version: "1", path: azureml://datastores/out/paths/x}}
"""
READS_RAW = (
    f"Storage Blob Data Reader/{RAW}",
    f"reads {RAW} through datastores.raw, as the identity of workspaces.main",
)
AS_THE_WORKSPACE: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("Spark", f"jobs: {{a: {{{SPARK}, {MANAGED}}}}}\n", {READS_RAW[0]: f"jobs.a {READS_RAW[1]}"}),
    ("Spark as who submits", f"jobs: {{a: {{{SPARK}}}}}\n", {}),
    ("serverless", f"jobs: {{a: {{{COMMAND}, {MANAGED}}}}}\n", {READS_RAW[0]: f"jobs.a {READS_RAW[1]}"}),
    ("on a cluster", f"jobs: {{a: {{{COMMAND}, compute: cpu, {MANAGED}}}}}\n", {}),
    (
        "a step of Spark beside a default compute",
        f"jobs: {{a: {{type: pipeline, settings: {{default_compute: cpu}}, jobs: {{s: {{{SPARK}, {MANAGED}}}}}}}}}\n",
        {READS_RAW[0]: f"jobs.a {READS_RAW[1]}"},
    ),
    (
        "a step on the default compute",
        PIPELINE,
        {},
    ),
    (
        "a step on the serverless default",
        PIPELINE.replace("cpu", "serverless"),
        {READS_RAW[0]: f"jobs.a {READS_RAW[1]}"},
    ),
    (
        "a monitor, also of what is collected",
        MONITOR,
        {
            READS_RAW[0]: f"monitors.m {READS_RAW[1]}",
            f"Storage Blob Data Reader/{OUT}": f"monitors.m reads {OUT} through datastores.out, as the identity of "
            "workspaces.main",
        },
    ),
)


@pytest.mark.parametrize(("what", "text", "expected"), AS_THE_WORKSPACE, ids=[case[0] for case in AS_THE_WORKSPACE])
def test_the_identity_of_a_workspace_reads_for_what_runs_as_it(
    what: str, text: str, expected: dict[str, str], tmp_path: Path
) -> None:
    found = graph(tmp_path, f"{HEADER}{WORKSPACE}{CLUSTER}{LAKE}{text}", {"a.py": ""})
    of_data = {role: why for role, why in roles(found, "identities.main").items() if "storage_accounts.lake" in role}
    assert of_data == expected


WRITTEN = (
    ("the same", "scope: storage_accounts.lake.containers.raw", "Storage Blob Data Reader", False),
    ("the same above", "scope: storage_accounts.lake", "Storage Blob Data Reader", False),
    ("the same on the group", "scope: resource_group", "Storage Blob Data Reader", False),
    ("a wider one", "scope: storage_accounts.lake.containers.raw", "Storage Blob Data Contributor", False),
    ("the same by its GUID", f"scope: {RAW}", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", False),
    ("another one", "scope: storage_accounts.lake", "Storage Queue Data Reader", True),
    ("one on another container", f"scope: {OUT}", "Storage Blob Data Contributor", True),
    ("one of a principal", f"principal: ds, scope: {RAW}", "Storage Blob Data Reader", True),
)
PRINCIPALS = "principals: {ds: {object_id: 33333333-3333-3333-3333-333333333333, type: group, role: reader}}\n"


@pytest.mark.parametrize(("what", "fields", "role", "is_derived"), WRITTEN, ids=[case[0] for case in WRITTEN])
def test_beside_a_written_role_none_is_derived_that_it_covers(
    what: str, fields: str, role: str, is_derived: bool, tmp_path: Path
) -> None:
    who = "" if "principal" in fields else "identity: cpu-compute, "
    written = f"role_assignments: {{w: {{{who}{fields}, role: {role}}}}}\n"
    jobs = f"jobs:\n{job('a', inputs='rows')}"
    found = graph(tmp_path, HEADER + WORKSPACE + CLUSTER + LAKE + PRINCIPALS + written + jobs)
    assert (f"Storage Blob Data Reader/{RAW}" in roles(found, "identities.cpu-compute")) is is_derived


def test_a_reader_of_the_account_needs_no_role_on_its_containers(tmp_path: Path) -> None:
    text = (
        HEADER
        + WORKSPACE
        + CLUSTER
        + "storage_accounts: {old: {existing: true, azure_name: stold, containers: {raw: {}}}}\n"
        + "datastores:\n"
        + "  raw: {type: azure_blob, account_name: old, container_name: raw}\n"
        + "  other: {type: azure_blob, account_name: old, container_name: theirs}\n"
        + "jobs:\n"
        + job("a", inputs="azureml://datastores/raw/paths/x")
        + job("b", inputs="azureml://datastores/other/paths/x")
    )
    found = roles(graph(tmp_path, text), "identities.cpu-compute")
    assert found == {
        **OWN,
        "Storage Blob Data Reader/storage_accounts.old": "jobs.b reads storage_accounts.old through datastores.other",
    }


OF_PRINCIPALS = (
    ("reader", ["Reader/workspaces.main"]),
    ("deployer", ["AzureML Data Scientist/workspaces.main", "Storage Blob Data Contributor/storage_accounts.main"]),
    (
        "data_scientist",
        [
            "AzureML Data Scientist/workspaces.main",
            "Storage Blob Data Contributor/storage_accounts.main",
            f"Storage Blob Data Reader/{OUT}",
            f"Storage Blob Data Reader/{RAW}",
            "Storage File Data Privileged Contributor/storage_accounts.lake.file_shares.notes",
            "Storage File Data Privileged Contributor/storage_accounts.main",
        ],
    ),
    (
        "ml_engineer",
        [
            "AzureML Compute Operator/workspaces.main",
            "AzureML Data Scientist/workspaces.main",
            f"Storage Blob Data Contributor/{OUT}",
            f"Storage Blob Data Contributor/{RAW}",
            "Storage Blob Data Contributor/storage_accounts.main",
            "Storage File Data Privileged Contributor/storage_accounts.lake.file_shares.notes",
            "Storage File Data Privileged Contributor/storage_accounts.main",
        ],
    ),
)


@pytest.mark.parametrize(("role", "expected"), OF_PRINCIPALS)
def test_a_principal_has_the_roles_of_its_role(role: str, expected: list[str], tmp_path: Path) -> None:
    principals = PRINCIPALS.replace("role: reader", f"role: {role}")
    assert list(roles(graph(tmp_path, HEADER + WORKSPACE + LAKE + principals), "principals.ds")) == expected


def test_a_principal_of_one_workspace_has_roles_there_alone(tmp_path: Path) -> None:
    principals = PRINCIPALS.replace("role: reader", "role: reader, workspace: b")
    found = graph(tmp_path, HEADER + "workspaces: {a: {}, b: {}}\n" + principals)
    assert list(roles(found, "principals.ds")) == ["Reader/workspaces.b"]


def test_an_identity_and_a_principal_of_one_name_have_the_roles_of_each(tmp_path: Path) -> None:
    cluster = "compute_clusters: {cpu: {size: Standard_D4ds_v5, identity: {type: user_assigned, "
    cluster += "user_assigned_identities: [{resource_id: ds}]}}}\nidentities: {ds: {}}\n"
    text = HEADER + WORKSPACE + LAKE + cluster + PRINCIPALS.replace("role: reader", "role: ml_engineer")
    found = graph(tmp_path, text)
    shared = "Storage Blob Data Contributor/storage_accounts.main"
    assert shared in roles(found, "identities.ds")
    assert shared in roles(found, "principals.ds")


def test_a_principal_of_two_names_has_each_role_once(tmp_path: Path) -> None:
    object_id = "aaaaaaaa-1111-1111-1111-111111111111"
    people = f"{{a: {{object_id: {object_id}, role: reader}}, b: {{object_id: {object_id.upper()}, role: reader}}}}"
    found = graph(tmp_path, f"{HEADER}{WORKSPACE}principals: {people}\n")
    because = "principals.a looks at workspaces.main; principals.b looks at workspaces.main"
    assert roles(found, "principals.a") == {"Reader/workspaces.main": because}
    assert roles(found, "principals.b") == {}


def test_a_parallel_component_takes_its_queues_to_the_compute_that_runs_it(tmp_path: Path) -> None:
    text = """\
components:
  score:
    type: parallel
    inputs: {rows: {type: uri_folder}}
    outputs: {scores: {type: uri_file}}
    input_data: ${{inputs.rows}}
    mini_batch_size: "1"
    task: {type: run_function, code: src, entry_script: s.py, environment: "azureml:e:1"}
jobs:
  nightly:
    type: pipeline
    jobs: {score: {component: score, compute: cpu, inputs: {rows: {type: uri_folder, path: rows}}}}
"""
    script = {"src/s.py": "def init(): ...\ndef run(rows): ...\n"}
    found = roles(graph(tmp_path, HEADER + WORKSPACE + CLUSTER + LAKE + text, script), "identities.cpu-compute")
    because = "jobs.nightly hands out its work through queues and tables of storage_accounts.main"
    assert found["Storage Queue Data Contributor/storage_accounts.main"] == because
    assert found["Storage Table Data Contributor/storage_accounts.main"] == because


def test_an_endpoint_pulls_loads_and_reports(tmp_path: Path) -> None:
    text = (
        "models: {m: {path: azureml://datastores/raw/paths/m, version: 1, type: mlflow_model}}\n"
        "online_endpoints: {e: {auth_mode: aad_token, deployments: {blue: "
        "{model: m, instance_type: Standard_D4as_v4, instance_count: 1}}}}\n"
    )
    assert roles(graph(tmp_path, HEADER + WORKSPACE + LAKE + text), "identities.e-online") == {
        "AcrPull/container_registries.main": "online_endpoints.e pulls the images of its deployments from "
        "container_registries.main",
        "AzureML Metrics Writer/workspaces.main": "online_endpoints.e reports its metrics to workspaces.main",
        f"Storage Blob Data Reader/{RAW}": "online_endpoints.e.deployments.blue loads its model from "
        f"{RAW} through datastores.raw",
        "Storage Blob Data Reader/storage_accounts.main": "online_endpoints.e loads models and code from "
        "storage_accounts.main",
    }


def test_an_endpoint_writes_what_its_deployments_collect(tmp_path: Path) -> None:
    collections = (
        "{model_inputs: {enabled: 'true'}, "
        "model_outputs: {enabled: 'true', data: {name: o, version: '1', path: azureml://datastores/out/paths/o}}}"
    )
    text = (
        "online_endpoints: {e: {auth_mode: aad_token, deployments: {blue: {model: azureml:m:1, instance_count: 1, "
        f"instance_type: Standard_D4as_v4, data_collector: {{collections: {collections}}}}}}}}}}}\n"
    )
    found = roles(graph(tmp_path, HEADER + WORKSPACE + LAKE + text), "identities.e-online")
    assert {role: because for role, because in found.items() if "Contributor" in role} == {
        f"Storage Blob Data Contributor/{OUT}": "online_endpoints.e.deployments.blue writes what it collects to "
        f"{OUT} through datastores.out",
        "Storage Blob Data Contributor/storage_accounts.main": "online_endpoints.e.deployments.blue keeps what it "
        "collects in storage_accounts.main",
    }


def rules(graph: Graph) -> list[str]:
    """The outbound rules in the order in which they are made: what each leads to, and why it is there."""
    lines = []
    before = None
    for entry in graph.section("outbound_rules"):
        assert isinstance(entry.model, OutboundRule)
        assert entry.model.after == before
        assert 2 < len(entry.name) <= 33
        before = entry.address
        match entry.model.destination:
            case PrivateEndpointRule(resource=resource, subresource=subresource):
                lines.append(f"{entry.name} -> {resource} {subresource}: {entry.because}")
            case FqdnRule(host=host):
                lines.append(f"{entry.name} -> {host}: {entry.because}")
    return lines


APPROVED = "network: {outbound: approved, package_hosts: [pkgs.example.com]}\n"
CONDA = "channels: [https://conda.example.com/forge, nodefaults]\ndependencies: [python=3.11]\n"


def test_an_approved_network_lets_out_what_the_spec_uses_and_nothing_else(tmp_path: Path) -> None:
    text = (
        "environments: {e: {image: a/b:1, conda_file: c.yml}}\nkey_vaults: {main: {}, other: {}}\n"
        "batch_endpoints: {b: {deployments: {d: {type: model, model: azureml:m:1, compute: cpu, "
        "resources: {instance_count: 1}}}, defaults: {deployment_name: d}}}\n"
    )
    found = graph(tmp_path, HEADER + APPROVED + WORKSPACE + CLUSTER + LAKE + text, {"c.yml": CONDA})
    queues = "batch_endpoints.b.deployments.d hands out its work through queues and tables of storage_accounts.main"
    raw = "datastores.raw leads to storage_accounts.lake, which jobs reach over a private endpoint"
    notes = "datastores.notes leads to storage_accounts.lake, which jobs reach over a private endpoint"
    assert rules(found) == [
        f"lake-blob -> storage_accounts.lake blob: {raw}",
        f"lake-dfs -> storage_accounts.lake dfs: {raw}",
        f"lake-file -> storage_accounts.lake file: {notes}",
        f"main-queue -> storage_accounts.main queue: {queues}",
        f"main-table -> storage_accounts.main table: {queues}",
        (
            "packages-conda-example-com -> conda.example.com: the conda file of environments.e takes packages from "
            "conda.example.com"
        ),
        "packages-pkgs-example-com -> pkgs.example.com: network.package_hosts lets pkgs.example.com through",
    ]


CONDA_FORGE = "channels: [conda-forge, nodefaults]\ndependencies: [python=3.11]\n"
PIP_AND_OWN = (
    "e: {image: a/b:1, conda_file: {channels: [nodefaults], dependencies: [python=3.11, {pip: [pandas]}]}}\n"
    "  f: {image: a/b:1, conda_file: {channels: [conda-forge, nodefaults], dependencies: [python=3.11, "
    "{pip: ['--index-url https://own.example.com/simple', 'x @ https://files.example.com/x.whl']}]}}"
)


@pytest.mark.parametrize(
    ("environments", "files", "expected"),
    [
        pytest.param(
            "e: {image: a/b:1, conda_file: c.yml}",
            {"c.yml": CONDA_FORGE},
            {"conda": "the conda file of environments.e takes packages from the channel conda-forge, at %s"},
            id="only what is used",
        ),
        pytest.param(
            PIP_AND_OWN,
            {},
            {
                "conda": "the conda file of environments.f takes packages from the channel conda-forge, at %s",
                "files": "the conda file of environments.f takes packages from %s",
                "own": "the conda file of environments.f takes packages from %s",
                "pip": "the conda file of environments.e takes packages from pip's own index, at %s",
            },
            id="what each of two files uses, its own addresses included",
        ),
        pytest.param(
            "e: {build: {path: docker}}",
            {"docker/Dockerfile": "FROM a/b:1\n"},
            {
                "conda": "the Dockerfile of environments.e may take packages from the channel conda-forge, at %s",
                "never": "the Dockerfile of environments.e may take packages from the channel never, at %s",
                "pip": "the Dockerfile of environments.e may take packages from pip's own index, at %s",
            },
            id="all for a Dockerfile, of which nothing is known",
        ),
        pytest.param("e: {image: a/b:1}", {}, {}, id="nothing for an image"),
    ],
)
def test_package_hosts_by_name_are_let_through_where_they_are_used(
    environments: str, files: dict[str, str], expected: dict[str, str], tmp_path: Path
) -> None:
    by_name = "{conda-forge: [conda.example.com], pip: [pip.example.com], never: [never.example.com]}"
    network = f"network: {{outbound: approved, package_hosts: {by_name}}}\n"
    found = rules(graph(tmp_path, HEADER + network + WORKSPACE + f"environments:\n  {environments}\n", files))
    hosts = {name: f"{name}.example.com" for name in expected}
    assert found == [f"packages-{n}-example-com -> {hosts[n]}: {why % hosts[n]}" for n, why in expected.items()]


def test_an_open_network_has_no_rules_and_one_with_the_internet_none_for_hosts(tmp_path: Path) -> None:
    assert rules(graph(tmp_path, HEADER + WORKSPACE + LAKE)) == []
    found = rules(graph(tmp_path, HEADER + APPROVED.replace("approved", "internet") + WORKSPACE + LAKE))
    assert [rule.partition(" ")[0] for rule in found] == ["lake-blob", "lake-dfs", "lake-file"]


def test_a_written_rule_takes_the_place_of_the_derived_one(tmp_path: Path) -> None:
    workspace = """\
workspaces:
  main:
    managed_network:
      isolation_mode: allow_internet_outbound
      outbound_rules:
      - name: Lake-File
        type: private_endpoint
        destination: {service_resource_id: lake, subresource_target: table, spark_enabled: false}
      - name: ours
        type: private_endpoint
        destination: {service_resource_id: lake, subresource_target: dfs, spark_enabled: false}
"""
    found = rules(graph(tmp_path, HEADER + "network: {outbound: internet}\n" + workspace + LAKE))
    assert [rule.partition(":")[0] for rule in found] == [
        "Lake-File -> storage_accounts.lake table",
        "lake-blob -> storage_accounts.lake blob",
        "ours -> storage_accounts.lake dfs",
    ]


def test_hosts_that_make_one_name_have_a_rule_each(tmp_path: Path) -> None:
    hosts = "[a-b.example.com, a.b.example.com, A.B.example.com]"
    network = f"network: {{outbound: approved, package_hosts: {hosts}}}\n"
    found = [rule.partition(":")[0] for rule in rules(graph(tmp_path, HEADER + network + WORKSPACE))]
    assert found == [
        "packages-a-b-example-com -> a-b.example.com",
        "packages-a-b-example-com-66f1a1 -> a.b.example.com",
    ]


def test_a_name_too_long_for_a_rule_stays_unique(tmp_path: Path) -> None:
    accounts = ", ".join(f"a_very_very_very_very_long_name_{n}: {{azure_name: stlong{n}}}" for n in (1, 2))
    stores = "\n".join(
        f"  d{n}: {{type: azure_blob, account_name: a_very_very_very_very_long_name_{n}, container_name: abc}}"
        for n in (1, 2)
    )
    text = f"storage_accounts: {{{accounts}}}\ndatastores:\n{stores}\n"
    text = text.replace("stlong1}", "stlong1, containers: {abc: {}}}").replace(
        "stlong2}", "stlong2, containers: {abc: {}}}"
    )
    found = rules(graph(tmp_path, HEADER + "network: {outbound: internet}\n" + WORKSPACE + text))
    names = [rule.partition(" ")[0] for rule in found]
    assert len(set(names)) == 2
    assert {len(name) for name in names} == {33}


def derived(graph: Graph, section: str) -> dict[str, str]:
    return {entry.address: str(entry.because) for entry in graph.section(section)}


def test_what_keeps_data_is_locked_in_production_alone(tmp_path: Path) -> None:
    text = WORKSPACE + "storage_accounts: {old: {existing: true, azure_name: stold}, lake: {}}\n"
    network = "network: {inbound: public}\n"
    assert derived(graph(tmp_path, HEADER + text), "locks") == {}
    assert derived(graph(tmp_path, PRODUCTION + network + text), "locks") == {
        "storage_accounts.lake.lock": "storage_accounts.lake holds data that nobody can make again, and prod is "
        "production",
        "storage_accounts.main.lock": "storage_accounts.main holds data that nobody can make again, and prod is "
        "production",
        "key_vaults.main.lock": "key_vaults.main holds secrets, and no workspace can be given another vault, and prod "
        "is production",
    }


def test_what_happens_is_kept_where_the_workspace_keeps_its_logs(tmp_path: Path) -> None:
    found = derived(
        graph(tmp_path, HEADER + "workspaces: {a: {}, b: {}}\nkey_vaults: {other: {}}\n"), "diagnostic_settings"
    )
    assert {address: because.rpartition(" ")[2] for address, because in found.items() if "storage" not in address} == {
        "key_vaults.other.diagnostics": "log_analytics.a",
        "key_vaults.a.diagnostics": "log_analytics.a",
        "key_vaults.b.diagnostics": "log_analytics.b",
        "container_registries.a.diagnostics": "log_analytics.a",
        "container_registries.b.diagnostics": "log_analytics.b",
        "workspaces.a.diagnostics": "log_analytics.a",
        "workspaces.b.diagnostics": "log_analytics.b",
    }


def test_where_there_are_no_logs_nothing_is_kept(tmp_path: Path) -> None:
    assert derived(graph(tmp_path, HEADER + "storage_accounts: {lake: {}}\n"), "diagnostic_settings") == {}


def test_of_several_identities_the_workspace_acts_as_the_primary_one(tmp_path: Path) -> None:
    text = """\
identities: {ws: {}, other: {}}
key_vaults: {keys: {}}
workspaces:
  main:
    identity: {type: user_assigned, user_assigned_identities: {ws: {}, other: {}}}
    primary_user_assigned_identity: ws
    customer_managed_key: {key_vault: keys, key_uri: "https://k.example/keys/a/1"}
"""
    found = graph(tmp_path, HEADER + text)
    because = "workspaces.main is encrypted with a key in key_vaults.keys"
    assert roles(found, "identities.ws")["Key Vault Crypto Service Encryption User/key_vaults.keys"] == because
    assert roles(found, "identities.ws")["Reader/key_vaults.keys"] == LOOKS
    assert roles(found, "identities.other") == {}


LOOKS = "workspaces.main looks at key_vaults.keys, in which the key lies that encrypts it"


def test_a_workspace_that_manages_the_vault_of_its_key_needs_no_role_to_look_at_it(tmp_path: Path) -> None:
    text = "key_vaults: {main: {keys: {data: {}}}}\n"
    text += "workspaces: {main: {customer_managed_key: {key_vault: main, key_uri: data}}}\n"
    found = roles(graph(tmp_path, HEADER + text), "identities.main")
    assert [role for role in found if role.endswith("/key_vaults.main")] == [
        "Contributor/key_vaults.main",
        "Key Vault Administrator/key_vaults.main",
    ]


NOTEBOOK = """\
principals: {lead: {object_id: 44444444-4444-4444-4444-444444444444, type: user, role: ROLE}}
compute_instances: {nb: {size: Standard_D4ds_v5, create_on_behalf_of: USER, idle_time_before_shutdown_minutes: 60}}
"""
ITS_IDS = "{user_object_id: 44444444-4444-4444-4444-444444444444, user_tenant_id: 77777777-7777-7777-7777-777777777777}"
NOTES = "storage_accounts.lake.file_shares.notes"
OF_AN_INSTANCE = {
    "AcrPull/container_registries.main": "compute_instances.nb pulls the images of its jobs from "
    "container_registries.main",
    "Contributor/workspaces.main": "compute_instances.nb stops itself when it is idle, which takes this role on its "
    "workspace",
    "Storage Blob Data Contributor/storage_accounts.main": "compute_instances.nb reads code from storage_accounts.main "
    "and writes outputs and logs to it",
    f"Storage File Data Privileged Contributor/{NOTES}": "the user of compute_instances.nb works on the data of "
    "datastores.notes",
    "Storage File Data Privileged Contributor/storage_accounts.main": "compute_instances.nb opens notebooks in the "
    "file share of storage_accounts.main, where keys are off",
}


@pytest.mark.parametrize(
    ("role", "user", "data"),
    [
        ("data_scientist", "lead", "Storage Blob Data Reader"),
        ("ml_engineer", "lead", "Storage Blob Data Contributor"),
        ("ml_engineer", ITS_IDS, "Storage Blob Data Contributor"),
        ("ml_engineer", ITS_IDS.replace("4-4444", "5-4444"), "Storage Blob Data Reader"),
    ],
)
def test_an_instance_stops_itself_and_opens_what_its_user_works_on(
    role: str, user: str, data: str, tmp_path: Path
) -> None:
    text = NOTEBOOK.replace("ROLE", role).replace("USER", user)
    why = {OUT: "datastores.out", RAW: "datastores.raw"}
    of_data = {
        f"{data}/{scope}": f"the user of compute_instances.nb works on the data of {why[scope]}" for scope in why
    }
    assert roles(graph(tmp_path, HEADER + WORKSPACE + LAKE + text), "identities.nb-instance") == {
        **OF_AN_INSTANCE,
        **of_data,
    }


def test_an_instance_that_never_stops_and_has_keys_has_no_role_to_stop_and_none_on_files(tmp_path: Path) -> None:
    text = NOTEBOOK.replace("ROLE", "data_scientist").replace("USER", "lead")
    text = text.replace(", idle_time_before_shutdown_minutes: 60", "")
    keys = "storage_accounts: {main: {shared_key_access: true}}\n"
    assert list(roles(graph(tmp_path, HEADER + WORKSPACE + keys + text), "identities.nb-instance")) == [
        "AcrPull/container_registries.main",
        "Storage Blob Data Contributor/storage_accounts.main",
    ]


APPROVER = "Azure AI Enterprise Network Connection Approver"
ELSEWHERE = """\
key_vaults: {theirs: {existing: true, azure_name: kvtheirs, resource_group: rg-theirs}}
storage_accounts:
  near: {existing: true, azure_name: stnear}
  far: {existing: true, azure_name: stfar, subscription: 55555555-5555-5555-5555-555555555555, containers: {rows: {}}}
datastores: {d: {type: azure_blob, account_name: far, container_name: rows}}
"""
IN_ITS_GROUP = "workspaces.main approves the private endpoints of its network, the first ones while it is made"
BY_ITS_BODY = """\
workspaces:
  main:
    key_vault: theirs
    managed_network:
      isolation_mode: AllowInternetOutbound
      outbound_rules:
        - name: near
          type: private_endpoint
          destination: {service_resource_id: near, subresource_target: blob, spark_enabled: false}
"""
APPROVERS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("an open network", "", "workspaces: {main: {}}\n", {}),
    ("a managed one", "network: {outbound: internet}\n", "workspaces: {main: {}}\n", {"resource_group": IN_ITS_GROUP}),
    (
        "one that its own body manages, with endpoints to what lies in another group",
        "",
        BY_ITS_BODY + ELSEWHERE,
        {
            "key_vaults.theirs": "workspaces.main approves the private endpoint that its network opens to "
            "key_vaults.theirs",
            "resource_group": IN_ITS_GROUP,
            "storage_accounts.far": "workspaces.main approves the private endpoint that its network opens to "
            "storage_accounts.far",
        },
    ),
)


@pytest.mark.parametrize(("what", "network", "text", "expected"), APPROVERS, ids=[case[0] for case in APPROVERS])
def test_who_opens_private_endpoints_may_approve_them_before_the_workspace_is_there(
    what: str, network: str, text: str, expected: dict[str, str], tmp_path: Path
) -> None:
    (plan,) = compiled(tmp_path, HEADER + network + text).plans
    found = roles(plan.graph, "identities.main")
    assert {role.removeprefix(f"{APPROVER}/"): why for role, why in found.items() if APPROVER in role} == expected
    in_the_group = plan.by_address.get(f"role_assignments.identities.main/{APPROVER}/resource_group")
    assert in_the_group is None or in_the_group.file == "foundation"


def test_a_workspace_with_a_key_of_the_spec_gets_the_role_on_that_key_and_sees_its_vault(tmp_path: Path) -> None:
    text = "key_vaults: {keys: {keys: {data: {}, other: {}}}}\n"
    text += "workspaces: {main: {customer_managed_key: {key_vault: keys, key_uri: data}}}\n"
    (plan,) = compiled(tmp_path, HEADER + text).plans
    of_keys = roles(plan.graph, "identities.main").items()
    found = {role: why for role, why in of_keys if "key_vaults.keys" in role}
    role = "Key Vault Crypto Service Encryption User/key_vaults.keys.keys.data"
    assert found == {
        role: "workspaces.main is encrypted with key_vaults.keys.keys.data",
        "Reader/key_vaults.keys": LOOKS,
    }
    assert plan.by_address["key_vaults.keys.keys.data"].file == "foundation"
    assert plan.by_address[f"role_assignments.identities.main/{role}"].file == "foundation"
    assert plan.by_address["workspaces.main"].file == "workspace"


def test_whoever_is_encrypted_with_a_key_reads_it_as_an_identity_with_the_role_on_that_key_alone(
    tmp_path: Path,
) -> None:
    text = """\
key_vaults: {keys: {keys: {data: {}, images: {}}}}
identities: {reader: {}}
storage_accounts:
  main: {customer_managed_key: {key_vault: keys, key: data}}
  lake: {customer_managed_key: {key_vault: keys, key: data, identity: reader}}
container_registries: {main: {customer_managed_key: {key_vault: keys, key: images}}}
workspaces: {main: {}}
"""
    (plan,) = compiled(tmp_path, HEADER + text).plans
    role = "Key Vault Crypto Service Encryption User/key_vaults.keys.keys"
    readers = {
        "identities.main-storage-key": ("storage_accounts.main", "data"),
        "identities.reader": ("storage_accounts.lake", "data"),
        "identities.main-registry-key": ("container_registries.main", "images"),
    }
    for identity, (encrypted, key) in readers.items():
        found = roles(plan.graph, identity)
        assert found == {f"{role}.{key}": f"{encrypted} is encrypted with key_vaults.keys.keys.{key}"}
        assert plan.by_address[f"role_assignments.{identity}/{role}.{key}"].file == "foundation"
        assert plan.by_address[encrypted].file == "storage"
    because = "storage_accounts.main reads the key that encrypts it with an identity of its own"
    assert plan.graph.entries["identities.main-storage-key"].because == because
    on_the_registry = "role_assignments.identities.main/Contributor/container_registries.main"
    assert plan.by_address[on_the_registry].file == "storage"  # with the registry, and before the workspace


STORES = [f"raw{place}" for place in range(40)]
MANY = "\n".join(
    (
        "storage_accounts:",
        f"  lake: {{hierarchical_namespace: true, containers: {{{', '.join(f'{name}: {{}}' for name in STORES)}}}}}",
        "datastores:",
        *(f"  {name}: {{type: azure_data_lake_gen2, account_name: lake, filesystem: {name}}}" for name in STORES),
        "principals:",
        *(
            f"  p{place}: {{object_id: 33333333-3333-3333-3333-{place:012}, type: user, role: ml_engineer}}"
            for place in range(40)
        ),
    )
)


@pytest.mark.parametrize(
    ("limit", "message", "most_asked"),
    [
        ("MAX_ROLES", "more than 60 roles follow from the spec; a subscription takes 60 roles", 40 * 40),
        ("MAX_NEEDS", "more than 60 reasons for roles follow from the spec; a subscription takes 4,000 roles", 60),
    ],
)
def test_roles_are_derived_up_to_what_can_be_deployed(
    limit: str, message: str, most_asked: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of thousands of principals would need a role on each of thousands of containers."""
    asked: list[Need] = []

    def counted(*about: Any, **how: Any) -> Iterator[Need]:
        for need in of_principal(*about, **how):
            asked.append(need)
            yield need

    of_principal = grants._of_reader_of
    monkeypatch.setattr(grants, "_of_reader_of", counted)
    monkeypatch.setattr(import_module("mlinfra.derive.role_assignments"), limit, 60)
    assert said(tmp_path, HEADER + WORKSPACE + MANY, "MLI321") == [f"5: {message}"]
    assert len(asked) <= most_asked


@pytest.mark.parametrize(
    ("endpoint", "outbound", "host"),
    [
        ("onelake.dfs.fabric.microsoft.com", "approved", "onelake.dfs.fabric.microsoft.com"),
        ("https://eu-onelake.dfs.fabric.microsoft.com/", "approved", "eu-onelake.dfs.fabric.microsoft.com"),
        ("onelake.dfs.fabric.microsoft.com", "internet", ""),
    ],
)
def test_an_approved_network_lets_jobs_reach_one_lake(endpoint: str, outbound: str, host: str, tmp_path: Path) -> None:
    artifact = "artifact: {type: lake_house, name: l}"
    lake = f"{{type: one_lake, one_lake_workspace_name: w, endpoint: '{endpoint}', {artifact}}}"
    network = f"network: {{outbound: {outbound}, package_hosts: {{never: [never.example.com]}}}}\n"
    found = rules(graph(tmp_path, f"{HEADER}{network}{WORKSPACE}datastores: {{sales: {lake}, more: {lake}}}\n"))
    because = f"datastores.sales leads to {host}, which jobs reach over the internet"
    assert found == ([f"sales-onelake -> {host}: {because}"] if host else [])
