"""Steps of a pipeline: what each is bound to exists, fits, and closes no circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlinfra.diagnostics import Code
from mlinfra.diagnostics.merge import first_few
from mlinfra.languages.azureml import port_problems
from mlinfra.languages.azureml.expressions import Reference, Scope, has_expression, parse_expressions, whole_reference
from mlinfra.languages.azureml.job_graph import Use, check_cycles
from mlinfra.languages.azureml.port_problems import (
    UNKNOWN_PORT,
    Run,
    input_name_problems,
    literal_problems,
    mismatch,
    shown,
    swept_problems,
    unknown_output,
)
from mlinfra.languages.azureml.ports import (
    DEFAULT_OUTPUT_TYPE,
    OpenPorts,
    Port,
    declared_ports,
    given_ports,
    is_taken,
    mapping,
)
from mlinfra.languages.azureml.references import (
    PROSE_KEYS,
    WRONG_SCOPE,
    Names,
    PipelineNames,
    StepPorts,
    check_reference,
    check_texts,
    mistake_problem,
    with_message,
)
from mlinfra.languages.context import Body, BodyLookup
from mlinfra.schemas.flows import CONNECTIONS, is_wrong_connection
from mlinfra.schemas.problems import BodyPath, BodyProblem
from mlinfra.schemas.values import texts
from mlinfra.source.tree import UNKNOWN

OPTIONAL_TO_REQUIRED = Code(
    id="MLI518",
    severity="error",
    title="Optional input of a pipeline bound to a required input of a step",
    why="Where the pipeline gets no value the step has none either; the Azure ML client refuses it",
    fix="Make both optional, or both required",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-component-pipeline",
)
HIDDEN_OUTPUT = Code(
    id="MLI540",
    severity="error",
    title="Input bound to an output whose type the Azure ML client can't see",
    why="The client asks the giving step for the output's type, and of a registered component it knows no outputs",
    fix="Write the input as {type: …, path: ${{…}}}, or list the output under outputs of the step that gives it",
    source="https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/entities/_job/pipeline/_component_translatable.py",
)
CODES = (*port_problems.CODES, OPTIONAL_TO_REQUIRED, HIDDEN_OUTPUT)

CONTROL_FLOW_TYPES = frozenset({"do_while", "if_else", "parallel_for"})
TRANSLATED_KEYS = ("command", "task", "entry")  # steps that the client turns into components: command, parallel, Spark


@dataclass(frozen=True, slots=True)
class Step:
    """A step with the ports of what it runs; `wanted` and `component_outputs` are None where they can't be known."""

    name: str
    path: BodyPath
    body: Body
    component_name: str  # for messages; empty: an inline step
    wanted: Mapping[str, Port] | None
    component_outputs: Mapping[str, Port] | None
    outputs: Mapping[str, Port] | None

    @property
    def named_at(self) -> BodyPath:
        """Where it names, or has, what it runs."""
        return (*self.path, "trial" if self.body.get("trial") is not None else "component")


def check_pipeline(body: Body, path: BodyPath, *, is_component: bool, component: BodyLookup) -> Iterator[BodyProblem]:
    """Check a pipeline job or component whose steps stand under `jobs`."""
    ports = declared_ports if is_component else given_ports
    inputs, outputs = ports(body.get("inputs")), declared_ports(body.get("outputs"))
    yield from check_texts(body, path, Names(inputs, outputs, is_component=is_component), PROSE_KEYS | {"jobs"})
    steps = [
        _read_step(name, (*path, "jobs", name), step, outputs, component)
        for name, step in mapping(body.get("jobs")).items()
    ]
    pipeline = PipelineNames(
        inputs, outputs, {step.name: StepPorts(_visible_inputs(step), step.outputs) for step in steps}
    )
    for step in steps:
        yield from _check_step(step, pipeline, component)
    yield from _check_hidden_outputs({step.name: step for step in steps})
    yield from check_cycles({step.name: tuple(_uses(step)) for step in steps})


def _read_step(name: str, path: BodyPath, step: object, outputs: Mapping[str, Port], component: BodyLookup) -> Step:
    body = mapping(step)
    kind = str(body.get("type", "")).lower()  # of a step the SDK reads it in any case
    reference = body.get("trial") if kind == "sweep" else body.get("component")
    if isinstance(step, str) or kind in CONTROL_FLOW_TYPES or UNKNOWN in (step, reference, body.get("type")):
        return Step(name, path, body, "", None, None, None)
    if isinstance(reference, str):
        found = component(reference)
        if found is None:
            return Step(name, path, body, reference, None, None, None)
        return _component_step(name, path, body, reference, found)
    if isinstance(reference, Mapping) and ("inputs" in reference or "outputs" in reference):
        return _component_step(name, path, body, f"{name}'s own", reference)
    if isinstance(reference, Mapping) and all(value is UNKNOWN for value in reference.values()):
        return Step(name, path, body, "", None, None, None)  # nothing in it is right, or known
    return Step(name, path, body, "", None, None, _inline_outputs(body, outputs))


def _component_step(name: str, path: BodyPath, body: Body, component_name: str, component: Body) -> Step:
    outputs = declared_ports(component.get("outputs"))
    return Step(name, path, body, component_name, declared_ports(component.get("inputs")), outputs, outputs)


def _inline_outputs(body: Body, pipeline_outputs: Mapping[str, Port]) -> dict[str, Port]:
    """Return the outputs of a step without a component: one bound to a pipeline output takes that one's type."""
    ports = declared_ports(body.get("outputs"), default_type=DEFAULT_OUTPUT_TYPE)
    for name, value in mapping(body.get("outputs")).items():
        bound = _bound_to(value)
        if bound is not None and not mapping(value).get("type"):
            ports[name] = Port(pipeline_outputs[bound.name].type if bound.name in pipeline_outputs else None)
    return ports


def _visible_inputs(step: Step) -> Mapping[str, Port] | None:
    if step.component_name:
        return step.wanted
    return None if step.outputs is None else given_ports(step.body.get("inputs"))


def _check_step(step: Step, pipeline: PipelineNames, component: BodyLookup) -> Iterator[BodyProblem]:
    own = Names(
        inputs=_visible_inputs(step),
        outputs=step.outputs,
        search_space=mapping(step.body.get("search_space")),
        pipeline=pipeline,
    )
    yield from check_texts(step.body, step.path, own, PROSE_KEYS | {"inputs", "outputs", "component", "trial"})
    yield from _check_inline_definition(step, own, component)
    for key in ("inputs", "outputs"):
        for text_path, text in texts(step.body.get(key), (*step.path, key)):
            yield from _check_bound_text(text, text_path, pipeline)
    yield from _check_inputs(step, pipeline)
    yield from _check_outputs(step, pipeline)


def _check_inline_definition(step: Step, own: Names, component: BodyLookup) -> Iterator[BodyProblem]:
    """Check a component written into the step: its expressions see its own declarations, or else the step's."""
    for key in ("component", "trial"):
        definition = step.body.get(key)
        if not isinstance(definition, Mapping):
            continue
        path = (*step.path, key)
        if "jobs" in definition:
            yield from check_pipeline(definition, path, is_component=True, component=component)
            continue
        is_component = step.wanted is not None
        names = Names(own.inputs, own.outputs, own.search_space, is_component)
        yield from check_texts(definition, path, names)


def _check_bound_text(text: str, path: BodyPath, pipeline: PipelineNames) -> Iterator[BodyProblem]:
    yield from first_few(_wrong_in(text, path, pipeline), with_message)


def _wrong_in(text: str, path: BodyPath, pipeline: PipelineNames) -> Iterator[BodyProblem]:
    expressions = parse_expressions(text)
    for mistake in expressions.mistakes:
        yield mistake_problem(mistake, path)
    for reference in expressions.references:
        if reference.scope in (Scope.INPUTS, Scope.OUTPUTS, Scope.SEARCH_SPACE):
            yield BodyProblem(
                WRONG_SCOPE,
                path,
                f"{reference.text} names the step's own {reference.scope.value}, which can't be what it is bound to",
                f"write ${{{{parent.{reference.scope.value}.{reference.name}}}}}",
            )
        else:
            yield from check_reference(reference, path, Names(pipeline=pipeline))


def _check_inputs(step: Step, pipeline: PipelineNames) -> Iterator[BodyProblem]:
    given = mapping(step.body.get("inputs"))
    for name, value in given.items():
        path = (*step.path, "inputs", name)
        if isinstance(step.wanted, OpenPorts) and is_wrong_connection(name):
            message = f'"{name}" names no connection of a node of the flow'
            yield BodyProblem(UNKNOWN_PORT, path, message, f"write {CONNECTIONS}.<node>.connection", on_key=True)
            continue
        if step.wanted is None or name in step.wanted:
            yield from _check_input(name, value, path, step, pipeline)
    if step.wanted is not None:
        run = Run(step.body, step.path, step.component_name, step.wanted, step.named_at)
        if isinstance(step.body.get("trial"), str):
            yield from swept_problems(run)
        yield from input_name_problems(run, f'give it under inputs of step "{step.name}"')


def _check_input(
    name: str, value: object, path: BodyPath, step: Step, pipeline: PipelineNames
) -> Iterator[BodyProblem]:
    written = mapping(value).get("type")
    wanted = (step.wanted or {}).get(name) or Port(written.lower() if isinstance(written, str) else None)
    bound = _bound_to(value)
    if bound is not None:
        yield from _check_binding(name, bound, path, wanted, pipeline)
        return
    literal = mapping(value).get("value") if "value" in mapping(value) else value
    if isinstance(literal, str) and has_expression(literal):
        return
    if isinstance(literal, str | int | float):
        yield from literal_problems(wanted, literal, path, f'input "{name}" is {shown(literal)}')
    elif isinstance(written, str) and not is_taken(written.lower(), wanted.type):
        yield mismatch(f'input "{name}"', wanted.type, written.lower(), f"this is {written}", path)


def _check_binding(
    name: str, bound: Reference, path: BodyPath, wanted: Port, pipeline: PipelineNames
) -> Iterator[BodyProblem]:
    if bound.scope in (Scope.PARENT_OUTPUTS, Scope.STEP):
        message = f'input "{name}" can\'t take {bound.text}'
        yield BodyProblem(
            WRONG_SCOPE,
            path,
            message,
            "an input takes ${{parent.inputs.<name>}} or ${{parent.jobs.<step>.outputs.<name>}}",
        )
        return
    source = _source(bound, pipeline)
    if source is None:
        return
    if (
        source.is_optional
        and not source.has_default
        and wanted.type is not None
        and not wanted.is_optional
        and not wanted.has_default
    ):
        message = f'pipeline input "{bound.name}" is optional, and input "{name}" that takes it is required'
        yield BodyProblem(OPTIONAL_TO_REQUIRED, path, message, "make both optional or both required")
    if source.literal is not None:
        what = f'input "{name}" takes {bound.text}, which is {shown(source.literal)},'
        yield from literal_problems(wanted, source.literal, path, what)
    elif not is_taken(source.type, wanted.type):
        yield mismatch(f'input "{name}"', wanted.type, source.type, f"{bound.text} is {source.type}", path)


def _check_outputs(step: Step, pipeline: PipelineNames) -> Iterator[BodyProblem]:
    for name, value in mapping(step.body.get("outputs")).items():
        path = (*step.path, "outputs", name)
        if step.component_outputs is not None and name not in step.component_outputs:
            yield unknown_output(name, path, step.component_name, step.component_outputs, step.named_at)
            continue
        bound = _bound_to(value)
        if bound is None or bound.scope in (Scope.INPUTS, Scope.OUTPUTS, Scope.SEARCH_SPACE):
            continue
        if bound.scope is not Scope.PARENT_OUTPUTS:
            message = f'output "{name}" can\'t be bound to {bound.text}'
            yield BodyProblem(WRONG_SCOPE, path, message, "an output is bound to ${{parent.outputs.<name>}}")
            continue
        made = (step.outputs or {}).get(name, Port(None))
        target = pipeline.outputs.get(bound.name, Port(None))
        if not is_taken(made.type, target.type):
            given = f'output "{name}" is {made.type}'
            yield mismatch(f'pipeline output "{bound.name}"', target.type, made.type, given, path)


def _check_hidden_outputs(steps: Mapping[str, Step]) -> Iterator[BodyProblem]:
    for step in steps.values():
        for name, value in mapping(step.body.get("inputs")).items():
            bound = whole_reference(value)
            if bound is None or bound.scope is not Scope.STEP_OUTPUTS or not _is_translated(step):
                continue
            giver = steps.get(bound.step)
            if giver and _is_registered(giver) and bound.name not in mapping(giver.body.get("outputs")):
                message = f'input "{name}" takes output "{bound.name}" of a registered component without a type'
                help_text = f"write {{type: …, path: {bound.text}}}, or list {bound.name} under outputs of {giver.name}"
                yield BodyProblem(HIDDEN_OUTPUT, (*step.path, "inputs", name), message, help_text)


def _is_translated(step: Step) -> bool:
    return not step.component_name and any(key in step.body for key in TRANSLATED_KEYS)


def _is_registered(step: Step) -> bool:
    """Whether what a step runs is named in the file that the client reads, not a file or written out."""
    reference = step.body.get("component")
    return isinstance(reference, str) and not reference.startswith((".", "file:")) and "/" not in reference


def _uses(step: Step) -> Iterator[Use]:
    for path, text in texts(step.body, step.path, PROSE_KEYS):
        for reference in parse_expressions(text).references:
            if reference.step:
                yield Use(reference.step, reference.text, path)


def _source(bound: Reference, pipeline: PipelineNames) -> Port | None:
    if bound.scope is Scope.PARENT_INPUTS:
        return pipeline.inputs.get(bound.name)
    step = pipeline.steps.get(bound.step)
    if step is None:
        return None
    ports = step.outputs if bound.scope is Scope.STEP_OUTPUTS else step.inputs
    return None if ports is None else ports.get(bound.name)


def _bound_to(value: Any) -> Reference | None:
    if isinstance(value, Mapping):
        return whole_reference(value.get("path")) or whole_reference(value.get("value"))
    return whole_reference(value)
