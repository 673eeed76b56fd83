"""models.json, which a run of training publishes, as a person is shown it: by the reader of the program on the agents.

Anybody may have written it: what looks like a secret is not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlinfra.diagnostics.secrecy import masked
from mlinfra.programs import models

MAX_BYTES = models.MOST_BYTES
NO_JOB = "none"  # as the program writes that nobody knows it


class NotModels(Exception):
    """A file that is no models.json; the text says why, and begins with the file."""


@dataclass(frozen=True)
class ModelRecord:
    """One model: its version, the job on Azure that made it, and what a person asks next; empty where nobody knows."""

    version: str
    job: str
    commit: str
    build: str
    reason: str
    parameters: Mapping[str, str | float | bool]
    data: tuple[Mapping[str, str], ...]  # name, version, path, at
    metrics: Mapping[str, float]


def read_models(content: bytes, where: str) -> dict[str, ModelRecord]:
    """The records of a file by the names of their entries; raises NotModels."""
    try:
        return {masked(name): _record(record) for name, record in models.read(content, where).items()}
    except models.NotAsItShouldBe as problem:
        raise NotModels(masked(str(problem))) from None


def _record(record: Mapping[str, Any]) -> ModelRecord:
    return ModelRecord(
        version=record["version"],
        job="" if record["job"] == NO_JOB else record["job"],
        commit=record["commit"],
        build=record["build"],
        reason=record["reason"],
        parameters={masked(name): _shown(value) for name, value in record["parameters"].items()},
        data=tuple({key: masked(text) for key, text in datum.items()} for datum in record["data"]),
        metrics={masked(name): number for name, number in record["metrics"].items()},
    )


def _shown(value: Any) -> Any:
    return masked(value) if isinstance(value, str) else value
