"""Steps of a pipeline as a graph: which step waits for which, and the circles in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlinfra.azureml.problems import BodyPath, BodyProblem, RelatedPlace
from mlinfra.diagnostics import Code

CYCLE = Code(
    id="MLI504",
    severity="error",
    title="Steps of a pipeline that wait for each other",
    why="No step of the circle can start; the Azure ML client does not look, the service refuses the pipeline",
    fix="Remove one of the bindings that close the circle",
    source="reference-yaml-job-pipeline: binding inputs and outputs between steps",
)
CODES = (CYCLE,)


class Use(NamedTuple):
    """A step's reference to another step, and where it stands."""

    step: str  # the step that is waited for
    text: str
    path: BodyPath


def check_cycles(uses_by_step: Mapping[str, tuple[Use, ...]]) -> Iterator[BodyProblem]:
    """Report circles that share no step, at least one in each group of steps that wait for each other."""
    reported: set[str] = set()
    for start in uses_by_step:
        if start in reported:
            continue
        circle = _shortest_circle(start, uses_by_step)
        if circle and reported.isdisjoint(user for user, _ in circle):
            reported.update(user for user, _ in circle)
            yield _problem(circle)


def _shortest_circle(start: str, uses_by_step: Mapping[str, tuple[Use, ...]]) -> tuple[tuple[str, Use], ...]:
    """Return the way from `start` back to it as (step, what it uses), breadth first, or nothing."""
    ways: dict[str, tuple[tuple[str, Use], ...]] = {start: ()}
    queue = [start]
    for step in queue:
        for use in uses_by_step.get(step, ()):
            way = (*ways[step], (step, use))
            if use.step == start:
                return way
            if use.step not in ways:
                ways[use.step] = way
                queue.append(use.step)
    return ()


def _problem(circle: tuple[tuple[str, Use], ...]) -> BodyProblem:
    first_step, first_use = circle[0]
    steps = [step for step, _ in circle]
    if len(circle) == 1:
        message = f'step "{first_step}" waits for itself'
    else:
        message = "steps wait for each other: " + " → ".join([*steps, first_step])
    related = tuple(RelatedPlace(f'"{step}" takes {use.text} here', use.path) for step, use in circle[1:])
    return BodyProblem(CYCLE, first_use.path, message, f'"{first_step}" takes {first_use.text} here', related)
