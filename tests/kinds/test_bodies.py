"""The bodies of all platform kinds, each option used, before the Bicep CLI: types, linter, formatter, predicted ids."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlinfra.compile import Compiled, compile_spec
from mlinfra.emit.bicep import bicep_files
from mlinfra.formats.bicep_config import bicepconfig
from mlinfra.verify.bicep_cli import format_check, lint_sarif, snapshot
from tests.findings import nothing_found
from tests.tools import bicep

MAXIMAL = Path(__file__).parent / "maximal" / "ml-platform.yaml"


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    compiled = compile_spec(MAXIMAL, MAXIMAL.parent, {})
    errors = [
        found.message for all_found in compiled.diagnostics.values() for found in all_found if found.severity == "error"
    ]
    assert errors == []
    return compiled


@pytest.fixture(scope="module")
def output(compiled: Compiled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("maximal")
    (folder / "bicepconfig.json").write_text(json.dumps(bicepconfig()), encoding="utf-8")
    for plan in compiled.plans:
        for file in bicep_files(plan, "Generated for a test"):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8", newline="\n")
    return folder


@pytest.mark.judges
@pytest.mark.bicep
def test_bicep_finds_nothing_in_any_body(output: Path) -> None:
    nothing_found(lint_sarif(bicep(), output))


@pytest.mark.judges
@pytest.mark.bicep
def test_bicep_format_changes_nothing(output: Path) -> None:
    assert format_check(bicep(), output) == ()


@pytest.mark.judges
@pytest.mark.bicep
@pytest.mark.parametrize("target", ["dev", "prod"])
def test_bicep_predicts_the_planned_ids(compiled: Compiled, output: Path, target: str) -> None:
    plan = next(plan for plan in compiled.plans if plan.graph.target.name == target)
    params = output / target / "infra" / "main.bicepparam"
    predicted = snapshot(
        bicep(), params, plan.graph.target.subscription, plan.graph.target.resource_group.name, "westeurope"
    )
    ids = sorted(resource["id"] for resource in predicted["predictedResources"])
    assert ids == sorted(planned.id for planned in plan.resources if planned.unit == "main")
