"""Files that a spec names are read without a traceback, whatever they hold."""

from __future__ import annotations

import pytest

from mlinfra.formats.yaml_reader import mapping_in


def test_a_mapping_is_read() -> None:
    assert mapping_in("a: {b: [1, x]}\n") == {"a": {"b": [1, "x"]}}


@pytest.mark.parametrize(
    "text", ["", "- a\n", "a: [\n", "a: 2020-13-01\n", "a: " + "[" * 5000 + "]" * 5000], ids=lambda text: text[:12]
)
def test_what_holds_no_mapping_that_can_be_read_is_none(text: str) -> None:
    assert mapping_in(text) is None
