"""URLs of what lies in accounts of the spec, where a path is taken: bound as the URI of a datastore is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from mlinfra.emit.azureml import azureml_files
from mlinfra.graph import Graph
from mlinfra.languages.platform.identity.derived_role_assignments import DerivedRoleAssignment
from mlinfra.schemas.values import value_at
from tests.spec import HEADER, compiled, found

GROUND = """\
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v5}}
environments: {train: {image: a/b:1}}
storage_accounts:
  lake: {azure_name: acmelake, hierarchical_namespace: true, containers: {raw: {azure_name: raw-there}, out: {}}}
  theirs: {existing: true, azure_name: theirlake, resource_group: rg-data}
"""
JOB = """\
jobs:
  j:
    type: command
    command: x ${{inputs.a}} ${{outputs.o}}
    environment: train
    compute: cpu
    inputs: {a: {type: uri_folder, path: '%s'}}
    outputs: {o: {type: uri_folder%s}}
"""
RAW, OUT = "storage_accounts.lake.containers.raw", "storage_accounts.lake.containers.out"
READER, WRITER = "Storage Blob Data Reader", "Storage Blob Data Contributor"
URLS = (
    "https://acmelake.blob.core.windows.net/raw-there/x/",
    "https://acmelake.dfs.core.windows.net/raw-there",
    "https://acmelake-secondary.blob.core.windows.net/raw-there/x.csv",
    "abfss://raw-there@acmelake.dfs.core.windows.net/x/",
    "wasbs://raw-there@acmelake.blob.core.windows.net/x/${{name}}/",
    "https://${storage_accounts.lake.name}.blob.core.windows.net/${storage_accounts.lake.containers.raw.name}/x/",
)


def _graph(folder: Path, text: str) -> Graph:
    (plan,) = compiled(folder, HEADER + text).plans
    return plan.graph


def _roles(graph: Graph, who: str = "identities.cpu-compute") -> dict[str, tuple[str, str]]:
    """By what it is given on below the lake or theirs, the role and its reason."""
    given = (entry for entry in graph.section("derived_role_assignments"))
    models = ((entry, entry.model) for entry in given if isinstance(entry.model, DerivedRoleAssignment))
    of_data = ("storage_accounts.lake", "storage_accounts.theirs")
    return {
        model.scope: (model.role, str(entry.because))
        for entry, model in models
        if who in (model.identity, model.object_id) and model.scope.startswith(of_data)
    }


@pytest.mark.parametrize("url", URLS)
def test_a_job_that_reads_a_url_of_the_spec_needs_the_container_and_a_role_on_it(url: str, tmp_path: Path) -> None:
    text = GROUND + JOB % (url, "")
    assert [each for each in found(tmp_path, HEADER + text) if each.severity in ("error", "warning")] == []
    graph = _graph(tmp_path, text)
    assert ("jobs.j", RAW) in {(edge.source, edge.target) for edge in graph.edges if edge.kind == "needs"}
    assert _roles(graph) == {RAW: (READER, f"jobs.j reads {RAW} by its URL")}
    files = {file.path: file.text for file in azureml_files(graph, "", tmp_path / "generated")}
    written = value_at(yaml.safe_load(files["dev/azureml/jobs/j.yml"]), ("inputs", "a", "path"))
    assert written == url.replace("${storage_accounts.lake.name}", "acmelake").replace(
        "${storage_accounts.lake.containers.raw.name}", "raw-there"
    )


def test_what_is_written_to_a_url_wants_a_role_that_writes(tmp_path: Path) -> None:
    text = GROUND + JOB % (URLS[0], ", path: 'abfss://out@acmelake.dfs.core.windows.net/scores/'")
    assert _roles(_graph(tmp_path, text)) == {
        RAW: (READER, f"jobs.j reads {RAW} by its URL"),
        OUT: (WRITER, f"jobs.j writes to {OUT} by its URL"),
    }


def test_data_and_models_at_a_url_are_read_by_what_names_them(tmp_path: Path) -> None:
    data = f"data: {{rows: {{type: uri_folder, path: '{URLS[0]}'}}}}\n"
    graph = _graph(tmp_path, GROUND + data + JOB % ("rows", ""))
    assert ("data.rows", RAW) in {(edge.source, edge.target) for edge in graph.edges if edge.kind == "needs"}
    assert _roles(graph) == {RAW: (READER, f"jobs.j reads {RAW} through data.rows")}


def test_who_works_in_the_workspace_reads_data_at_a_url_as_himself(tmp_path: Path) -> None:
    data = f"data: {{rows: {{type: uri_folder, path: '{URLS[0]}'}}}}\n"
    person = "11111111-1111-1111-1111-111111111111"
    people = f"principals: {{ann: {{object_id: {person}, type: user, role: data_scientist}}}}\n"
    because = "principals.ann signs in to data.rows as itself, as no key is kept there"
    assert _roles(_graph(tmp_path, GROUND + data + people), person) == {RAW: (READER, because)}


def test_of_someone_elses_declared_account_the_role_is_given_on_the_account(tmp_path: Path) -> None:
    url = "https://theirlake.blob.core.windows.net/anything/x/"
    text = GROUND + JOB % (url, "")
    assert [each for each in found(tmp_path, HEADER + text) if each.severity in ("error", "warning")] == []
    theirs = "storage_accounts.theirs"
    assert _roles(_graph(tmp_path, text)) == {theirs: (READER, f"jobs.j reads {theirs} by its URL")}


def test_a_url_in_the_file_of_a_job_counts_as_well(tmp_path: Path) -> None:
    (tmp_path / "job.yml").write_text(
        "type: pipeline\njobs: {s: {type: command, command: 'x ${{inputs.a}}', environment: azureml:train@latest, "
        f"compute: azureml:cpu, inputs: {{a: {{type: uri_folder, path: '{URLS[3]}'}}}}}}}}\n"
    )
    schedule = "schedules: {s: {trigger: {type: recurrence, frequency: day, interval: 1}, create_job: ./job.yml}}\n"
    graph = _graph(tmp_path, GROUND + schedule)
    assert ("schedules.s", RAW) in {(edge.source, edge.target) for edge in graph.edges if edge.kind == "needs"}


def test_an_approved_network_leads_to_the_account_of_a_url(tmp_path: Path) -> None:
    network = "network: {inbound: public, outbound: approved, allowed_ips: [203.0.113.0/24]}\n"
    text = network + GROUND + JOB % (URLS[3], "")
    assert "MLI708" not in {each.code.id for each in found(tmp_path, HEADER + text)}
    graph = _graph(tmp_path, text)
    rules = {entry.name: entry.because for entry in graph.section("outbound_rules") if entry.name.startswith("lake")}
    because = "jobs.j leads to storage_accounts.lake, which jobs reach over a private endpoint"
    assert rules == {"lake-blob": because, "lake-dfs": because}


def test_an_external_location_at_a_url_leads_to_the_container(tmp_path: Path) -> None:
    lakehouse = (
        "databricks_workspaces: {lab: {}}\ndatabricks_access_connectors: {uc: {storage: [lake]}}\n"
        "databricks_storage_credentials: {uc: {access_connector: uc}}\n"
        f"databricks_external_locations: {{raw: {{url: '{URLS[3]}', credential_name: uc}}}}\n"
    )
    graph = _graph(tmp_path, GROUND + lakehouse)
    location = "databricks_external_locations.raw"
    assert (location, RAW) in {(edge.source, edge.target) for edge in graph.edges if edge.kind == "needs"}
    assert graph.entries[location].body["url"] == URLS[3]


class Said(NamedTuple):
    what: str
    url: str
    said: str  # empty: nothing


NOBODY = 'warning MLI317 no entry of storage_accounts is called "%s" on Azure | '
SAID = (
    Said(
        "a container with a slip",
        "https://acmelake.blob.core.windows.net/raw-ther/x/",
        'warning MLI317 no container of storage_accounts.lake is called "raw-ther" on Azure | did you mean '
        '"raw-there"? Declare it: storage_accounts.lake.containers.raw-ther',
    ),
    Said("a container of the service", "https://acmelake.blob.core.windows.net/$web/x.html", ""),
    Said(
        "an account with a slip",
        "abfss://out@acmelakee.dfs.core.windows.net/",
        NOBODY % "acmelakee" + 'did you mean "acmelake"?',
    ),
    Said("another one of a row of accounts", "abfss://out@acmelake2.dfs.core.windows.net/", ""),
    Said(
        "the name of the entry",
        "https://lake.blob.core.windows.net/out/",
        NOBODY % "lake"
        + 'storage_accounts.lake is called "acmelake" there: write ${storage_accounts.lake.name} in its place',
    ),
    Said(
        "another cloud",
        "wasbs://out@acmelake.blob.core.chinacloudapi.cn/x/",
        'warning MLI317 "wasbs://out@acmelake.blob.core.chinacloudapi.cn" lies in another cloud than '
        "storage_accounts.lake | write core.windows.net",
    ),
    Said("an account of others", "https://azuremlexamples.blob.core.windows.net/datasets/x.csv", ""),
    Said("a page of the internet", "https://example.com/blob.core.windows.net/out/x.csv", ""),
)


@pytest.mark.parametrize("case", SAID, ids=[case.what for case in SAID])
def test_what_a_url_does_not_lead_to_is_said(case: Said, tmp_path: Path) -> None:
    said = [
        f"{each.severity} {each.code.id} {each.message}" + (f" | {each.help}" if each.help else "")
        for each in found(tmp_path, HEADER + GROUND + JOB % (case.url, ""))
        if each.severity != "info"
    ]
    assert said == ([case.said] if case.said else [])
