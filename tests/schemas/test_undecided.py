"""If the kind of a body is unknown, a value stays where one of the kinds takes it, and is unknown where none does."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from mlinfra.languages.azureml.schema import SCHEMA as AZUREML
from mlinfra.languages.databricks.schema import SCHEMA as DATABRICKS
from mlinfra.source.tree import UNKNOWN
from tests.languages.azureml import generated_bodies as of_azureml
from tests.languages.databricks import generated_bodies as of_databricks

BODIES_OF_A_SECTION = 20
UNFIT: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("jobs", {"outputs": 1, "inputs": {"a": 5}}, {"outputs": UNKNOWN, "inputs": {"a": 5}}),
    ("jobs", {"resources": {"instance_count": []}}, {"resources": {"instance_count": UNKNOWN}}),
    ("jobs", {"resources": [[]], "compute": "cpu"}, {"resources": UNKNOWN, "compute": "cpu"}),
    ("jobs", {"jobs": {"s": {"inputs": []}}}, {"jobs": {"s": {"inputs": UNKNOWN}}}),
    ("jobs", {"no_field_of_any": 5}, {"no_field_of_any": UNKNOWN}),
    ("connections", {"hub": [], "workspace": "main"}, {"hub": UNKNOWN, "workspace": "main"}),
    ("models", {"release": " ", "output": UNKNOWN}, {"release": UNKNOWN, "output": UNKNOWN}),
)


@pytest.mark.parametrize(("section", "body", "fit"), UNFIT)
def test_a_value_that_no_kind_takes_is_unknown(section: str, body: dict[str, Any], fit: dict[str, Any]) -> None:
    assert AZUREML.kinds.fitting(section, body) == fit


@pytest.mark.parametrize("section", [name for name in AZUREML.whole["properties"] if "deployments" not in name])
def test_a_body_that_the_schema_takes_stays_as_it_is(section: str) -> None:
    random = Random(section)
    for _ in range(BODIES_OF_A_SECTION):
        body = of_azureml.body(section, random)
        assert AZUREML.kinds.fitting(section, body) == body


@pytest.mark.parametrize("section", DATABRICKS.whole["properties"])
def test_a_body_of_databricks_that_the_schema_takes_stays_as_it_is(section: str) -> None:
    for each in of_databricks.bodies(section, Random(section), BODIES_OF_A_SECTION):
        if not DATABRICKS.judge({section: {"entry": each.body}}):
            assert DATABRICKS.kinds.fitting(section, each.body) == each.body
