"""Selectors that select nothing, what of costs and causes goes with what is selected, and addresses of `accept`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.differ.edits import compiled
from tests.differ.test_diff import SPEC


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spec whose cluster is larger, whose firewall lets one more in, and whose account has one more container."""
    repository = compiled(tmp_path_factory.mktemp("shop"), SPEC)
    edited = SPEC.replace("D4ds_v4", "D8ds_v4").replace("{raw: {}}", "{raw: {}, extra: {}}")
    edited = edited.replace("[203.0.113.0/24]", "[203.0.113.0/24, 198.51.100.0/24]")
    (repository / "ml-platform.yaml").write_text(edited, encoding="utf-8")
    return repository


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["diff", "--select", "target:prd"], '--select target:prd: "prd" is no target; did you mean "prod"?'),
        (["diff", "--select", "nosuch.lake"], '"nosuch.lake" is not an address of the spec'),
        (["diff", "--select", "storage_accounts.lak"], 'did you mean "storage_accounts.lake"?'),
        (["diff", "--select", "workspaces,data"], "it takes one word, not workspaces, data"),
        (["diff", "--select", "workspaces", "--select", "data"], "it takes one word, not workspaces, data"),
        (["validate", "--select", "nosuch"], '"nosuch" is not an address of the spec'),
        (["validate", "--select", "target:prd"], '"prd" is no target; did you mean "prod"?'),
        (["graph", "--select", "target:prod"], "graph shows one target: write -t prod in place of target:prod"),
        (["explain", "target:prod"], "explain shows one target: write -t prod in place of target:prod"),
    ],
    ids=" ".join,
)
def test_what_selects_nothing_there_is_is_wrong_usage(
    spec: Path, command: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command[0], "-f", str(spec), *command[1:]]) == 3
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("selector", "dearer"),
    [
        ("compute_clusters", ["compute_clusters.cpu"]),
        ("state:created", []),
        ("target:dev", ["compute_clusters.cpu"]),
    ],
)
def test_what_costs_more_is_told_of_what_is_selected(
    spec: Path, selector: str, dearer: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", "-o", "json", "-f", str(spec), "--select", selector]) == 2
    costs = json.loads(capsys.readouterr().out)["cost"]
    assert list(dict.fromkeys(bill["address"] for each in costs for bill in each["entries"])) == dearer
    assert all(each["target"] == "dev" for each in costs if selector == "target:dev")


def test_what_opens_by_the_header_is_told_by_its_line_though_something_in_it_is_new(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", "-o", "json", "-f", str(spec), "--select", "storage_accounts.lake"]) == 2
    changes = json.loads(capsys.readouterr().out)["changes"]
    causes = {(each["address"], *(cause["line"] for cause in each["cause"])) for each in changes}
    assert {each for each in causes if "." not in each[0].removeprefix("storage_accounts.")} == {
        ("storage_accounts.lake", 7)
    }
    assert ("storage_accounts.lake.containers.extra", 11) in causes


def test_a_misspelt_address_that_is_accepted_is_asked_for(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (spec / "ml-platform.yaml").read_text(encoding="utf-8")
    line = "{address: compute_clusters.cpuu, class: ignored, because: seen, date: 2026-11-25, change: 0a0a0a0a0a0a}"
    (spec / "ml-platform.yaml").write_text(before.replace("network: {", f"accept: [{line}]\nnetwork: {{"), "utf-8")
    run(["diff", "-f", str(spec)])
    (spec / "ml-platform.yaml").write_text(before, encoding="utf-8")
    assert 'did you mean "compute_clusters.cpu"? Take the line out once the change is merged' in capsys.readouterr().err
