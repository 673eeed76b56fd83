"""The committed schema is what databricks-sdk and the overlay say, and says it of every field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mlinfra.languages import ROWS
from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.languages.databricks.sections import SECTIONS
from mlinfra.schemas.judge import Reference
from tools.databricks_schema import derive, overlay
from tools.databricks_schema.read import Reader

STALE = "databricks.schema.json is not what the SDK and the overlay say; `make databricks-schema` derives it"


@pytest.fixture(scope="module")
def reader() -> Reader:
    reader = Reader()
    derive.derive(reader)
    return reader


def test_the_committed_schema_is_current() -> None:
    assert derive.SCHEMA_FILE.read_text(encoding="utf-8") == derive.schema_text(), STALE


def test_every_line_of_the_overlay_fits_something(reader: Reader) -> None:
    lines = {*overlay.NOT_REQUIRED, *overlay.LEFT_OUT, *overlay.MARKS, *overlay.NODES}
    assert sorted(lines - reader.used) == []
    names = {row.name for row in SECTIONS}
    assert sorted({*overlay.BUNDLE_ONLY} - names) == []


def test_nothing_that_is_left_out_has_gone(reader: Reader) -> None:
    """A field that the SDK dropped leaves the tables, too."""
    for table in (overlay.NOT_REQUIRED, overlay.LEFT_OUT):
        for name, fields in table.items():
            assert sorted(set(fields) - reader.fields[name]) == []


def test_every_field_has_a_description() -> None:
    schema = SCHEMA.read()
    fields = {f"{name}.{key}": field for name, node in schema["$defs"].items() for key, field in _fields(node)}
    assert len(fields) > 1000
    assert [place for place, field in fields.items() if not _described(schema, field)] == []


def test_what_only_the_service_answers_is_left_out() -> None:
    taken_though = {"entries.databricks_sql_warehouses.customer_version_label"}  # `create` takes it
    schema = SCHEMA.read()
    fields = {f"{name}.{key}": field for name, node in schema["$defs"].items() for key, field in _fields(node)}
    answered = {place for place, field in fields.items() if _is_answered(place, field)}
    assert sorted(answered - taken_though) == [], "add them to LEFT_OUT of tools/databricks_schema/overlay.py"


def _is_answered(place: str, field: Any) -> bool:
    said = field.get("description", "").lower()
    return place.rpartition(".")[2].startswith("effective_") or "output only" in said or "output-only" in said


def _fields(node: Any) -> Iterator[tuple[str, Any]]:
    yield from node.get("properties", {}).items()


def _described(schema: Any, field: Any) -> bool:
    return bool(field.get("description")) or ("$ref" in field and _described(schema, _at(schema, field["$ref"])))


def _at(schema: Any, reference: str) -> Any:
    return schema["$defs"][reference.removeprefix("#/$defs/")]


def test_references_lead_to_sections() -> None:
    named = {section for to in _references(SCHEMA.read()) for section in to.sections}
    assert named - set(ROWS) == set()


def _references(node: Any) -> Iterator[Reference]:
    if isinstance(node, dict):
        if "x-reference" in node:
            marked = node["x-reference"]
            yield Reference(tuple(marked["sections"]), marked["form"], marked["edge"], False, False)
        for below in node.values():
            yield from _references(below)
    elif isinstance(node, list):
        for below in node:
            yield from _references(below)
