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
    file: str


@dataclass(frozen=True)
class Manifest:
    platform: str
    spec: str  # from the output folder
    files: Mapping[str, WrittenFile]  # by path
    resources: tuple[WrittenResource, ...]


def read_manifest(text: str) -> Manifest:
    """The manifest in a text; raises NotAManifest."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise NotAManifest(f'its schema is "{document["schema"]}", and this release reads "{SCHEMA}"')
        files = [_file(item) for item in document["files"]]
        resources = tuple(_resource(item) for item in document["resources"])
        return Manifest(
            str(document["platform"]), str(document["spec"]), {file.path: file for file in files}, resources
        )
    except json.JSONDecodeError as error:
        raise NotAManifest(f"it is not JSON: {error.msg} in line {error.lineno}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAManifest("it does not say what mlinfra writes into a manifest") from error


def _file(item: Mapping[str, Any]) -> WrittenFile:
    path = str(item["path"])
    if path.startswith("/") or set(path.split("/")) & {"", ".", ".."} or "\\" in path or ":" in path:
        raise NotAManifest(f'it lists "{path}", which is no path below its folder')
    return WrittenFile(path, str(item["sha256"]), item["target"], tuple(map(str, item["from"])))


def _resource(item: Mapping[str, Any]) -> WrittenResource:
    return WrittenResource(*(str(item[key]) for key in ("address", "target", "type", "name", "id", "file")))
