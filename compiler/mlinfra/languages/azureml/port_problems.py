"""What is said of values, paths and bindings that do not fit the input or output at which they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.languages.azureml.ports import Port, are_paths, list_fault, literal_fault, mapping
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
CODES = (TYPE_MISMATCH, OTHER_PATH, UNKNOWN_PORT, UNKNOWN_INPUT, OUT_OF_BOUNDS, NOT_LISTED)


def unknown_input(
    name: str, path: BodyPath, component_name: str, known: Mapping[str, Port], named_at: BodyPath
) -> BodyProblem:
    """What is said of an input that a component, which is named at another place, does not have."""
    help_text, near = did_you_mean(name, known) or "it has no inputs", nearly(name, known, "inputs", named_at, named_at)
    message = f'component "{component_name}" has no input "{name}"'
    return BodyProblem(UNKNOWN_INPUT, path, message, help_text, on_key=True, near=near)


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


def swept_problems(
    search_space: object, path: BodyPath, component_name: str, known: Mapping[str, Port], named_at: BodyPath
) -> Iterator[BodyProblem]:
    """What is wrong with what a sweep at a path tries, beside the inputs of the component that is its trial."""
    for name, distribution in mapping(search_space).items():
        place = (*path, "search_space", name)
        if name not in known:
            yield unknown_input(name, place, component_name, known, named_at)
            continue
        values = mapping(distribution).get("values")
        for index, value in enumerate(values if isinstance(values, list) else ()):
            if isinstance(value, str | int | float):
                what = f'{shown(value)} is tried for input "{name}"'
                yield from literal_problems(known[name], value, (*place, "values", index), what)


def mismatch(what: str, wanted_type: str | None, given_type: str | None, given: str, path: BodyPath) -> BodyProblem:
    """What is said of something whose type its input or output does not take; `what` takes, and `given` is it not."""
    code = OTHER_PATH if are_paths(wanted_type, given_type) else TYPE_MISMATCH
    return BodyProblem(code, path, f"{what} takes {wanted_type}, but {given}")


def shown(value: object) -> str:
    """Return a scalar as YAML writes it, texts in quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
