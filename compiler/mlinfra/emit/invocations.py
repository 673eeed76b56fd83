"""How the batch endpoints of a target are called, as the scripts know it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import path_of
from mlinfra.languages import FORMS, ROWS
from mlinfra.languages.azureml.batch_inputs import is_folder
from mlinfra.languages.azureml.checks.batch import counts_rows, default_deployment, lets_files_fail
from mlinfra.overrides.run_values import TextPart, parts
from mlinfra.pipelines.endpoints import InputType, InvokeContext
from mlinfra.plan import Plan
from mlinfra.source.tree import Path as BodyPath

_INPUT, _OUTPUT, _CHECK = ("invoke", "input"), ("invoke", "output"), ("invoke", "check")


def invocation(plan: Plan, endpoint: Entry, outdir: Path) -> InvokeContext | None:
    """How an endpoint is called; None where it doesn't say so. `outdir`, absolute, is where the output will stand."""
    written = cast("Mapping[str, Any] | None", endpoint.additions.get("invoke"))
    if written is None:
        return None
    graph = plan.graph
    deployment = graph.entries[f"{endpoint.address}.deployments.{default_deployment(endpoint.body)}"].body
    text, kind = _input(graph, endpoint, str(written["input"]))
    least = str(written.get("at_least_rows", 1)) if counts_rows(deployment) else ""
    checked = written.get("check")
    check = path_of(endpoint, _CHECK, checked) if checked else None
    return InvokeContext(
        input=text,
        input_type=kind,
        output=_output(graph, endpoint, str(written["output"])),
        least_rows=least,
        lets_fail=lets_files_fail(deployment),
        check=from_output(graph, check, outdir) if check else "",
        check_type=_kind_of(graph, check) if check else "uri_file",
    )


def from_output(graph: Graph, path: Path, outdir: Path) -> str:
    """A path of the repository as it counts from the output folder, which is absolute."""
    if not graph.files.is_inside(path):
        raise ValueError(f"{path} lies outside the repository and was not refused")
    return Path(os.path.relpath(path, outdir)).as_posix()


def _kind_of(graph: Graph, path: Path) -> InputType:
    return "uri_folder" if graph.files.leads(path).kind == "folder" else "uri_file"


def _input(graph: Graph, endpoint: Entry, written: str) -> tuple[tuple[TextPart, ...], InputType]:
    """What is scored, as az takes it: an entry of data, in its version or the newest, or an address of any kind."""
    bound = graph.bound(endpoint.address, *_INPUT)
    data = graph.entries[bound] if bound else None
    if data is not None and ROWS[data.section].versioned:
        version = graph.contents[data.address].version
        reference = f"azureml:{data.azure_name}:{version}" if version else f"azureml:{data.azure_name}@latest"
        kind = str(data.body.get("type") or "uri_folder").lower()
        return (TextPart(reference),), cast("InputType", kind)
    text = parts(_with_azure_name(graph, endpoint, _INPUT, written))
    return text, "uri_folder" if is_folder(written) else "uri_file"


def _output(graph: Graph, endpoint: Entry, written: str) -> str:
    return _with_azure_name(graph, endpoint, _OUTPUT, written).rstrip("/")


def _with_azure_name(graph: Graph, endpoint: Entry, place: BodyPath, written: str) -> str:
    """An address with the Azure name of the datastore that it names."""
    form, bound = FORMS["datastore_uri"], graph.bound(endpoint.address, *place)
    spelled = form.spelled(written)
    if bound is None or spelled is None or spelled[0].form != form.name:
        return written
    return form.writes.format(azure_name=graph.entries[bound].azure_name, rest=form.rest_of(written))
