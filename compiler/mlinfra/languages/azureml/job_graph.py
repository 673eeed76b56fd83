"""Steps of a pipeline as a graph: which step waits for which, and the circles in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from mlinfra.diagnostics import Code
from mlinfra.schemas.problems import BodyPath, BodyProblem, RelatedPlace

CYCLE = Code(
    id="MLI504",
    severity="error",
    title="Circle of pipeline steps that wait for each other",
    why="No step of the circle can start; the Azure ML client does not look, the service refuses the pipeline",
    fix="Remove one of the bindings that close the circle",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline",
)
CODES = (CYCLE,)
MAX_CIRCLES = 10  # of steps that all wait for each other


class Use(NamedTuple):
    """A step's reference to another step, and where it stands."""

    step: str  # the step that is waited for
    text: str
    path: BodyPath


def check_cycles(uses_by_step: Mapping[str, tuple[Use, ...]]) -> Iterator[BodyProblem]:
    """Report circles that share no step, at least one in each group of steps that wait for each other."""
    try:
        TopologicalSorter({step: {use.step for use in uses} for step, uses in uses_by_step.items()}).prepare()
    except CycleError:
        place = {step: index for index, step in enumerate(uses_by_step)}
        knots = _knots(set(uses_by_step), uses_by_step)
        circles = [circle for knot in knots for circle in _circles(knot, uses_by_step, place)]
        yield from (_problem(circle) for circle in sorted(circles, key=lambda circle: place[circle[0][0]]))


def _knots(steps: AbstractSet[str], uses_by_step: Mapping[str, tuple[Use, ...]]) -> Iterator[AbstractSet[str]]:
    """The groups of these steps in which each waits for each, itself included."""
    import networkx  # takes a tenth of a second, and only a pipeline that is wrong pays it

    network: networkx.DiGraph[str] = networkx.DiGraph()
    network.add_edges_from(
        (step, use.step) for step in sorted(steps) for use in uses_by_step[step] if use.step in steps
    )
    for knot in networkx.strongly_connected_components(network):
        if len(knot) > 1 or network.has_edge(*knot, *knot):
            yield knot


def _circles(
    knot: AbstractSet[str], uses_by_step: Mapping[str, tuple[Use, ...]], place: Mapping[str, int]
) -> Iterator[tuple[tuple[str, Use], ...]]:
    """Circles of a knot that share no step; the next ones are seen when these are gone."""
    pending = [knot]
    for _ in range(MAX_CIRCLES):
        if not pending:
            return
        knot = pending.pop()
        circle = _shortest_circle(min(knot, key=place.__getitem__), knot, uses_by_step)
        yield circle
        pending += _knots(knot - {step for step, _ in circle}, uses_by_step)


def _shortest_circle(
    start: str, knot: AbstractSet[str], uses_by_step: Mapping[str, tuple[Use, ...]]
) -> tuple[tuple[str, Use], ...]:
    """Return the way from a step of a knot back to it as (step, what it uses), breadth first."""
    came: dict[str, tuple[str, Use]] = {}  # the step before, and what it uses
    queue = [start]
    for step in queue:
        for use in uses_by_step[step]:
            if use.step == start:
                return _way((step, use), start, came)
            if use.step in knot and use.step not in came:
                came[use.step] = (step, use)
                queue.append(use.step)
    raise AssertionError("each step of a knot waits for itself")


def _way(last: tuple[str, Use], start: str, came: Mapping[str, tuple[str, Use]]) -> tuple[tuple[str, Use], ...]:
    way = [last]
    while way[-1][0] != start:
        way.append(came[way[-1][0]])
    return tuple(reversed(way))


def _problem(circle: tuple[tuple[str, Use], ...]) -> BodyProblem:
    first_step, first_use = circle[0]
    steps = [step for step, _ in circle]
    if len(circle) == 1:
        message = f'step "{first_step}" waits for itself'
    else:
        message = "steps wait for each other: " + " → ".join([*steps, first_step])
    related = tuple(RelatedPlace(f'"{step}" takes {use.text} here', use.path) for step, use in circle[1:])
    return BodyProblem(CYCLE, first_use.path, message, f'"{first_step}" takes {first_use.text} here', related)
