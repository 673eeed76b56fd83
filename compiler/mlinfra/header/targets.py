"""The targets that a platform is deployed to, filled with what the header says for all, in the order of promotion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mlinfra.diagnostics import Diagnostic, Related, Span, finding
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import did_you_mean, listed
from mlinfra.header import codes
from mlinfra.header.model import Mode as Mode
from mlinfra.header.model import WrittenApproval, WrittenHeader, WrittenTarget
from mlinfra.header.moved import PLATFORM, Moves
from mlinfra.header.pipelines import DEFAULT_BRANCH
from mlinfra.header.places import TARGETS, is_written, mapping_at, names_in
from mlinfra.header.tags import tags_over, told_apart_by_case
from mlinfra.header.variables import Variable, values_in
from mlinfra.source import tree
from mlinfra.source.tree import Node, Path

_SOMEWHERE = "westeurope"  # where no region is written, so that the rest can be judged


@dataclass(frozen=True)
class ResourceGroup:
    name: str
    tags: Mapping[str, str]

    @property
    def of_connections(self) -> str:
        """The group beside it with the identities of the service connections, which none of them may change."""
        return f"{self.name}-connections"


@dataclass(frozen=True)
class Target:
    name: str
    lasting_name: str  # in names on Azure and in Azure DevOps: the one that it had before it was moved
    subscription: str
    mode: Mode
    default: bool
    promote_from: str | None
    shared: bool  # it holds only what names it, for the others
    branch: str  # that it is deployed from; may end in *
    location: str
    tags: Mapping[str, str]  # the header's with the target's own
    resource_group: ResourceGroup
    variables: Mapping[str, Node]  # the value of every variable
    approval: WrittenApproval | None
    quota: Mapping[str, int]  # vCPUs by quota family
    overrides: tree.Mapping | None
    span: Span  # of the name
    quota_spans: Mapping[str, Span]  # where each family of `quota` is written
    # What Databricks looks up, by the variable whose value it is: its kind, and its name.
    lookups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def group(self) -> tuple[str, str]:
        """Subscription and resource group to which it is deployed."""
        return self.subscription, self.resource_group.name

    @property
    def tags_of_group(self) -> Mapping[str, str]:
        return tags_over(self.tags, self.resource_group.tags)


def targets_of(
    written: WrittenHeader,
    header: tree.Mapping,
    variables: Mapping[str, Variable],
    given: Mapping[str, Node],
    moves: Moves,
) -> tuple[Target, ...]:
    """Each target after the one it is promoted from, else as written, and those that are shared behind all others.

    The first is the default where none is, and what is meant where a first one is spoken of.

    A `promote_from` that leads nowhere, or around in a circle, is left out.
    """
    of_header = _OfHeader(written, header, variables, given, moves, frozenset(_circle(written.targets)))
    ordered = sorted(written.targets.items(), key=lambda item: item[1].shared)
    default = next((name for name, target in ordered if target.default), ordered[0][0])
    return _in_order([_filled(name, target, of_header, name == default) for name, target in ordered])


class _OfHeader(NamedTuple):
    """What is the same for all targets."""

    written: WrittenHeader
    header: tree.Mapping
    variables: Mapping[str, Variable]
    given: Mapping[str, Node]
    moves: Moves
    circle: frozenset[str]  # of promotion


def _filled(name: str, target: WrittenTarget, of_header: _OfHeader, is_default: bool) -> Target:
    written, header, variables, given, moves, circle = of_header
    group, lasting_name = target.resource_group, moves.name(f"{TARGETS}.{name}")
    of_group = group.name or f"rg-{moves.name(f'{PLATFORM}.{written.platform}')}-{lasting_name}"
    before = target.promote_from
    return Target(
        name=name,
        lasting_name=lasting_name,
        subscription=target.subscription.lower(),
        mode=target.mode,
        default=is_default,
        promote_from=before if before in written.targets and name not in circle else None,
        shared=target.shared,
        branch=target.branch or (written.pipelines.branch if written.pipelines else DEFAULT_BRANCH),
        location=target.location or written.location or _SOMEWHERE,
        tags=tags_over(written.tags, target.tags),
        resource_group=ResourceGroup(of_group, group.tags),
        variables=values_in(variables, mapping_at(header, (TARGETS, name, "variables")), given),
        approval=target.approval,
        quota=target.quota,
        overrides=mapping_at(header, (TARGETS, name, "overrides")),
        span=tree.key_span(header, (TARGETS, name)),
        quota_spans={family: tree.key_span(header, (TARGETS, name, "quota", family)) for family in target.quota},
    )


def _in_order(targets: Sequence[Target]) -> tuple[Target, ...]:
    ordered: dict[str, Target] = {}
    while len(ordered) < len(targets):
        ready = next(
            target
            for target in targets
            if target.name not in ordered and (target.promote_from is None or target.promote_from in ordered)
        )
        ordered[ready.name] = ready
    return tuple(ordered.values())


def check_targets(written: WrittenHeader, header: tree.Mapping) -> Iterator[Diagnostic]:
    """What targets say of each other that can't be, and what they lack because the header lacks it."""
    yield from _one_default(written, header)
    yield from _each_has_a_location(written, header)
    yield from _promotion_leads_somewhere(written, header)
    yield from _promotion_ends(written, header)
    yield from _nothing_is_promoted_to_what_is_shared(written, header)
    for name, target in written.targets.items():
        yield from told_apart_by_case(target.tags, header, (TARGETS, name, "tags"))
        yield from told_apart_by_case(target.resource_group.tags, header, (TARGETS, name, "resource_group", "tags"))


def _one_default(written: WrittenHeader, header: tree.Mapping) -> Iterator[Diagnostic]:
    marked = [name for name, target in written.targets.items() if target.default]
    places = [tree.key_span(header, (TARGETS, name, "default")) for name in marked]
    for place in places[1:]:
        related = [Related("the default is already set here", places[0])]
        yield finding(codes.DEFAULTS, "a second target is the default", place, "keep one", related=related)


def _each_has_a_location(written: WrittenHeader, header: tree.Mapping) -> Iterator[Diagnostic]:
    if written.location is not None or is_written(header, ("location",)):
        return
    places: dict[str, Path] = {name: (TARGETS, name, "location") for name in written.targets}
    own = {name for name, at in places.items() if written.targets[name].location is not None or is_written(header, at)}
    without = [name for name in places if name not in own]
    if without:
        message = f"{listed(f'targets.{name}' for name in without)} lack{'' if without[1:] else 's'} location"
        help = "add `location: <region>` at the top, for example `location: westeurope`"
        yield finding(codes.MISSING, message, tree.key_span(header, (TARGETS, without[0])), help)


def _promotion_leads_somewhere(written: WrittenHeader, header: tree.Mapping) -> Iterator[Diagnostic]:
    names = names_in(header, TARGETS)
    for name, target in written.targets.items():
        if target.promote_from is not None and target.promote_from not in names:
            message = f'promote_from "{target.promote_from}" is not a target'
            others = {other: tree.key_span(header, (TARGETS, other)) for other in names if other != name}
            near = of_nearly_the_name(target.promote_from, others, TARGETS)
            help = did_you_mean(target.promote_from, others)
            yield finding(codes.PROMOTION, message, _promotion(header, name), help, near)


def _nothing_is_promoted_to_what_is_shared(written: WrittenHeader, header: tree.Mapping) -> Iterator[Diagnostic]:
    for name, target in written.targets.items():
        before = target.promote_from
        if before is not None and target.shared:
            message = f"{name} is shared, so nothing is released there"
            yield finding(codes.PROMOTION, message, _promotion(header, name), "leave promote_from out")
        elif before in written.targets and written.targets[str(before)].shared:
            message = f"{before} is shared, so no model comes from there"
            yield finding(codes.PROMOTION, message, _promotion(header, name), "name the target that trains")
    if written.targets and all(target.shared for target in written.targets.values()):
        place = tree.deepest(header, (TARGETS, next(iter(written.targets)), "shared")).span
        yield finding(codes.PROMOTION, "every target is shared, and none is left to share with", place, "add a target")


def _promotion_ends(written: WrittenHeader, header: tree.Mapping) -> Iterator[Diagnostic]:
    circle = _circle(written.targets)
    if circle:
        message = f"promote_from goes in a circle: {' from '.join((*circle, circle[0]))}"
        first, *others = (_promotion(header, member) for member in circle)
        related = [Related("and here", place) for place in others]
        help = "let the first target have no promote_from"
        yield finding(codes.PROMOTION, message, first, help, related=related)


def _circle(targets: Mapping[str, WrittenTarget]) -> Sequence[str]:
    """The targets of one circle of promotion, each with the next as where it comes from."""
    seen: set[str] = set()
    for name in targets:
        walked: dict[str, int] = {}
        step: str | None = name
        while step is not None and step in targets and step not in seen:
            seen.add(step)
            walked[step] = len(walked)
            step = targets[step].promote_from
        if step is not None and step in walked:
            return list(walked)[walked[step] :]
    return ()


def _promotion(header: tree.Mapping, target: str) -> Span:
    return tree.deepest(header, (TARGETS, target, "promote_from")).span
