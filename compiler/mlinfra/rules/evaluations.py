"""Rules of the jobs that score a model for its gate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mlinfra.derive.models import evaluated, output_type, releases
from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.graph.near import entry_near, key_near
from mlinfra.rules.of_pipelines import key_at, trained, value_at
from mlinfra.rules.rule import over_graph, over_targets

TAKES_NO_MODEL = Code(
    "MLI733",
    "error",
    "Evaluation that takes no model",
    "The gate runs the job once for the new model and once for what serves, and puts each into an input of the job",
    "Declare an input of the model's type in the job, without a path, and name it under evaluate.model",
    "docs/language.md#versions-and-models",
    misses=("jobs.inputs", "jobs.outputs"),
)
ELSEWHERE = Code(
    "MLI734",
    "error",
    "Evaluation in another workspace than the model",
    "What serves is a registered model of its workspace, and a job reads the models of its own",
    "Give the job the workspace of the model",
    "docs/language.md#versions-and-models",
)
NO_EVALUATOR = Code(
    "MLI735",
    "error",
    "Target that evaluates without a connection of its own for it",
    "The gate comes before the approval, and nothing signs in with deploy before somebody approved",
    "Add run to the connections of each target that evaluates a model",
    "docs/language.md#pipelines",
)
_IS_NO_NAME = re.compile(r"[/:.@]")  # a path or what stands on Azure, where only a job of the spec can be made to run

TRAINS_TOO = Code(
    "MLI858",
    "error",
    "Evaluation that is to train",
    "The gate puts a model into the job; train.yml has none to put there, and the job ends for want of an input",
    "Take the job out of pipelines.train.jobs: the gate runs it by itself",
    "docs/language.md#versions-and-models",
)


def _the_job_takes_the_model(graph: Graph) -> Iterator[Diagnostic]:
    for model, release in releases(graph):
        job = (release.get("evaluate") or {}).get("job")
        if isinstance(job, str) and f"jobs.{job}" not in graph.entries and _IS_NO_NAME.search(job):
            where = at(model, ("release", "evaluate", "job"))
            names = [entry.name for entry in graph.section("jobs")]
            word = _IS_NO_NAME.split(job)[-1]
            help, near = did_you_mean(word, names), entry_near(graph, word, "jobs")
            yield finding(TAKES_NO_MODEL, f'"{job}" is no entry of jobs', where, help, near)
    for model, job, evaluate in evaluated(graph):
        name, inputs = str(evaluate["model"]), job.body.get("inputs") or {}
        where = at(model, ("release", "evaluate", "model"))
        if name not in inputs:
            help, near = did_you_mean(name, inputs), key_near(job, ("inputs",), name)
            yield finding(TAKES_NO_MODEL, f'{job.address} has no input "{name}"', where, help, near)
            continue
        kind = inputs[name].get("type", "uri_folder") if isinstance(inputs[name], Mapping) else "a value"
        wanted = output_type(graph, model) or kind
        if kind != wanted:
            message = f'input "{name}" of {job.address} is {kind}, and {model.address} is {wanted}'
            yield finding(TAKES_NO_MODEL, message, where, f"give the input type: {wanted}")


def _the_job_runs_where_the_model_is(graph: Graph) -> Iterator[Diagnostic]:
    for model, job, _ in evaluated(graph):
        places = [entry.additions.get("workspace") for entry in (job, model)]
        if len(set(places)) > 1:
            message = f"{job.address} runs in workspaces.{places[0]}, and {model.address} is of workspaces.{places[1]}"
            yield finding(ELSEWHERE, message, at(model, ("release", "evaluate", "job")))


def _who_evaluates_does_not_deploy(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph in graphs:
        name, written = graph.target.name, graph.header.pipelines
        connections = written.service_connections.get(name) if written else None
        if connections and connections.run is None:
            for model, job, _ in evaluated(graph):
                message = f"the gate of {model.address} runs {job.address} in {name}, which has no connection for it"
                help = f"add run: {graph.header.platform}-{name}-run"
                where = Where(key_at(graph.header, "service_connections", name), "pipelines")
                asked = Related("it is evaluated here", at(model, ("release", "evaluate"), on_key=True).span)
                yield finding(NO_EVALUATOR, message, where, help, (asked,))


def _the_job_is_no_training(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph, written in trained(graphs):
        for model, job, evaluate in evaluated(graph):
            value = (job.body.get("inputs") or {}).get(str(evaluate["model"]))
            if job.name in written.train.jobs and isinstance(value, Mapping) and "path" not in value:
                message = f'train.yml runs {job.address}, and nothing is put into its input "{evaluate["model"]}" there'
                where = Where(value_at(graph.header, "train", "jobs", written.train.jobs.index(job.name)), "pipelines")
                asked = Related(f"the gate of {model.address} runs it", at(model, ("release", "evaluate", "job")).span)
                yield finding(TRAINS_TOO, message, where, None, (asked,))


RULES = (
    over_targets(TRAINS_TOO, _the_job_is_no_training),
    over_graph(TAKES_NO_MODEL, _the_job_takes_the_model),
    over_graph(ELSEWHERE, _the_job_runs_where_the_model_is),
    over_targets(NO_EVALUATOR, _who_evaluates_does_not_deploy),
)
