"""The smoke tests of an online endpoint, as its body has them: requests, or one command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import path_of
from mlinfra.languages.azureml.checks.online_endpoints import ENTRA, auth_mode

FIELD = "smoke_test"


class Question(NamedTuple):
    """What is sent to a new deployment, and what its answer has to hold, and not to; empty where that is nothing."""

    written: str  # the file as the spec has it
    file: Path
    contains: str
    absent: str


class Command(NamedTuple):
    """What is run to test a new deployment, and the file of what pip installs for it."""

    command: str
    requirements: Path | None


def questions_of(endpoint: Entry) -> tuple[Question, ...]:
    """What the requests of an endpoint ask, in their order; nothing where a command tests it."""
    written = endpoint.additions.get(FIELD)
    tests = {(FIELD, at): test for at, test in enumerate(written)} if isinstance(written, list) else {(FIELD,): written}
    return tuple(
        Question(
            written=test["request"],
            file=path_of(endpoint, (*place, "request"), test["request"]),
            contains=test.get("contains", ""),
            absent=test.get("absent", ""),
        )
        for place, test in tests.items()
        if isinstance(test, Mapping) and isinstance(test.get("request"), str)
    )


def command_of(endpoint: Entry) -> Command | None:
    """The command that tests an endpoint; None where requests do, or nothing."""
    written = endpoint.additions.get(FIELD)
    if not isinstance(written, Mapping) or not isinstance(written.get("command"), str):
        return None
    requirements = written.get("requirements")
    file = path_of(endpoint, (FIELD, "requirements"), requirements) if isinstance(requirements, str) else None
    return Command(written["command"], file)


def scored_apart(graph: Graph) -> Iterator[Entry]:
    """The endpoints that a command tests with a token of Entra: whoever may only score signs in for it."""
    for endpoint in graph.section("online_endpoints"):
        if command_of(endpoint) and auth_mode(endpoint.body) == ENTRA:
            yield endpoint
