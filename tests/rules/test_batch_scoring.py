"""How batch endpoints are called: what is taken, what follows from it, and what is said where it can't work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mlinfra.emit.azureml import azureml_files
from mlinfra.emit.bootstrap import connections_of
from mlinfra.emit.script_targets import script_target
from mlinfra.languages.platform.identity.derived_role_assignments import DerivedRoleAssignment
from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.endpoints import InvokeContext
from tests.installation import FROM_INDEX, add_installation
from tests.spec import HEADER, compiled, found

WORLD = """\
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 1}}
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}, scored: {}}}}
datastores:
  raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}
  results: {type: azure_blob, account_name: lake, container_name: scored}
data:
  rows: {type: uri_file, path: rows.csv}
  days: {path: azureml://datastores/raw/paths/days/, version: 3}
  table: {type: mltable, path: azureml://datastores/raw/paths/table/}
  theirs: {existing: true, azure_name: rides, type: uri_file}
models: {m: {path: model, type: mlflow_model, version: 1}}
"""
FILES = {"rows.csv": "7,1\n", "model/MLmodel": "", "small/a.csv": "7,1\n"}
RESULTS = "azureml://datastores/results/paths/nightly/"
RIGHT = f"{{input: days, output: {RESULTS}}}"


def _spec(invoke: str, deployment: str = "{model: m, compute: cpu}") -> str:
    return f"""{HEADER}{WORLD}batch_endpoints:
  nightly:
    invoke: {invoke}
    deployments: {{main: {deployment}}}
    defaults: {{deployment_name: main}}
"""


def _endpoint(folder: Path, invoke: str, deployment: str = "{model: m, compute: cpu}") -> InvokeContext | None:
    (plan,) = compiled(folder, _spec(invoke, deployment), FILES).plans
    return script_target(plan, folder / "generated").endpoints[0].invoke


@pytest.mark.parametrize(
    ("written", "text", "kind"),
    [
        ("days", [TextPart("azureml:days:3")], "uri_folder"),
        ("rows", [TextPart("azureml:rows:{version}")], "uri_file"),
        ("theirs", [TextPart("azureml:rides@latest")], "uri_file"),
        ("azureml://datastores/raw/paths/a.csv", [TextPart("azureml://datastores/raw/paths/a.csv")], "uri_file"),
        ("azureml://datastores/raw/paths/a", [TextPart("azureml://datastores/raw/paths/a")], "uri_folder"),
        ("https://data.example/v1.2/", [TextPart("https://data.example/v1.2/")], "uri_folder"),
        ("azureml:theirs:7", [TextPart("azureml:theirs:7")], "uri_folder"),
        (
            "'azureml://datastores/raw/paths/${run.date}'",
            [TextPart("azureml://datastores/raw/paths/", "date")],
            "uri_folder",
        ),
        (
            '"https://data.example/${run.branch}/${run.date}.csv"',
            [TextPart("https://data.example/", "branch"), TextPart("/", "date"), TextPart(".csv")],
            "uri_file",
        ),
    ],
)
def test_what_is_scored(tmp_path: Path, written: str, text: list[TextPart], kind: str) -> None:
    (plan,) = compiled(tmp_path, _spec(RIGHT.replace("days", written)), FILES).plans
    version = str(plan.graph.contents["data.rows"].version)
    invoke = script_target(plan, tmp_path / "generated").endpoints[0].invoke
    assert invoke is not None
    assert invoke.input == tuple(part._replace(text=part.text.replace("{version}", version)) for part in text)
    assert invoke.input_type == kind
    assert invoke.output == RESULTS.rstrip("/")


@pytest.mark.parametrize(
    ("more", "deployment", "expected"),
    [
        ("", "{model: m, compute: cpu}", {}),
        (", at_least_rows: 40", "{model: m, compute: cpu}", {"least_rows": "40"}),
        ("", "{model: m, compute: cpu, output_action: summary_only}", {"least_rows": ""}),
        (
            "",
            "{type: model, model: m, compute: cpu, settings: {mini_batch_size: 5, error_threshold: 2}}",
            {"lets_fail": True},
        ),
        (", check: rows.csv", "{model: m, compute: cpu}", {"check": "../rows.csv"}),
        (", check: small", "{model: m, compute: cpu}", {"check": "../small", "check_type": "uri_folder"}),
    ],
)
def test_how_the_result_is_judged(tmp_path: Path, more: str, deployment: str, expected: dict[str, Any]) -> None:
    assert _endpoint(tmp_path, RIGHT.replace("}", f"{more}}}"), deployment) == InvokeContext(
        input=(TextPart("azureml:days:3"),), input_type="uri_folder", output=RESULTS.rstrip("/"), **expected
    )


def test_a_datastore_of_blobs_is_one_as_the_service_writes_it_too(tmp_path: Path) -> None:
    spec = _spec(RIGHT).replace("type: azure_blob", "type: AzureBlob")
    assert "AzureBlob" in spec
    assert [each.code.id for each in found(tmp_path, spec, FILES) if each.severity == "error"] == []


SAID: dict[str, tuple[str, str, str]] = {
    "a lake": (
        "{input: days, output: azureml://datastores/raw/paths/nightly/}",
        "MLI701 batch_endpoints.nightly writes to datastores.raw, which is of type azure_data_lake_gen2",
        (
            "add to datastores raw-blob: {type: azure_blob, account_name: lake, container_name: raw}, which an account "
            "with hierarchical namespace takes too, and name that"
        ),
    ),
    "a file share": (
        "{input: days, output: azureml://datastores/workspacefilestore/paths/nightly/}",
        "MLI701 batch_endpoints.nightly writes to workspacefilestore, which is a file share",
        "use workspaceblobstore, or a datastore of your own",
    ),
    "the name of a datastore": (
        "{input: days, output: results}",
        'MLI701 "results" is no folder of a datastore',
        "write azureml://datastores/results/paths/nightly/",
    ),
    "the root of another datastore of blobs": (
        "{input: days, output: azureml://datastores/workspaceartifactstore/paths/}",
        'MLI701 "azureml://datastores/workspaceartifactstore/paths/" is no folder of a datastore',
        "write azureml://datastores/workspaceartifactstore/paths/nightly/",
    ),
    "a way out of the folder": (
        "{input: days, output: azureml://datastores/results/paths/a/../b/}",
        'MLI701 "azureml://datastores/results/paths/a/../b/" is no folder of a datastore',
        "write azureml://datastores/results/paths/nightly/",
    ),
    "a run in the output": (
        "{input: days, output: 'azureml://datastores/results/paths/${run.date}/'}",
        "MLI700 no run fills in ${run.date} here",
        (
            "it may stand in jobs: inputs, tags, display_name, experiment_name, environment_variables; "
            "in batch_endpoints: invoke.input"
        ),
    ),
    "a value that no run has": (
        "{input: 'https://data.example/${run.dat}', output: azureml://datastores/results/paths/n/}",
        'MLI235 "${run.dat}" is not known',
        'did you mean "date"? Known of a run: id, commit, branch, reason, date, by',
    ),
    "a table": (
        "{input: table, output: azureml://datastores/results/paths/n/}",
        "MLI702 data.table is of type mltable, which batch endpoints don't read",
        "use data of type uri_file or uri_folder",
    ),
    "a local path": (
        "{input: ./rows.csv, output: azureml://datastores/results/paths/n/}",
        'MLI702 "./rows.csv" is nothing that a batch endpoint reads',
        "name an entry of data, or write azureml://datastores/<entry>/paths/… or https://…",
    ),
    "an entry that is not there": (
        "{input: dys, output: azureml://datastores/results/paths/n/}",
        'MLI301 data "dys" is not defined',
        'did you mean "days"? Defined: days, rows, table, theirs',
    ),
    "no output": (
        "{input: days}",
        "MLI220 output is required here",
        "add output: azureml://datastores/workspaceblobstore/paths/scores/",
    ),
    "no rows": (
        "{input: days, output: azureml://datastores/results/paths/n/, at_least_rows: 0}",
        "MLI220 at_least_rows must be at least 1, not 0",
        "",
    ),
}


@pytest.mark.parametrize(("invoke", "said", "help"), SAID.values(), ids=SAID)
def test_what_can_not_be_called_is_said(tmp_path: Path, invoke: str, said: str, help: str) -> None:
    errors = [each for each in found(tmp_path, _spec(invoke), FILES) if each.severity == "error"]
    assert [f"{each.code.id} {each.message}" for each in errors] == [said]
    assert (errors[0].help or "") == help


NOT_JUDGED = {
    "MLI704": (
        RIGHT,
        "{type: pipeline, component: azureml:steps:1}",
        "batch_endpoints.nightly.deployments.main, the default deployment, runs a component",
    ),
    "MLI705": (
        RIGHT.replace("}", ", at_least_rows: 100}"),
        "{model: m, compute: cpu, output_action: summary_only}",
        "batch_endpoints.nightly.deployments.main, the default deployment, writes no rows that could be counted",
    ),
}
SCORING_CODES = {said.split()[0] for _, said, _ in SAID.values()} | NOT_JUDGED.keys()


@pytest.mark.parametrize("code", NOT_JUDGED)
def test_what_can_not_be_judged_is_said(tmp_path: Path, code: str) -> None:
    invoke, deployment, message = NOT_JUDGED[code]
    errors = [each for each in found(tmp_path, _spec(invoke, deployment), FILES) if each.severity == "error"]
    assert [(each.code.id, each.message) for each in errors] == [(code, message)]


@pytest.mark.parametrize(
    ("deployment", "emitted"),
    [
        ("{model: m, compute: cpu}", {"error_threshold": 0}),
        ("{model: m, compute: cpu, error_threshold: 4}", {"error_threshold": 4}),
        ("{type: model, model: m, compute: cpu}", {"settings": {"error_threshold": 0, "mini_batch_size": 10}}),
        (
            "{type: model, model: m, compute: cpu, settings: {mini_batch_size: 5}}",
            {"settings": {"error_threshold": 0, "mini_batch_size": 5}},
        ),
        (
            "{type: model, model: m, compute: cpu, settings: {mini_batch_size: 5, error_threshold: -1}}",
            {"settings": {"error_threshold": -1, "mini_batch_size": 5}},
        ),
    ],
)
def test_no_file_may_fail_unless_it_is_written(tmp_path: Path, deployment: str, emitted: dict[str, Any]) -> None:
    result = compiled(tmp_path, _spec(RIGHT, deployment), FILES)
    body = result.plans[0].graph.entries["batch_endpoints.nightly.deployments.main"].body
    assert {key: body.get(key) for key in ("error_threshold", "settings") if key in body} == emitted


def test_the_cluster_gets_the_roles_that_a_call_takes(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, _spec(RIGHT), FILES).plans
    derived = ((entry.model, entry.because) for entry in plan.graph.section("derived_role_assignments"))
    roles = {
        (role.role, role.scope): because
        for role, because in derived
        if isinstance(role, DerivedRoleAssignment)
        and role.identity == "identities.cpu-compute"
        and ".lake." in role.scope
    }
    deployment, lake = "batch_endpoints.nightly.deployments.main", "storage_accounts.lake.containers"
    assert roles == {
        ("Storage Blob Data Reader", f"{lake}.raw"): (
            f"{deployment} reads {lake}.raw through datastores.raw where it is called"
        ),
        ("Storage Blob Data Contributor", f"{lake}.scored"): (
            f"{deployment} writes results to {lake}.scored through datastores.results where it is called"
        ),
    }


def test_who_calls_gets_them_too_where_score_yml_names_the_endpoint(tmp_path: Path) -> None:
    pipelines = f"""\
pipelines:
  pool: {{vmImage: ubuntu-24.04}}
  service_connections: {{dev: churn-dev}}
{FROM_INDEX}  score: {{endpoints: [nightly]}}
"""
    add_installation(tmp_path)
    (plan,) = compiled(tmp_path, _spec(RIGHT) + pipelines, FILES).plans
    lake = plan.graph.entries["storage_accounts.lake"].azure_name
    rights = {each.use: {right.name: right for right in each.rights} for each in connections_of(plan)}
    reads = rights["run"]["Storage Blob Data Reader"]
    (writes,) = (right for name, right in rights["run"].items() if name.startswith("mlinfra blobs"))
    assert reads.because == f"is who batch jobs read as, in raw of {lake} only"
    assert writes.because.endswith(f"; is who batch jobs write as, in scored of {lake} only")
    container = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals"
    assert f"{container} 'raw'" in reads.condition
    assert f"{container} 'scored'" in writes.condition
    assert "Storage Blob Data Reader" not in rights["deploy"]


def test_who_downloads_what_jobs_put_out_may_read_it_where_it_lies(tmp_path: Path) -> None:
    jobs = """\
environments: {e: {image: "contoso.azurecr.io/train:1.0"}}
jobs:
  train:
    type: pipeline
    settings: {default_compute: cpu, default_datastore: results}
    outputs: {m: {type: mlflow_model}}
    jobs: {a: {type: command, command: a, environment: e}}
models: {m: {path: model, type: mlflow_model, version: 1}, made: {from_job: train, output: m}}
pipelines:
  pool: {pull_request: {vmImage: ubuntu-24.04}, deploy: {name: agents}}
  service_connections: {dev: {deploy: d, plan: p, run: r, check: c}}
  train: {jobs: [train]}
  pull_request: {jobs: {train: {settings: {default_datastore: small}}}}
"""
    add_installation(tmp_path)
    world = WORLD.partition("models:")[0].replace(
        "  results:", "  small: {type: azure_blob, account_name: lake, container_name: raw}\n  results:"
    )
    (plan,) = compiled(tmp_path, HEADER + world + jobs + FROM_INDEX, FILES).plans
    lake = plan.graph.entries["storage_accounts.lake"].azure_name
    rights = {each.use: {right.name: right.because for right in each.rights} for each in connections_of(plan)}
    reads = "Storage Blob Data Reader"
    assert rights["run"][reads] == f"downloads what jobs put out, from scored of {lake} only"
    assert rights["check"][reads] == f"downloads what jobs put out, from raw of {lake} only"
    assert reads not in rights["deploy"] | rights["plan"]


def test_what_a_run_fills_in_is_no_literal(tmp_path: Path) -> None:
    """And what is written as a literal is none of a run's."""
    written = "'https://data.example/$${run.date}/${run.date}/'"
    invoke = _endpoint(tmp_path, RIGHT.replace("days", written))
    assert invoke is not None
    assert invoke.input == (TextPart("https://data.example/${run.date}/", "date"), TextPart("/"))


def test_how_it_is_called_is_no_part_of_the_endpoint(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, _spec(RIGHT), FILES).plans
    files = {file.path: file.text for file in azureml_files(plan.graph, "x", tmp_path)}
    assert yaml.safe_load(files["dev/azureml/batch_endpoints/nightly.yml"]).keys() == {"$schema", "name"}
