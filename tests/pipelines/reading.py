"""Reads generated pipelines: their jobs, steps, and what these call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mlinfra.pipelines import elsewhere
from mlinfra.pipelines.inserted import stages_of
from tests.pipelines.platforms import PLATFORMS, output, pipeline

NAMES = (*PLATFORMS, "churn", "everything")


def all_pipelines(name: str) -> dict[str, Any]:
    found = (path.removeprefix("pipelines/").removesuffix(".yml") for path in output(name) if path.startswith("pip"))
    return {which: pipeline(name, which) for which in found}


def due_stages(data: Any) -> list[Any]:
    """Those of a run of a branch that is a target's."""
    return [stage for stage in data["stages"] if stage["stage"] != elsewhere.STAGE]


def jobs(data: Any) -> Iterator[Any]:
    for _, stage in stages_of(data):
        yield from stage["jobs"]


def steps_of(job: Any) -> list[Any]:
    own = job["steps"] if "steps" in job else job["strategy"]["runOnce"]["deploy"]["steps"]
    return list(own)


def went_wrong(names: Sequence[str]) -> str:
    """The condition of a job that asks for more than failed() and canceled() know of those before it."""
    results = ", ".join(f"dependencies.{name}.result" for name in names)
    return f"or(failed(), canceled(), in('Canceled', {results}), in('Abandoned', {results}))"


def steps(data: Any) -> Iterator[Any]:
    for job in jobs(data):
        yield from steps_of(job)


def is_agentless(job: Any) -> bool:
    return bool(job.get("pool") == "server")


def called(job: Any) -> list[str]:
    """The scripts that a job calls with Azure, with their arguments but the target's."""
    inputs = (step["inputs"] for step in steps_of(job) if step.get("task") == "AzureCLI@2")
    calls = (each for each in inputs if "scriptPath" in each)  # not the team's own
    return [
        f"{Path(call['scriptPath']).name} {call['arguments'].partition(' ')[2].partition(' ')[2]}".strip()
        for call in calls
    ]


def scalars(data: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    for key, value in data.items() if isinstance(data, dict) else ((str(i), each) for i, each in enumerate(data)):
        if isinstance(value, dict | list):
            yield from scalars(value)
        yield key, value
