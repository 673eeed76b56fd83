"""What a change of pipelines opens or asks no more: whose code gets rights or secrets, what a release waits for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from mlinfra.differ.model import Property, sorted_classes
from mlinfra.header.accept import Class
from mlinfra.header.own_code import OwnStep
from mlinfra.header.pipelines import Pipelines

_CONNECTION = re.compile(r"steps\.[^.]+\.connection$")
_OF_A_STEP = re.compile(r"steps\.(?P<name>[^.]+)\.(?:after|before|targets)$")
_LAST = ("release", "score")  # after which nothing waits for a step


def more_of_pipelines(old: Pipelines | None, new: Pipelines | None) -> Callable[[str, Property], Property]:
    """Adds to a property below a key of `pipelines` what its values alone don't say."""
    is_shared = _is_shared(new) and not _is_shared(old)
    gets_secrets = _has_more_secrets(old, new)
    runs = _runs_more_jobs(old, new)
    loose = _programs(old) - _programs(new)
    steps = set(_that_hold_less(old.steps if old else {}, new.steps if new else {}))

    def more(key: str, found: Property) -> Property:
        classes: set[Class] = set(found.classes)
        step = _OF_A_STEP.match(found.path)
        is_loose = key == "versions" and loose.intersection(found.path.split("."))
        if (key == "pool" and is_shared) or (step and step["name"] in steps) or is_loose:
            classes.add("weakens")
        is_lent = (key == "tests" and gets_secrets) or (key == "pull_request" and runs) or _CONNECTION.match(found.path)
        if found.after is not None and is_lent:
            classes.add("opens_access")
        return replace(found, classes=sorted_classes(classes))

    return more


def _is_shared(pipelines: Pipelines | None) -> bool:
    """Whether what a pull request brings, and nobody has read, runs on agents of one's own that deploy as well."""
    if pipelines is None:
        return False
    name = pipelines.pool.of_pull_requests.name
    return name is not None and name == pipelines.pool.of_deployments.name


def _that_hold_less(old: Mapping[str, OwnStep], new: Mapping[str, OwnStep]) -> Iterator[str]:
    """The steps for which a release waits no more, or not in each target in which it did."""
    for name, step in old.items():
        there = new.get(name)
        if _holds(step) and (there is None or not _holds(there) or not _is_wherever(there, step)):
            yield name


def _holds(step: OwnStep) -> bool:
    return step.after not in _LAST


def _is_wherever(step: OwnStep, other: OwnStep) -> bool:
    return step.targets is None or (other.targets is not None and set(other.targets) <= set(step.targets))


def _has_more_secrets(old: Pipelines | None, new: Pipelines | None) -> bool:
    """Whether a test, which runs what nobody has read, gets one that it did not get."""
    before, after = (
        {(test.name, name, secret) for test in (side.tests if side else ()) for name, secret in test.secrets.items()}
        for side in (old, new)
    )
    return bool(after - before)


def _runs_more_jobs(old: Pipelines | None, new: Pipelines | None) -> bool:
    """Whether what a pull request brings, and nobody has read, runs in one job more, as the identity of its cluster."""
    before, after = (set(side.pull_request.jobs) if side and side.pull_request else set[str]() for side in (old, new))
    return bool(after - before)


def _programs(pipelines: Pipelines | None) -> set[str]:
    """The programs that are held to a hash of ours."""
    pins = pipelines.versions if pipelines else None
    named = {"bicep": pins.bicep, "databricks": pins.databricks} if pins else {}
    return {name for name, pin in named.items() if pin and pin.sha256}
