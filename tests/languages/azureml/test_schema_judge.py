"""What the judge makes of a document beside the bodies' own fields, and what the schema says of places in it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, ValidationError

from mlinfra.languages.azureml.schema import SCHEMA as AZUREML
from mlinfra.languages.azureml.sections import BY_NAME, SECTIONS
from mlinfra.schemas.judge import LocalPath, Reference, Schema
from mlinfra.schemas.messages import BodyError

COMMAND = {"command": "python train.py", "environment": "train", "compute": "cpu"}
MANY_ENTRIES = 10_000


def test_a_document_without_anything_is_right() -> None:
    assert AZUREML.judge({}) == []
    assert AZUREML.judge({section.name: {} for section in SECTIONS}) == []


@pytest.mark.parametrize(
    ("section", "body"),
    [
        ("workspaces", {"storage_account": "${storage_accounts.lake.id}", "targets": ["prod"], "azure_name": "mlw"}),
        ("workspaces", {"existing": True, "id": "/subscriptions/…", "x-note": "someone else's"}),
        (
            "workspaces",
            {"identity": {"type": "user_assigned", "user_assigned_identities": {"${identities.a.id}": None}}},
        ),
        ("compute_clusters", {"size": "Standard_D4ds_v4", "x-owner": "team", "properties": {"anything": 1}}),
        ("jobs", {**COMMAND, "environment": "${environments.train.name}", "x-reviewed": {"by": "a"}}),
        ("models", {"from_job": "train", "output": "model", "description": "A run's", "tags": {"a": "b"}}),
        ("data", {"path": "data/", "version": "auto", "registry": "shared"}),
    ],
)
def test_what_mlinfra_adds_to_the_bodies_is_taken(section: str, body: dict[str, Any]) -> None:
    assert AZUREML.judge({section: {"main": body}}) == []


def test_a_placeholder_does_not_hide_what_is_wrong_beside_it() -> None:
    errors = AZUREML.judge(
        {"workspaces": {"main": {"storage_account": "${storage_accounts.lake.id}", "key_vault": "no id!"}}}
    )
    assert [error.path for error in errors] == [("workspaces", "main", "key_vault")]


def test_a_binding_is_no_placeholder() -> None:
    errors = AZUREML.judge({"workspaces": {"main": {"key_vault": "${{parent.inputs.vault}}"}}})
    assert [error.path for error in errors] == [("workspaces", "main", "key_vault")]


def test_an_unknown_key_is_told_by_its_parent_and_its_name() -> None:
    assert AZUREML.judge({"jobs": {"train": {**COMMAND, "limits": {"timeot": 5}}}}) == [
        BodyError(
            path=("jobs", "train", "limits"),
            keyword="additionalProperties",
            message="timeot is not a field of limits",
            help='did you mean "timeout"?',
            key="timeot",
            meant="timeout",
        )
    ]


@pytest.mark.parametrize(
    ("section", "body", "key", "place"),
    [
        (
            "batch_deployments",
            {"type": "model", "model": "m", "compute": "c", "mini_batch_size": 1},
            "mini_batch_size",
            "settings",
        ),
        (
            "batch_deployments",
            {"type": "model", "model": "m", "compute": "c", "retry_settings": {}},
            "retry_settings",
            "settings",
        ),
    ],
)
def test_a_key_that_belongs_into_a_map_beside_it_is_told_where(
    section: str, body: dict[str, Any], key: str, place: str
) -> None:
    (error,) = AZUREML.judge({section: {"main": body}})
    assert (error.key, error.help) == (key, f"{key} is a field of {place}: write {place}: {{{key}: …}}")


def test_every_error_of_every_body_is_told_in_the_order_of_their_places() -> None:
    errors = AZUREML.judge(
        {
            "jobs": {"b": {**COMMAND, "tags": {"n": 1}}, "a": {"type": "comand"}},
            "data": {"d": {"type": "folder"}},
        }
    )
    assert [(".".join(map(str, error.path)), error.message) for error in errors] == [
        ("jobs.b.tags.n", "n must be a string, not 1"),
        ("jobs.a.type", 'type must be one of command, pipeline, sweep, spark, automl, not "comand"'),
        ("data.d", "path is required here"),
        ("data.d.type", 'type must be one of uri_file, uri_folder, mltable, not "folder"'),
    ]


class Backwards:
    """A validator that finds the same in another order."""

    def __init__(self, real: Draft202012Validator) -> None:
        self.real = real

    def iter_errors(self, document: object) -> list[ValidationError]:
        return [*self.real.iter_errors(document)][::-1]

    def evaluate(self, document: object) -> SimpleNamespace:
        evaluation = self.real.evaluate(document)
        return SimpleNamespace(valid=evaluation.valid, annotations=lambda: [*evaluation.annotations()][::-1])


TURNED = replace(AZUREML)
TURNED.__dict__["_validator"] = Backwards(AZUREML._validator)


@pytest.mark.parametrize("schema", [AZUREML, TURNED], ids=["as it is", "backwards"])
def test_places_are_told_in_the_order_of_the_document_whatever_that_of_the_validator(schema: Schema) -> None:
    right = {"jobs": {"t": {**COMMAND, "inputs": {"b": {"path": "b"}, "a": {"path": "a"}}, "code": "src"}}}
    marks = [mark.path[2:] for mark in schema.annotations(right) if mark.reference or mark.local_path]
    assert marks == [("environment",), ("compute",), ("inputs", "b", "path"), ("inputs", "a", "path"), ("code",)]
    wrong = {"jobs": {"t": {**COMMAND, "b": 1, "a": 1, "limits": {"z": 1, "y": 1}, "tags": 3}}}
    assert [(error.path[2:], error.key) for error in schema.judge(wrong)] == [
        ((), "a"),
        ((), "b"),
        (("limits",), "y"),
        (("limits",), "z"),
        (("tags",), None),
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"online_endpoints": {"churn": {"deployments": {"blue": {"endpoint_name": "other", "instance_type": 4}}}}},
        {"online_deployments": {"churn.blue": {"endpoint_name": "other", "instance_type": 4}}},
    ],
    ids=["inside the endpoint", "as a section"],
)
def test_a_deployment_is_judged_inside_its_endpoint_and_as_a_section(document: dict[str, Any]) -> None:
    assert [(error.path[-1], error.message, error.help) for error in AZUREML.judge(document)] == [
        (
            "endpoint_name",
            'endpoint_name must be "churn", as the entry is called, not "other"',
            "leave endpoint_name out",
        ),
        ("instance_type", "instance_type must be a string, not 4", 'write it in quotes: "4"'),
    ]


@pytest.mark.parametrize(
    ("section", "body", "path", "reference", "local_path"),
    [
        ("jobs", COMMAND, ("environment",), Reference(("environments",), "asset", "needs", False, False), None),
        ("jobs", {**COMMAND, "code": "src"}, ("code",), None, LocalPath("any", None, ("asset", "id"))),
        (
            "jobs",
            {**COMMAND, "inputs": {"a": {"type": "uri_folder", "path": "customers"}}},
            ("inputs", "a", "path"),
            Reference(("data",), "data_path", "needs", of_keys=False, any_type=False),
            LocalPath("any", None, ("asset", "id", "uri", "binding")),
        ),
        (
            "jobs",
            {**COMMAND, "inputs": {"a": {"type": "mlflow_model", "path": "churn"}}},
            ("inputs", "a", "path"),
            Reference(("models",), "data_path", "needs", of_keys=False, any_type=False),
            LocalPath("any", None, ("asset", "id", "uri", "binding")),
        ),
        (
            "jobs",
            {**COMMAND, "inputs": {"a": {"path": "customers"}}},
            ("inputs", "a", "path"),
            Reference(("data", "models"), "data_path", "needs", of_keys=False, any_type=False),
            LocalPath("any", None, ("asset", "id", "uri", "binding")),
        ),
        (
            "jobs",
            {"type": "pipeline", "jobs": {"t": {"component": "./train.yml"}}},
            ("jobs", "t", "component"),
            Reference(("components",), "asset", "needs", of_keys=False, any_type=False),
            LocalPath("file", None, ("asset",)),
        ),
        (
            "workspaces",
            {"image_build_compute": "cpu"},
            ("image_build_compute",),
            Reference(("compute_clusters",), "name", "names", of_keys=False, any_type=False),
            None,
        ),
        (
            "workspaces",
            {"identity": {"type": "user_assigned", "user_assigned_identities": {"trainer": {}}}},
            ("identity", "user_assigned_identities"),
            Reference(("identities",), "id", "needs", of_keys=True, any_type=False),
            None,
        ),
        (
            "compute_clusters",
            {"identity": {"type": "user_assigned", "user_assigned_identities": [{"resource_id": "trainer"}]}},
            ("identity", "user_assigned_identities", 0, "resource_id"),
            Reference(("identities",), "id", "needs", of_keys=False, any_type=False),
            None,
        ),
        (
            "datastores",
            {"type": "azure_blob", "account_name": "lake", "container_name": "raw"},
            ("account_name",),
            Reference(("storage_accounts",), "account_name", "needs", of_keys=False, any_type=False),
            None,
        ),
        (
            "online_endpoints",
            {"traffic": {"blue": 100}},
            ("traffic",),
            Reference(("online_deployments", "batch_deployments"), "key", "names", of_keys=True, any_type=False),
            None,
        ),
        (
            "online_endpoints",
            {"deployments": {"blue": {"instance_type": "a", "code_configuration": {"scoring_script": "score.py"}}}},
            ("deployments", "blue", "code_configuration", "scoring_script"),
            None,
            LocalPath("file", "code", ("binding",)),
        ),
        (
            "schedules",
            {"trigger": {"type": "cron", "expression": "0 6 * * 1"}, "create_job": "train"},
            ("create_job",),
            Reference(("jobs",), "file", "needs", of_keys=False, any_type=False),
            LocalPath("file", None, ("asset",)),
        ),
        (
            "models",
            {"from_job": "train", "output": "model"},
            ("from_job",),
            Reference(("jobs",), "file", "needs", of_keys=False, any_type=False),
            None,
        ),
    ],
)
def test_a_reference_and_a_path_are_found_where_they_stand(
    section: str,
    body: dict[str, Any],
    path: tuple[str | int, ...],
    reference: Reference | None,
    local_path: LocalPath | None,
) -> None:
    found = {annotation.path: annotation for annotation in AZUREML.annotations({section: {"main": body}})}
    place = (section, "main", *path)
    assert (found[place].reference, found[place].local_path) == (reference, local_path)


def test_a_placeholder_hides_no_reference_of_the_same_body() -> None:
    body = {"storage_account": "${storage_accounts.lake.id}", "key_vault": "secrets"}
    found = [annotation.path[-1] for annotation in AZUREML.annotations({"workspaces": {"main": body}})]
    assert sorted(map(str, found)) == ["key_vault", "storage_account"]


def test_a_wrong_body_has_no_references() -> None:
    assert AZUREML.annotations({"jobs": {"train": {**COMMAND, "comand": ""}}}) == []


def test_a_wrong_body_has_the_references_that_are_right_where_they_are_asked_for() -> None:
    wrong = {"jobs": {"train": {**COMMAND, "comand": "", "tags": 5, "limits": {"timeot": 5}}}}
    assert AZUREML.annotations(wrong, even_if_refused=True) == AZUREML.annotations({"jobs": {"train": COMMAND}})


def test_ten_thousand_entries_are_judged_and_read() -> None:
    document = {"jobs": {f"job{number}": COMMAND for number in range(MANY_ENTRIES)}}
    assert AZUREML.judge(document) == []
    assert len(AZUREML.annotations(document)) == 2 * MANY_ENTRIES


@pytest.mark.parametrize(
    ("section", "body", "name"),
    [
        ("jobs", {}, "commandJob"),
        ("jobs", {"type": "sweep"}, "sweepJob"),
        ("datastores", {"type": "azure_blob"}, "azureBlob"),
        ("workspaces", {}, "workspace"),
        ("online_deployments", {}, "managedOnlineDeployment"),
        ("batch_deployments", {"type": "pipeline"}, "pipelineComponentBatchDeployment"),
        ("batch_deployments", {}, "batchDeployment"),
        ("monitors", {}, "monitorSchedule"),
    ],
)
def test_a_file_names_the_published_schema_of_its_body(section: str, body: dict[str, str], name: str) -> None:
    assert BY_NAME[section].schema_url(body) == f"https://azuremlschemas.azureedge.net/latest/{name}.schema.json"


@pytest.mark.parametrize(
    ("section", "body", "message"),
    [
        (
            "compute_clusters",
            {"idle_time_before_scale_down": -300},
            "idle_time_before_scale_down must be at least 1, not -300",
        ),
        (
            "compute_clusters",
            {"idle_time_before_scale_down": 0},
            "idle_time_before_scale_down must be at least 1, not 0",
        ),
        ("compute_clusters", {"min_instances": -1}, "min_instances must be at least 0, not -1"),
        ("jobs", {**COMMAND, "limits": {"timeout": "-5"}}, 'timeout must be at least 1, not "-5"'),
        ("jobs", {**COMMAND, "limits": {"timeout": "soon"}}, 'timeout must be an integer, not "soon"'),
        ("jobs", {**COMMAND, "resources": {"instance_count": "-1"}}, 'instance_count must be at least 0, not "-1"'),
        (
            "jobs",
            {**COMMAND, "resources": {"instance_count": "9" * 19}},
            f'instance_count must be an integer, not "{"9" * 19}"',
        ),
        (
            "compute_instances",
            {"idle_time_before_shutdown": "-PT30M"},
            'idle_time_before_shutdown must be a duration such as P7D or PT30M, not "-PT30M"',
        ),
    ],
)
def test_a_time_or_a_count_below_the_least_is_refused(section: str, body: dict[str, Any], message: str) -> None:
    assert [error.message for error in AZUREML.judge({section: {"main": body}})] == [message]


@pytest.mark.parametrize("value", [1, "1", "+1", "001", 300])
def test_a_time_from_the_least_on_is_taken(value: object) -> None:
    assert AZUREML.judge({"jobs": {"main": {**COMMAND, "limits": {"timeout": value}}}}) == []
