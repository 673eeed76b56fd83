"""Does the steps of one job as an agent of Azure Pipelines does: conditions, logging commands, artifacts, scripts.

The rules are those of the documentation: a step's failed() asks for the status of its job, which is Canceled after a
cancel ("Expressions") and where its agent is gone (microsoft/azure-pipelines-agent#4536); what is written to stdout and
stderr as ##vso[…] is obeyed ("Logging commands"); an artifact's name is taken once in a run ("Publish artifacts").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, NamedTuple, Protocol

from tests.loop.expressions import Status, Unknown, Value, evaluate, is_true
from tests.loop.pipeline import Result, Run, Work, worst
from tests.loop.writing import filled, words, written

Json = dict[str, Any]
# As the machine knows them: they are in the place of its real folders until a command runs.
TEMP, STAGING, WORKSPACE, SOURCES = "{agent}/temp", "{agent}/staging", "{agent}/workspace", "{sources}"
FOLDERS = {
    "Agent.TempDirectory": TEMP,
    "Build.ArtifactStagingDirectory": STAGING,
    "Pipeline.Workspace": WORKSPACE,
    "Build.SourcesDirectory": SOURCES,
}
# What a step may say beside its name and its condition.
_STEPS: Mapping[str, tuple[str, ...]] = {
    "checkout": ("clean", "fetchDepth", "fetchTags", "persistCredentials"),
    "download": ("patterns",),
    "publish": ("artifact",),
    "bash": ("name", "env"),
    "task": ("name", "inputs", "env"),
}
_INPUTS: Mapping[str, set[str]] = {
    "AzureCLI@2": {
        *("azureSubscription", "scriptType", "scriptLocation", "scriptPath", "arguments", "workingDirectory"),
        *("addSpnToEnvironment", "visibleAzLogin", "failOnStandardError", "keepAzSessionActive"),
        "allowNoSubscriptions",
    },
    "Bash@3": {"targetType", "filePath", "arguments"},
}
NOT_RUN = ("install-tools.sh", "keep-runs.sh")  # here the tools are there, and nobody deletes runs
_COMMAND = re.compile(r"##vso\[(?P<name>[a-z.]+) ?(?P<properties>[^\]]*)\](?P<text>.*)")


class Command(NamedTuple):
    """What a step runs; `connection` is empty where it signs in to nothing."""

    arguments: tuple[str, ...]
    folder: str
    environment: Mapping[str, str]
    connection: str = ""
    script: str = ""


class Ended(NamedTuple):
    """How a command ended: killed with -9; `lost` where its agent is gone; `canceled` where the run is."""

    code: int
    said: str
    lost: bool = False
    canceled: bool = False


class Machine(Protocol):
    """Runs commands over the files of an agent, which it changes."""

    def run(self, run: Run, work: Work, command: Command, files: dict[str, str]) -> Ended: ...


@dataclass
class Agent:
    """A fresh agent with a job to do."""

    run: Run
    work: Work
    machine: Machine
    files: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.variables = {**self.work.variables, **FOLDERS}
        self.results: list[Result] = []
        self.lost = False

    @property
    def status(self) -> Result:
        return Result.CANCELED if self.run.canceled or self.lost else worst(self.results, Result.SUCCEEDED)

    def do_all(self) -> Result:
        """The result of the job."""
        for step in self.work.steps:
            if self.lost:
                break
            if self._is_due(step):
                self.results.append(self._do(step))
        return self.status

    def _is_due(self, step: Json) -> bool:
        status: Mapping[str, Status] = {
            "succeeded": lambda: self.status.is_good,
            "failed": lambda: self.status is Result.FAILED,
            "succeededOrFailed": lambda: self.status is not Result.CANCELED,
            "canceled": lambda: self.status is Result.CANCELED,
            "always": lambda: True,
        }
        condition = written(step.get("condition", "succeeded()"), self.run.parameters)
        variables: Value = dict(self.variables)
        return is_true(evaluate(condition, {"variables": variables}, status))

    def _do(self, step: Json) -> Result:
        kind = next((kind for kind in _STEPS if kind in step), "")
        inputs = step.get("inputs", {}).keys() - _INPUTS.get(step.get("task", ""), set())
        if unknown := (step.keys() - {*_STEPS.get(kind, ()), kind, "displayName", "condition"}) | inputs:
            raise Unknown(f"a step with {sorted(unknown)}: {step}")
        if "checkout" in step or step.get("download") == "none":
            return Result.SUCCEEDED
        if "download" in step:
            return self._download(step["download"], step.get("patterns", "**"))
        if "publish" in step:
            return self._publish(self._text(step["publish"]), self._text(step["artifact"]))
        paths = (step.get("inputs", {}).get(key, "") for key in ("filePath", "scriptPath"))
        if any(PurePosixPath(path).name in NOT_RUN for path in paths):
            return Result.SUCCEEDED
        ended = self.machine.run(self.run, self.work, self._command(step), self.files)
        self.lost = ended.lost
        self.run.canceled = self.run.canceled or ended.canceled
        said = [self._obey(line, step.get("name", "")) for line in ended.said.splitlines()]
        return worst([Result.FAILED if ended.code or ended.lost else Result.SUCCEEDED, *said], Result.SUCCEEDED)

    def _text(self, text: str) -> str:
        return filled(written(text, self.run.parameters), self.variables)

    def _command(self, step: Json) -> Command:
        environment = {
            name.upper().replace(".", "_"): filled(value, self.variables) for name, value in self.variables.items()
        }
        environment |= {name: self._text(value) for name, value in (step.get("env") or {}).items()}
        if "bash" in step:
            return Command(("-c", self._text(step["bash"])), SOURCES, environment)
        if step.get("task") != "AzureCLI@2":
            raise Unknown(f"a step {step}")
        inputs = step["inputs"]
        decisive = [str(inputs.get(key)) for key in ("scriptType", "scriptLocation", "failOnStandardError")]
        if decisive != ["bash", "scriptPath", "False"]:
            raise Unknown(f"a script {inputs}")
        arguments = words(self._text(inputs.get("arguments", "")))
        script = inputs["scriptPath"]
        return Command(
            (f"{SOURCES}/{script}", *arguments),
            self._text(inputs["workingDirectory"]),
            environment,
            inputs["azureSubscription"],
            PurePosixPath(script).name,
        )

    def _download(self, alias: str, patterns: str) -> Result:
        """Of this run below the workspace itself, of another one in a folder of its own; what matches any pattern."""
        is_own = alias == "current"
        folder = "workspace" if is_own else f"workspace/{alias}"
        for name, files in (self.run if is_own else self.run.resources[alias]).artifacts.items():
            for path, text in files.items():
                if any(fnmatchcase(f"{name}/{path}", pattern.replace("**", "*")) for pattern in patterns.split("\n")):
                    self.files[f"{folder}/{name}/{path}"] = text
        return Result.SUCCEEDED

    def _publish(self, path: str, artifact: str) -> Result:
        place = path.removeprefix("{agent}/")
        inside = {name.removeprefix(f"{place}/"): text for name, text in self.files.items() if _is_in(name, place)}
        if not inside or artifact in self.run.artifacts:
            return Result.FAILED
        self.run.artifacts[artifact] = {
            PurePosixPath(place).name if name == place else name: inside[name] for name in inside
        }
        return Result.SUCCEEDED

    def _obey(self, line: str, step: str) -> Result:
        match = _COMMAND.search(line)
        if match is None:
            if "##vso[" in line:
                raise Unknown(line)
            return Result.SUCCEEDED
        properties = dict(_properties(match["properties"]))
        match match["name"], properties:
            case "task.setvariable", {"variable": name, "isOutput": "true"}:
                key = f"{step}.{name}"
                self.variables[key] = match["text"]  # "Set an output variable for use in the same job"
                self.work.job.outputs[f"{self.work.name}.{key}" if self.work.is_deployment else key] = match["text"]
            case "task.setvariable", {"variable": name, **more} if not more:
                self.variables[name] = match["text"]
            case "task.complete", {"result": result}:
                return Result(result)
            case "build.addbuildtag", _:
                self.run.tags.add(match["text"])
            case "task.logissue" | "task.uploadsummary", _:
                pass
            case _:
                raise Unknown(line)
        return Result.SUCCEEDED


def _is_in(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}/")


def _properties(text: str) -> Iterator[tuple[str, str]]:
    for pair in filter(None, text.split(";")):
        name, _, value = pair.partition("=")
        yield name.strip(), value
