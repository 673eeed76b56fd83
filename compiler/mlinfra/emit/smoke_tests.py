"""The smoke tests of a target's online endpoints, as the scripts know them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlinfra.emit.invocations import from_output
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import path_of
from mlinfra.languages.azureml.checks.online_endpoints import credential
from mlinfra.pipelines.smoke_test import SmokeCommand, SmokeRequest
from mlinfra.source.tree import Path as BodyPath

_PLACE = ("smoke_test",)


def smoke_requests(graph: Graph, endpoint: Entry, outdir: Path) -> tuple[SmokeRequest, ...]:
    """What is sent to a new deployment; paths count from the output folder, which is absolute."""
    written = endpoint.additions.get("smoke_test")
    if isinstance(written, list):
        return tuple(_request(graph, endpoint, (*_PLACE, at), each, outdir) for at, each in enumerate(written))
    if written is None or "command" in written:
        return ()
    return (_request(graph, endpoint, _PLACE, written, outdir),)


def smoke_command(graph: Graph, endpoint: Entry, outdir: Path) -> SmokeCommand | None:
    """The command that tests a new deployment, where one does."""
    written = endpoint.additions.get("smoke_test")
    if not isinstance(written, Mapping) or "command" not in written:
        return None
    requirements = written.get("requirements")
    return SmokeCommand(
        command=written["command"],
        folder=_relative(graph.files.root, outdir),
        requirements=_relative(path_of(endpoint, (*_PLACE, "requirements"), requirements), graph.files.root)
        if requirements
        else "",
        tool=f"smoke-{graph.target.name}-{endpoint.name}" if requirements else "",
        field=credential(endpoint.body),
    )


def _request(graph: Graph, endpoint: Entry, place: BodyPath, written: Mapping[str, Any], outdir: Path) -> SmokeRequest:
    request = from_output(graph, endpoint, (*place, "request"), written["request"], outdir)
    return SmokeRequest(request, written.get("contains", ""), written.get("absent", ""))


def _relative(path: Path, start: Path) -> str:
    return Path(os.path.relpath(path, start)).as_posix()
