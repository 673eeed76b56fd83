"""The hashes of what files of Azure ML say, for the one script that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.shell import shell_literal

if TYPE_CHECKING:
    from mlinfra.pipelines.scripts import TargetContext


def contents(targets: Sequence[TargetContext]) -> list[tuple[str, Fragment]]:
    """Each hash, and a pattern of bash for the files that have it: one for all targets where they agree."""
    found: dict[str, dict[str, str]] = {}
    for target in targets:
        for file, content in _of_target(target):
            below = file.removeprefix(f"{target.name}/")
            known = found.setdefault(below, {})
            if known.setdefault(target.name, content) != content:
                raise ValueError(f"{file} has two hashes")
    return [line for below, by_target in found.items() for line in _lines(below, by_target)]


def _lines(below: str, by_target: dict[str, str]) -> Iterator[tuple[str, Fragment]]:
    if len(set(by_target.values())) == 1:
        yield next(iter(by_target.values())), Fragment(f"*/{shell_literal(below)}")
        return
    for content in dict.fromkeys(by_target.values()):
        names = [name for name, its in by_target.items() if its == content]
        yield content, Fragment(" | ".join(shell_literal(f"{name}/{below}") for name in names))


def _of_target(target: TargetContext) -> Iterator[tuple[str, str]]:
    """Every file whose hash a script asks for."""
    yield from ((each.file, each.content_hash) for each in target.computes)
    yield from ((each.file, each.content_hash) for each in target.assets)
    yield from ((each.file, each.content_hash) for each in target.jobs)
    for model in target.models:
        if model.evaluation:
            yield model.evaluation.job.file, model.evaluation.job.content_hash
    for endpoint in target.endpoints:
        yield endpoint.file, endpoint.content_hash
        yield from ((slot.file, slot.content_hash) for slot in endpoint.deployments)
    yield from ((each.file, each.content_hash) for each in target.schedules)
