"""What is said of values, paths and bindings that do not fit the input or output at which they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import closest_name, did_you_mean, listed, question
from mlinfra.languages.azureml.ports import Port, are_paths, list_fault, literal_fault, mapping
from mlinfra.languages.context import Body
from mlinfra.schemas.problems import BodyPath, BodyProblem, nearly

TYPE_MISMATCH = Code(
    id="MLI506",
    severity="error",
    title="Binding of a type that the input or output does not take",
    why="The step starts and fails on data of another kind, after everything before it has run",
    fix="Bind something of the input's type, or change the declared type",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-manage-inputs-outputs-pipeline",
)
OTHER_PATH = Code(
    id="MLI535",
    severity="warning",
    title="Path of another type than its input says",
    why="Azure ML hands over a path whatever its type: a file may stand where the program looks for a folder, or the "
    "other way round, and data of another format may not be understood",
    fix="Bind something of the input's type, or change the declared type; where the program takes both, ignore this",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-manage-inputs-outputs-pipeline",
)
UNKNOWN_PORT = Code(
    id="MLI514",
    severity="error",
    title="Step names an output that its component does not have",
    why="The component has no such output; the pipeline is refused",
    fix="Use a name that the component declares, or declare it there",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline",
)
MISSING_INPUT = Code(
    id="MLI513",
    severity="error",
    title="Step leaves out an input that its component requires",
    why="The pipeline is refused: the component has no default for it",
    fix="Bind the input, or give it a default or optional: true in the component",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline",
)
UNKNOWN_INPUT = Code(
    id="MLI536",
    severity="warning",
    title="Input that a component does not have",
    why="Azure ML reads past it: what the component does does not depend on the value",
    fix="Use the name of an input of the component, or leave the value out",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline",
)
OUT_OF_BOUNDS = Code(
    id="MLI516",
    severity="error",
    title="Value that its input does not allow",
    why="The component's declaration sets type, bounds and allowed values; the run is refused",
    fix="Give a value within them, or change the declaration",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-component-command",
)
NOT_LISTED = Code(
    id="MLI537",
    severity="warning",
    title="Text that is none of those which its input lists",
    why="The component says which values it takes; the service may refuse others, and the program may not know them",
    fix="Give one of them, or add the value to enum",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-component-command",
)
CODES = (TYPE_MISMATCH, OTHER_PATH, UNKNOWN_PORT, UNKNOWN_INPUT, OUT_OF_BOUNDS, NOT_LISTED, MISSING_INPUT)


class Run(NamedTuple):
    """A step or a sweep that runs a component, which is named at another place."""

    body: Body
    path: BodyPath
    component_name: str
    wanted: Mapping[str, Port]  # the inputs of the component
    named_at: BodyPath

    @property
    def given(self) -> Mapping[str, BodyPath]:
        """The inputs that it gives or sweeps, each with its place."""
        inputs, swept = (mapping(self.body.get(key)) for key in ("inputs", "search_space"))
        return {name: (*self.path, "search_space", name) for name in swept} | {
            name: (*self.path, "inputs", name)
            for name, value in inputs.items()
            if value is not None or name not in swept
        }


def input_name_problems(run: Run, help_text: str) -> Iterator[BodyProblem]:
    """Inputs that the component does not have, and those that it requires and is not given.

    An unknown name that is close to a missing one is that mistake, and no other.
    """
    inputs = mapping(run.body.get("inputs"))
    unknown = {name: path for name, path in run.given.items() if name not in run.wanted}
    missing = {
        name: (*run.path, "inputs", name)
        for name, port in run.wanted.items()
        if not port.is_optional and not port.has_default and name.isidentifier()  # no other name can be given
        if name not in run.given or (name in inputs and inputs[name] is None)
    }
    for name, path in unknown.items():
        meant = closest_name(name, missing)
        code, message = UNKNOWN_INPUT, f'component "{run.component_name}" has no input "{name}"'
        helps = did_you_mean(name, run.wanted) or "it has no inputs"
        if meant is not None:
            code, message = MISSING_INPUT, f'component "{run.component_name}" requires input "{meant}", not "{name}"'
            helps = question(meant, f"Defined: {listed(sorted(run.wanted))}") or helps
            del missing[meant]
        near = nearly(name, run.wanted, "inputs", run.named_at, run.named_at)
        yield BodyProblem(code, path, message, helps, on_key=True, near=near)
    for name, path in missing.items():
        message = f'component "{run.component_name}" requires input "{name}"'
        yield BodyProblem(MISSING_INPUT, path, message, help_text)


def unknown_output(
    name: str, path: BodyPath, component_name: str, known: Mapping[str, Port], named_at: BodyPath
) -> BodyProblem:
    """What is said of an output that a component, which is named at another place, does not have."""
    help_text = did_you_mean(name, known) or "it has no outputs"
    message, near = (
        f'component "{component_name}" has no output "{name}"',
        nearly(name, known, "outputs", named_at, named_at),
    )
    return BodyProblem(UNKNOWN_PORT, path, message, help_text, on_key=True, near=near)


def literal_problems(port: Port, literal: object, path: BodyPath, what: str) -> Iterator[BodyProblem]:
    """What is wrong with a literal at an input; `what` says whose it is: `input "x" is 3`."""
    if fault := literal_fault(port, literal):
        yield BodyProblem(OUT_OF_BOUNDS, path, f"{what} and {fault}")
    elif fault := list_fault(port, literal):
        yield BodyProblem(NOT_LISTED, path, f"{what} and {fault}")


def swept_problems(run: Run) -> Iterator[BodyProblem]:
    """What is wrong with the values that a sweep tries for the inputs of the component that is its trial."""
    for name, distribution in mapping(run.body.get("search_space")).items():
        values = mapping(distribution).get("values")
        for index, value in enumerate(values if name in run.wanted and isinstance(values, list) else ()):
            if isinstance(value, str | int | float):
                what = f'{shown(value)} is tried for input "{name}"'
                place = (*run.path, "search_space", name, "values", index)
                yield from literal_problems(run.wanted[name], value, place, what)


def mismatch(what: str, wanted_type: str | None, given_type: str | None, given: str, path: BodyPath) -> BodyProblem:
    """What is said of something whose type its input or output does not take; `what` takes, and `given` is it not."""
    code = OTHER_PATH if are_paths(wanted_type, given_type) else TYPE_MISMATCH
    return BodyProblem(code, path, f"{what} takes {wanted_type}, but {given}")


def shown(value: object) -> str:
    """Return a scalar as YAML writes it, texts in quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
