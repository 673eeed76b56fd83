"""What the manifest lists of a platform: its files with what made them, its resources, its assets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mlinfra import __version__
from mlinfra.emit.azureml import file_of, has_file
from mlinfra.emit.databricks import in_bundles
from mlinfra.emit.output_file import OutputFile
from mlinfra.formats.text import one_line
from mlinfra.languages import ROWS
from mlinfra.output.manifest import ListedAsset, ListedFile, ListedResource, ListedTarget, Manifest, sha256
from mlinfra.plan import Plan
from mlinfra.versions import is_from_job


def listing(platform: str, spec: str, plans: Sequence[Plan], files: Iterable[OutputFile]) -> Manifest:
    """The manifest of an output; `spec` is the path of the spec from the output folder, `files` all files but this.

    Where `files` are a part of the output, resources and assets are those in them.
    """
    listed = {file.path: _file(file) for file in files}
    resources = (item for plan in plans for item in _resources(plan) if item.file in listed)
    assets = (item for plan in plans for item in _assets(plan) if item.file is None or item.file in listed)
    return Manifest(
        compiler=__version__,
        platform=platform,
        spec=spec,
        targets={plan.graph.target.name: _target(plan) for plan in plans},
        files=listed,
        resources=tuple(sorted(resources, key=lambda item: (item.target, item.address))),
        assets=tuple(sorted(assets, key=lambda item: (item.target, item.address))),
    )


def _target(plan: Plan) -> ListedTarget:
    target = plan.graph.target
    return ListedTarget(
        name=target.name,
        mode=target.mode,
        subscription=target.subscription,
        resource_group=target.resource_group.name,
        location=target.location,
    )


def _file(file: OutputFile) -> ListedFile:
    return ListedFile(
        path=file.path,
        sha256=sha256(file.text.encode()),
        target=file.target,
        sources=tuple(sorted(file.sources)),
    )


def _resources(plan: Plan) -> Iterator[ListedResource]:
    for planned in plan.resources:
        resource = planned.resource
        yield ListedResource(
            address=resource.address,
            target=plan.graph.target.name,
            type=resource.type,
            name=resource.names[-1],
            id=planned.id,
            unit=planned.unit,
            file=f"{plan.graph.target.name}/{planned.path}",
            because=None if resource.because is None else one_line(resource.because),
        )


def _assets(plan: Plan) -> Iterator[ListedAsset]:
    for entry in plan.graph.entries.values():
        if has_file(entry) or is_from_job(entry):
            yield ListedAsset(
                address=entry.address,
                target=plan.graph.target.name,
                kind=ROWS[entry.section].az_noun,
                name=entry.azure_name,  # a slot's ends in a hash that no file has: it follows from a model's version
                version=plan.graph.contents[entry.address].version,
                file=file_of(plan.graph, entry) if has_file(entry) else None,
            )
    for entry, file in in_bundles(plan.graph):
        yield ListedAsset(
            address=entry.address,
            target=plan.graph.target.name,
            kind=ROWS[entry.section].noun,
            name=entry.azure_name,
            version=None,
            file=file,
        )
