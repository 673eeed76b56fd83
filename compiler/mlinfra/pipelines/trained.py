"""What scripts know of jobs and of the models that they make, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mlinfra.overrides.run_values import NEWEST, TextPart


@dataclass(frozen=True)
class ParameterContext:
    """What a person is asked who starts training; values are as pipelines and scripts write them."""

    name: str
    type: Literal["string", "integer", "number", "boolean"]
    default: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Training:
    """What starts it: a change, a schedule or a person, in that order; and what a person is asked."""

    starts: tuple[str, ...] = ("change", "schedule", "person")
    parameters: tuple[ParameterContext, ...] = ()

    @property
    def on_change(self) -> bool:
        return "change" in self.starts

    @property
    def reasons(self) -> str:
        """Why a script may be told that it runs; a change is always one, though it may train nothing."""
        words = ["change", *(start for start in self.starts if start != "change")]
        return " or ".join([", ".join(words[:-1]), *words[-1:]]) if words[1:] else words[0]

    @property
    def who(self) -> str:
        """Who starts training where a change does not."""
        others = {"schedule": "a schedule", "person": "a person"}
        return " or ".join(others[start] for start in self.starts if start in others)


ANY_START = Training()


@dataclass(frozen=True)
class DataContext:
    """What a job reads: a data asset, or a path that is none, whose name and version are empty.

    `input` is set where a run fills values into the path: Azure ML knows then what the job reads, and of data that
    something else versions in which version.
    """

    name: str
    version: str
    path: str
    input: str = ""


@dataclass(frozen=True)
class FillContext:
    """A place of a job's file, as --set of az names it, and the text that a run makes for it."""

    place: str
    parts: tuple[TextPart, ...]

    @property
    def setting(self) -> str:
        return f"{self.place}="


@dataclass(frozen=True)
class OwnData:
    """A place of a job's file, as --set of az names it, at which the client is told where a path of the repository is.

    `path` counts from the folder of that file.
    """

    place: str
    path: str

    @property
    def setting(self) -> str:
        return f"{self.place}="


@dataclass(frozen=True)
class JobContext:
    """A job; `title` is how people know it, in letters, digits, spaces and . _ -."""

    name: str
    workspace: str
    file: str
    content_hash: str
    title: str
    is_pipeline: bool = False
    template: str = ""  # that made it, with others
    data: tuple[DataContext, ...] = ()
    fills: tuple[FillContext, ...] = ()
    own_data: tuple[OwnData, ...] = ()

    @property
    def reads_newest(self) -> bool:
        """Whether it reads data that something else versions."""
        return any(part.value.startswith(NEWEST) for fill in self.fills for part in fill.parts)


def are_told(jobs: Iterable[JobContext | CheckedJob]) -> bool:
    """Whether any of the jobs is told something of its run."""
    return any(job.fills for job in jobs)


def laid(jobs: Iterable[JobContext | CheckedJob]) -> tuple[tuple[str, tuple[OwnData, ...]], ...]:
    """The files of the jobs that read of the repository what these can't name so that it is found, each once."""
    return tuple({job.file: job.own_data for job in jobs if job.own_data}.items())


@dataclass(frozen=True)
class Gate:
    """What a model has to show before it serves in a target: numbers by the metric's name."""

    at_least: Mapping[str, float] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)
    not_worse_than_serving: Mapping[str, float] = field(default_factory=dict)
    shares: tuple[str, ...] = ()  # of these numbers those that lie between 0 and 1, in which their limits are


@dataclass(frozen=True)
class Evaluation:
    """A job that scores a model, which is put into its input `takes`, and where it writes its numbers."""

    job: JobContext
    takes: str
    output: str
    file: str


@dataclass(frozen=True)
class ModelContext:
    """A model that a job makes: `entry` of the spec, its Azure `name`, and the `output` of the `job`.

    `metrics_output` and `metrics_file` are where the job writes the numbers of its release; empty where nothing asks.
    Those of the `evaluation`, which scores the model on the data of the target, count instead where there is one.
    `registry` is the one from which it is released, empty where each target has it in its workspace.
    """

    entry: str
    name: str
    type: str
    workspace: str
    job: str
    output: str
    registered_by: Literal["mlinfra", "run"] = "mlinfra"
    metrics_output: str = ""
    metrics_file: str = ""
    report_output: str = ""  # of the job, for people who approve
    gate: Gate = Gate()
    evaluation: Evaluation | None = None
    registry: str = ""


@dataclass(frozen=True)
class CheckedJob:
    """A job that pull requests run, in a body of its own that registers nothing.

    `numbers` are those that the releases of its models ask for: the model's entry, the output that holds them, the file
    in it. `entry` is what the job is called beside the one whose body it changes.
    """

    name: str
    entry: str
    workspace: str
    file: str
    title: str
    is_pipeline: bool = False
    numbers: tuple[tuple[str, str, str], ...] = ()
    fills: tuple[FillContext, ...] = ()
    own_data: tuple[OwnData, ...] = ()


def asked(models: Iterable[ModelContext]) -> dict[str, str]:
    """By model, the numbers that its release asks for in any target: the run that trains keeps them for all of them."""
    found: dict[str, set[str]] = {}
    for model in models:
        gate = model.gate
        found.setdefault(model.entry, set()).update(gate.at_least, gate.at_most, gate.not_worse_than_serving)
    return {entry: " ".join(sorted(names)) for entry, names in found.items()}
