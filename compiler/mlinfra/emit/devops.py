"""The platform as the script that sets Azure DevOps up knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlinfra.emit.bootstrap import connections_of
from mlinfra.graph import Graph
from mlinfra.header import Header
from mlinfra.header.model import WrittenApproval
from mlinfra.header.pipelines import Pipelines
from mlinfra.pipelines.devops import Approval, DevopsContext, DevopsTarget
from mlinfra.plan import Plan
from mlinfra.rules.lookups import approver_mails


def devops_context(
    plans: Sequence[Plan],
    header: Header,
    settings: Pipelines,
    pipelines: Mapping[str, Mapping[str, Any]],
    folder: str,
    guests: Mapping[str, Sequence[str]],
) -> DevopsContext:
    """The platform; `pipelines` as they are emitted, into this folder counted from the root of the repository.

    `guests` are, by target, other branches whose runs take models from it.
    """
    return DevopsContext(
        platform=header.lasting_name,
        owner=header.owner,
        cloud=header.cloud,
        default_branch=_default_branch(header, settings),
        targets=tuple(_target(plan, tuple(guests.get(plan.graph.target.name, ()))) for plan in plans),
        pipelines=pipelines,
        folder=folder,
        groups=variable_groups(settings),
    )


def _default_branch(header: Header, settings: Pipelines) -> str:
    """The branch whose copy of a pipeline says what starts it: one that targets are deployed from, so guarded."""
    branches = [target.branch for target in header.targets]
    fixed = [branch for branch in branches if not branch.endswith("*")]
    return settings.branch if settings.branch in branches or not fixed else fixed[0]


def variable_groups(settings: Pipelines) -> Mapping[str, tuple[str, ...]]:
    """The variable groups that pipelines use, each with the variables that they take of it."""
    found: dict[str, list[str]] = {}
    for test in settings.tests:
        for group, variables in test.groups.items():
            found.setdefault(group, []).extend(variables)
    return {group: tuple(dict.fromkeys(variables)) for group, variables in found.items()}


def _target(plan: Plan, guests: tuple[str, ...]) -> DevopsTarget:
    target = plan.graph.target
    return DevopsTarget(
        name=target.name,
        lasting_name=target.lasting_name,
        subscription=target.subscription,
        branch=target.branch,
        guests=guests,
        is_production=target.mode == "production",
        connections={connection.use: connection.name for connection in connections_of(plan)},
        approval=_approval(plan.graph),
    )


def _approval(graph: Graph) -> Approval | None:
    written = graph.target.approval or WrittenApproval()
    mails = approver_mails(graph)
    return Approval(mails, written.at_least, written.own, written.hours) if mails else None
