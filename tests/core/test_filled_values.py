"""What an expression fills in is judged as what it becomes, under the line where it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.spec import HEADER, compiled, found

ENTRIES = "workspaces: {main: {}}\nstorage_accounts: {lake: {}}\n"
LINE = len((HEADER + ENTRIES).splitlines()) + 1
USER = "{user_object_id: 44444444-4444-4444-4444-444444444444, user_tenant_id: 77777777-7777-7777-7777-777777777777}"
NAME = "${workspaces.main.name}"
WRONG = {
    f"log_analytics: {{main: {{retention_days: '{NAME}'}}}}": "MLI214",
    f"key_vaults: {{team: {{purge_protection: '{NAME}'}}}}": "MLI214",
    f"key_vaults: {{team: {{sku: '{NAME}'}}}}": "MLI215",
    f"key_vaults: {{team: {{location: '{NAME}'}}}}": "MLI215",
    f"key_vaults: {{team: {{network_acls: {{allowed_ips: ['{NAME}']}}}}}}": "MLI215",
    f"principals: {{people: {{object_id: '{NAME}', role: reader}}}}": "MLI215",
    "principals: {people: {object_id: '${{inputs.x}}', role: reader}}": "MLI215",
    f"network: {{outbound: internet, allowed_ips: ['{NAME}']}}": "MLI215",
    f"compute_clusters: {{cpu: {{size: Standard_D4ds_v4, max_instances: '{NAME}'}}}}": "MLI220",
    f"environments: {{e: {{image: 'a.azurecr.io/b:1', conda_file: '{NAME}'}}}}": "MLI330",
    f"components: {{c: {{type: command, command: x, environment: 'azureml:e:1', code: '{NAME}'}}}}": "MLI330",
    f"compute_instances: {{c: {{create_on_behalf_of: {USER}, idle_time_before_shutdown: '$${{x}}'}}}}": "MLI220",
    "data: {all: {type: '$${x}', path: 'azureml://datastores/workspaceblobstore/paths/x'}}": "MLI220",
    f"data: {{all: {{type: '{NAME}', path: 'azureml://datastores/workspaceblobstore/paths/x'}}}}": "MLI220",
    f"compute_clusters: {{cpu: {{size: Standard_D4ds_v4, location: '{NAME}'}}}}": "MLI314",
    "key_vaults: {a: {location: '${key_vaults.b.location}'}, b: {location: '${key_vaults.a.location}'}}": "MLI304",
}
RIGHT = (
    "key_vaults: {team: {location: '${workspaces.main.location}'}}",
    "data: {all: {type: uri_folder, path: 'azureml://datastores/workspaceblobstore/paths/${storage_accounts.lake.name}'}}",
)


@pytest.mark.parametrize(("text", "code"), WRONG.items(), ids=WRONG)
def test_what_does_not_fit_is_said_once_where_it_is_written(text: str, code: str, tmp_path: Path) -> None:
    errors = [item for item in found(tmp_path, f"{HEADER}{ENTRIES}{text}\n") if item.severity == "error"]
    assert [(item.code.id, item.span.line) for item in errors] == [(code, LINE)]


def test_where_an_entry_is_goes_by_others_however_many_lie_between(tmp_path: Path) -> None:
    many = 1_500  # more than functions that call one another may be nested
    places = [
        "a0: {location: northeurope}",
        *(f"a{i}: {{location: '${{log_analytics.a{i - 1}.location}}'}}" for i in range(1, many)),
    ]
    place = f"'in ${{log_analytics.a{many - 1}.location}}'"
    tags = f"application_insights: {{x: {{log_analytics: a0, tags: {{place: {place}}}}}}}\n"
    text = f"{HEADER}{ENTRIES}log_analytics: {{{', '.join(reversed(places))}}}\n{tags}"
    entries = compiled(tmp_path, text).plans[0].graph.entries
    assert {entries[f"log_analytics.a{i}"].body["location"] for i in range(many)} == {"northeurope"}
    assert entries["application_insights.x"].body["tags"] == {"place": "in northeurope"}


@pytest.mark.parametrize("text", RIGHT)
def test_what_fits_passes(text: str, tmp_path: Path) -> None:
    assert [item for item in found(tmp_path, f"{HEADER}{ENTRIES}{text}\n") if item.severity == "error"] == []


def test_a_file_that_the_client_reads_is_judged_as_it_stands(tmp_path: Path) -> None:
    """Nothing is filled into it: `${…}` in it is text."""
    component = "name: a\ntype: ${workspaces.main.name}\ncommand: x\nenvironment: azureml:e:1\n"
    body = "{type: pipeline, settings: {default_compute: serverless}, jobs: {a: {type: command, component: ./c.yml}}}"
    job = f"jobs: {{j: {body}}}\n"
    errors = [
        item for item in found(tmp_path, f"{HEADER}{ENTRIES}{job}", {"c.yml": component}) if item.severity == "error"
    ]
    assert [(item.code.id, item.span.line) for item in errors] == [("MLI220", LINE)]
    assert "type" in errors[0].message


def test_what_is_filled_in_otherwise_in_each_target_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of = "subscription: 11111111-1111-1111-1111-11111111111"
    spec = tmp_path / "ml-platform.yaml"
    spec.write_text(
        f"""\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets: {{dev: {{{of}1, mode: development}}, test: {{{of}2, mode: development}}, qa: {{{of}3, mode: development}}}}
workspaces: {{main: {{}}}}
compute_clusters: {{cpu: {{size: Standard_D4ds_v5, max_instances: 2}}}}
environments: {{py: {{image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"}}}}
jobs:
  some: {{type: command, command: a, environment: py, compute: cpu, limits: {{timeout: "{NAME}"}}, targets: [qa, dev]}}
  each: {{type: command, command: a, environment: py, compute: cpu, limits: {{timeout: "{NAME}"}}}}
""",
        encoding="utf-8",
    )
    run(["validate", "-o", "json", "-f", str(spec)])
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [(item["code"], item["message"], item.get("target")) for item in found] == [
        ("MLI220", 'timeout must be an integer, not "mlw-churn-dev"', ["dev", "qa"]),
        ("MLI220", 'timeout must be an integer, not "mlw-churn-dev"', None),
    ]
