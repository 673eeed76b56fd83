"""The smoke tests of a target's online endpoints, as the scripts know them."""

from __future__ import annotations

import os
from pathlib import Path

from mlinfra.derive.smoke_tests import command_of, questions_of
from mlinfra.emit.invocations import from_output
from mlinfra.graph import Entry, Graph
from mlinfra.languages.azureml.checks.online_endpoints import credential
from mlinfra.pipelines.smoke_test import SmokeCommand, SmokeRequest


def smoke_requests(graph: Graph, endpoint: Entry, outdir: Path) -> tuple[SmokeRequest, ...]:
    """What is sent to a new deployment; paths count from the output folder, which is absolute."""
    return tuple(
        SmokeRequest(from_output(graph, each.file, outdir), each.contains, each.absent)
        for each in questions_of(endpoint)
    )


def smoke_command(graph: Graph, endpoint: Entry, outdir: Path) -> SmokeCommand | None:
    """The command that tests a new deployment, where one does."""
    found = command_of(endpoint)
    if found is None:
        return None
    return SmokeCommand(
        command=found.command,
        folder=_relative(graph.files.root, outdir),
        requirements=_relative(found.requirements, graph.files.root) if found.requirements else "",
        tool=f"smoke-{graph.target.name}-{endpoint.name}" if found.requirements else "",
        field=credential(endpoint.body),
    )


def _relative(path: Path, start: Path) -> str:
    return Path(os.path.relpath(path, start)).as_posix()
