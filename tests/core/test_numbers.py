"""Every number that a body takes has bounds: what is larger than Bicep can hold never reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlinfra.languages.azureml.schema import SCHEMA as AZUREML
from mlinfra.languages.platform.editor import editor_schema
from tests.core.cases import CLUSTER, WORKSPACE, Wrong, told

LEAST, MOST = {"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}


def _without_bounds(node: Any, path: str, *types: str) -> Iterator[str]:
    if isinstance(node, dict):
        bounded = "enum" in node or (LEAST & node.keys() and MOST & node.keys())
        if node.get("type") in types and not bounded:
            yield path
        for key, below in node.items():
            yield from _without_bounds(below, f"{path}/{key}", *types)
    elif isinstance(node, list):
        for place, below in enumerate(node):
            yield from _without_bounds(below, f"{path}/{place}", *types)


def test_every_number_of_our_kinds_has_bounds() -> None:
    assert list(_without_bounds(editor_schema(), "", "integer", "number")) == []


def test_every_integer_of_azure_ml_has_bounds() -> None:
    assert list(_without_bounds(AZUREML.read(), "", "integer")) == []


WRONG = (
    Wrong(
        "a whole number that is a float",
        WORKSPACE + CLUSTER.replace("}}", ", max_instances: 1.0e+300}}"),
        "7:65 MLI220 max_instances must be at most 9223372036854775807, not 1e+300",
    ),
    Wrong(
        "a quota of our own kinds",
        "log_analytics: {main: {daily_quota_gb: 1.0e+300}}\n",
        "6:40 MLI215 daily_quota_gb must be at most 1000000, not 1e+300",
    ),
    Wrong(
        "a text that stands for a number",
        WORKSPACE
        + 'online_endpoints: {e: {auth_mode: aad_token, traffic: {d: "99999999999999999999"}, deployments: '
        + "{d: {model: azureml:m:1, instance_type: Standard_D4as_v4}}}}\n",
        '7:59 MLI220 d must be an integer, not "99999999999999999999"',
    ),
)


@pytest.mark.parametrize("case", WRONG, ids=[case.what for case in WRONG])
def test_a_number_that_is_too_large(case: Wrong, tmp_path: Path) -> None:
    assert told(tmp_path, case.header + case.text, case.files) == case.said
