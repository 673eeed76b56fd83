"""Derived roles: who reads, writes, pulls and runs what, and nothing beyond that."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mlinfra.derive import grants
from mlinfra.derive.need import Need
from mlinfra.languages.resource import Of
from tests.core.cases import CLUSTER, WORKSPACE
from tests.core.derived import LAKE, graph, job, roles
from tests.spec import HEADER, compiled, said

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


ELSEWHERE = "outputs: {m: {type: mlflow_model, path: 'azureml://datastores/raw/paths/m/${{name}}/'}}"
BY_DEFAULT = "settings: {default_datastore: out}"


@pytest.mark.parametrize(
    ("job", "scope"),
    [
        (ELSEWHERE, RAW),
        (f"outputs: {{m: {{type: mlflow_model}}}}, {BY_DEFAULT}", OUT),
        (f"{ELSEWHERE}, {BY_DEFAULT}", RAW),
        ("outputs: {m: {type: mlflow_model}}", None),
    ],
)
def test_an_endpoint_loads_a_model_from_where_its_job_writes_it(job: str, scope: str | None, tmp_path: Path) -> None:
    text = (
        "jobs: {train: {type: pipeline, jobs: {a: {command: a, environment: 'azureml:e:1', compute: cpu}}, "
        f"{job}}}}}\n"
        "models: {m: {from_job: train, output: m}}\n"
        "online_endpoints: {e: {auth_mode: aad_token, deployments: {blue: "
        "{model: m, instance_type: Standard_D4as_v4, instance_count: 1}}}}\n"
    )
    found = roles(graph(tmp_path, HEADER + WORKSPACE + CLUSTER + LAKE + text), "identities.e-online")
    assert [role for role in found if "storage_accounts.lake" in role] == [
        f"Storage Blob Data Reader/{each}" for each in (scope,) if each
    ]


SERVED = (
    "online_endpoints: {e: {auth_mode: aad_token, deployments: {blue: "
    "{model: %s, instance_type: Standard_D4as_v4, instance_count: 1}}}}"
)
SCHEDULED = (
    "schedules: {s: {trigger: {type: recurrence, frequency: day, interval: 1}, create_job: {type: pipeline, "
    "job: judge, inputs: {m: {type: mlflow_model, path: 'azureml:m:${models.m.version}'}}}}}\n"
)
GIVEN = (
    (
        "a gate puts it in",
        "release: {at_least: {auc: 1}, evaluate: {job: judge, model: m, metrics: {output: o, file: m.json}}}",
        "{type: mlflow_model}",
        "jobs: {}",
        "jobs.judge is given models from",
    ),
    (
        "a version is named",
        "",
        "{type: mlflow_model, path: 'azureml:m:7'}",
        "jobs: {}",
        "jobs.judge is given models from",
    ),
    (
        "a schedule puts in the one that serves",
        "",
        "{type: mlflow_model, path: 'azureml:other:7'}",
        SCHEDULED + SERVED % "m",
        "schedules.s reads",
    ),
    (
        "an endpoint that names a version",
        "",
        "{type: mlflow_model, path: 'azureml:other:7'}",
        SERVED % "'azureml:m:7'",
        "online_endpoints.e.deployments.blue loads its model from",
    ),
    ("another model", "", "{type: mlflow_model, path: 'azureml:other:7'}", "jobs: {}", None),
)


@pytest.mark.parametrize(("what", "release", "given", "more", "reason"), GIVEN, ids=[case[0] for case in GIVEN])
def test_what_is_given_a_model_reads_it_where_its_job_writes_it(
    what: str, release: str, given: str, more: str, reason: str | None, tmp_path: Path
) -> None:
    text = (
        "jobs:\n"
        "  train: {type: pipeline, jobs: {a: {command: a, environment: 'azureml:e:1', compute: cpu}}, "
        f"{ELSEWHERE}}}\n"
        "  judge: {type: pipeline, jobs: {a: {command: 'a ${{inputs.m}} ${{outputs.o}}', environment: 'azureml:e:1', "
        "compute: other, inputs: {m: '${{parent.inputs.m}}'}, outputs: {o: '${{parent.outputs.o}}'}}}, "
        f"inputs: {{m: {given}}}, outputs: {{o: {{type: uri_folder}}}}}}\n"
        f"models: {{m: {{from_job: train, output: m, {release}}}}}\n{more}\n"
    ).replace("jobs: {}\n", "")
    cluster = CLUSTER.replace("cpu: ", "other: {size: Standard_D4as_v4}, cpu: ", 1)
    found = graph(tmp_path, HEADER + WORKSPACE + cluster + LAKE + text)
    who = "identities.e-online" if reason and "online_endpoints" in reason else "identities.other-compute"
    given_roles = {role: because for role, because in roles(found, who).items() if "lake" in role}
    expected = f"{reason} {RAW} through datastores.raw"
    assert given_roles == ({f"Storage Blob Data Reader/{RAW}": expected} if reason else {})


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


def test_an_account_may_be_named_as_azure_knows_it_and_its_containers_are_those_of_the_entry(tmp_path: Path) -> None:
    named = LAKE.replace("account_name: lake, filesystem: raw", "account_name: stchurndevlakeyf3g, filesystem: raw")
    reads = HEADER + WORKSPACE + CLUSTER + named + "jobs:\n" + job("a", inputs="rows")
    given = roles(graph(tmp_path, reads), "identities.cpu-compute")
    assert given[f"Storage Blob Data Reader/{RAW}"] == f"jobs.a reads {RAW} through datastores.raw"
    wrong = reads.replace("stchurndevlakeyf3g, filesystem: raw", "stchurndevlakeyf3g, filesystem: rwa")
    assert said(tmp_path, wrong, "MLI301") == [
        '10: storage_accounts.lake.containers "rwa" is not defined (did you mean "raw"? Defined: out, raw)'
    ]


def test_an_identity_of_a_cluster_s_own_gets_what_one_of_the_spec_gets(tmp_path: Path) -> None:
    own = CLUSTER.replace("v5}", "v5, identity: {type: system_assigned}}")
    assert own != CLUSTER
    (plan,) = compiled(tmp_path, HEADER + WORKSPACE + own + LAKE + "jobs:\n" + job("a", inputs="rows")).plans
    found = roles(plan.graph, "compute_clusters.cpu")
    assert found == {**OWN, f"Storage Blob Data Reader/{RAW}": f"jobs.a reads {RAW} through datastores.raw"}
    given = plan.by_address["role_assignments.compute_clusters.cpu/AcrPull/container_registries.main"]
    assert given.file == "compute"  # it is there once the cluster is
    assert given.resource.body["properties"]["principalId"] == Of("compute_clusters.cpu", "identity.principalId")


def test_monitors_of_a_workspace_with_an_identity_of_its_own_read_as_it(tmp_path: Path) -> None:
    text = "workspaces: {main: {identity: {type: system_assigned}}}\n" + LAKE
    spark = "type: spark, code: src, entry: {file: a.py}, args: '--in ${{inputs.p}}', identity: {type: managed}"
    text += f"jobs: {{a: {{{spark}, inputs: {{p: {{type: uri_folder, path: rows, mode: direct}}}}, "
    text += "resources: {instance_type: standard_e8s_v3, runtime_version: '3.4'}, environment: azureml:e:1, "
    text += "conf: {spark.driver.cores: 1, spark.driver.memory: 2g, spark.executor.cores: 2, "
    text += "spark.executor.memory: 2g, spark.executor.instances: 1}}}\n"
    found = roles(graph(tmp_path, HEADER + text, {"src/a.py": ""}), "workspaces.main")
    assert found == {
        f"Storage Blob Data Reader/{RAW}": f"jobs.a reads {RAW} through datastores.raw, "
        "as the identity of workspaces.main"
    }


def test_a_principal_works_in_the_workspaces_whose_addresses_it_has_with_the_role_of_the_target(tmp_path: Path) -> None:
    text = HEADER.replace(
        "mode: development}", "mode: development, overrides: {principals: {team: {role: reader}}}}", 1
    )
    text += "workspaces: {a: {}, b: {}, c: {}}\n"
    text += "principals: {team: {object_id: 22222222-2222-2222-2222-222222222222, role: ml_engineer, "
    text += "workspaces: [workspaces.a, workspaces.c]}}\n"
    assert list(roles(graph(tmp_path, text), "principals.team")) == ["Reader/workspaces.a", "Reader/workspaces.c"]
