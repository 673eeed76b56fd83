"""Clusters of sensitive workspaces come first: a cluster that is there before leaves their disks unencrypted."""

from __future__ import annotations

from pathlib import Path

from tests.core.derived import plan_of

CLUSTERS = """\
workspaces: {secret: {hbi_workspace: true}, open: {}}
compute_clusters:
  secret: {workspace: secret, size: Standard_D4ds_v5}
  other: {workspace: open, size: Standard_D4ds_v5}
"""


def test_other_clusters_wait_for_those_of_sensitive_workspaces(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, CLUSTERS)
    waits = {name: plan.by_address[f"compute_clusters.{name}"].resource.depends_on for name in ("secret", "other")}
    assert waits == {"secret": (), "other": ("compute_clusters.secret",)}


def test_clusters_of_alike_workspaces_wait_for_nobody(tmp_path: Path) -> None:
    for text in (CLUSTERS.replace("{}", "{hbi_workspace: true}"), CLUSTERS.replace("{hbi_workspace: true}", "{}")):
        plan = plan_of(tmp_path, text)
        assert [plan.by_address[f"compute_clusters.{name}"].resource.depends_on for name in ("secret", "other")] == [
            (),
            (),
        ]
