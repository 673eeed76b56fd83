"""manifest.json: every file of the output with its hash and what made it, every Azure resource, every asset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mlinfra.emit.azureml import file_of, has_file
from mlinfra.emit.output_file import OutputFile
from mlinfra.formats.json_writer import to_json
from mlinfra.graph import Entry
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.plan import Plan
from mlinfra.resolve.naming import SLOTS
from mlinfra.versions import is_from_job

MANIFEST = "manifest.json"
SCHEMA = "mlinfra/manifest/v1"


def manifest(platform: str, spec: str, plans: Sequence[Plan], files: Iterable[OutputFile]) -> str:
    """The text of manifest.json; `spec` is the path of the spec from the output folder, `files` all files but this.

    Where `files` are a part of the output, resources and assets are those in them.
    """
    files = list(files)
    kept = {file.path for file in files}
    document = {
        "schema": SCHEMA,
        "platform": platform,
        "spec": spec,
        "targets": sorted((_target(plan) for plan in plans), key=lambda item: item["name"]),
        "files": sorted((_file(file) for file in files), key=lambda item: (item["target"] or "", item["path"])),
        "resources": _sorted(item for plan in plans for item in _resources(plan) if item["file"] in kept),
        "assets": _sorted(
            item for plan in plans for item in _assets(plan) if item["file"] is None or item["file"] in kept
        ),
    }
    return to_json(document)


def sha256(content: bytes) -> str:
    """The hash of a file as the manifest has it."""
    return hashlib.sha256(content).hexdigest()


def _sorted(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: (item["target"], item["address"]))


def _target(plan: Plan) -> dict[str, Any]:
    target = plan.graph.target
    return {
        "name": target.name,
        "mode": target.mode,
        "subscription": target.subscription,
        "resource_group": target.resource_group.name,
        "location": target.location,
    }


def _file(file: OutputFile) -> dict[str, Any]:
    return {
        "path": file.path,
        "sha256": sha256(file.text.encode()),
        "target": file.target,
        "from": sorted(file.sources),
    }


def _resources(plan: Plan) -> Iterator[dict[str, Any]]:
    for planned in plan.resources:
        resource = planned.resource
        yield {
            "address": resource.address,
            "target": plan.graph.target.name,
            "type": resource.type,
            "name": resource.names[-1],
            "id": planned.id,
            "unit": planned.unit,
            "file": f"{plan.graph.target.name}/infra/{planned.file}.bicep",
            "because": resource.because,
        }


def _assets(plan: Plan) -> Iterator[dict[str, Any]]:
    for entry in plan.graph.entries.values():
        if has_file(entry) or is_from_job(entry):
            yield {
                "address": entry.address,
                "target": plan.graph.target.name,
                "kind": BY_NAME[entry.section].noun,
                "name": _name(entry),
                "version": plan.graph.contents[entry.address].version,
                "file": file_of(plan.graph, entry) if has_file(entry) else None,
            }


def _name(entry: Entry) -> str:
    """The Azure name; a slot's ends in a hash that is known when a model has a version, so the file has the entry's."""
    return entry.name if entry.section in SLOTS else entry.azure_name
