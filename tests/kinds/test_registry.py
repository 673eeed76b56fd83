"""Nothing is forgotten: every kind that a file declares is registered, in a layer that everything knows."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

import mlinfra.languages.platform
from mlinfra.azure.name_rules import NAME_RULES
from mlinfra.languages.layers import layer_of
from mlinfra.languages.platform import DERIVED_KINDS, KINDS
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
    assert {kind.section for kind in declared} == {kind.section for kind in (*KINDS, *DERIVED_KINDS)}


def test_sections_are_unique() -> None:
    sections = [kind.section for kind in (*KINDS, *DERIVED_KINDS)]
    assert len(sections) == len(set(sections))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.section)
def test_what_extends_a_resource_goes_to_its_layer(kind: Kind[Any]) -> None:
    assert layer_of(f"{kind.section}.main") == kind.layer


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.section)
def test_what_becomes_a_resource_has_a_rule_for_its_name(kind: Kind[Any]) -> None:
    named = [kind.section] if "azure_name" in kind.model.model_fields else []
    named += [key for key, model in kind.nested.items() if "azure_name" in model.model_fields]
    assert set(named) <= set(NAME_RULES)
