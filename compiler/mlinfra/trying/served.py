"""What is to be served of an endpoint: each deployment's code, model, packages and questions, as the spec has them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.derive.package_hosts import condas
from mlinfra.derive.smoke_tests import Question, command_of, questions_of
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import path_of
from mlinfra.schemas.addresses import is_local
from mlinfra.schemas.conda import lines_of_pip
from mlinfra.schemas.packages import Pin, requirements
from mlinfra.source.tree import Path as BodyPath

SECTION = "online_endpoints"
PYTHON = "python"


class NotServed(Exception):
    """Why a deployment can't be served here; the text says what would be right."""


class Packages(NamedTuple):
    """What pip is to install, and what it is not asked for."""

    lines: tuple[str, ...]  # as they stand in the conda file
    by_conda: tuple[str, ...]  # packages that conda would install, Python and pip aside
    python: Pin | None  # the version that is asked for


class Served(NamedTuple):
    """One deployment, as far as the spec says it."""

    address: str
    code: Path | None  # the folder; None where the deployment has no code
    script: str  # below it
    model: Path | None  # where the spec names a file or folder of the repository
    made_by: str  # the job that makes the model, else empty
    packages: Packages | None  # None where no conda file is known here
    variables: Mapping[str, str]
    questions: tuple[Question, ...]


def endpoint_of(graph: Graph, written: str) -> Entry:
    """The online endpoint of a name or an address; raises NotServed where there is none such."""
    address = written if "." in written else f"{SECTION}.{written}"
    entry = graph.entries.get(address)
    if entry is None or entry.section != SECTION:
        known = ", ".join(endpoint.name for endpoint in graph.section(SECTION)) or "none"
        raise NotServed(f'"{written}" is no online endpoint of {graph.target.name}; it has: {known}')
    return entry


def served(graph: Graph, endpoint: Entry, only: str | None) -> tuple[Served, ...]:
    """The deployments of an endpoint, or one of them; raises NotServed where there is none such, or nothing to ask."""
    questions = questions_of(endpoint)  # a command signs in to Azure, and is no question
    if not questions:
        raise NotServed(_why_not_asked(endpoint))
    deployments = [
        entry for entry in graph.entries.values() if entry.parent == endpoint.address and entry.section != SECTION
    ]
    chosen = [entry for entry in deployments if only in (None, entry.name)]
    if not chosen:
        known = ", ".join(entry.name for entry in deployments) or "none"
        raise NotServed(f"{endpoint.address} has no deployment {only or 'at all'}; it has: {known}")
    return tuple(_served(graph, entry, questions) for entry in chosen)


def _why_not_asked(endpoint: Entry) -> str:
    if command_of(endpoint) is not None:
        return (
            f"{endpoint.address} is tested by a command, which asks the deployment on Azure: try sends requests and "
            "does not run it; write smoke_test: {request: …, contains: …}, or start it yourself"
        )
    return f"{endpoint.address} has no smoke_test with a request; add smoke_test: {{request: …, contains: …}}"


def _served(graph: Graph, deployment: Entry, questions: tuple[Question, ...]) -> Served:
    configuration = deployment.body.get("code_configuration") or {}
    code, script = configuration.get("code"), configuration.get("scoring_script")
    if code is not None and not is_local(str(code)):
        raise NotServed(f"the code of {deployment.address} lies elsewhere, at {code}")
    folder = path_of(deployment, ("code_configuration", "code"), str(code)) if code else None
    model, made_by = _model(graph, deployment)
    variables = {name: str(value) for name, value in (deployment.body.get("environment_variables") or {}).items()}
    packages = _packages(graph, deployment)
    return Served(deployment.address, folder, str(script or ""), model, made_by, packages, variables, questions)


def _model(graph: Graph, deployment: Entry) -> tuple[Path | None, str]:
    """Where the model lies in the repository, and else by which job it is made."""
    bound = graph.bound(deployment.address, "model")
    if bound is None:
        written = deployment.body.get("model")
        path = written.get("path") if isinstance(written, Mapping) else None
        return _local(deployment, ("model", "path"), path), ""
    model = graph.entries[bound]
    return _local(model, ("path",), model.body.get("path")), str(model.additions.get("from_job") or "")


def _local(entry: Entry, place: BodyPath, written: object) -> Path | None:
    if not isinstance(written, str) or not is_local(written):
        return None
    return path_of(entry, place, written)


def _packages(graph: Graph, deployment: Entry) -> Packages | None:
    bound = graph.bound(deployment.address, "environment")
    found = next(condas(graph, graph.entries[bound] if bound else deployment), None)
    return packages_of(found.specification) if found else None


def packages_of(conda: Mapping[str, Any]) -> Packages:
    """What a conda specification asks for, by pip and else."""
    lines = tuple(line.strip() for line in lines_of_pip(conda) if line.strip())
    every = list(requirements(conda))
    by_conda = tuple(each.written for each in every if each.written not in lines and each.name not in (PYTHON, "pip"))
    python = next((each.pin for each in every if each.name == PYTHON), None)
    return Packages(lines, by_conda, python)
