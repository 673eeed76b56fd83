"""What a change of the header makes pipelines name that has to be there before the change is merged.

Azure Pipelines looks for all that a file names before it starts a run of it, so one connection that is missing stops
the runs of every target (docs, "Service connections", "Resources in YAML pipelines").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.derive.applications import read_by_services
from mlinfra.differ.model import Found
from mlinfra.differ.spec import Spec
from mlinfra.graph import Graph
from mlinfra.header.pipelines import Pipelines
from mlinfra.pipelines.uses import WAITS

_BOOTSTRAP = "scripts/bootstrap.sh --target"


def of_target(target: str) -> str:
    """What to do for a target that is new, or that gets another service connection."""
    ready = f"{_BOOTSTRAP} {target} --federations federations-{target}.tsv"
    return (
        f"Prepare {target} before you merge this. Run {_BOOTSTRAP} {target}, then the command that it prints, then "
        f"{ready}. Until then Azure Pipelines starts no pipeline that names its service connections, for other "
        "targets neither; rollbacks of other targets still start"
    )


def of_key(key: str, before: Pipelines | None, now: Pipelines | None) -> str:
    """What to do for a key of `pipelines`; empty: it names nothing that was not named before."""
    if now is None:
        return ""
    if key == "service_connections":
        return ". ".join(of_target(each) for each in _with_more_connections(before, now))
    more = sorted(set(_named(key, now)) - set(_named(key, before) if before else ()))
    if not more:
        return ""
    run = "then run scripts/bootstrap-devops.sh from this branch, which lets the pipelines use what they name"
    why = "Azure Pipelines starts no pipeline that names what is not there"
    return f"Before you merge this, create {', '.join(more)}; {run}. {why}"


def with_rights_of_services(found: Found, spec: Spec, earlier: Spec | None) -> Found:
    """The same, with what to do first for a key that a service reads from now on; a new target says all of it."""
    graph = spec.graphs.get(found.target or "")
    old = earlier.graphs.get(found.target or "") if earlier else None
    services = _newly_reading(found.address, old, graph) if graph and old and found.action != "deleted" else []
    if not services:
        return found
    run = f"{_BOOTSTRAP} {found.target}"
    first = (
        f"Run {run} from this branch before the deployment: until then {' and '.join(services)} may not read the key, "
        "and what it encrypts is not made. Run it again after the deployment, which leaves only the right to this key"
    )
    return replace(found, remedy=f"{first}. {found.remedy}" if found.remedy else first)


def _newly_reading(address: str, old: Graph, now: Graph) -> list[str]:
    """The services that read a key which is new, or the key of what is encrypted with one that was there."""
    before = {(service.name, key) for service, _, key in read_by_services(old)}
    more = (each for each in read_by_services(now) if (each[0].name, each[2]) not in before)
    places = (
        (service.name, entry.address if key in old.entries or now.entries[key].existing else key)
        for service, entry, key in more
    )
    return sorted({name for name, place in places if place == address})


def _with_more_connections(before: Pipelines | None, now: Pipelines) -> Iterator[str]:
    """The targets that were there before, and name a connection that they did not name."""
    for target, written in now.service_connections.items():
        there = before.service_connections.get(target) if before else None
        if there is not None and set(_names(written)) - set(_names(there)):
            yield target


def _names(written: object) -> Iterator[str]:
    yield from (name for name in vars(written).values() if isinstance(name, str))


def _named(key: str, pipelines: Pipelines) -> Iterator[str]:
    if key == "pool":
        pools = (pipelines.pool.of_pull_requests.name, pipelines.pool.of_deployments.name)
        yield from (f"the pool {name}" for name in pools if name)
    elif key == "tests":
        yield from (f"the variable group {group}" for test in pipelines.tests for group in test.groups)
    elif key == "steps":
        names = (step.connection for step in pipelines.steps.values())
        yield from (f"the service connection {name}" for name in names if name)
    elif key == "feeds":
        yield from (f"the feed {feed}" for feed in pipelines.feeds)
    elif key == "train" and pipelines.train.jobs and pipelines.train.wait == "server":
        yield f"the extension {WAITS}"
