"""The schema for editors accepts what the models accept, and marks what they refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from mlinfra.bodies.editor import for_editors
from mlinfra.diagnostics import Span
from mlinfra.header.network import Network
from mlinfra.languages.platform.editor import editor_schema
from mlinfra.source.tree import Field, Mapping, plain
from tests.kinds.harness import judged, parsed
from tests.kinds.test_kinds import INVALID, VALID

SCHEMA = editor_schema()
SECTIONS = SCHEMA["sections"]


def schema_of_spec() -> dict[str, Any]:
    properties = {section: {"type": "object", "additionalProperties": schema} for section, schema in SECTIONS.items()}
    network = Network.model_json_schema()
    beside = network.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties | {"network": for_editors(network)},
        "$defs": SCHEMA["$defs"] | {name: for_editors(schema) for name, schema in beside.items()},
    }


VALIDATOR = jsonschema_rs.validator_for(schema_of_spec())


@pytest.mark.parametrize("case", VALID, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_right_bodies_are_accepted(case: Path) -> None:
    assert list(VALIDATOR.iter_errors(plain(parsed(case.read_text(encoding="utf-8"))))) == []


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.parent.parent.name)
def test_wrong_bodies_are_marked_where_the_compiler_marks_them(case: Path) -> None:
    text = case.read_text(encoding="utf-8")
    _, found = judged(text)
    written = parsed(text)
    marked = {".".join(map(str, error.instance_path[:2])) for error in VALIDATOR.iter_errors(plain(written))}
    for entry in (_entry_at(written, finding.span.line) for finding in found):
        assert {entry, entry.partition(".")[0]} & marked  # an unknown key of `network` is marked at `network`


def _entry_at(written: Mapping, line: int) -> str:
    """The section and entry, or `network` and its key, in which a line lies."""
    keys = {f"{section}.{name}": key for section, field in written.fields.items() for name, key in _keys(field)}
    return max((key.line, place) for place, key in keys.items() if key.line <= line)[1]


def _keys(field: Field) -> list[tuple[str, Span]]:
    entries = field.value.fields if isinstance(field.value, Mapping) else {}
    return [(name, entry.key) for name, entry in entries.items()]


@pytest.mark.parametrize(
    ("section", "body", "accepted"),
    [
        ("key_vaults", {"soft_delete_days": "${var.days}"}, True),
        ("key_vaults", {"purge_protection": "${var.purge}"}, True),
        ("key_vaults", {"sku": "${var.sku}"}, True),
        ("key_vaults", {"soft_delete_days": "seven"}, False),
        ("key_vaults", {"x-owner": {"any": "thing"}}, True),
        ("key_vaults", {"owner": "me"}, False),
        ("key_vaults", None, True),
        ("key_vaults", {"properties": {"any": ["thing"]}}, True),
        ("storage_accounts", {"containers": {"raw": None}}, True),
        ("storage_accounts", {"file_shares": {"x": {"quota_gb": 0}}}, False),
        ("principals", None, False),
        ("principals", {"object_id": "${var.group}", "role": "reader", "workspace": "main"}, True),
        ("principals", {"object_id": "me", "role": "reader"}, False),
    ],
)
def test_editors_know_placeholders_own_keys_and_empty_entries(section: str, body: object, accepted: bool) -> None:
    assert VALIDATOR.is_valid({section: {"main": body}}) is accepted


def test_every_key_is_described() -> None:
    undescribed = [
        f"{model}.{key}"
        for model, schema in SCHEMA["$defs"].items()
        for key, below in schema.get("properties", {}).items()
        if "description" not in below
    ]
    assert undescribed == []
