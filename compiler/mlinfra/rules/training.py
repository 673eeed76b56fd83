"""Rules of what starts training, and of what its jobs are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.derive.models import evaluated
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.header import Header
from mlinfra.header.pipelines import Pipelines
from mlinfra.overrides.pull_requests import jobs_of_pull_requests
from mlinfra.overrides.run_values import PARAMETER, parts
from mlinfra.rules.of_pipelines import key_at, of_header, trained
from mlinfra.rules.rule import over_graph, over_targets

CONTRARY_STARTS = Code(
    "MLI726",
    "error",
    "What starts training contradicts what is written for it",
    "starts says what trains: what is written for a start that it leaves out would never happen, and neither would a "
    "start for which nothing is written",
    "Name in starts what shall train, out of change, schedule and person, and write what each of them needs",
    "docs/language.md#pipelines",
)


NOT_SUBMITTED = Code(
    "MLI727",
    "error",
    "Value of a run in a job that no pipeline submits",
    "A pipeline fills in ${run.…} when it submits the job for a training; whatever else starts that job would read the "
    "expression itself",
    "Let pipelines.train run the job, or write a value that does not follow from a run",
    "docs/language.md#values-of-the-run",
)
CUT_OFF = Code(
    "MLI729",
    "warning",
    "Hosted agents that wait for training",
    "A hosted agent ends a job after 60 minutes in a private project without paid parallel jobs, and after 360 "
    "otherwise, whatever the pipeline says: a training that takes longer is cancelled, and nobody registers its model",
    "Write train: {wait: server}, with which no agent waits, or let it wait on agents of your own",
    "https://learn.microsoft.com/azure/devops/pipelines/process/phases#timeouts",
)
UNREAD = Code(
    "MLI728",
    "warning",
    "Parameter of training that no job is told",
    "Whoever starts training is asked for it, and trains anew because of it, and nothing else follows",
    "Write ${run.parameter.<name>} where a job is to be told, or leave the parameter out",
    "docs/language.md#values-of-the-run",
    misses=("jobs",),
)


def _starts_are_as_written(header: Header, written: Pipelines) -> Iterator[Diagnostic]:
    train = written.train
    if train.parameters and not (train.jobs and train.is_started_by("person")):
        where = Where(key_at(header, "train", "parameters"), "pipelines")
        if train.jobs:
            message = "parameters are written, and starts lets no person start training, who would be asked"
            yield finding(CONTRARY_STARTS, message, where, "add person to starts, or leave parameters out")
        else:
            yield finding(CONTRARY_STARTS, "parameters are written, and there is no job", where, "write train.jobs")
    if train.starts is None:
        return
    place = Where(key_at(header, "train", "starts"), "pipelines")
    if not train.jobs:
        yield finding(CONTRARY_STARTS, "starts is written, and there is no job to start", place, "write train.jobs")
        return
    if train.schedules and "schedule" not in train.starts:
        message = f"schedules are written, and starts is {', '.join(train.starts)}: none of them would train"
        where = Where(key_at(header, "train", "schedules"), "pipelines")
        yield finding(CONTRARY_STARTS, message, where, "add schedule to starts, or leave schedules out")
    if "schedule" in train.starts and not train.schedules:
        message = "starts names schedule, and no schedule is written"
        help = 'write schedules: [{cron: "0 5 * * 1"}], or leave schedule out of starts'
        yield finding(CONTRARY_STARTS, message, place, help)


def _only_what_is_submitted_is_told(graph: Graph) -> Iterator[Diagnostic]:
    settings = graph.header.pipelines
    runs = settings.train.jobs if settings else []
    in_pull_requests = jobs_of_pull_requests(graph.header, graph.target)
    scores = [job.name for _, job, _ in evaluated(graph)] if settings else []
    for job in graph.section("jobs"):
        parameters = [path for path, text in job.run_values.items() if _is_told_a_parameter(text)]
        if job.run_values and job.name in scores and job.name not in runs:
            if parameters:
                message = f"{job.address} scores models for a release, which knows no parameters of training"
                help = "write what does not follow from them"
                yield finding(NOT_SUBMITTED, message, at(job, parameters[0]), help)
        elif job.run_values and job.name not in runs and job.name not in in_pull_requests:
            help = f"add {job.name} to pipelines.train.jobs, or write what does not follow from a run"
            message = f"no pipeline trains by {job.address}, so nobody fills in what it is told of a run"
            yield finding(NOT_SUBMITTED, message, at(job, next(iter(job.run_values))), help)
    for schedule in graph.section("schedules"):
        for edge in graph.edges_from(schedule.address):
            job_of_it = graph.entries.get(edge.target)
            if job_of_it and job_of_it.run_values and job_of_it.name in runs:
                message = f"{schedule.address} runs {job_of_it.address}, whose ${{run.…}} only a pipeline fills in"
                help = "write it in pipelines.train.schedules, or let it run a job of its own"
                yield finding(NOT_SUBMITTED, message, at(schedule, edge.path), help)


def _agents_may_wait(header: Header, written: Pipelines) -> Iterator[Diagnostic]:
    if written.train.jobs and written.train.wait == "agent" and written.pool.of_deployments.vmImage:
        message = "train.yml waits on hosted agents, which end a job after 60 minutes, or after 360 where they are paid"
        where = Where(key_at(header, "train"), "pipelines")
        help = "write wait: server, with which no agent waits, or name a pool of your own agents"
        yield finding(CUT_OFF, message, where, help)


def _is_told_a_parameter(text: str) -> bool:
    return any(part.value.startswith(f"{PARAMETER}.") for part in parts(text))


def _parameters_are_read(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for first, written in trained(graphs):
        told = {
            part.value
            for graph in graphs
            for job in graph.section("jobs")
            for text in job.run_values.values()
            for part in parts(text)
        }
        for name in written.train.parameters:
            if f"{PARAMETER}.{name}" not in told:
                where = Where(key_at(first.header, "train", "parameters", name), "pipelines")
                help = f"write ${{run.parameter.{name}}} in inputs, tags or environment variables of a job"
                yield finding(UNREAD, f"no job is told the parameter {name}", where, help)


TRAINING_RULES = (
    over_targets(CONTRARY_STARTS, of_header(_starts_are_as_written)),
    over_graph(NOT_SUBMITTED, _only_what_is_submitted_is_told),
    over_targets(CUT_OFF, of_header(_agents_may_wait)),
    over_targets(UNREAD, _parameters_are_read),
)
