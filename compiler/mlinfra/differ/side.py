"""One side of a difference: an output, wherever it lies, with what its manifest lists and what its files say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mlinfra.azure.ids import GUID
from mlinfra.diagnostics import has_errors
from mlinfra.differ.bicep_state import deployed
from mlinfra.differ.not_read import NotRead
from mlinfra.differ.references import References
from mlinfra.formats.bicep_reader import NotPrinted
from mlinfra.languages import ROWS
from mlinfra.output.manifest import ListedAsset, ListedResource, ListedTarget, Manifest, sha256
from mlinfra.source.tree import plain
from mlinfra.source.yaml_events import read_yaml

INFRA = "infra"
KEY = "bundle_key"  # what a bundle knows a resource by: under another one it is another resource
_ELSEWHERE = re.compile(rf"(?P<subscription>{GUID})-(?P<group>.+)")
# Files of Azure ML and the hash of what they consist of, a line of the script that holds them all; "*/" is any target.
CONTENTS = "scripts/lib-contents.sh"
CONTENT = re.compile(r"^ *(?P<files>.+)\) content_hash='(?P<hash>[0-9a-f]{12})' ;;$", re.MULTILINE)


def in_a_bundle(section: str) -> bool:
    """Whether the entries of a section are resources of bundles."""
    return section in ROWS and ROWS[section].compiled_to == "bundle"


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource of Azure, or an asset, job, endpoint… of Azure ML, in one target."""

    address: str
    target: str
    type: str  # of Azure Resource Manager; of what is a file of Azure ML, its section
    id: str | None
    name: str
    file: str | None
    version: str | None = None
    body: Mapping[str, Any] | None = None  # None: its file is the same on both sides, or it has none
    content: str = ""  # the hash of what it consists of, as the scripts have it
    is_asset: bool = False
    holder: str = ""  # the name of what it lies in: several endpoints may have a slot of one name

    @property
    def key(self) -> tuple[str, str]:
        """What it is, whatever its address: its id, or kind and name of what has none."""
        name = self.address if in_a_bundle(self.type) else self.name  # bundles know what they hold by its key
        return (self.target, self.id.lower() if self.id else f"{self.type}/{self.holder}/{name}")

    @property
    def properties(self) -> Mapping[str, Any]:
        """What a resource of Azure says below `properties`."""
        return (self.body or {}).get("properties") or {}

    @property
    def kept_key(self) -> tuple[str, str, str] | None:
        """What its bundle knows it by, which an entry that was moved keeps; None where its file is the same."""
        key = (self.body or {}).get(KEY) if in_a_bundle(self.type) else None
        return (self.target, self.type, str(key)) if key else None


@dataclass(frozen=True)
class Side:
    """An output: its manifest, and the texts of its files by path."""

    manifest: Manifest
    texts: Mapping[str, str]
    names_of_targets: Mapping[str, str] = field(default_factory=dict)  # as the other side calls them

    def things(self, other: Mapping[str, str]) -> dict[tuple[str, str], Thing]:
        """Everything by target and address; bodies where the file, or what is given to it, is not as in `other`.

        Raises NotRead.
        """
        bodies = dict(self._bodies(other))
        found: dict[tuple[str, str], Thing] = {}
        for listed in self.manifest.resources:
            found[self.called(listed.target), listed.address] = self._resource(listed, bodies)
        there = References(other, _resource_of_a_bundle)
        for asset in self.manifest.assets:
            found[self.called(asset.target), asset.address] = self._asset(asset, other, there)
        return found

    def called(self, target: str) -> str:
        return self.names_of_targets.get(target, target)

    @cached_property
    def files(self) -> dict[tuple[str | None, str], str | None]:
        """The file of the output in which each thing stands, by target and address."""
        files: dict[tuple[str | None, str], str | None] = {}
        files |= {(self.called(each.target), each.address): each.file for each in self.manifest.resources}
        files |= {(self.called(each.target), each.address): each.file for each in self.manifest.assets}
        return files

    @cached_property
    def edited(self) -> frozenset[str]:
        """The files that are not as they were written: their hash is another one than in the manifest."""
        written = self.manifest.files
        return frozenset(
            path
            for path, text in self.texts.items()
            if path in written and written[path].sha256 != sha256(text.encode())
        )

    def _resource(self, listed: ListedResource, bodies: Mapping[str, Mapping[str, Any]]) -> Thing:
        return Thing(
            listed.address,
            self.called(listed.target),
            listed.type,
            listed.id,
            listed.name,
            listed.file,
            body=bodies.get(listed.id.lower()),
        )

    def _asset(self, asset: ListedAsset, other: Mapping[str, str], there: References) -> Thing:
        text, steps = self.texts.get(asset.file or "", ""), asset.address.split(".")
        body = None
        if asset.file and in_a_bundle(_section(asset.address)):
            if text != other.get(asset.file) or self._references.values(asset.file) != there.values(asset.file):
                body = self._references.filled_in(_resource_of_a_bundle(asset.file, text), asset.file)
        elif asset.file and text != other.get(asset.file):
            body = _document(asset.file, text)
        return Thing(
            asset.address,
            self.called(asset.target),
            _section(asset.address),
            None,
            asset.name,
            asset.file,
            asset.version,
            body,
            self.contents.get(asset.file or "", ""),
            is_asset=True,
            holder=self._names.get((asset.target, ".".join(steps[:2])), "") if len(steps) > 2 else "",
        )

    def _bodies(self, other: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for folder, target, wanted in self._folders(other):
            place = self.manifest.targets[target]
            texts = {path.removeprefix(f"{folder}/"): self.texts[path] for path in self._below(folder)}
            subscription, group = _place(folder, place)
            try:
                for item in deployed(texts, wanted, subscription, group):
                    yield item.id.lower(), item.body
            except NotPrinted as problem:
                raise NotRead(f"{folder} holds Bicep that this release of mlinfra does not print") from problem

    def _folders(self, other: Mapping[str, str]) -> Iterator[tuple[str, str, set[str]]]:
        """The folders with Bicep, each with its target and the names of the files to read."""
        for folder, target in sorted(self._bicep_folders.items()):
            paths = list(self._below(folder))
            differing = {path for path in paths if self.texts[path] != other.get(path)}
            if any(path.rpartition("/")[2].startswith("main.") for path in differing):
                differing = set(paths)
            if differing:
                yield folder, target, {path.removeprefix(f"{folder}/") for path in differing} - {"types.bicep"}

    @cached_property
    def _bicep_folders(self) -> dict[str, str]:
        return {listed.file.rpartition("/")[0]: listed.target for listed in self.manifest.resources}

    def _below(self, folder: str) -> Iterator[str]:
        return (path for path in self.texts if path.rpartition("/")[0] == folder and ".bicep" in path)

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        return {(each.target, each.address): each.name for each in self.manifest.assets}

    @cached_property
    def _references(self) -> References:
        return References(self.texts, _resource_of_a_bundle)

    @cached_property
    def contents(self) -> dict[str, str]:
        """What each file of Azure ML consists of, code included, as a hash."""
        found: dict[str, str] = {}
        for match in CONTENT.finditer(self.texts.get(CONTENTS, "")):
            for file in match["files"].replace("'", "").split(" | "):
                targets = self.manifest.targets if file.startswith("*/") else ("",)
                found |= dict.fromkeys((f"{target}{file.removeprefix('*')}" for target in targets), match["hash"])
        return found


def _place(folder: str, target: ListedTarget) -> tuple[str, str]:
    """Subscription and resource group of a folder: those of the target, or what a hand-over is called after."""
    name = folder.rpartition("/")[2]
    if name == INFRA:
        return target.subscription, target.resource_group
    elsewhere = _ELSEWHERE.fullmatch(name)
    return (elsewhere["subscription"], elsewhere["group"]) if elsewhere else (target.subscription, name)


def _section(address: str) -> str:
    return address.partition(".")[0]


def _resource_of_a_bundle(path: str, text: str) -> Mapping[str, Any]:
    """What stands in the file of one resource, without what a bundle has around it but its key."""
    document = _document(path, text)
    kind: Any = next(iter((document.get("resources") or {}).values()), None)
    key, body = next(iter(kind.items()), ("", None)) if isinstance(kind, Mapping) else ("", None)
    return {KEY: key, **body} if isinstance(body, Mapping) else document


def _document(path: str, text: str) -> Mapping[str, Any]:
    """What a file of YAML holds; it is read as a spec is, under the same bounds, since it may be anybody's."""
    read = read_yaml(path, text)
    if read.root is None or has_errors(read.diagnostics):
        raise NotRead(f"{path}: mlinfra writes no such YAML")
    return {key: value for key, value in plain(read.root).items() if key != "$schema"}
