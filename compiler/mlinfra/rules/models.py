"""Rules of models that a run produces."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic
from mlinfra.graph import Entry, Graph
from mlinfra.lookups import output_of
from mlinfra.places import finding
from mlinfra.rules.rule import Rule
from mlinfra.suggest import did_you_mean

HALF_WRITTEN = Code(
    "MLI485",
    "error",
    "A model from a job, half written",
    "A model that a run produces is one output of one job; with one of the two missing nobody knows which is meant",
    "Write both from_job and output",
    "the language: versions and models",
)
NO_SUCH_OUTPUT = Code(
    "MLI486",
    "error",
    "A model from an output that the job does not have",
    "The run ends, and there is nothing to register",
    "Declare the output in the job, or correct the name",
    "the language: versions and models",
)
OWN_VERSION = Code(
    "MLI487",
    "error",
    "A version or path for a model that a run produces",
    "The run gives the version, and the output is the path",
    "Leave version and path out, or from_job and output",
    "the language: versions and models",
)
NO_MODEL_TYPE = Code(
    "MLI488",
    "error",
    "A model from an output that is no model",
    "Only an output of type mlflow_model, custom_model or triton_model is registered as a model of that kind",
    "Give the output a model's type",
    "reference-yaml-job-command: outputs",
)
MODEL_TYPES = ("mlflow_model", "custom_model", "triton_model")


def _both_are_written(graph: Graph) -> Iterator[Diagnostic]:
    for model in graph.section("models"):
        for key, other in (("from_job", "output"), ("output", "from_job")):
            if key in model.additions and other not in model.additions:
                message = f"{model.address} says {key}, and no {other}"
                yield finding(HALF_WRITTEN, message, model, (key,), f"add {other}", at_key=True)


def _the_job_has_the_output(graph: Graph) -> Iterator[Diagnostic]:
    for model in _from_jobs(graph):
        job = graph.entries[f"jobs.{model.additions['from_job']}"]
        if output_of(graph, model) is None:
            message = f'{job.address} has no output "{model.additions["output"]}"'
            help = did_you_mean(str(model.additions["output"]), job.body.get("outputs") or ())
            yield finding(NO_SUCH_OUTPUT, message, model, ("output",), help)


def _the_run_gives_the_version(graph: Graph) -> Iterator[Diagnostic]:
    for model in _from_jobs(graph):
        for key in ("version", "path"):
            if key in model.body:
                message = f"{key} of {model.address} comes from the run of jobs.{model.additions['from_job']}"
                yield finding(OWN_VERSION, message, model, (key,), f"leave {key} out", at_key=True)


def _the_output_is_a_model(graph: Graph) -> Iterator[Diagnostic]:
    for model in _from_jobs(graph):
        output = output_of(graph, model)
        kind = str(output.get("type") or "uri_folder") if output is not None else None
        if kind is not None and kind not in MODEL_TYPES:
            message = f'output "{model.additions["output"]}" of jobs.{model.additions["from_job"]} is of type {kind}'
            yield finding(NO_MODEL_TYPE, message, model, ("output",), f"give it one of {', '.join(MODEL_TYPES)}")


def _from_jobs(graph: Graph) -> Iterator[Entry]:
    """The models of which both job and output are written, and the job exists."""
    for model in graph.section("models"):
        written = model.additions
        if "from_job" in written and "output" in written and f"jobs.{written['from_job']}" in graph.entries:
            yield model


RULES = (
    Rule(HALF_WRITTEN, _both_are_written),
    Rule(NO_SUCH_OUTPUT, _the_job_has_the_output),
    Rule(OWN_VERSION, _the_run_gives_the_version),
    Rule(NO_MODEL_TYPE, _the_output_is_a_model),
)
