"""A manifest that was written before: by the last `compile`, or in a revision of the repository."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from mlinfra.emit.output_file import stays_below
from mlinfra.output.manifest import SCHEMA

MAX_CHARACTERS = 32 * 2**20  # three times the manifest of 10,000 entries
MAX_VALUES = 500_000  # objects and lists; that manifest has a tenth, and each takes 250 bytes of memory
MAX_TEXT_CHARACTERS = 2_000  # an Azure id has at most some 1,000
_PLAIN = re.compile(r"[A-Za-z0-9_./ -]{1,100}")  # what is read from a file and repeated in a message

T = TypeVar("T")


class NotWritten(Exception):
    """The text is none that mlinfra wrote; the message says what is wrong with it."""


class NotAManifest(NotWritten):
    """The same of a manifest."""


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
    """The manifest in a text; raises NotAManifest, whatever the text is."""
    try:
        document = loaded(text)
        schema = document["schema"]
        if schema != SCHEMA:
            raise NotAManifest(f'its schema is {shown(schema)}, and this release reads "{SCHEMA}"')
        files = [_file(item) for item in document["files"]]
        targets = [_target(item) for item in document["targets"]]
        return Manifest(
            platform=text_in(document, "platform"),
            spec=_spec(document),
            targets={target.name: target for target in targets},
            files={file.path: file for file in files},
            resources=tuple(_resource(item) for item in list_of(document["resources"], dict)),
            assets=tuple(_asset(item) for item in list_of(document["assets"], dict)),
        )
    except NotWritten as problem:
        raise NotAManifest(str(problem)) from problem
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAManifest("it does not say what mlinfra writes into a manifest") from error


def loaded(text: str) -> Any:
    """What a JSON text says; raises NotWritten, also where it is too long, too deep, or has too long a number."""
    if len(text) > MAX_CHARACTERS or text.count("{") + text.count("[") > MAX_VALUES:
        raise NotWritten("it is longer than any that mlinfra writes")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise NotWritten(f"it is not JSON: {error.msg} in line {error.lineno}") from error
    except RecursionError as error:
        raise NotWritten("it is nested deeper than any that mlinfra writes") from error
    except ValueError as error:  # Python reads no number of more than 4,300 digits
        raise NotWritten("it holds a longer number than any that mlinfra writes") from error


def text_in(item: Mapping[str, Any], key: str) -> str:
    """A text of one printable line that forms no command in a log; raises KeyError or TypeError."""
    value = item[key]
    is_one = isinstance(value, str) and value.isprintable() and "##" not in value and len(value) <= MAX_TEXT_CHARACTERS
    if not is_one:
        raise TypeError(key)
    return str(value)


def list_of(value: Any, kind: type[T]) -> list[T]:
    """A list of values of one type; raises TypeError."""
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise TypeError(kind.__name__)
    return value


def path_in(value: Any) -> str:
    """A path below the folder that it counts from; raises NotWritten."""
    if not isinstance(value, str) or not stays_below(value):
        raise NotWritten(f"it lists {shown(value)}, which is no path below its folder")
    return value


def shown(value: Any) -> str:
    """What stands in a file, as a message repeats it: a short text of plain characters, or that it is none."""
    return f'"{value}"' if isinstance(value, str) and is_plain(value) else "something else"


def is_plain(text: str) -> bool:
    """Whether a text can be repeated in a message: one short line that shows what it is, and no command of a log."""
    return _PLAIN.fullmatch(text) is not None


def _spec(document: Mapping[str, Any]) -> str:
    """A path that a folder of the user may have given any character to; it is compared, never opened unasked."""
    spec = document["spec"]
    if not isinstance(spec, str) or len(spec) > MAX_TEXT_CHARACTERS or not _is_a_path(spec):
        raise TypeError("spec")
    return spec


def _is_a_path(text: str) -> bool:
    """Whether a system has a path of that name: one of bytes that are no UTF-8 too, as Python spells those."""
    try:
        return b"\0" not in text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return False


def _target(item: Mapping[str, Any]) -> WrittenTarget:
    return WrittenTarget(
        *(text_in(item, key) for key in ("name", "mode", "subscription", "resource_group", "location"))
    )


def _file(item: Mapping[str, Any]) -> WrittenFile:
    target = None if item["target"] is None else text_in(item, "target")
    sources = tuple(text_in({"from": source}, "from") for source in list_of(item["from"], str))
    return WrittenFile(path_in(item["path"]), text_in(item, "sha256"), target, sources)


def _resource(item: Mapping[str, Any]) -> WrittenResource:
    return WrittenResource(*(text_in(item, key) for key in ("address", "target", "type", "name", "id", "unit", "file")))


def _asset(item: Mapping[str, Any]) -> WrittenAsset:
    return WrittenAsset(
        address=text_in(item, "address"),
        target=text_in(item, "target"),
        name=text_in(item, "name"),
        version=None if item["version"] is None else text_in(item, "version"),
        file=None if item["file"] is None else path_in(item["file"]),
    )
