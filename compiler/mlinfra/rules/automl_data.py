"""A rule of what AutoML reads: of a path in the repository only a script that starts the job can say where it is."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.automl_data import automl_data
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.rules.rule import over_graph

NOT_FOUND = Code(
    id="MLI698",
    severity="error",
    title="AutoML data of the repository that a component or a schedule reads",
    why="The Azure ML client looks for the data of an AutoML job from the folder in which it is started, not from that "
    "of the job's file; scripts that start a job say where they are, and nobody can for a component or a schedule",
    fix="Declare the data under data, and name the entry",
    source="https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/entities/_resource.py",
)
_HELP = "declare it under data, and write the name of that entry"


def _data_are_found(graph: Graph) -> Iterator[Diagnostic]:
    for component in graph.section("components"):
        for local in automl_data(graph, component):
            what = (
                f'an AutoML step of a component can\'t take its data from "{local.written}", a path of the repository'
            )
            yield finding(NOT_FOUND, what, at(component, local.place), _HELP)
    for schedule in graph.section("schedules"):
        for edge in graph.edges_from(schedule.address):
            job = graph.entries[edge.target]
            for local in automl_data(graph, job) if edge.path[:1] == ("create_job",) else ():
                reads = f'whose AutoML reads "{local.written}" of the repository'
                related = (Related("its data are named here", at(job, local.place).span),)
                what = f"{schedule.address} can't run {job.address}, {reads}"
                yield finding(NOT_FOUND, what, at(schedule, edge.path), _HELP, related)


RULES = (over_graph(NOT_FOUND, _data_are_found),)
