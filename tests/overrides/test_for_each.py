"""`for_each`: what templates become, in which order targets change them, and what is said of what is wrong in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mlinfra.cli import run
from mlinfra.compile import compile_spec
from mlinfra.graph import Graph
from tests.installation import FROM_INDEX, add_installation
from tests.spec import HEADER, compiled, found

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
        "storage_accounts.lake.containers.clean-data",
        "storage_accounts.lake.containers.lake",
        "storage_accounts.lake.containers.raw-data",
        "storage_accounts.vault.containers.old-data",
        "storage_accounts.vault.containers.vault",
    ]
    assert _addresses(graphs["dev"], "containers") == of_dev
    assert _addresses(graphs["prod"], "containers") == [each for each in of_dev if not each.endswith("raw-data")]
    metadata = {entry.name: entry.body["metadata"] for entry in graphs["prod"].section("containers")}
    assert metadata["clean-data"] == {"folder": "x"}
    assert metadata["old-data"] == {"folder": "old"}
    assert metadata["vault"] == {"of": "vault"}


def test_a_value_keeps_its_type_where_it_stands_alone(tmp_path: Path) -> None:
    text = """\
data:
  d:
    for_each: {a: {n: 1, t: {x: "1", y: "$${z}", "$${k}": v}, cold: true}}
    type: uri_folder
    path: https://contoso.example/${each.key}/${each.value.n}/${each.value.cold}/
    tags: ${each.value.t}
compute_clusters: {cpu: {for_each: {a: {n: 1, cold: true}}, size: Standard_D4ds_v4, max_instances: "${each.value.n}"}}
"""
    graph = _graphs(tmp_path, text=text)["dev"]
    body = graph.entries["data.d-a"].body
    assert body["path"] == "https://contoso.example/a/1/true/"
    assert body["tags"] == {"x": "1", "y": "${z}", "${k}": "v"}
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
    assert consumers == ["app", "shop", "principals.app", "principals.shop"]
    assert result.header.pipelines
    assert result.header.pipelines.train.jobs == ["fit-m", "fit-n"]
    assert result.header.pipelines.train.schedules[0].jobs == ["fit-m", "fit-n"]
    approval = result.header.target("prod").approval
    assert approval
    assert approval.by == ["ann", "of-bob", "of-eve"]
    assert graph.entries["jobs.fit-n-in-pull-requests"].body["tags"] == {"of": "n"}


ROOT = Path(__file__).parents[2]
PLANTS = ("aachen", "brno", "cork", "debrecen", "evora")


def test_each_plant_of_the_example_has_what_is_written_once() -> None:
    spec = ROOT / "specs" / "circuits" / "ml-platform.yaml"
    for plan in compile_spec(spec, ROOT, {}).plans:
        templates = plan.graph.templates.by_address
        assert list(templates) == [f"{section}.${{each.key}}" for section in SECTIONS_OF_A_PLANT]
        for section in SECTIONS_OF_A_PLANT:
            assert _addresses(plan.graph, section) == [f"{section}.{plant}" for plant in PLANTS]


SECTIONS_OF_A_PLANT = ("data", "jobs", "models", "batch_endpoints")


# Blocks: a title, sections of a spec from its line 7 on, and below --- what is said: place, code, message, help.
WRONG = Path(__file__).parent / "for_each.txt"
BLOCK = re.compile(r"# (?P<title>.+)\n(?P<text>(?:.*\n)*?)---\n(?P<said>(?:.+\n)*)")


def test_what_is_wrong_names_the_items(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    held = WRONG.read_text(encoding="utf-8")
    said = "\n".join(
        f"# {block['title']}\n{block['text']}---\n{_said(tmp_path, block['text'])}" for block in BLOCK.finditer(held)
    )
    if request.config.getoption("--update"):
        WRONG.write_text(said, encoding="utf-8")
    assert said == WRONG.read_text(encoding="utf-8")


def _said(folder: Path, text: str) -> str:
    errors = [each for each in found(folder, f"{HEADER}workspaces: {{main: {{}}}}\n{text}") if each.severity == "error"]
    return "".join(
        f"{each.span.line}:{each.span.column} {each.code.id} {each.message}{f' | {each.help}' if each.help else ''}\n"
        for each in sorted(errors, key=lambda each: (each.span, each.code.id, each.message))
    )


def test_the_item_of_a_variable_is_shown(tmp_path: Path) -> None:
    text = TWO.replace("overrides: {OVERRIDES}", "variables: {}").replace("nodes: 3", "nodes: x") + CLUSTERS
    text = text.replace("    variables: {teams: {cards: {nodes: 2}, credit: {nodes: x}, savings: {nodes: 4}}}\n", "")
    (error,) = [each for each in found(tmp_path, text) if each.severity == "error"]
    assert error.message == 'max_instances must be an integer, not "x", in credit of ${var.teams}'
    assert [(each.message, each.span.line) for each in error.related] == [("credit is written here", 5)]


def test_included_files_may_hold_templates(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.yaml").write_text(CLUSTERS, encoding="utf-8")
    text = TWO.replace("    overrides: {OVERRIDES}\n", "") + "include: [parts/*.yaml]\n"
    assert _nodes(compiled(tmp_path, text).plans[0].graph) == {"c-cards": 2, "c-credit": 3}


def test_what_exists_already_may_be_a_template(tmp_path: Path) -> None:
    text = """\
storage_accounts:
  ${each.key}: {for_each: {raw: strawdata, old: stolddata}, existing: true, azure_name: "${each.value}"}
"""
    graph = _graphs(tmp_path, text=text)["dev"]
    names = {entry.name: (entry.azure_name, entry.existing) for entry in graph.section("storage_accounts")}
    assert (names["raw"], names["old"]) == (("strawdata", True), ("stolddata", True))


def test_what_is_derived_from_an_instance_is_changed_by_its_address(tmp_path: Path) -> None:
    text = CLUSTERS + "derived: {identities.c-credit-compute: {azure_name: id-of-credit}}\n"
    graph = _graphs(tmp_path, text=text)["dev"]
    assert graph.entries["identities.c-credit-compute"].azure_name == "id-of-credit"
    assert graph.entries["identities.c-cards-compute"].azure_name == "id-churn-dev-c-cards-compute"


MOVED = {
    "one instance": ("{from: storage_accounts.credit, to: storage_accounts.s-credit}", ["s-cards", "credit"]),
    "a template": (
        '{from: "storage_accounts.a-${each.key}", to: "storage_accounts.s-${each.key}"}',
        ["a-cards", "a-credit"],
    ),
    "a template without the item in its key": (
        '{from: storage_accounts.old, to: "storage_accounts.s-${each.key}"}',
        ["old-cards", "old-credit"],
    ),
}


@pytest.mark.parametrize(("line", "kept"), MOVED.values(), ids=MOVED)
def test_instances_keep_the_names_that_they_had(line: str, kept: list[str], tmp_path: Path) -> None:
    text = "storage_accounts:\n  s-${each.key}: {for_each: [cards, credit]}\n"
    graph = _graphs(tmp_path, text=f"{text}moved: [{line}]\n")["dev"]
    names = [graph.entries[f"storage_accounts.s-{key}"].lasting_name for key in ("cards", "credit")]
    assert names == kept


def _run(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    text = TWO.replace("OVERRIDES", "") + CLUSTERS
    (folder / "ml-platform.yaml").write_text(text, encoding="utf-8")
    assert run([*arguments, "-f", str(folder)]) == 0
    return capsys.readouterr().out


def test_explain_and_graph_know_template_and_instance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    template = "compute_clusters.c-${each.key}"
    written, *makes = _run(tmp_path, capsys, "explain", template).splitlines()[1:]
    assert written.startswith("  written   ml-platform.yaml:17:3   c-${each.key}: {for_each: ")
    assert makes == [
        "  makes     compute_clusters.c-cards",
        "            compute_clusters.c-credit",
        "            compute_clusters.c-savings",
    ]
    shown = _run(tmp_path, capsys, "explain", "compute_clusters.c-credit")
    assert "  made      for credit of ${var.teams}, by compute_clusters.c-${each.key}\n" in shown
    assert "ml-platform.yaml:5:" in shown
    drawn = json.loads(_run(tmp_path, capsys, "graph", "-o", "json", "--select", template, "--depth", "0"))
    made = {"of": "${var.teams}", "template": template}
    assert {each["address"]: each["made_for"] for each in drawn["entries"]} == {
        f"compute_clusters.c-{key}": {"item": key, **made} for key in ("cards", "credit")
    }


@pytest.fixture
def written(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the output of three clusters, of which prod then lacks one and changes another."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    spec = tmp_path / "ml-platform.yaml"
    spec.write_text(TWO.replace("OVERRIDES", "") + CLUSTERS, encoding="utf-8")
    assert run(["compile", "-q"]) == 0
    override = "{compute_clusters: {c-savings: null, c-credit: {max_instances: 9}}}"
    spec.write_text(TWO.replace("{OVERRIDES}", override) + CLUSTERS, encoding="utf-8")
    capsys.readouterr()
    return spec


DIFFERS = {
    "compute_clusters.c-${each.key}": ["compute_clusters.c-credit", "compute_clusters.c-savings"],
    "compute_clusters.c-credit": ["compute_clusters.c-credit"],
    "compute_clusters.c-savings": ["compute_clusters.c-savings"],
    "compute_clusters.c-cards": [],
}


@pytest.mark.parametrize(("selector", "expected"), DIFFERS.items(), ids=DIFFERS)
def test_diff_takes_templates_and_instances(
    selector: str, expected: list[str], written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", "-o", "json", "--select", selector]) == (2 if expected else 0)
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert sorted({each["address"] for each in changes}) == expected


NOTHING = {
    "compute_clusters.c-credits": 'is not an address of the spec; did you mean "compute_clusters.c-credit"?',
    "compute_clusters.d-${each.key}": ('is not an address of the spec; did you mean "compute_clusters.c-${each.key}"?'),
}


@pytest.mark.parametrize(("selector", "said"), NOTHING.items(), ids=NOTHING)
def test_a_slip_of_what_is_selected_is_said(
    selector: str, said: str, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", "--select", selector]) == 3
    assert f'"{selector}" {said}' in capsys.readouterr().err


@pytest.mark.parametrize("command", ["explain", "graph --select", "compile --select"])
def test_what_a_target_lacks_is_not_called_unknown(
    command: str, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command.split(), "compute_clusters.c-savings", "-t", "prod"]) == 3
    assert '"compute_clusters.c-savings" is not in target prod' in capsys.readouterr().err


def test_warnings_of_a_template_are_those_of_what_it_makes(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        written.read_text(encoding="utf-8")
        + 'storage_accounts: {"s${each.key}": {for_each: [aa], public_blobs: true}}\n'
    )
    written.write_text(text, encoding="utf-8")
    for selector, count in (("storage_accounts.s${each.key}", 1), ("compute_clusters.c-${each.key}", 0)):
        assert run(["validate", "-o", "json", "--select", selector]) == 0
        found = json.loads(capsys.readouterr().out)["diagnostics"]
        assert [each["code"] for each in found].count("MLI413") == count
