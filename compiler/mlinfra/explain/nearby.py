"""What of the header a text names, where it names no entry: a target, a service connection, a pool, a pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from mlinfra.diagnostics import Span
from mlinfra.explain.alone import stands_alone
from mlinfra.plan import Plan

PIPELINES = "pipelines"
MIN_CHARACTERS = 3  # of a name that stands alone
_FILES = re.compile(r"(?<![\w./-])(?:[\w./-]+/)?(pr|infra|train|release|score|back)\.ya?ml\b")
_SCRIPTS = re.compile(r"(?<![\w-])scripts/([\w-]+\.(?:sh|py))\b")


class Near(NamedTuple):
    """Something that is no entry."""

    what: str  # target dev
    how: str  # what of the text names it
    written: Span
    target: str = ""  # that it is of


def nearby(said: str, plans: Sequence[Plan]) -> list[Near]:
    """Each once, the likeliest first: what only this target has before what all of them share."""
    lower = said.lower()
    found = [near for plan in plans for near in (*_environments(lower, plan), *_connections(lower, plan))]
    found += [near for plan in plans for near in _of_target(lower, plan)]
    if plans:
        found += _of_pipelines(said, lower, plans[0])
    return list({near.what: near for near in reversed(found)}.values())[::-1]


def _connections(lower: str, plan: Plan) -> Iterator[Near]:
    header, target = plan.graph.header, plan.graph.target.name
    connections = header.pipelines.service_connections.get(target) if header.pipelines else None
    for purpose, name in connections.model_dump().items() if connections else ():
        if isinstance(name, str) and _stands_alone(lower, name):
            place = header.key_at(PIPELINES, "service_connections", target)
            yield Near(f"service connection {name}, which is {purpose} of target {target}", name, place, target)


def _environments(lower: str, plan: Plan) -> Iterator[Near]:
    """Environments of Azure Pipelines are often called as connections are: the word beside tells them apart."""
    target = plan.graph.target
    name = f"{plan.graph.header.lasting_name}-{target.lasting_name}".lower()
    if re.search(rf"\benvironment\b[\s'\":]{{0,4}}{re.escape(name)}(?![\w-])", lower):
        yield Near(f"target {target.name}", f"environment {name}", target.span, target.name)


def _of_target(lower: str, plan: Plan) -> Iterator[Near]:
    target = plan.graph.target
    subscription, group = target.group
    shared = [each.name for each in plan.graph.header.targets if each.subscription == target.subscription]
    if _stands_alone(lower, group):
        yield Near(f"target {target.name}", group, target.span, target.name)
    elif _stands_alone(lower, subscription) and shared == [target.name]:
        yield Near(f"target {target.name}", subscription, target.span, target.name)


def _of_pipelines(said: str, lower: str, plan: Plan) -> Iterator[Near]:
    header = plan.graph.header
    if header.pipelines is None:
        return
    pool = header.pipelines.pool
    for name in (pool.of_pull_requests.name, pool.of_deployments.name):
        if name is not None and _stands_alone(lower, name):
            yield Near(f"pool {name}", name, header.key_at(PIPELINES, "pool"))
    for pattern, kind in ((_FILES, "pipeline"), (_SCRIPTS, "script")):
        for match in pattern.finditer(said):
            yield Near(f"{kind} {Path(match[0]).name}", match[0], header.key_at(PIPELINES))


def _stands_alone(lower: str, name: str) -> bool:
    return len(name) >= MIN_CHARACTERS and stands_alone(lower, name.lower())
