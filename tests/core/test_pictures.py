"""The picture of the README, and what `graph` shows around an entry."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.emit.diagram import MAX_CHARACTERS, MAX_EDGES, Overview, overview
from mlinfra.emit.readme import readme
from mlinfra.graph import Graph
from mlinfra.graph.neighbours import around
from tests.spec import compiled

CHURN = Path(__file__).parents[2] / "specs/churn"
TARGETS = """\
apiVersion: mlinfra/v1
platform: tiny
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
"""


def churn(folder: Path, **changes: str) -> Graph:
    """The example in its first target, with more text behind some of its lines."""
    spec = folder / f"specs/churn{len(changes)}"
    shutil.copytree(CHURN, spec)
    file = spec / "ml-platform.yaml"
    text = file.read_text(encoding="utf-8")
    for line, more in changes.items():
        text = text.replace(f"\n{line}:\n", f"\n{line}:\n{more}\n")
    file.write_text(text, encoding="utf-8")
    return compile_spec(file, folder, {}).plans[0].graph


def test_one_more_principal_changes_only_the_lines_about_it(tmp_path: Path) -> None:
    more = "  analysts: {object_id: 33333333-3333-3333-3333-333333333334, type: group, role: data_scientist}"
    before = overview(churn(tmp_path)).mermaid.splitlines()
    after = overview(churn(tmp_path, principals=more)).mermaid.splitlines()
    assert [line for line in after if "principals.analysts" not in line] == before
    assert len(after) > len(before)


def test_what_was_written_is_shown_and_what_is_one_arrow_away(tmp_path: Path) -> None:
    graph = compiled(tmp_path, TARGETS + "workspaces: {main: {}}\n").plans[0].graph
    picture = overview(graph)
    assert "workspaces.main --> application_insights.main\n" in picture.mermaid
    assert "log_analytics.main" in graph.entries
    assert "log_analytics.main" not in picture.mermaid
    assert not picture.is_whole


def test_the_page_says_how_to_see_what_is_left_out(tmp_path: Path) -> None:
    plans = compiled(tmp_path, TARGETS + "workspaces: {main: {}}\n").plans
    assert (
        "\nAs it is in target dev; roles, diagnostics and locks are left out. "
        "What is further away from what was written, or too much for a picture, is left out too: "
        "`mlinfra graph -t dev` draws all of it.\n"
    ) in readme(plans, "h").text


def _containers(count: int, name: str) -> str:
    containers = "".join(f"      {name}{number}: {{}}\n" for number in range(count))
    return f"{TARGETS}storage_accounts:\n  lake:\n    containers:\n{containers}"


def test_a_picture_has_no_more_text_than_mermaid_draws(tmp_path: Path) -> None:
    picture = overview(compiled(tmp_path, _containers(440, "raw")).plans[0].graph)
    assert MAX_CHARACTERS / 2 < len(picture.mermaid) <= MAX_CHARACTERS
    assert not picture.is_whole


def test_a_picture_has_no_more_arrows_than_mermaid_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_EDGES < 500
    monkeypatch.setattr("mlinfra.emit.diagram.MAX_EDGES", 20)
    picture = overview(compiled(tmp_path, _containers(30, "raw")).plans[0].graph)
    assert 10 <= picture.mermaid.count(" --> ") <= 20
    assert not picture.is_whole


def test_a_large_picture_is_whole_where_it_fits(tmp_path: Path) -> None:
    picture = overview(compiled(tmp_path, _containers(250, "raw")).plans[0].graph)
    assert picture == Overview(picture.mermaid, is_whole=True)


def test_around_an_endpoint_is_what_its_deployments_need(tmp_path: Path) -> None:
    found = around(churn(tmp_path), "online_endpoints.churn")
    assert {
        "online_endpoints.churn.deployments.main",
        "environments.score",
        "models.churn",
        "jobs.train",
        "storage_accounts.lake",
    } <= found
    assert "environments.batch" not in found


def test_around_an_endpoint_as_far_as_one_arrow(tmp_path: Path) -> None:
    graph = churn(tmp_path)
    own = {f"online_endpoints.churn{nested}" for nested in ("", ".deployments.main")}
    assert around(graph, "online_endpoints.churn", 0) == own
    near = around(graph, "online_endpoints.churn", 1)
    assert {"environments.score", "models.churn", "workspaces.main"} <= near
    assert "jobs.train" not in near
    assert around(graph, "online_endpoints.churn", 100) == around(graph, "online_endpoints.churn")
