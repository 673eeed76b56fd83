"""Nothing is forgotten: every kind that a file declares is registered, in a layer that everything knows."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

import mlinfra.languages.platform
from mlinfra.languages.platform import DERIVED_KINDS, KINDS, NESTED_KINDS
from mlinfra.languages.platform.kind import Kind

PACKAGE = "mlinfra.languages.platform"
ROOT = Path(mlinfra.languages.platform.__file__).parent
FILES = sorted(ROOT.glob("*/*.py"))


def test_every_kind_that_a_file_declares_is_registered() -> None:
    declared = [
        value
        for file in FILES
        if file.stem != "__init__"
        for value in vars(importlib.import_module(f"{PACKAGE}.{file.parent.name}.{file.stem}")).values()
        if isinstance(value, Kind)
    ]
    assert {kind.name for kind in declared} == {kind.name for kind in (*KINDS, *NESTED_KINDS, *DERIVED_KINDS)}


def test_sections_are_unique() -> None:
    sections = [kind.name for kind in (*KINDS, *NESTED_KINDS, *DERIVED_KINDS)]
    assert len(sections) == len(set(sections))


@pytest.mark.parametrize("kind", [*KINDS, *NESTED_KINDS], ids=lambda kind: kind.name)
def test_what_can_be_named_has_a_rule_for_its_name(kind: Kind[Any]) -> None:
    assert kind.name_rule or "azure_name" not in kind.model.model_fields
