"""What the cases of public modules set, and where a spec of ours says it: compared with what Bicep predicts.

A row of `properties.tsv` has the case, the property, and either the address of a resource of `ml-platform.yaml`, a path
in it and its value there (`<address>` is an id), or the reason why it is left to Azure or said elsewhere.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mlinfra.compile import compile_spec
from mlinfra.emit.bicep import bicep_files
from mlinfra.formats.bicep_config import bicepconfig
from mlinfra.verify.bicep_cli import snapshot
from tests.tools import bicep

HERE = Path(__file__).parent
SPEC = HERE / "ml-platform.yaml"
_ID = re.compile(r"<([^<>]+)>")


class Row(NamedTuple):
    case: str
    property: str
    address: str
    place: str  # a path in the resource, or the reason
    value: str = ""


ROWS = [Row(*line.split("\t")) for line in (HERE / "properties.tsv").read_text(encoding="utf-8").splitlines()]
EXPRESSED = [row for row in ROWS if row.address != "-"]


@pytest.fixture(scope="module")
def predicted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The resources that Bicep predicts, by their addresses in the spec."""
    compiled = compile_spec(SPEC, HERE, {})
    folder = tmp_path_factory.mktemp("avm")
    (folder / "bicepconfig.json").write_text(json.dumps(bicepconfig()), encoding="utf-8")
    (plan,) = compiled.plans
    for file in bicep_files(plan, "Generated for a test"):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8", newline="\n")
    target = plan.graph.target
    params = folder / "dev" / "infra" / "main.bicepparam"
    found = snapshot(bicep(), params, target.subscription, target.resource_group.name, target.location)
    addresses = {planned.id: planned.resource.address for planned in plan.resources}
    return {addresses[resource["id"]]: resource for resource in found["predictedResources"]}


@pytest.mark.bicep
@pytest.mark.parametrize("row", EXPRESSED, ids=[f"{row.case} {row.property}" for row in EXPRESSED])
def test_what_a_case_sets_is_predicted(row: Row, predicted: dict[str, dict[str, Any]]) -> None:
    resource: Any = predicted[row.address]
    for step in row.place.split("."):
        resource = resource[int(step)] if isinstance(resource, list) else resource[step]
    text = row.value if row.value[:1] != "<" else f'"{row.value}"'
    assert resource == json.loads(_ID.sub(lambda found: str(predicted[found[1]]["id"]), text))


def test_what_is_not_expressed_has_a_reason() -> None:
    assert [row for row in ROWS if row.address == "-" and (len(row.place) < 30 or row.value)] == []


def test_each_property_stands_there_once() -> None:
    named = [(row.case, row.property) for row in ROWS]
    assert len(named) == len(set(named))
