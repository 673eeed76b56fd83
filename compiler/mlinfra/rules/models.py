"""Rules of models that a run produces."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.models import output_of
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.rules.rule import over_graph

NO_SUCH_OUTPUT = Code(
    "MLI486",
    "error",
    "Model from an output that the job does not have",
    "The run ends, and there is nothing to register",
    "Declare the output in the job, or correct the name",
    "docs/language.md#versions-and-models",
)
NO_MODEL_TYPE = Code(
    "MLI488",
    "error",
    "Model from an output that is not a model",
    "Only an output of type mlflow_model, custom_model or triton_model is registered as a model of that kind",
    "Give the output a model's type",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command",
)
MODEL_TYPES = ("mlflow_model", "custom_model", "triton_model")


def _the_job_has_the_output(graph: Graph) -> Iterator[Diagnostic]:
    for model in _from_jobs(graph):
        job = graph.entries[f"jobs.{model.additions['from_job']}"]
        if output_of(graph, model) is None:
            message = f'{job.address} has no output "{model.additions["output"]}"'
            help = did_you_mean(str(model.additions["output"]), job.body.get("outputs") or ())
            yield finding(NO_SUCH_OUTPUT, message, at(model, ("output",)), help)


def _the_output_is_a_model(graph: Graph) -> Iterator[Diagnostic]:
    for model in _from_jobs(graph):
        output = output_of(graph, model)
        kind = str(output.get("type") or "uri_folder") if output is not None else None
        if kind is not None and kind not in MODEL_TYPES:
            message = f'output "{model.additions["output"]}" of jobs.{model.additions["from_job"]} is of type {kind}'
            yield finding(NO_MODEL_TYPE, message, at(model, ("output",)), f"give it one of {', '.join(MODEL_TYPES)}")


def _from_jobs(graph: Graph) -> Iterator[Entry]:
    """The models of which the job exists."""
    for model in graph.section("models"):
        written = model.additions
        if "from_job" in written and "output" in written and f"jobs.{written['from_job']}" in graph.entries:
            yield model


RULES = (
    over_graph(NO_SUCH_OUTPUT, _the_job_has_the_output),
    over_graph(NO_MODEL_TYPE, _the_output_is_a_model),
)
