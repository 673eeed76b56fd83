"""manifest.json: every file of the output with its hash and what made it, every Azure resource, every asset.

The classes say what stands in it, key by key, and both ends go by them: `write_manifest` and `read_manifest` are each
other's inverse. What is read may be anybody's, of an earlier release or of a branch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from mlinfra.formats.json_writer import to_json
from mlinfra.output.json_reading import NotWritten, line_of, list_of, loaded, path_elsewhere, path_in, shown

MANIFEST = "manifest.json"
SCHEMA = "mlinfra/manifest/v1"
MAX_REASON_CHARACTERS = 2**20  # of a role that ten thousand entries need, each with a line of its own


class NotAManifest(NotWritten):
    """The text is no manifest that mlinfra wrote; the message says what is wrong with it."""


def _read_by(read: Callable[[Any], Any], key: str | None = None, optional: bool = False) -> Any:
    """A field that stands in the file under its name or `key`; `read` raises TypeError or NotWritten."""
    accepted = (lambda value: None if value is None else read(value)) if optional else read
    return field(metadata={"read": accepted, "key": key})


def _line(optional: bool = False) -> Any:
    return _read_by(line_of, optional=optional)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTarget:
    name: str = _line()
    mode: str = _line()
    subscription: str = _line()
    resource_group: str = _line()
    location: str = _line()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    path: str = _read_by(path_in)
    sha256: str = _line()
    target: str | None = _line(optional=True)
    sources: tuple[str, ...] = _read_by(lambda value: tuple(map(line_of, list_of(value, str))), key="from")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedResource:
    address: str = _line()
    target: str = _line()
    type: str = _line()
    name: str = _line()
    id: str = _line()
    unit: str = _line()
    file: str = _line()
    because: str | None = _read_by(lambda value: line_of(value, MAX_REASON_CHARACTERS), optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAsset:
    address: str = _line()
    target: str = _line()
    kind: str = _line()
    name: str = _line()
    version: str | None = _line(optional=True)  # None where a run gives it, or the kind has none
    file: str | None = _read_by(path_in, optional=True)  # None for a model from a run


@dataclass(frozen=True, kw_only=True)
class Manifest:
    compiler: str | None  # the release that wrote the folder; None for one that did not say so
    platform: str
    spec: str  # from the output folder
    targets: Mapping[str, ListedTarget]  # by name
    files: Mapping[str, ListedFile]  # by path
    resources: tuple[ListedResource, ...]  # by target and address
    assets: tuple[ListedAsset, ...]  # by target and address


def write_manifest(manifest: Manifest) -> str:
    """The text of manifest.json."""
    files = sorted(manifest.files.values(), key=lambda file: (file.target or "", file.path))
    targets = sorted(manifest.targets.values(), key=lambda target: target.name)
    document = {
        "schema": SCHEMA,
        "compiler": manifest.compiler,
        "platform": manifest.platform,
        "spec": manifest.spec,
        "targets": _documents(ListedTarget, targets),
        "files": _documents(ListedFile, files),
        "resources": _documents(ListedResource, manifest.resources),
        "assets": _documents(ListedAsset, manifest.assets),
    }
    return to_json(document)


def read_manifest(text: str) -> Manifest:
    """The manifest in a text; raises NotAManifest, whatever the text is."""
    try:
        document = loaded(text)
        schema = document["schema"]
        if schema != SCHEMA:
            raise NotAManifest(f'its schema is {shown(schema)}, and this release reads "{SCHEMA}"')
        files = _items(document, "files", ListedFile)
        if len({file.path.casefold() for file in files}) < len(files):
            raise NotAManifest("it lists a path twice, or in upper and in lower case")
        compiler = document.get("compiler")
        return Manifest(
            compiler=None if compiler is None else line_of(compiler),
            platform=line_of(document["platform"]),
            spec=path_elsewhere(document["spec"]),
            targets={target.name: target for target in _items(document, "targets", ListedTarget)},
            files={file.path: file for file in files},
            resources=tuple(_items(document, "resources", ListedResource)),
            assets=tuple(_items(document, "assets", ListedAsset)),
        )
    except NotWritten as problem:
        raise NotAManifest(str(problem)) from problem
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAManifest("it does not say what mlinfra writes into a manifest") from error


def sha256(content: bytes) -> str:
    """The hash of a file as the manifest has it."""
    return hashlib.sha256(content).hexdigest()


Listed = TypeVar("Listed", ListedTarget, ListedFile, ListedResource, ListedAsset)


def _items(document: Mapping[str, Any], part: str, shape: type[Listed]) -> list[Listed]:
    return [_item(item, shape) for item in list_of(document[part], dict)]


def _item(item: Mapping[str, Any], shape: type[Listed]) -> Listed:
    values = {of.name: of.metadata["read"](item[of.metadata["key"] or of.name]) for of in fields(shape)}
    return shape(**values)


def _documents(shape: type[Listed], items: Iterable[Listed]) -> list[dict[str, Any]]:
    keys = [(of.metadata["key"] or of.name, of.name) for of in fields(shape)]
    return [{key: getattr(item, name) for key, name in keys} for item in items]
