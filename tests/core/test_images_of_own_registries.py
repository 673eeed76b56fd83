"""Images of registries of the spec that are no workspace's own: an edge, and the role of whoever pulls them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.graph import Graph
from mlinfra.languages.platform.identity.derived_role_assignments import DerivedRoleAssignment
from tests.spec import HEADER, compiled, found

GROUND = """\
workspaces: {main: {container_registry: own}}
container_registries: {own: {}, base: {azure_name: acmebase}, theirs: {existing: true, azure_name: acmetheirs}}
compute_clusters: {cpu: {size: Standard_D4ds_v5}}
environments: {train: {image: '%s'%s}}
components: {prep: {type: command, command: x, environment: train}}
jobs: {p: {type: pipeline, jobs: {s: {type: command, component: prep, compute: cpu}}}}
"""
BASE = "container_registries.base"
RUNS = "components.prep"


def _graph(folder: Path, text: str) -> Graph:
    (plan,) = compiled(folder, HEADER + text).plans
    return plan.graph


def _pullers(graph: Graph, registry: str) -> dict[str | None, str]:
    """Who gets AcrPull on a registry, and why."""
    models = ((entry, entry.model) for entry in graph.section("derived_role_assignments"))
    return {
        model.identity: str(entry.because)
        for entry, model in models
        if isinstance(model, DerivedRoleAssignment) and (model.role, model.scope) == ("AcrPull", registry)
    }


@pytest.mark.parametrize("host", ["acmebase.azurecr.io", "${container_registries.base.name}.azurecr.io"])
def test_who_runs_in_an_image_of_a_registry_of_the_spec_may_pull_it(host: str, tmp_path: Path) -> None:
    graph = _graph(tmp_path, GROUND % (f"{host}/train:1", ""))
    assert ("environments.train", BASE) in {(edge.source, edge.target) for edge in graph.edges if edge.kind == "needs"}
    assert _pullers(graph, BASE) == {"identities.cpu-compute": f"jobs.p runs in an image of {BASE}"}
    assert graph.entries["environments.train"].body["image"] == "acmebase.azurecr.io/train:1"


def test_who_builds_on_one_may_pull_it_too(tmp_path: Path) -> None:
    conda = ", conda_file: {dependencies: [python=3.11]}"
    graph = _graph(tmp_path, GROUND % ("acmebase.azurecr.io/train:1", conda))
    assert _pullers(graph, BASE) == {
        "identities.cpu-compute": f"jobs.p runs in an image of {BASE}",
        "identities.main": f"the image of environments.train is built on one of {BASE}",
    }


def test_of_others_nothing_is_said(tmp_path: Path) -> None:
    text = GROUND % ("acmeother.azurecr.io/train:1", "")
    assert [each for each in found(tmp_path, HEADER + text) if each.severity in ("error", "warning")] == []
    assert _pullers(_graph(tmp_path, text), BASE) == {}
