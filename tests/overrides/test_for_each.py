"""`for_each`: what templates become, in which order targets change them, and what is said of what is wrong in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlinfra.graph import Graph
from tests.installation import FROM_INDEX, add_installation
from tests.spec import compiled

TWO = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
variables:
  teams: {type: map, default: {cards: {nodes: 2}, credit: {nodes: 3}}}
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  prod:
    subscription: 22222222-2222-2222-2222-222222222222
    mode: production
    promote_from: dev
    variables: {teams: {cards: {nodes: 2}, credit: {nodes: 3}, savings: {nodes: 4}}}
    overrides: {OVERRIDES}
network: {inbound: public, outbound: internet, allowed_ips: [203.0.113.0/24]}
workspaces: {main: {}}
"""
CLUSTERS = """\
compute_clusters:
  c-${each.key}: {for_each: "${var.teams}", size: Standard_D4ds_v4, max_instances: "${each.value.nodes}"}
"""


def _graphs(folder: Path, overrides: str = "", text: str = CLUSTERS) -> dict[str, Graph]:
    plans = compiled(folder, TWO.replace("OVERRIDES", overrides) + text).plans
    return {plan.graph.target.name: plan.graph for plan in plans}


def _nodes(graph: Graph) -> dict[str, Any]:
    return {
        entry.name: entry.body.get("max_instances") for entry in graph.section("compute_clusters") if not entry.because
    }


OVERRIDES = {
    "nothing": ("", {"c-cards": 2, "c-credit": 3, "c-savings": 4}),
    "a template": (
        'compute_clusters: {"c-${each.key}": {max_instances: 9}}',
        {"c-cards": 9, "c-credit": 9, "c-savings": 9},
    ),
    "an instance": ("compute_clusters: {c-credit: {max_instances: 1}}", {"c-cards": 2, "c-credit": 1, "c-savings": 4}),
    "both: the instance wins": (
        'compute_clusters: {c-cards: {max_instances: 1}, "c-${each.key}": {max_instances: 8}}',
        {"c-cards": 1, "c-credit": 8, "c-savings": 8},
    ),
    "what it is made for": (
        'compute_clusters: {"c-${each.key}": {for_each: {tax: {nodes: 5}}}}',
        {"c-tax": 5},
    ),
    "an instance is removed": ("compute_clusters: {c-credit: null}", {"c-cards": 2, "c-savings": 4}),
    "a template is removed": ('compute_clusters: {"c-${each.key}": null}', {}),
}


@pytest.mark.parametrize(("overrides", "expected"), OVERRIDES.values(), ids=OVERRIDES)
def test_a_target_overrides_templates_before_and_instances_after(
    overrides: str, expected: dict[str, Any], tmp_path: Path
) -> None:
    graphs = _graphs(tmp_path, overrides)
    assert _nodes(graphs["dev"]) == {"c-cards": 2, "c-credit": 3}
    assert _nodes(graphs["prod"]) == expected


def _addresses(graph: Graph, section: str) -> list[str]:
    return [entry.address for entry in graph.section(section) if not entry.because]


def test_targets_are_those_of_each_item(tmp_path: Path) -> None:
    text = """\
compute_clusters:
  ${each.key}:
    {for_each: {aaa: {in: [dev]}, bbb: {in: [dev, prod]}}, targets: "${each.value.in}", size: Standard_D4ds_v4}
"""
    graphs = _graphs(tmp_path, text=text)
    assert _addresses(graphs["dev"], "compute_clusters") == ["compute_clusters.aaa", "compute_clusters.bbb"]
    assert _addresses(graphs["prod"], "compute_clusters") == ["compute_clusters.bbb"]


NESTED = """\
storage_accounts:
  ${each.key}:
    for_each: {lake: {folders: [raw, clean]}, vault: {folders: [old]}}
    containers:
      ${each.key}-data: {for_each: "${each.value.folders}", metadata: {folder: "${each.key}"}}
      ${each.key}: {metadata: {of: "${each.key}"}}
"""


def test_what_is_nested_in_a_template_may_be_one(tmp_path: Path) -> None:
    override = 'storage_accounts: {lake: {containers: {"${each.key}-data": {metadata: {folder: x}}, raw-data: null}}}'
    graphs = _graphs(tmp_path, override, NESTED)
    of_dev = [
        "storage_accounts.lake.containers.raw-data",
        "storage_accounts.lake.containers.clean-data",
        "storage_accounts.lake.containers.lake",
        "storage_accounts.vault.containers.old-data",
        "storage_accounts.vault.containers.vault",
    ]
    assert _addresses(graphs["dev"], "containers") == of_dev
    assert _addresses(graphs["prod"], "containers") == of_dev[1:]
    metadata = {entry.name: entry.body["metadata"] for entry in graphs["prod"].section("containers")}
    assert metadata["clean-data"] == {"folder": "x"}
    assert metadata["old-data"] == {"folder": "old"}
    assert metadata["vault"] == {"of": "vault"}


def test_a_value_keeps_its_type_where_it_stands_alone(tmp_path: Path) -> None:
    text = """\
data:
  d:
    for_each: {a: {n: 1, t: {x: "1", y: "$${z}"}, cold: true}}
    type: uri_folder
    path: https://contoso.example/${each.key}/${each.value.n}/${each.value.cold}/
    tags: ${each.value.t}
compute_clusters: {cpu: {for_each: {a: {n: 1, cold: true}}, size: Standard_D4ds_v4, max_instances: "${each.value.n}"}}
"""
    graph = _graphs(tmp_path, text=text)["dev"]
    body = graph.entries["data.d-a"].body
    assert body["path"] == "https://contoso.example/a/1/true/"
    assert body["tags"] == {"x": "1", "y": "${z}"}
    assert graph.entries["compute_clusters.cpu-a"].body["max_instances"] == 1


REFERENCES = """\
principals:
  ${each.key}: {for_each: [shop, app], object_id: 30000000-0000-0000-0000-000000000001, type: service_principal}
  ann: {role: approver, type: user, mail: ann@contoso.com}
  of: {for_each: [bob, eve], role: approver, type: user, mail: "${each.key}@contoso.com"}
environments: {train: {image: "contoso.example/train:1"}}
compute_clusters:
  cpu: {for_each: [m, n], size: Standard_D4ds_v4}
jobs:
  fit:
    for_each: [m, n]
    type: command
    command: echo > ${{outputs.model}}/m
    environment: train
    compute: cpu
    outputs: {model: {type: mlflow_model}}
models:
  ${each.key}: {for_each: [m, n], from_job: fit, output: model}
online_endpoints:
  e: {auth_mode: aad_token, consumers: ["${each.key}", "principals.${each.key}"]}
pipelines:
  pool: {name: agents}
  service_connections: {dev: {deploy: dev, plan: plan, run: run, check: check}, prod: churn-prod}
INSTALL  train: {jobs: [fit], schedules: [{cron: "0 5 * * 1", jobs: [fit]}]}
  pull_request: {jobs: {fit: {tags: {of: "${each.key}"}}}}
"""


def test_a_reference_to_a_template_names_what_it_makes(tmp_path: Path) -> None:
    head = TWO.replace("overrides: {OVERRIDES}", "approval: {by: [ann, of]}")
    add_installation(tmp_path)
    result = compiled(tmp_path, head + REFERENCES.replace("INSTALL", FROM_INDEX))
    graph = result.plans[0].graph
    assert graph.entries["models.m"].additions["from_job"] == "fit-m"
    assert graph.entries["jobs.fit-n"].body["compute"] == "cpu-n"
    consumers = graph.entries["online_endpoints.e"].additions["consumers"]
    assert consumers == ["shop", "app", "principals.shop", "principals.app"]
    assert result.header.pipelines
    assert result.header.pipelines.train.jobs == ["fit-m", "fit-n"]
    assert result.header.pipelines.train.schedules[0].jobs == ["fit-m", "fit-n"]
    approval = result.header.target("prod").approval
    assert approval
    assert approval.by == ["ann", "of-bob", "of-eve"]
    assert graph.entries["jobs.fit-n-in-pull-requests"].body["tags"] == {"of": "n"}
