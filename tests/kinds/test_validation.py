"""Bodies whose values are written elsewhere, and bodies of anyone's model."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field

from mlinfra.bodies.body import Body
from mlinfra.bodies.mending import mended_body
from mlinfra.diagnostics import Related, Span
from mlinfra.languages.platform.kind import NestedBody
from mlinfra.languages.platform.security.key_vaults import KeyVault
from mlinfra.source import tree
from tests.kinds.harness import parsed


class Part(NestedBody):
    count: int = 1


class Whole(Body):
    either: Literal["auto"] | int | None = None
    parts: dict[str, Part] = {}
    many: Annotated[int, Field(gt=1_000_000)] = 1_000_001
    words: list[str] | dict[str, str] = []
    zones: list[Literal["1", "2"]] = []


def span(line: int, column: int) -> Span:
    return Span("/specs/ml-platform.yaml", line, column, line, column + 4)


def test_a_value_from_a_variable_is_reported_where_it_is_written_and_used() -> None:
    value = tree.Scalar("gold", span(3, 20), used_at=span(12, 10))
    body = tree.Mapping({"sku": tree.Field(span(12, 5), value)}, span(12, 5))
    found = mended_body(KeyVault, body, "key_vaults.main").findings
    assert [(finding.span, finding.related) for finding in found] == [
        (span(3, 20), (Related("used here", span(12, 10)),))
    ]


def test_what_an_entry_lacks_is_reported_at_its_key() -> None:
    class Needs(Body):
        name: str

    found = mended_body(Needs, tree.Mapping({}, span(5, 9)), "things.a", key=span(4, 3)).findings
    assert [(finding.span, finding.message) for finding in found] == [(span(4, 3), "things.a lacks name")]


def test_own_keys_and_empty_nested_entries_are_no_errors() -> None:
    mended = mended_body(Whole, parsed("x-note: mine\nparts: {a: , b: {x-y: 1, count: 2}}"), "things.a")
    assert mended.findings == ()
    assert mended.model == Whole(parts={"a": Part(), "b": Part(count=2)})


def test_a_number_that_should_be_text_is_told_to_be_quoted() -> None:
    (found,) = mended_body(Whole, parsed("zones: [1]"), "things.a").findings
    assert (found.message, found.help) == ('zones[0] must be one of "1", "2", not 1', 'quote it: "1"')


@pytest.mark.parametrize(
    ("body", "help_text"),
    [
        ("network_acls: {bypass: {which: None}}", "write bypass: none"),
        ("network_acls: {bypass: {which: ~}}", "write bypass: none"),
        ("network_acls: {bypass: {which: 1, what: [none]}}", None),
        ("sku: {name: Premium, family: A}", "write sku: premium"),
        ("sku: {name: true}", None),
    ],
)
def test_a_word_that_stands_in_a_mapping_is_said(body: str, help_text: str | None) -> None:
    (found,) = mended_body(KeyVault, parsed(body), "key_vaults.main").findings
    assert found.help == help_text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("either: [1]", "either must be one of auto, not a list"),
        ("many: 1000000", "many must be more than 1000000, not 1000000"),
        ("words: 4", "words must be a list or a mapping, not 4"),
        ("parts: {a: {count: yes}}", "count must be an integer, not true"),
        ("parts: {a: {count: 1.5}}", "count must be an integer, not 1.5"),
        ("parts: {a: {cont: 1}}", 'unknown key "cont" in things.a.parts.a'),
    ],
)
def test_every_error_is_one_sentence_in_our_words(body: str, message: str) -> None:
    found = mended_body(Whole, parsed(body), "things.a").findings
    assert [finding.message for finding in found] == [message]
