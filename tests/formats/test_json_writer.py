from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.formats.json_writer import to_json

PLAIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="#"))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | PLAIN
DOCUMENTS = st.recursive(SCALARS, lambda below: st.lists(below) | st.dictionaries(PLAIN, below) | st.tuples(below))


@given(DOCUMENTS)
def test_plain_data_is_printed_as_python_prints_it(document: object) -> None:
    assert to_json(document) == json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a#b [c]", "a#b [c]"),
        ("é\U0001f600", "é\U0001f600"),
        ("\x7f\x85\u202e", "\\u007f\\u0085\\u202e"),
        ('\x00\n\t"\\', '\\u0000\\n\\t\\"\\\\'),
        ("\ud800", "\\ud800"),
        ("\U000e0020", "\\udb40\\udc20"),
        ("##vso[a", "\\u0023#vso[a"),
        ("###VSO[a", "#\\u0023#VSO[a"),
        ("#é#[a", "\\u0023é#[a"),
    ],
    ids=ascii,
)
def test_what_nobody_sees_is_an_escape_in_keys_and_values(text: str, printed: str) -> None:
    assert to_json([{text: text}]) == f'[\n  {{\n    "{printed}": "{printed}"\n  }}\n]\n'
