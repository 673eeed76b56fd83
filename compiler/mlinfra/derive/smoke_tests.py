"""The smoke tests of an online endpoint, as its body has them: requests, or one command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mlinfra.graph import Entry
from mlinfra.graph.findings import path_of

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
        if isinstance(test, Mapping) and "request" in test
    )


def command_of(endpoint: Entry) -> Command | None:
    """The command that tests an endpoint; None where requests do, or nothing."""
    written = endpoint.additions.get(FIELD)
    if not isinstance(written, Mapping) or "command" not in written:
        return None
    requirements = written.get("requirements")
    file = path_of(endpoint, (FIELD, "requirements"), requirements) if requirements else None
    return Command(written["command"], file)
