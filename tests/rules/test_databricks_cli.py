"""Fields and values that the pinned Databricks CLI does not know: `bundle validate --strict` would stop there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.azure.retirements import DATABRICKS_CLI
from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.pipelines.bundles_cli import needed
from mlinfra.release import RELEASED
from mlinfra.rules import databricks_cli
from tests.spec import compiled, said
from tools.databricks_schema import since

SPEC = """\
apiVersion: mlinfra/v1
platform: demo
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
network: {outbound: open}
databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}
principals: {people: {object_id: 66666666-6666-6666-6666-666666666601, name: people, role: data_scientist}}
pipelines:
  pool: {vmImage: ubuntu-24.04}
  service_connections: {dev: demo-dev}
  install: {source: ., requirements: requirements.txt}
VERSIONS
"""
VERSIONS = f"  versions: {{databricks: {{version: PIN, sha256: {'0' * 64}}}}}"
NEEDS = "needs Databricks CLI {}, and pipelines install 1.9.0 (leave it out, or write versions: {{databricks: "
NEEDS += "{{version: {}, sha256: …}}}}, or a newer one)"
NONE = (
    "is known to no Databricks CLI up to 1.22.1, and pipelines install 1.9.0 (leave it out; once there is a CLI that "
)
NONE += "takes it, write that under versions: {databricks: …})"
CASES: dict[str, tuple[str, list[str]]] = {
    "a field of a section": (
        "databricks_jobs: {j: {duration_target: 4h, tasks: []}}",
        ["duration_target of databricks_jobs.j " + NEEDS.format("1.22.0", "1.22.0")],
    ),
    "a field of a class, in a list, and nothing below it": (
        "databricks_jobs: {j: {job_clusters: [{job_cluster_key: a, serverless_compute_id: x}], tasks: []}}",
        ["serverless_compute_id of databricks_jobs.j " + NEEDS.format("1.10.0", "1.10.0")],
    ),
    "a field that no version has": (
        "databricks_sql_warehouses: {w: {cluster_size: Small, max_dbu: 4}}",
        ["max_dbu of databricks_sql_warehouses.w " + NONE],
    ),
    "a value": (
        (
            "databricks_external_locations: {l: {url: 'abfss://a@b.dfs.core.windows.net/', credential_name: c, "
            "grants: [{principal: x, privileges: [EXTERNAL_USE_LOCATION]}]}}"
        ),
        ["privileges: EXTERNAL_USE_LOCATION of databricks_external_locations.l " + NEEDS.format("1.17.0", "1.17.0")],
    ),
    "a group, as which a pipeline runs": (
        "databricks_pipelines: {p: {run_as: people, catalog: a}}",
        ["group_name of databricks_pipelines.p " + NEEDS.format("1.18.0", "1.18.0")],
    ),
    "a group, as which a job runs, is known": ("databricks_jobs: {j: {run_as: people, tasks: []}}", []),
    "what is no younger than the CLI": ("databricks_jobs: {j: {parent_path: /Workspace/a, tasks: []}}", []),
    "what a step makes": ("databricks_cluster_policies: {p: {name: p, definition: {}}}", []),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_what_the_pinned_cli_does_not_know_is_said_at_its_place(text: str, expected: list[str], tmp_path: Path) -> None:
    spec = SPEC.replace("VERSIONS", text)
    line = spec.splitlines().index(text) + 1
    assert said(tmp_path, spec, "MLI879") == [f"{line}: {each}" for each in expected]


PINS = {"1.9.0": True, "1.13.0": True, "1.14.0": False, "1.22.0": False, "1.30.0": False}


@pytest.mark.parametrize(("pin", "is_said"), PINS.items(), ids=PINS)
def test_a_newer_cli_is_not_accused_of_what_nobody_knows_it_lacks(pin: str, is_said: bool, tmp_path: Path) -> None:
    text = CASES["a field of a section"][0]
    spec = SPEC.replace("VERSIONS", VERSIONS.replace("PIN", pin) + "\n" + text)
    assert bool(said(tmp_path, spec, "MLI879")) is is_said


def test_without_pipelines_the_scripts_ask_for_a_cli_that_knows_all(tmp_path: Path) -> None:
    spec = SPEC.partition("pipelines:")[0] + CASES["a field of a section"][0] + "\n"
    (plan,) = compiled(tmp_path, spec).plans
    assert needed(plan.graph.header, [plan.graph]) == "1.22.0"


def test_every_line_of_the_table_is_in_the_schema_and_newer_than_the_first_release() -> None:
    """A line that fits nothing raises as the schema is derived."""
    schema = SCHEMA.read()
    marked = since.marked(schema)
    assert marked == schema
    versions = [
        version for table in (since.SINCE, since.VALUES) for each in table.values() for version in each.values()
    ]
    assert len(versions) > 100
    assert [each for each in versions if each and not each.startswith("1.")] == []


JOB = "databricks_jobs: {j: {tasks: []}}"
HOW = "pin its latest release: versions: {databricks: {version: 1.28.0, sha256: …}}, with the hash of "
PATCHED = {
    "mlinfra's own": ("", "8: pipelines install Databricks CLI 1.9.0, which gets no security patches (" + HOW),
    "an old one": ("1.27.9", "12: pipelines install Databricks CLI 1.27.9, which gets no security patches (" + HOW),
    "an older line": (
        "0.298.0",
        "12: pipelines install Databricks CLI 0.298.0, which gets no security patches (" + HOW,
    ),
    "the line that is patched longer": (
        "0.299.2",
        "12: Databricks CLI 0.299.2, which pipelines install, gets security patches until 2027-05-20 (" + HOW,
    ),
    "the latest": ("1.28.0", None),
    "one that came later": ("1.100.0", None),
    "the next line": ("2.0.0", None),
}


@pytest.mark.parametrize(("pin", "expected"), PATCHED.values(), ids=PATCHED)
def test_a_cli_without_security_patches_is_said_once(pin: str, expected: str | None, tmp_path: Path) -> None:
    versions = VERSIONS.replace("PIN", pin) + "\n" if pin else ""
    two = "targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111}, prod: {subscription: "
    spec = SPEC.replace("targets: {dev: {subscription: ", two).replace("demo-dev}", "demo-dev, prod: demo-prod}")
    found = said(tmp_path, spec.replace("VERSIONS", versions + JOB), "MLI819")
    assert [each[: len(expected or "")] for each in found] == ([expected] if expected else [])
    assert all("databricks_cli_1.28.0_SHA256SUMS" in each for each in found)


def test_the_line_that_is_patched_longer_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databricks_cli, "DATABRICKS_CLI", DATABRICKS_CLI._replace(on=RELEASED))
    spec = SPEC.replace("VERSIONS", VERSIONS.replace("PIN", "0.299.2") + "\n" + JOB)
    (found,) = said(tmp_path, spec, "MLI819")
    assert "pipelines install Databricks CLI 0.299.2, which gets no security patches" in found


@pytest.mark.parametrize("spec", [SPEC.replace("VERSIONS", ""), SPEC.partition("pipelines:")[0] + JOB])
def test_where_no_pipeline_installs_one_nothing_is_said_of_patches(spec: str, tmp_path: Path) -> None:
    assert said(tmp_path, spec, "MLI819") == []
