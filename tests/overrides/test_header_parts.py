"""The smallest wrong part of a header is left out: what is right of it is there, and what comes after it is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.header import Header, read_header
from mlinfra.source import load
from tests.source.report import SPEC, start, write
from tests.spec import HEADER as ONE_TARGET
from tests.spec import found

SPEC_WITH_FAULTS = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
tags: {env: all, count: 3}
variables: {n: {type: integer, default: 1}, m: {type: number, dflt: 1}}
targets:
  dev: {subscription: mine, mode: development, tags: {a/b: x, c: d}, promote_from: nowhere}
  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: prod, promote_from: dev}
  production: {subscription: 22222222-2222-2222-2222-222222222222, mode: production}
pipelines:
  pool: {name: agents, demands: [docker, $(x), linux]}
  service_connections: {dev: {deploy: churn-dev}, prod: {deploy: "${x}"}, other: {}}
  install: {source: tools/mlinfra, requirements: tools/mlinfra.txt}
"""


@pytest.fixture
def header(tmp_path: Path) -> Header:
    read = read_header(load(start(write(tmp_path, {SPEC: SPEC_WITH_FAULTS}))).value).value
    assert read is not None
    return read


def test_what_is_right_is_there(header: Header) -> None:
    assert header.tags == {"env": "all"}
    assert [(target.name, target.mode, target.promote_from, target.tags) for target in header.targets] == [
        ("dev", "development", None, {"env": "all", "c": "d"}),
        ("prod", "development", "dev", {"env": "all"}),
    ]
    assert header.pipelines is not None
    assert header.pipelines.pool.demands == ["docker", "linux"]
    assert list(header.pipelines.service_connections) == [
        "dev",
        "prod",
        "other",
    ]  # where a value is wrong, another stands


def test_names_of_what_is_left_out_are_known(header: Header) -> None:
    assert header.target_names == ("dev", "prod", "production")


def test_a_wrong_header_hides_nothing_behind_it(tmp_path: Path) -> None:
    spec = ONE_TARGET + "tags: {a/b: x}\nworkspaces: {main: {}}\ncompute_clusters: {cpu: {max_instances: many}}\n"
    assert [item.code.id for item in found(tmp_path, spec, {}) if item.severity == "error"] == ["MLI205", "MLI220"]
