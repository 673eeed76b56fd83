"""The manifest of a whole platform: what it promises to those who read it."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra import __version__
from mlinfra.compile import compile_spec
from mlinfra.emit.platform import Place
from mlinfra.output.manifest import (
    MANIFEST,
    ListedAsset,
    ListedFile,
    ListedResource,
    ListedTarget,
    Manifest,
    read_manifest,
    sha256,
    write_manifest,
)
from mlinfra.output.output import Output, output

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


def test_it_names_the_compiler_the_platform_and_the_way_to_its_spec(document: dict[str, Any]) -> None:
    assert list(document) == ["schema", "compiler", "platform", "spec", *KEYS]
    assert (document["schema"], document["compiler"]) == ("mlinfra/manifest/v1", __version__)
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
        "docs": [],
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
    assert write_manifest(manifest) == result.manifest


_LINES = st.text(max_size=20).filter(lambda text: text.isprintable() and "##" not in text)
_PATHS = st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}\.yml", fullmatch=True)
_OF_A_FIELD = {"path": _PATHS, "sources": st.lists(_LINES, max_size=3).map(tuple)}
_OPTIONAL = {"because": _LINES, "version": _LINES}


def _items(shape: type[Any]) -> st.SearchStrategy[Any]:
    values: dict[str, st.SearchStrategy[Any]] = {of.name: _OF_A_FIELD.get(of.name, _LINES) for of in fields(shape)}
    values |= {name: st.none() | value for name, value in _OPTIONAL.items() if name in values}
    if shape is ListedAsset:
        values["file"] = st.none() | _PATHS
    if shape is ListedFile:
        values["target"] = st.none() | _LINES
    return st.builds(shape, **values)


MANIFESTS = st.builds(
    Manifest,
    compiler=st.none() | _LINES,
    platform=_LINES,
    spec=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    targets=st.lists(_items(ListedTarget), max_size=3).map(lambda items: {item.name: item for item in items}),
    files=st.lists(_items(ListedFile), max_size=3).map(lambda items: {item.path: item for item in items}),
    resources=st.lists(_items(ListedResource), max_size=3).map(tuple),
    assets=st.lists(_items(ListedAsset), max_size=3).map(tuple),
)


@given(MANIFESTS)
def test_reading_is_the_inverse_of_writing(manifest: Manifest) -> None:
    assert read_manifest(write_manifest(manifest)) == manifest


def test_a_manifest_of_a_release_that_did_not_name_itself_is_read(document: dict[str, Any]) -> None:
    without = {key: value for key, value in document.items() if key != "compiler"}
    assert read_manifest(json.dumps(without)).compiler is None
