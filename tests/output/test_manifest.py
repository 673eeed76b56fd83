"""The manifest of a whole platform: what it promises to those who read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlinfra.compile import compile_spec
from mlinfra.emit.platform import Place
from mlinfra.output.manifest import MANIFEST, sha256
from mlinfra.output.output import Output, output
from mlinfra.output.written import read_manifest

ROOT = Path(__file__).parents[2]
PLACE = Place(ROOT / "specs/churn/ml-platform.yaml", ROOT, ROOT / "generated/churn")
KEYS = {
    "targets": ["name", "mode", "subscription", "resource_group", "location"],
    "files": ["path", "sha256", "target", "from"],
    "resources": ["address", "target", "type", "name", "id", "unit", "file", "because"],
    "assets": ["address", "target", "kind", "name", "version", "file"],
}
ORDER = {
    "targets": ("name",),
    "files": ("target", "path"),
    "resources": ("target", "address"),
    "assets": ("target", "address"),
}


@pytest.fixture(scope="module")
def result() -> Output:
    compiled = compile_spec(PLACE.spec, PLACE.root, {})
    return output(compiled.header, compiled.plans, PLACE)


@pytest.fixture(scope="module")
def document(result: Output) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.manifest)
    return found


def test_it_names_the_platform_and_the_way_to_its_spec(document: dict[str, Any]) -> None:
    assert list(document) == ["schema", "platform", "spec", *KEYS]
    assert document["schema"] == "mlinfra/manifest/v1"
    assert (document["platform"], document["spec"]) == ("churn", "../../specs/churn/ml-platform.yaml")


@pytest.mark.parametrize("part", KEYS)
def test_every_item_has_the_keys_of_its_list_in_their_order(document: dict[str, Any], part: str) -> None:
    assert document[part]
    assert {tuple(item) for item in document[part]} == {tuple(KEYS[part])}


@pytest.mark.parametrize("part", ORDER)
def test_every_list_is_sorted(document: dict[str, Any], part: str) -> None:
    places = [tuple(item[key] or "" for key in ORDER[part]) for item in document[part]]
    assert places == sorted(places)


def test_it_lists_every_file_but_itself_with_its_hash(document: dict[str, Any], result: Output) -> None:
    hashes = {path: sha256(text.encode()) for path, text in result.texts().items() if path != MANIFEST}
    assert {item["path"]: item["sha256"] for item in document["files"]} == hashes


def test_ids_and_addresses_are_unique_in_a_target(document: dict[str, Any]) -> None:
    for key in ("id", "address"):
        values = [(item["target"], item[key].lower()) for item in document["resources"]]
        assert len(values) == len(set(values))


def test_every_resource_and_asset_lies_in_a_file_of_its_target(document: dict[str, Any]) -> None:
    targets = {item["path"]: item["target"] for item in document["files"]}
    for item in (*document["resources"], *document["assets"]):
        assert item["file"] is None or targets[item["file"]] == item["target"]


def test_files_of_the_platform_are_made_of_pipelines_or_of_the_whole_spec(document: dict[str, Any]) -> None:
    made_of = {item["path"].partition("/")[0]: item["from"] for item in document["files"] if item["target"] is None}
    assert made_of == {
        ".gitattributes": [],
        "README.md": [],
        "bicepconfig.json": [],
        "pipelines": ["pipelines"],
        "scripts": ["pipelines"],
    }


def test_a_model_of_a_run_has_neither_file_nor_version(document: dict[str, Any]) -> None:
    models = [item for item in document["assets"] if item["address"] == "models.churn"]
    assert models == [
        {"address": "models.churn", "target": target, "kind": "model", "name": "churn", "version": None, "file": None}
        for target in ("dev", "prod", "test")
    ]


def test_what_is_written_is_what_is_read(result: Output) -> None:
    manifest = read_manifest(result.manifest)
    assert sorted(manifest.files) == sorted(file.path for file in result.files)
    assert manifest.spec == PLACE.spec_from_outdir()
