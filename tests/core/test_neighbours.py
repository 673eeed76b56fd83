"""What `graph` shows around an entry."""

from __future__ import annotations

import shutil
from pathlib import Path

from mlinfra.compile import compile_spec
from mlinfra.graph import Graph
from mlinfra.graph.neighbours import around

CHURN = Path(__file__).parents[2] / "specs/churn"


def churn(folder: Path) -> Graph:
    """The example in its first target."""
    spec = folder / "specs/churn"
    shutil.copytree(CHURN, spec)
    return compile_spec(spec / "ml-platform.yaml", folder, {}).plans[0].graph


def test_around_an_endpoint_is_what_its_deployments_need(tmp_path: Path) -> None:
    found = around(churn(tmp_path), {"online_endpoints.churn"})
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
    assert around(graph, {"online_endpoints.churn"}, 0) == own
    near = around(graph, {"online_endpoints.churn"}, 1)
    assert {"environments.score", "models.churn", "workspaces.main"} <= near
    assert "jobs.train" not in near
    assert around(graph, {"online_endpoints.churn"}, 100) == around(graph, {"online_endpoints.churn"})


def test_what_needs_an_entry_is_what_is_hit_where_it_changes(tmp_path: Path) -> None:
    found = around(churn(tmp_path), {"data.customers"}, only_needing=True)
    assert {"jobs.train", "models.churn", "online_endpoints.churn.deployments.main", "schedules.weekly"} <= found
    assert found.isdisjoint({"datastores.raw", "storage_accounts.lake", "workspaces.main"})
