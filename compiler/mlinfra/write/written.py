"""A manifest that was written before: by the last `compile`, or in a revision of the repository."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlinfra.emit.manifest import SCHEMA


class NotAManifest(Exception):
    """The text is none that mlinfra wrote; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    path: str
    sha256: str
    target: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrittenResource:
    address: str
    target: str
    type: str
    name: str
    id: str
    unit: str
    file: str


@dataclass(frozen=True, slots=True)
class WrittenTarget:
    name: str
    mode: str
    subscription: str
    resource_group: str
    location: str


@dataclass(frozen=True, slots=True)
class WrittenAsset:
    address: str
    target: str
    name: str
    version: str | None  # None where a run gives it, or the kind has none
    file: str | None  # None for a model from a run


@dataclass(frozen=True)
class Manifest:
    platform: str
    spec: str  # from the output folder
    targets: Mapping[str, WrittenTarget]  # by name
    files: Mapping[str, WrittenFile]  # by path
    resources: tuple[WrittenResource, ...]
    assets: tuple[WrittenAsset, ...]


def read_manifest(text: str) -> Manifest:
    """The manifest in a text; raises NotAManifest."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise NotAManifest(f'its schema is "{document["schema"]}", and this release reads "{SCHEMA}"')
        files = [_file(item) for item in document["files"]]
        targets = [_target(item) for item in document["targets"]]
        return Manifest(
            platform=str(document["platform"]),
            spec=str(document["spec"]),
            targets={target.name: target for target in targets},
            files={file.path: file for file in files},
            resources=tuple(_resource(item) for item in document["resources"]),
            assets=tuple(_asset(item) for item in document["assets"]),
        )
    except json.JSONDecodeError as error:
        raise NotAManifest(f"it is not JSON: {error.msg} in line {error.lineno}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAManifest("it does not say what mlinfra writes into a manifest") from error


def _target(item: Mapping[str, Any]) -> WrittenTarget:
    return WrittenTarget(*(str(item[key]) for key in ("name", "mode", "subscription", "resource_group", "location")))


def _file(item: Mapping[str, Any]) -> WrittenFile:
    return WrittenFile(_path(item["path"]), str(item["sha256"]), item["target"], tuple(map(str, item["from"])))


def _resource(item: Mapping[str, Any]) -> WrittenResource:
    return WrittenResource(*(str(item[key]) for key in ("address", "target", "type", "name", "id", "unit", "file")))


def _asset(item: Mapping[str, Any]) -> WrittenAsset:
    version, file = item["version"], item["file"]
    return WrittenAsset(
        address=str(item["address"]),
        target=str(item["target"]),
        name=str(item["name"]),
        version=None if version is None else str(version),
        file=None if file is None else _path(file),
    )


def _path(value: Any) -> str:
    path = str(value)
    if not is_below(path):
        raise NotAManifest(f'it lists "{path}", which is no path below its folder')
    return path


def is_below(path: str) -> bool:
    """Whether a path that is read from a file stays in the folder that it counts from, on every system."""
    return not (set(path.split("/")) & {"", ".", ".."} or "\\" in path or ":" in path)
