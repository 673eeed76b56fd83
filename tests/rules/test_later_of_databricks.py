"""What the language has of Databricks and this release does not take: it is known, and never taken for a slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipelines.platforms import compiled, pipelines
from tests.pipelines.platforms import spec as with_targets
from tests.spec import HEADER, found

WORKSPACE = "databricks_workspaces: {main: {existing: true, azure_name: dbw-a, resource_group: rg-a}}\n"
ENDPOINT = """\
databricks_model_serving_endpoints:
  churn:
    consumers: [scientists]
    smoke_test: {request: tests/customer.json}
    config: {served_entities: [{entity_name: main.ml.churn, entity_version: "1", scale_to_zero_enabled: true}]}
"""
MODEL = """\
models:
  churn:
    from_job: databricks_jobs.train
    registered_by: run
    registered_model: churn
    release: {metrics: mlflow, at_least: {auc: 0.8}}
"""
DECLARED = "models: {churn: {path: azureml://datastores/a/paths/b, registered_model: churn}}\n"
LATER = {  # lines behind the header -> all that is said
    "a store": (f"{WORKSPACE}databricks_online_stores: {{main: {{capacity: CU_1}}}}\n", ["databricks_online_stores"]),
    "keys of an endpoint": (
        WORKSPACE + ENDPOINT,
        [
            "consumers of databricks_model_serving_endpoints.churn",
            "smoke_test of databricks_model_serving_endpoints.churn",
        ],
    ),
    "a model of a job": (
        f"workspaces: {{main: {{}}}}\n{WORKSPACE}{MODEL}",
        ["databricks_jobs.train in from_job of models.churn"],
    ),
    "a key of a model": (f"workspaces: {{main: {{}}}}\n{DECLARED}", ["registered_model of models.churn"]),
}


@pytest.mark.parametrize(("lines", "expected"), LATER.values(), ids=LATER)
def test_what_comes_later_is_said_to_and_nothing_else(lines: str, expected: list[str], tmp_path: Path) -> None:
    errors = [each for each in found(tmp_path, HEADER + lines) if each.severity == "error"]
    assert [each.message for each in errors] == [f"{what} is not supported yet" for what in expected]
    assert {each.code.id for each in errors} == {"MLI221"}


def test_a_pipeline_that_trains_in_databricks_comes_later() -> None:
    text = with_targets(["dev"], WORKSPACE, pipelines(["dev"]), "  train: {jobs: [databricks_jobs.train]}\n")
    said = [each for each in compiled(text).diagnostics["dev"] if each.code.id == "MLI493"]
    assert [each.message for each in said] == ["databricks_jobs.train in train.jobs is not supported yet"]
