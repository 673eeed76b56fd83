"""Whose connection may write models: of a target that does not train, only who deploys, after an approval."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.emit.bootstrap import needs
from mlinfra.pipelines.rights import rights_of
from tests.emulator.rights import ON_RESOURCES, permits
from tests.installation import FROM_INDEX, add_installation

HEAD = """\
apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: production, promote_from: dev}
principals: {lead: {role: approver, type: user, mail: lead@contoso.com, targets: [prod]}}
network: {inbound: public, outbound: internet}
workspaces: {main: {}}
"""
PIPELINES = f"pipelines:\n  pool: {{name: agents}}\n  service_connections: {{dev: shop, prod: shop-prod}}\n{FROM_INDEX}"
WITH_FILES = "models: {words: {path: words, type: custom_model}}\n"
ML = "Microsoft.MachineLearningServices/workspaces"


@pytest.mark.parametrize(
    ("text", "writes"),
    [
        (PIPELINES, {"dev": True, "prod": False}),
        (PIPELINES + "  train: {in: each}\n", {"dev": True, "prod": True}),
        (PIPELINES + WITH_FILES, {"dev": True, "prod": True}),
    ],
    ids=["promoted", "each", "models with files"],
)
def test_who_trains_writes_models_and_who_only_judges_them_does_not(
    tmp_path: Path, text: str, writes: dict[str, bool]
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "list.txt").write_text("a", encoding="utf-8")
    add_installation(tmp_path)
    (tmp_path / "ml-platform.yaml").write_text(HEAD + text, encoding="utf-8")
    compiled = compile_spec(tmp_path / "ml-platform.yaml", tmp_path, {})
    assert not [each for found in compiled.diagnostics.values() for each in found if each.severity == "error"]
    found, said = {}, {}
    for plan in compiled.plans:
        rights = rights_of("run", needs(plan, ("deploy", "plan", "run")))
        (right,) = (each for each in rights if each.actions and f"{ML}/jobs/*" in each.actions)
        permission = {"actions": list(right.actions), "notActions": list(right.not_actions)}
        role = {"properties": {"permissions": [permission | {"dataActions": [], "notDataActions": []}]}}
        found[plan.graph.target.name] = permits(role, f"{ML}/models/versions/write", ON_RESOURCES)
        said[plan.graph.target.name] = "touches neither models" not in right.because
        assert permits(role, f"{ML}/models/versions/read", ON_RESOURCES)
        assert permits(role, f"{ML}/environments/versions/write", ON_RESOURCES)
        assert not permits(role, f"{ML}/onlineEndpoints/write", ON_RESOURCES)
    assert (found, said) == (writes, writes)
