"""Bundles as people publish them, pasted into a spec: each leaf comes out as it went in, or leads to the same file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlinfra.cli import run
from mlinfra.schemas.values import texts
from tests.reading_yaml import read_yaml
from tests.spec import found

HERE = Path(__file__).parent
HEADER: dict[str, Any] = {
    "apiVersion": "mlinfra/v1",
    "platform": "pasted",
    "location": "westeurope",
    "network": {"inbound": "public"},
    "variables": {
        "catalog": {"type": "string", "default": "main"},
        "schema": {"type": "string", "default": "${workspace.current_user.short_name}"},
        "warehouse": {"description": "Where questions are asked", "lookup": {"warehouse": "Shared Warehouse"}},
        "parent": {"lookup": {"job": "parent"}},
        "experiment": {"type": "string", "default": "/Shared/${bundle.target}/fit"},
    },
    "targets": {"dev": {"subscription": "11111111-1111-1111-1111-111111111111", "mode": "production"}},
    "databricks_workspaces": {"main": {"existing": True, "azure_name": "dbw", "resource_group": "rg"}},
}
FILLED = {  # variables are ours, and known; what Databricks fills in may stand in their values
    "${var.catalog}": "main",
    "${var.schema}": "${workspace.current_user.short_name}",
    "${var.experiment}-x": "/Shared/${bundle.target}/fit-x",
}
ADDED = {"permissions", "grants", "owner"}  # levels that follow, behind what is written
Leaf = tuple[str, Any]


def _leaves(value: Any, path: str = "") -> Iterator[Leaf]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(below, f"{path}.{key}")
    elif isinstance(value, list) and value:
        for index, below in enumerate(value):
            yield from _leaves(below, f"{path}[{index}]")
    elif value is not None:
        yield path, value


@pytest.fixture(scope="module")
def pasted() -> dict[str, Any]:
    """The resources of all bundles together, by section: none has the key of another."""
    together: dict[str, Any] = {}
    for bundle in read_yaml((HERE / "pasted.yaml").read_text(encoding="utf-8")).values():
        for section, resources in bundle.items():
            assert not set(resources) & set(together.get(section, {}))
            together.setdefault(section, {}).update(resources)
    return together


@pytest.fixture(scope="module")
def output(pasted: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pasted")
    (root / ".git").mkdir()
    for _, text in texts(pasted, ()):
        if text.startswith(("src/", "dist/")):
            file = root / text.replace("**", "one.py").replace("*.whl", "one-1.0-py3-none-any.whl")
            folder = file if not file.suffix else file.parent
            folder.mkdir(parents=True, exist_ok=True)
            if file.suffix:
                file.write_text("{}", encoding="utf-8")
    spec = HEADER | {f"databricks_{section}": resources for section, resources in pasted.items()}
    (root / "ml-platform.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    assert run(["compile", "-q", "-f", str(root)]) == 0
    return root


def _made(root: Path) -> dict[str, dict[str, tuple[Path, Any]]]:
    found: dict[str, dict[str, tuple[Path, Any]]] = {}
    for file in sorted((root / "generated").glob("dev/databricks/main/*/resources/*/*.yml")):
        for section, resources in read_yaml(file.read_text(encoding="utf-8"))["resources"].items():
            for body in resources.values():
                found.setdefault(section, {})[file.stem] = (file, body)
    return found


def test_no_resource_is_lost_and_each_leaf_is_what_it_was(pasted: dict[str, Any], output: Path) -> None:
    made = _made(output)
    assert {section: set(resources) for section, resources in made.items()} == {
        section: set(resources) for section, resources in pasted.items()
    }
    count = 0
    for section, resources in pasted.items():
        for key, body in resources.items():
            file, result = made[section][key]
            leaves = dict(_leaves(result))
            for path, value in _leaves(body):
                count += 1
                assert path in leaves, f"{section}.{key}{path}"
                assert _is_as_written(leaves[path], value, output, file), f"{section}.{key}{path}: {leaves[path]}"
            more = {path.split(".")[1].split("[")[0] for path in leaves.keys() - dict(_leaves(body)).keys()}
            assert more <= ADDED, f"{section}.{key}: {more}"
    assert count > 180


def _is_as_written(value: Any, written: Any, root: Path, file: Path) -> bool:
    """Whether a leaf is the one that was pasted; a number may be its text, and a path leads to the same file."""
    filled = FILLED.get(written, written) if isinstance(written, str) else written
    if value in (filled, str(filled)):
        return True
    if not isinstance(written, str) or not isinstance(value, str):
        return False
    if written.startswith("${resources."):  # a key that two sections have says of which it is
        return value.startswith("${resources.") and value.rpartition(".")[2] == written.rpartition(".")[2]
    if "${workspace.file_path}" in written:
        return value.startswith("${workspace.file_path}")
    return (file.parent / value).resolve() == (root / written).resolve()


@pytest.mark.parametrize(
    ("section", "help"),
    [
        ("database_instances", "write databricks_postgres_projects: Lakebase is made of projects now"),
        ("database_catalogs", "write databricks_postgres_catalogs"),
        ("synced_database_tables", "write databricks_postgres_synced_tables"),
        ("models", "write databricks_registered_models, which Unity Catalog keeps"),
    ],
)
def test_what_bundles_have_and_the_language_has_otherwise_is_said_once(section: str, help: str, tmp_path: Path) -> None:
    spec = HEADER | {f"databricks_{section}": {"one": {"name": "one", "capacity": "CU_1"}}}
    errors = [each for each in found(tmp_path, yaml.safe_dump(spec, sort_keys=False)) if each.severity == "error"]
    assert [(each.code.id, each.help) for each in errors] == [("MLI203", help)]
