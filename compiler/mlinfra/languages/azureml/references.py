"""The `${{…}}` references of one job, step or component: is each written right, and declared?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from mlinfra.diagnostics import Code
from mlinfra.diagnostics.merge import first_few
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.languages.azureml.expressions import Mistake, Reference, Scope, may_hold_some, parse_expressions
from mlinfra.languages.azureml.ports import Port
from mlinfra.schemas.problems import BodyPath, BodyProblem, nearly
from mlinfra.schemas.values import texts

MALFORMED = Code(
    id="MLI501",
    severity="error",
    title="Expression that Azure ML can't read",
    why="Azure ML replaces ${{…}} when the job runs; what it can't read fails there or stays plain text",
    fix="Write ${{inputs.<name>}}, ${{outputs.<name>}}, ${{search_space.<name>}} or, in pipeline steps, ${{parent.…}}",
    source="https://learn.microsoft.com/azure/machine-learning/concept-expressions",
)
UNDECLARED = Code(
    id="MLI502",
    severity="error",
    title="Expression names an input, output or hyperparameter that is not declared",
    why="The job is accepted and fails when it starts; the Azure ML client does not look",
    fix="Declare the name, or correct it",
    source="https://learn.microsoft.com/azure/machine-learning/concept-expressions",
)
UNKNOWN_STEP = Code(
    id="MLI503",
    severity="error",
    title="Expression names a step, or a step's input or output, that the pipeline does not have",
    why="The pipeline has no value to hand over and is refused",
    fix="Name a key of jobs and one of that step's outputs",
    source="https://learn.microsoft.com/azure/machine-learning/concept-expressions",
)
BRACE_TYPO = Code(
    id="MLI508",
    severity="error",
    title="Expression with the wrong braces",
    why="Azure ML leaves ${inputs.x} and {{inputs.x}} as they are: the program or the shell receives that text",
    fix="Write ${{inputs.x}}",
    source="https://learn.microsoft.com/azure/machine-learning/concept-expressions",
)
OPTIONAL_OUTSIDE = Code(
    id="MLI512",
    severity="error",
    title="Optional input outside $[[ … ]]",
    why="Where the input has no value, only a part inside $[[ … ]] is left out; elsewhere nothing can stand there",
    fix="Enclose the argument: $[[--name ${{inputs.name}}]], or give the input a default",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-component-command",
)
WRONG_SCOPE = Code(
    id="MLI515",
    severity="error",
    title="Expression whose scope is not visible where it stands",
    why="${{parent.…}} is known only in the steps of a pipeline, and a step is bound to the names of its pipeline",
    fix="In a step's inputs and outputs write ${{parent.…}}; elsewhere ${{inputs.<name>}} and ${{outputs.<name>}}",
    source="https://learn.microsoft.com/azure/machine-learning/concept-expressions",
)
CODES = (MALFORMED, UNDECLARED, UNKNOWN_STEP, BRACE_TYPO, OPTIONAL_OUTSIDE, WRONG_SCOPE)

PROSE_KEYS = frozenset({"$schema", "description", "display_name", "name", "properties", "tags", "version"})
"""Fields that people read or that Azure ML keeps as they are."""


@dataclass(frozen=True, slots=True)
class StepPorts:
    """What other steps can refer to; None where a component outside the spec decides it."""

    inputs: Mapping[str, Port] | None
    outputs: Mapping[str, Port] | None


@dataclass(frozen=True, slots=True)
class Names:
    """What the expressions of one body can refer to; None: not known here, so nothing is reported."""

    inputs: Mapping[str, Port] | None = field(default_factory=dict)
    outputs: Mapping[str, Port] | None = field(default_factory=dict)
    search_space: Collection[str] = ()
    is_component: bool = False  # a job may name an input that it lacks inside $[[ … ]], a component may not
    pipeline: PipelineNames | None = None


@dataclass(frozen=True, slots=True)
class PipelineNames:
    """What the steps of a pipeline see of it and of each other."""

    inputs: Mapping[str, Port]
    outputs: Mapping[str, Port]
    steps: Mapping[str, StepPorts]


_OF_THE_PIPELINE = (Scope.PARENT_INPUTS, Scope.PARENT_OUTPUTS)
_DECLARED_UNDER = {
    Scope.INPUTS: "inputs",
    Scope.OUTPUTS: "outputs",
    Scope.SEARCH_SPACE: "search_space",
    Scope.PARENT_INPUTS: "inputs",
    Scope.PARENT_OUTPUTS: "outputs",
}


def check_texts(
    body: object, path: BodyPath, names: Names, skip: Collection[str] = PROSE_KEYS
) -> Iterator[BodyProblem]:
    """Check every expression in every text below `body`, leaving out its keys in `skip`."""
    for text_path, text in texts(body, path, skip):
        if may_hold_some(text):
            yield from first_few(_wrong_in(text, text_path, names), with_message)


def _wrong_in(text: str, path: BodyPath, names: Names) -> Iterator[BodyProblem]:
    expressions = parse_expressions(text)
    for mistake in expressions.mistakes:
        yield mistake_problem(mistake, path)
    for reference in expressions.references:
        yield from check_reference(reference, path, names)


def with_message(problem: BodyProblem, message: str) -> BodyProblem:
    return problem._replace(message=message, help=None)


def mistake_problem(mistake: Mistake, path: BodyPath) -> BodyProblem:
    return BodyProblem(BRACE_TYPO if mistake.is_brace_typo else MALFORMED, path, mistake.message, mistake.help)


def check_reference(reference: Reference, path: BodyPath, names: Names) -> Iterator[BodyProblem]:
    """Report `reference` where its scope is not visible or does not hold its name."""
    match reference.scope:
        case Scope.INPUTS:
            yield from _check_input(reference, path, names)
        case Scope.OUTPUTS:
            yield from _check_declared("output", reference, path, names.outputs)
        case Scope.SEARCH_SPACE:
            yield from _check_declared("hyperparameter", reference, path, names.search_space)
        case _ if names.pipeline is None:
            yield BodyProblem(
                WRONG_SCOPE,
                path,
                f"{reference.text} is known only in the steps of a pipeline",
                _help_without_parent(reference),
            )
        case Scope.PARENT_INPUTS:
            yield from _check_declared("pipeline input", reference, path, names.pipeline.inputs)
        case Scope.PARENT_OUTPUTS:
            yield from _check_declared("pipeline output", reference, path, names.pipeline.outputs)
        case _:
            yield from _check_step(reference, path, names.pipeline.steps)


def _check_input(reference: Reference, path: BodyPath, names: Names) -> Iterator[BodyProblem]:
    if names.inputs is None:
        return
    port = names.inputs.get(reference.name)
    if port is None and reference.is_optional and not names.is_component:
        return
    yield from _check_declared("input", reference, path, names.inputs)
    if (
        port is not None
        and names.is_component
        and port.is_optional
        and not port.has_default
        and not reference.is_optional
    ):
        yield BodyProblem(
            OPTIONAL_OUTSIDE,
            path,
            f'input "{reference.name}" is optional, and {reference.text} stands outside $[[ … ]]',
            f"enclose the argument: $[[--{reference.name} {reference.text}]]",
        )


def _check_declared(
    noun: str, reference: Reference, path: BodyPath, declared: Collection[str] | None
) -> Iterator[BodyProblem]:
    if declared is not None and reference.name not in declared:
        help_text = did_you_mean(reference.name, declared) or f"{reference.text} needs a declaration"
        under = _DECLARED_UNDER[reference.scope]
        within = pipeline_of(path) if reference.scope in _OF_THE_PIPELINE else path[:-1]
        near = nearly(reference.name, declared, under, within)
        yield BodyProblem(UNDECLARED, path, f'{noun} "{reference.name}" is not declared', help_text, near=near)


def _check_step(reference: Reference, path: BodyPath, steps: Mapping[str, StepPorts]) -> Iterator[BodyProblem]:
    step = steps.get(reference.step)
    if step is None:
        message, help_text = f'step "{reference.step}" is not defined', did_you_mean(reference.step, steps)
        near = nearly(reference.step, steps, "jobs", pipeline_of(path))
        yield BodyProblem(UNKNOWN_STEP, path, message, help_text, near=near)
        return
    noun = "output" if reference.scope is Scope.STEP_OUTPUTS else "input"
    ports = step.outputs if reference.scope is Scope.STEP_OUTPUTS else step.inputs
    if reference.name and ports is not None and reference.name not in ports:
        help_text = did_you_mean(reference.name, ports) or f"it has no {noun}s"
        message, at_step = (
            f'step "{reference.step}" has no {noun} "{reference.name}"',
            (*pipeline_of(path), "jobs", reference.step),
        )
        near = nearly(reference.name, ports, f"{noun}s", at_step, (*at_step, "component"))
        yield BodyProblem(UNKNOWN_STEP, path, message, help_text, near=near)


def pipeline_of(path: BodyPath) -> BodyPath:
    """The pipeline in whose step a place lies."""
    steps = [place for place, key in enumerate(path) if key == "jobs"]
    return path[: steps[-1]] if steps else ()


def _help_without_parent(reference: Reference) -> str | None:
    if reference.scope in (Scope.PARENT_INPUTS, Scope.PARENT_OUTPUTS):
        return f"write {reference.text.replace('parent.', '')}"
    return None
