"""The rendering for editors takes what the judge takes, in the regular expressions and keywords that editors have."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml

from mlinfra.languages.azureml.editor import editor_schema
from mlinfra.languages.azureml.sections import SECTIONS

BODIES = Path(__file__).parent / "bodies"
SCHEMA = editor_schema()
ANOTHER_SPELLING = {"compute_clusters/full"}  # AmlCompute: an `enum` lists one spelling
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def _validator(section: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(SCHEMA["sections"][section] | {"$defs": SCHEMA["$defs"]})


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)


@pytest.mark.parametrize("path", sorted(BODIES.glob("*/*.yml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_right_body_is_right_in_an_editor(path: Path) -> None:
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    section = path.parent.name
    if section not in SCHEMA["sections"]:  # a deployment is written inside its endpoint
        body, section = {"deployments": {"blue": body}}, section.replace("deployments", "endpoints")
    assert _validator(section).is_valid(body) != (f"{path.parent.name}/{path.stem}" in ANOTHER_SPELLING)


@pytest.mark.parametrize("path", sorted(BODIES.glob("*/invalid/misspelled_field.yml")), ids=lambda path: path.parts[-3])
def test_a_misspelled_field_is_wrong_in_an_editor(path: Path) -> None:
    assert not _validator(path.parts[-3]).is_valid(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_it_is_plain_json_schema_with_expressions_of_ecmascript() -> None:
    jsonschema_rs.meta.validate({"$schema": DRAFT, "$defs": SCHEMA["$defs"]})
    names = {key for node in _nodes(SCHEMA["$defs"]) for key in node if key.startswith("x-")}
    assert names == set()
    patterns = [node["pattern"] for node in _nodes(SCHEMA["$defs"]) if isinstance(node.get("pattern"), str)]
    assert [pattern for pattern in patterns if re.search(r"\(\?[^:=!<]|\(\?<[^=!]|\\[AZz]", pattern)] == []


@pytest.mark.parametrize(
    ("section", "body"),
    [
        (
            "compute_clusters",
            {"max_instances": "${var.nodes}", "tier": "${var.tier}", "enable_node_public_ip": "${var.ip}"},
        ),
        ("online_endpoints", {"deployments": {"blue": {"instance_type": "a", "instance_count": "${var.count}"}}}),
        ("jobs", {"command": "a", "environment": "${var.environment}", "limits": {"timeout": "${var.seconds}"}}),
        ("workspaces", {"key_vault": "${key_vaults.main.id}"}),
        ("workspaces", None),
    ],
)
def test_a_reference_may_stand_where_a_value_is_due_and_an_entry_may_be_empty(section: str, body: Any) -> None:
    assert _validator(section).is_valid(body)


SECRET = {"vault": "main", "secret": "k"}
LAKE = {"type": "azure_blob", "account_name": "lake", "container_name": "raw"}


@pytest.mark.parametrize(
    ("section", "body", "is_right"),
    [
        ("datastores", LAKE | {"credentials": {"account_key": SECRET}}, True),
        ("datastores", LAKE | {"credentials": {"sas_token": SECRET}}, True),
        ("datastores", LAKE | {"credentials": {"account_key": SECRET | {"version": "1"}}}, False),
        ("datastores", LAKE | {"credentials": SECRET}, False),
        ("compute_clusters", {"ssh_settings": {"admin_username": "me", "admin_password": SECRET}}, True),
        ("compute_clusters", {"ssh_settings": {"admin_username": SECRET}}, False),
    ],
)
def test_a_secret_of_a_vault_may_stand_where_a_secret_is_due(section: str, body: Any, is_right: bool) -> None:
    assert _validator(section).is_valid(body) == is_right


def test_what_requires_something_may_not_be_empty() -> None:
    assert not _validator("data").is_valid(None)


def test_every_section_that_is_written_at_the_top_has_a_schema() -> None:
    assert list(SCHEMA["sections"]) == [section.name for section in SECTIONS if section.nested_in is None]
