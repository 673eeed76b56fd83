"""Rules of models that a run produces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.derive.models import endpoints_serving, is_registered_by_its_run, output_of, releases
from mlinfra.diagnostics import ITSELF, Code, Diagnostic, Related, finding
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.near import key_near
from mlinfra.languages import FORMS, ROWS
from mlinfra.overrides.run_values import models_told
from mlinfra.rules.rule import over_graph
from mlinfra.versions import is_from_job, is_numbered_by_azure

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
    misses=("jobs.outputs",),
)
NO_OUTPUT = Code(
    "MLI720",
    "error",
    "Model of a job without an output",
    "train.yml registers what the job wrote into an output; a model that a step of the job registers by itself says so",
    "Write output: with the name of an output of the job, or registered_by: run",
    "docs/language.md#versions-and-models",
    misses=(f"{ITSELF}registered_by", f"{ITSELF}output"),
)
NO_NUMBERS = Code(
    "MLI721",
    "error",
    "Release that reads its numbers from nowhere",
    "The gate compares numbers of a JSON file in an output of the job; without them every model is refused",
    "Let metrics name an output of the job and a file in it: {output: report, file: metrics.json}",
    "docs/language.md#versions-and-models",
)
NO_DIRECTION = Code(
    "MLI722",
    "error",
    "Number of which nobody says whether more is better",
    "Of a number in at_least more is better, of one in at_most less; one that stands in neither, or in both, can't be "
    "compared with what serves",
    "Write the number under at_least or at_most too",
    "docs/language.md#versions-and-models",
    misses=(f"{ITSELF}release",),
)
OTHER_DATA = Code(
    "MLI723",
    "warning",
    "Models that are compared on different data",
    "Each run wrote its numbers on the data of its day: what serves may be called better for an easier day",
    "Let evaluate name a job that scores a model: the gate runs it for both, on the data of the target",
    "docs/language.md#versions-and-models",
)
ASKS_NOTHING = Code(
    "MLI724",
    "error",
    "Gate that every model passes",
    "A release that names no number lets any model serve, and looks as if it did not, unless people judge a report",
    "Write at_least, at_most or not_worse_than_serving, or a report for who approves, or leave release out",
    "docs/language.md#versions-and-models",
)
NO_GATE = Code(
    "MLI342",
    "warning",
    "Model of which nothing is asked before production",
    "Each training goes on to production, a schedule's too, however good its model is: who approves sees no number",
    "Write the release of the model, or say who judges it: # mlinfra: ignore MLI342 because …",
    "docs/language.md#versions-and-models",
)
REGISTERED_BY_NOBODY = Code(
    "MLI725",
    "warning",
    "Schedule whose models nobody registers",
    "A schedule of Azure ML runs the job and leaves the model in its output: it is not registered, gated or released; "
    "and a pipeline job whose inputs have not changed takes the outputs of an older run",
    "Write the time under pipelines.train.schedules, in UTC, and delete the schedule",
    "docs/language.md#versions-and-models",
)
NO_REPORT = Code(
    "MLI564",
    "error",
    "Report that the job does not write",
    "Each run would end before its models are handed on, as there is nothing to publish for who approves",
    "Name an output of the job that the model comes from",
    "docs/language.md#versions-and-models",
)
WRITTEN_OVER = Code(
    "MLI716",
    "error",
    "Output of a training that the next one writes over",
    "A version of a model, and the numbers that let it serve, are what lies where its job wrote: the next training "
    "puts another model under the version that serves, and other numbers in the place of those that it passed with",
    "Leave path out, or let it hold ${{name}}, the name of the job, which each training has of its own",
    "https://learn.microsoft.com/azure/machine-learning/how-to-read-write-data-v2",
)
HANDED_ON_BY_NOBODY = Code(
    "MLI850",
    "warning",
    "Field of a model that a run makes, which nobody writes",
    "train.yml registers what the run made with the tags that releases read, and with nothing of the body: who looks "
    "for a stage, a tag or a property of the spec in Azure doesn't find it",
    "Leave it out: targets are the stages, and tags of the job say what all models of its runs have in common",
    "docs/language.md#versions-and-models",
)
_OWN_NAME = re.compile(r"\$\{\{\s*name\s*\}\}")  # in a path, what a job is called
NOTHING_SERVES = Code(
    "MLI745",
    "error",
    "Version that serves of a model that no endpoint serves",
    "What ${models.<name>.version} becomes is read from the endpoints of the target that serve the model: of one that "
    "none serves, the release could not set the schedule",
    "Let a deployment of an endpoint serve the model in that target, or name a version",
    "docs/language.md#what-serves",
)
NO_VERSION = Code(
    "MLI559",
    "error",
    "Model without a version where nobody says which",
    "A release fills in the version of what a deployment serves, and the gate that of what a job of evaluate scores; "
    "elsewhere the job would be submitted without its model",
    "Name a version; let a schedule follow what serves, by ${models.<name>.version}; or score with a batch endpoint",
    "docs/language.md#versions-and-models",
)
_METRIC = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")  # of a number's name; it stands in a tag of the model
MODEL_TYPES = ("mlflow_model", "custom_model", "triton_model")


def _an_output_is_named(graph: Graph) -> Iterator[Diagnostic]:
    for model in graph.section("models"):
        if is_from_job(model) and "output" not in model.additions and not is_registered_by_its_run(model):
            job = graph.entries.get(f"jobs.{model.additions['from_job']}")
            outputs = ", ".join((job.body.get("outputs") or {}) if job else ()) or "none"
            message = f"{model.address} does not say which output of jobs.{model.additions['from_job']} it is"
            yield finding(NO_OUTPUT, message, at(model, ("from_job",)), f"write output: …; the job has: {outputs}")


def _the_job_has_the_output(graph: Graph) -> Iterator[Diagnostic]:
    for model in _from_jobs(graph):
        job = graph.entries[f"jobs.{model.additions['from_job']}"]
        if output_of(graph, model) is None:
            message = f'{job.address} has no output "{model.additions["output"]}"'
            name = str(model.additions["output"])
            help, near = did_you_mean(name, job.body.get("outputs") or ()), key_near(job, ("outputs",), name)
            yield finding(NO_SUCH_OUTPUT, message, at(model, ("output",)), help, near)


def _the_output_is_a_model(graph: Graph) -> Iterator[Diagnostic]:
    for model in _from_jobs(graph):
        output = output_of(graph, model)
        kind = str(output.get("type") or "uri_folder") if output is not None else None
        if kind is not None and kind not in MODEL_TYPES:
            message = f'output "{model.additions["output"]}" of jobs.{model.additions["from_job"]} is of type {kind}'
            yield finding(NO_MODEL_TYPE, message, at(model, ("output",)), f"give it one of {', '.join(MODEL_TYPES)}")


def _numbers_are_written(graph: Graph) -> Iterator[Diagnostic]:
    for model, release in releases(graph):
        evaluate = release.get("evaluate") or {}
        written = (
            (("release",), release.get("metrics"), model.additions["from_job"]),
            (("release", "evaluate"), evaluate.get("metrics"), evaluate.get("job")),
        )
        if not any(metrics for _, metrics, _ in written) and any(release.get(key) for key in _NUMBERS):
            message = f"{model.address} is judged by numbers, and nothing says where its job writes them"
            yield finding(NO_NUMBERS, message, at(model, ("release",)), "write metrics: {output: …, file: …}")
        for path, metrics, name in written:
            if metrics:
                yield from _are_there(model, (*path, "metrics"), metrics, graph.entries.get(f"jobs.{name}"))


def _reports_are_written(graph: Graph) -> Iterator[Diagnostic]:
    for model, release in releases(graph):
        job = graph.entries.get(f"jobs.{model.additions['from_job']}")
        outputs = (job.body.get("outputs") or {}) if job else {}
        if job and "report" in release and release["report"] not in outputs:
            message = f'{job.address} has no output "{release["report"]}"'
            name = str(release["report"])
            help, near = did_you_mean(name, outputs), key_near(job, ("outputs",), name)
            yield finding(NO_REPORT, message, at(model, ("release", "report")), help, near)


def _outputs_are_of_one_job(graph: Graph) -> Iterator[Diagnostic]:
    """Each output that something is read from later: of a job, once, whatever reads it."""
    read = {place for model in graph.section("models") if is_from_job(model) for place in _read_of(model)}
    for job in graph.section("jobs"):
        for name, output in (job.body.get("outputs") or {}).items():
            path = str(output.get("path") or "") if isinstance(output, Mapping) else ""
            if (job.name, name) in read and path and not _OWN_NAME.search(path):
                message = f'each run of {job.address} writes its output "{name}" to {path}'
                help = "leave path out, or write ${{name}} in it"
                yield finding(WRITTEN_OVER, message, at(job, ("outputs", name, "path")), help)


def _read_of(model: Entry) -> Iterator[tuple[Any, Any]]:
    """The outputs, by job and name, that hold a model, its numbers, and its report."""
    release = model.additions.get("release") or {}
    evaluate = release.get("evaluate") or {}
    job = model.additions["from_job"]
    yield job, model.additions.get("output")
    yield job, (release.get("metrics") or {}).get("output")
    yield job, release.get("report")
    yield evaluate.get("job"), (evaluate.get("metrics") or {}).get("output")


def _are_there(
    model: Entry, path: tuple[str, ...], metrics: Mapping[str, Any], job: Entry | None
) -> Iterator[Diagnostic]:
    """That a job has the output which numbers are read from."""
    outputs = (job.body.get("outputs") or {}) if job else {}
    if job and metrics["output"] not in outputs:
        message = f'{job.address} has no output "{metrics["output"]}"'
        name = str(metrics["output"])
        help, near = did_you_mean(name, outputs), key_near(job, ("outputs",), name)
        yield finding(NO_NUMBERS, message, at(model, (*path, "output")), help, near)
    if not _is_a_file_below(str(metrics["file"])):
        message = f'"{metrics["file"]}" is not the path of a file below the output'
        yield finding(NO_NUMBERS, message, at(model, (*path, "file")), "write metrics.json")


def _is_a_file_below(path: str) -> bool:
    return all(re.fullmatch("[A-Za-z0-9_][A-Za-z0-9._-]*", part) for part in path.split("/"))


def _numbers_have_a_direction(graph: Graph) -> Iterator[Diagnostic]:
    for model, release in releases(graph):
        more, less = release.get("at_least") or {}, release.get("at_most") or {}
        for key in _NUMBERS:
            for name in release.get(key) or {}:
                where = at(model, ("release", key, name), on_key=True)
                if not _METRIC.fullmatch(name):
                    message = f'"{name}" is no name of a number: letters, digits, _, . and -, a letter first'
                    yield finding(NO_DIRECTION, message, where, "name it so in the job's file too")
                elif key == "not_worse_than_serving" and (name in more) == (name in less):
                    neither = "neither under at_least nor under at_most" if name not in more else "under both"
                    message = f'"{name}" stands {neither}, so nobody knows what is worse'
                    yield finding(NO_DIRECTION, message, where, f"write {name} under one of the two")


def _something_is_asked(graph: Graph) -> Iterator[Diagnostic]:
    for model, release in releases(graph):
        if not any(release.get(key) for key in (*_NUMBERS, "report")):
            message = f"the release of {model.address} asks for no number"
            yield finding(ASKS_NOTHING, message, at(model, ("release",), on_key=True))


def _production_asks_something(graph: Graph) -> Iterator[Diagnostic]:
    if graph.target.mode != "production" or graph.header.pipelines is None:
        return
    for model in filter(is_from_job, graph.section("models")):
        if "release" not in model.additions and endpoints_serving(graph, model.address):
            message = f"whatever jobs.{model.additions['from_job']} makes of {model.address} may serve in production"
            yield finding(NO_GATE, message, at(model), _HOW_TO_JUDGE)


_HOW_TO_JUDGE = (
    "write release: {metrics: {output: …, file: …}, at_least: {…}}, or release: {report: …} where a person judges"
)


def _models_are_compared_on_the_same_data(graph: Graph) -> Iterator[Diagnostic]:
    for model, release in releases(graph):
        if release.get("not_worse_than_serving") and not release.get("evaluate"):
            message = f"{model.address} is compared with what serves by numbers that each run wrote on its own data"
            yield finding(OTHER_DATA, message, at(model, ("release", "not_worse_than_serving"), on_key=True))


def _schedules_make_no_models(graph: Graph) -> Iterator[Diagnostic]:
    made = {f"jobs.{model.additions['from_job']}": model for model in graph.section("models") if is_from_job(model)}
    for schedule in graph.section("schedules"):
        runs = (edge for edge in graph.edges_from(schedule.address) if edge.path[:1] == ("create_job",))
        for edge in (each for each in runs if each.target in made):
            model = made[edge.target]
            job = str(model.additions["from_job"])
            message = f"{schedule.address} runs jobs.{job}, and nobody registers the {model.address} that it makes"
            help = f"write it under pipelines.train.schedules: {{cron: …, jobs: [{job}]}}, in UTC"
            related = (Related(f"{model.address} is written here", model.key),)
            yield finding(REGISTERED_BY_NOBODY, message, at(schedule, edge.path), help, related)


def _what_serves_is_served(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.entries.values():
        for path, text in entry.run_values.items():
            for model in models_told([text]):
                if not endpoints_serving(graph, model):
                    message = (
                        f"no endpoint of {graph.target.name} serves {model}, so none of its versions is what serves"
                    )
                    help = f"let a deployment say model: {graph.entries[model].name}, or name a version here"
                    yield finding(NOTHING_SERVES, message, at(entry, path), help)


def _what_is_written_is_registered(graph: Graph) -> Iterator[Diagnostic]:
    for model in filter(is_from_job, graph.section("models")):
        for key in ("stage", "tags", "properties"):
            if model.body.get(key):
                message = f"{model.address} has {key}, and its versions are registered without"
                yield finding(HANDED_ON_BY_NOBODY, message, at(model, (key,), on_key=True), _LEAVE_OUT[key])


_LEAVE_OUT = {
    "stage": "leave it out: the targets in which it serves are its stages",
    "tags": "leave it out, or write tags in the job",
    "properties": "leave it out, or write properties in the job",
}


def _a_version_is_said(graph: Graph) -> Iterator[Diagnostic]:
    for model in graph.section("models"):
        if not (is_from_job(model) or is_numbered_by_azure(model)):
            continue
        for edge in graph.edges_to(model.address):
            entry = graph.entries[edge.source]
            if entry.address == f"jobs.{model.additions.get('from_job')}":
                continue  # a circle, which is said where it is closed
            if "{version}" in FORMS[edge.form].writes and not ROWS[entry.section].is_a_slot:
                source = "follows from a run" if is_from_job(model) else "is given by Azure"
                message = f"{entry.address} reads {model.address}, whose version {source}: nobody says which"
                served = (
                    f"in a schedule the one that serves: azureml:{model.azure_name}:${{models.{model.name}.version}}"
                )
                other = served if is_from_job(model) else f"write a version in {model.address}"
                help = f"name one, as azureml:{model.azure_name}:7, or {other}"
                yield finding(NO_VERSION, message, at(entry, edge.path), help)


_NUMBERS = ("at_least", "at_most", "not_worse_than_serving")


def _from_jobs(graph: Graph) -> Iterator[Entry]:
    """The models of which the job exists."""
    for model in graph.section("models"):
        written = model.additions
        if "from_job" in written and "output" in written and f"jobs.{written['from_job']}" in graph.entries:
            yield model


RULES = (
    over_graph(NO_OUTPUT, _an_output_is_named),
    over_graph(NO_SUCH_OUTPUT, _the_job_has_the_output),
    over_graph(NO_MODEL_TYPE, _the_output_is_a_model),
    over_graph(NO_NUMBERS, _numbers_are_written),
    over_graph(NO_REPORT, _reports_are_written),
    over_graph(WRITTEN_OVER, _outputs_are_of_one_job),
    over_graph(NO_DIRECTION, _numbers_have_a_direction),
    over_graph(ASKS_NOTHING, _something_is_asked),
    over_graph(NO_GATE, _production_asks_something),
    over_graph(OTHER_DATA, _models_are_compared_on_the_same_data),
    over_graph(NO_VERSION, _a_version_is_said),
    over_graph(REGISTERED_BY_NOBODY, _schedules_make_no_models),
    over_graph(HANDED_ON_BY_NOBODY, _what_is_written_is_registered),
    over_graph(NOTHING_SERVES, _what_serves_is_served),
)
