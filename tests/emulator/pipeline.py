"""What a generated pipeline does for one target, read from its YAML: scripts as which connection, and inline bash."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.loop.writing import Parameter, parameters_of, written
from tests.reading_yaml import read_yaml


@dataclass(frozen=True, slots=True)
class Step:
    """A command line, started in a folder, by somebody: a connection, the owner, or nobody where it needs no az."""

    name: str
    who: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def script(self) -> str:
        """The script by its name, with the option that makes another one of it; inline bash is none."""
        if not self.who:
            return ""
        name = Path(self.command[1]).name
        return f"{name} --federations" if "--federations" in self.command else name

    def __str__(self) -> str:
        return f"{self.name}: {shlex.join(self.command)[:300]}"


def steps_for(pipeline: Path, target: str, repository: Path, agent: Path, *, but: str = "-") -> Iterator[Step]:
    """The steps of the jobs that work on a target, in the order of the file; `agent` is where its folders lie.

    What installs tools is left out: here they are. So are the jobs that call the script `but`.
    """
    document = read_yaml(pipeline.read_text())
    parameters = parameters_of(document, {})  # of a run for which nobody chose any
    macros = {
        "Agent.TempDirectory": str(agent / "temp"),
        "Build.ArtifactStagingDirectory": str(agent / "staging"),
        "Build.SourcesDirectory": str(repository),
    }
    variables = _filled(document.get("variables") or {}, parameters, macros)
    for steps in _lists_of_steps(document):
        said = f"{json.dumps(steps)} ".replace('"', " ")
        if f"--target {target} " in said and f"/{but} " not in said:
            yield from (
                made for step in steps if (made := _step(_filled(step, parameters, macros), variables, repository))
            )


def _lists_of_steps(value: Any) -> Iterator[list[dict[str, Any]]]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name == "steps":
                yield one
            else:
                yield from _lists_of_steps(one)
    elif isinstance(value, list):
        for one in value:
            yield from _lists_of_steps(one)


def _step(step: dict[str, Any], variables: Mapping[str, str], repository: Path) -> Step | None:
    name = str(step.get("displayName", ""))
    environment = {**variables, **(step.get("env") or {})}
    if "bash" in step:
        return Step(name, "", ("bash", "-c", step["bash"]), repository, environment)
    if step.get("task") != "AzureCLI@2":
        return None
    inputs = step["inputs"]
    script = str(repository / inputs["scriptPath"])
    command = ("bash", script, *shlex.split(inputs.get("arguments", "")))
    return Step(name, inputs["azureSubscription"], command, Path(inputs["workingDirectory"]), environment)


def _filled(value: Any, parameters: Mapping[str, Parameter], macros: Mapping[str, str]) -> Any:
    """What Azure Pipelines puts in the place of `${{ … }}` before a run, and of `$(…)` before a step of it."""
    if isinstance(value, dict):
        return {name: _filled(one, parameters, macros) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, parameters, macros) for one in value]
    if isinstance(value, str):
        return re.sub(r"\$\(([A-Za-z.]+)\)", lambda match: macros.get(match[1], match[0]), written(value, parameters))
    return value
