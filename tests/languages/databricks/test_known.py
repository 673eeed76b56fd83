"""Which of our fields a checkout of the CLI knows, and which of them are younger than what they are fields of."""

from __future__ import annotations

from typing import Any

from tools.databricks_schema.known import fields, younger


def _theirs(*of_jobs: str, **of_tasks: Any) -> dict[str, Any]:
    tasks: Any = {"oneOf": [{"items": {"$ref": "#/$defs/deep/Task"}}]}
    job = {"properties": {"tasks": tasks} | {name: {} for name in of_jobs}}
    return {
        "properties": {"resources": {"oneOf": [{"properties": {"jobs": {"additionalProperties": job}}}]}},
        "$defs": {"deep": {"Task": {"properties": of_tasks}}},
    }


OURS = {
    "properties": {"databricks_jobs": {"additionalProperties": {"$ref": "#/$defs/entries.databricks_jobs"}}},
    "$defs": {
        "entries.databricks_jobs": {
            "properties": {"tasks": {"items": {"$ref": "#/$defs/a.task"}}, "name": {}, "x": {}}
        },
        "a.task": {"$ref": "#/$defs/jobs.Task"},
        "jobs.Task": {"properties": {"task_key": {}, "new": {}, "ours": {}}},
    },
}


def test_a_field_is_known_where_both_have_it_and_named_by_our_definition() -> None:
    assert fields(OURS, _theirs("name", "other", task_key={}, other={})) == {
        ("entries.databricks_jobs", "tasks"),
        ("entries.databricks_jobs", "name"),
        ("jobs.Task", "task_key"),
    }


def test_what_is_as_old_as_its_definition_is_not_told() -> None:
    known = {("jobs.Task", "task_key"): "1.2.0", ("jobs.Task", "a"): "1.2.0", ("jobs.Task", "new"): "1.10.0"}
    assert younger(known) == {("jobs.Task", "new"): "1.10.0"}
