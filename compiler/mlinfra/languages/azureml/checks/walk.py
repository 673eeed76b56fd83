"""Ways through a body that several checks take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext
from mlinfra.schemas.problems import BodyPath
from mlinfra.source.tree import holds_key

MAPS_OF_NAMES = frozenset({"jobs", "inputs", "outputs", "search_space", "tags", "properties", "environment_variables"})


class Job(NamedTuple):
    """A job, component or step, with its place in the body."""

    path: BodyPath
    body: Body
    kind: str  # command, sweep, spark, parallel, pipeline, automl, a kind of control flow…


def jobs_in(body: Body, context: CheckContext) -> tuple[Job, ...]:
    """The job, component or scheduled job of an entry and then each step in it, steps of steps included."""
    root, path = (mapping(body.get("create_job")), ("create_job",)) if context.section == "schedules" else (body, ())
    return context.once("jobs", body, lambda: with_steps(root, path))


def with_steps(body: Body, path: BodyPath) -> Iterator[Job]:
    """A job or component at a place, and then each step in it, steps of steps included."""
    yield Job(path, body, word(body.get("type", "pipeline" if "jobs" in body else "command")))
    for name, step in mapping(body.get("jobs")).items():
        yield from with_steps(mapping(step), (*path, "jobs", name))
    component = body.get("component")
    if isinstance(component, Mapping) and "jobs" in component:
        for name, step in mapping(component["jobs"]).items():
            yield from with_steps(mapping(step), (*path, "component", "jobs", name))


def is_written_out(job: Job) -> bool:
    """Whether the step itself says what it runs, instead of naming a component."""
    return not isinstance(job.body.get("component"), str) and not isinstance(job.body.get("trial"), str)


def environments_of(body: Body, context: CheckContext) -> tuple[tuple[BodyPath, Body], ...]:
    """The environments that an entry writes out, itself among them."""
    return context.once("environments", body, lambda: environments_in(body, context.section))


def environments_in(body: Body, section: str) -> Iterator[tuple[BodyPath, Body]]:
    """Each environment that is written out: the entry itself, or a mapping under the key `environment`."""
    found: list[tuple[BodyPath, Body]] = []
    if section == "environments":
        found.append(((), body))
    elif holds_key(body, _ENVIRONMENT):
        _collect_under(_ENVIRONMENT, body, (), False, found)
    return iter(found)


def word(value: object) -> str:
    """Return an enumeration's value as Azure ML compares it: lower case; empty where it is no text."""
    return value.lower() if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """Return an integer that is written as a number or as text, else None: expressions and wrong types are not ours."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, float):  # of a map that takes anything, such as conf of Spark
        return int(value) if value.is_integer() else None
    try:
        return int(value)
    except ValueError:
        return None


_ENVIRONMENT = "environment"
_MAY_HOLD = (dict, list)  # asked of each value of each body: made once


def _collect_under(key: str, value: Any, path: BodyPath, are_names: bool, found: list[tuple[BodyPath, Body]]) -> None:
    """Mappings in a field; `are_names` says that the keys here are the user's, such as a step called `environment`."""
    for name, item in value.items() if isinstance(value, dict) else enumerate(value):
        if not isinstance(item, _MAY_HOLD):
            continue
        if name == key and isinstance(item, dict) and not are_names:
            found.append(((*path, name), item))
        else:
            _collect_under(key, item, (*path, name), not are_names and name in MAPS_OF_NAMES, found)
