"""YAML files that a spec names are read under the bounds of the spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.repository.files import Files
from mlinfra.source.named_yaml import document_in, mapping_in

BOMB = "a0: &a0 [x, x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
UNREAD = (
    ("", "the file is empty"),
    ("- a\n", "the file holds a list, not sections"),
    ("a: [\n", "YAML does not parse: did not find expected node content"),
    ("a: " + "[" * 500 + "]" * 500, "nested deeper than 64 levels"),
    (BOMB, "aliases repeat more than 100,000 values"),
)


def named(folder: Path, text: str) -> tuple[Files, Path]:
    (folder / "named.yml").write_text(text, encoding="utf-8")
    return Files(folder), folder / "named.yml"


def test_a_mapping_is_read(tmp_path: Path) -> None:
    assert mapping_in(*named(tmp_path, "a: {b: [1, x]}\n")) == {"a": {"b": [1, "x"]}}


@pytest.mark.parametrize(("text", "said"), UNREAD, ids=[said for _, said in UNREAD])
def test_what_holds_no_mapping_that_can_be_read_is_none(text: str, said: str, tmp_path: Path) -> None:
    files, path = named(tmp_path, text)
    assert mapping_in(files, path) is None
    assert document_in(files, path).diagnostics[-1].message == said


@pytest.mark.parametrize("number", ["1" * 5000, "0x" + "f" * 5000, "1:" * 3000 + "1", "0b" + "1" * 90, "1" * 30])
def test_a_number_of_more_than_64_bits_is_no_value(number: str, tmp_path: Path) -> None:
    assert mapping_in(*named(tmp_path, f"a: {number}\n")) == {"a": None}
