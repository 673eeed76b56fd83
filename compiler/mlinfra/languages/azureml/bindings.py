"""What the expressions of a job or component are bound to: the one entry point of this room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlinfra.languages.azureml import job_graph, pipeline_bindings, references
from mlinfra.languages.azureml.pipeline_bindings import check_pipeline
from mlinfra.languages.azureml.port_problems import Run, input_name_problems, literal_problems, shown, swept_problems
from mlinfra.languages.azureml.ports import Port, declared_ports, given_ports, mapping
from mlinfra.languages.azureml.references import PROSE_KEYS, Names, check_texts
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.schemas.problems import BodyPath, BodyProblem

CODES = (*references.CODES, *job_graph.CODES, *pipeline_bindings.CODES)


def check_bindings(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    """Report every expression of a job, component or scheduled job that does not resolve or does not fit."""
    if context.section == "schedules":
        create_job = mapping(body.get("create_job"))
        if "jobs" in create_job or "command" in create_job:
            yield from _check_job(create_job, ("create_job",), context)
    elif context.section == "components":
        yield from _check_component(body, context)
    else:
        yield from _check_job(body, (), context)


def _check_component(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    yield from _check_defaults(body)
    if "jobs" in body:
        yield from check_pipeline(body, (), is_component=True, component=context.component)
        return
    names = Names(declared_ports(body.get("inputs")), declared_ports(body.get("outputs")), is_component=True)
    yield from check_texts(body, (), names)


def _check_job(body: Body, path: BodyPath, context: CheckContext) -> Iterator[BodyProblem]:
    if "jobs" in body:
        yield from check_pipeline(body, path, is_component=False, component=context.component)
        return
    inputs, outputs = given_ports(body.get("inputs")), declared_ports(body.get("outputs"))
    search_space = mapping(body.get("search_space"))
    trial = body.get("trial")
    if body.get("type") == "sweep" and isinstance(trial, str):
        yield from _check_trial(body, trial, inputs, context)
    elif isinstance(trial, Mapping):
        names = Names(
            {**inputs, **declared_ports(trial.get("inputs"))},
            {**outputs, **declared_ports(trial.get("outputs"))},
            search_space,
        )
        yield from check_texts(trial, (*path, "trial"), names)
    yield from check_texts(body, path, Names(inputs, outputs, search_space), PROSE_KEYS | {"trial"})


def _check_trial(body: Body, trial: str, inputs: Mapping[str, Port], context: CheckContext) -> Iterator[BodyProblem]:
    """Check that inputs and search space of a sweep are, together, what its trial component takes."""
    component = context.component(trial)
    if component is None:
        return
    wanted = declared_ports(component.get("inputs"))
    run = Run(body, (), trial, wanted, ("trial",))
    yield from input_name_problems(run, "give it under inputs or search_space")
    yield from swept_problems(run)
    for name, port in wanted.items():
        given = inputs.get(name)
        if given is not None and given.literal is not None:
            what = f'input "{name}" is {shown(given.literal)}'
            yield from literal_problems(port, given.literal, ("inputs", name), what)


def _check_defaults(body: Body) -> Iterator[BodyProblem]:
    for name, port in declared_ports(body.get("inputs")).items():
        if port.has_default:
            what = f'default of input "{name}" is {shown(port.literal)}'
            yield from literal_problems(port, port.literal, ("inputs", name, "default"), what)


RULE = over_body(CODES, check_bindings)
