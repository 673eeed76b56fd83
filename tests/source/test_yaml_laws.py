"""What holds for every text: it is read as PyYAML reads it, positions are right, and only Problem is raised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlinfra.diagnostics import Problem, has_errors
from mlinfra.diagnostics.lines import line_starts
from mlinfra.source import load
from mlinfra.source.tree import Mapping, Node, Scalar, plain, scalars
from mlinfra.source.yaml_events import read_yaml
from tests.source.report import SPEC, start


class _DatesAsText(yaml.CSafeLoader):
    """PyYAML's safe loader with the one difference that the language asks for."""


def _text_of(loader: _DatesAsText, node: yaml.ScalarNode) -> str:
    return str(node.value)


_DatesAsText.add_constructor("tag:yaml.org,2002:timestamp", _text_of)

PLAIN = (
    "a|b|cpu|yes|No|on|true|False|null|~||1|010|0x1F|0b11|1_000|1:30|1.5|1e3|1.5e+3|.5|-0|+1|2025-01-01|-|<<|=|@x|%x|`x"
)
OTHER = (
    *("2025-01-01 10:00:00", "'q'", '"\\t\\u00e9"', "'it''s'", "- a", "? a", "a b", "é日本", "# c", "a #b", "a: b"),
    *("|\n  block\n  text\n", ">-\n  folded\n  text\n", "!!str 5", "!!int '7'", "! 5", "&x 1", "*x", "{a: 1}"),
    *("[1, yes]", "${var.x}", "${{inputs.x}}"),
)
STRUCTURE = (*":,[]{}\n\t", ": ", "\n  ", "\n    ", "- ", "---\n", "...\n", "\r\n", "&x ", "<<: *x")
PIECES = st.sampled_from((*PLAIN.split("|"), *OTHER, *STRUCTURE))
TEXTS = st.lists(PIECES, max_size=25).map("".join)

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
)
KEYS = st.text(min_size=1, max_size=10)
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        LEAVES, lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=4), max_leaves=20
    ),
)


@settings(max_examples=500)
@given(TEXTS)
def test_what_is_accepted_is_what_pyyaml_reads(text: str) -> None:
    document = read_yaml("f", text)
    if document.root is None or has_errors(document.diagnostics):
        return
    assert plain(document.root) == yaml.load(text, Loader=_DatesAsText)


@given(DOCUMENTS, st.sampled_from((True, False, None)), st.booleans())
def test_what_pyyaml_writes_is_read_back(data: dict[str, Any], flow: bool | None, allow_unicode: bool) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=allow_unicode)
    document = read_yaml("f", text)
    refused = {diagnostic.code.id for diagnostic in document.diagnostics if diagnostic.severity == "error"}
    assert refused <= {"MLI103"}  # control characters, which PyYAML escapes
    if not refused:
        assert document.root is not None
        assert plain(document.root) == data


@settings(max_examples=500)
@given(TEXTS)
def test_the_text_at_a_scalar_is_its_source(text: str) -> None:
    document = read_yaml("f", text)
    if document.root is None or has_errors(document.diagnostics):
        return
    starts = line_starts(text)
    for _, scalar in scalars(document.root):
        _, line, column, end_line, end_column = scalar.span
        end = starts[end_line - 1] + end_column - 1 if end_line <= len(starts) else len(text)
        source = text[starts[line - 1] + column - 1 : end]
        if "\n" not in source and not source.startswith("&"):
            assert yaml.load(source or "null", Loader=_DatesAsText) == scalar.value


@settings(max_examples=500)
@given(TEXTS)
def test_a_collection_holds_the_places_of_its_values(text: str) -> None:
    document = read_yaml("f", text)
    if document.root is not None and not has_errors(document.diagnostics) and "*x" not in text:
        _assert_nested(document.root)


def _assert_nested(node: Node) -> None:
    if isinstance(node, Scalar):
        return
    below = [field.value for field in node.fields.values()] if isinstance(node, Mapping) else node.items
    for child in below:
        assert node.span[1:3] <= child.span[1:3]
        assert child.span[3:5] <= node.span[3:5]
        _assert_nested(child)


@given(st.binary(max_size=200) | TEXTS.map(str.encode))
def test_no_bytes_raise_anything_but_a_problem(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder: Path = tmp_path_factory.mktemp("any")
    path = folder / SPEC
    path.write_bytes(content)
    try:
        found = load(start(path)).findings
    except Problem as problem:
        found = problem.diagnostics
        raised = True
    else:
        raised = False
    assert has_errors(found) == raised
