"""What holds data and would be left behind: resources of an earlier manifest whose ids are in no plan any more.

A deployment never deletes: what the spec stops naming stays on Azure, with its data, and a new one beside it is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.diagnostics.suggest import closest_name
from mlinfra.graph import Entry
from mlinfra.header import Header
from mlinfra.languages import SECTIONS, row_at
from mlinfra.output.manifest import ListedResource, Manifest
from mlinfra.output.named_anew import NAMED_ANEW, named_anew
from mlinfra.plan import Plan, Planned
from mlinfra.resolve.naming import made_name

LOST = Code(
    "MLI811",
    "warning",
    "Resource that holds data would be left behind",
    "A deployment never deletes: what the spec does not name any more stays on Azure with its data, costs money, and "
    "is managed by nobody; what takes its place starts empty",
    "Keep the old name with a line of `moved`, or `azure_name:` in the entry that replaces it; or move the data and "
    "delete the resource",
    "docs/output.md#what-would-be-lost",
)
CODES = (LOST, NAMED_ANEW)

STATEFUL_TYPES = frozenset(row.resource_type for row in SECTIONS if row.stateful)
NESTED_TYPES = frozenset(row.resource_type for row in SECTIONS if row.nested_in)


def lost(before: Manifest, header: Header, plans: Sequence[Plan]) -> dict[str, tuple[Diagnostic, ...]]:
    """What each target of these plans loses; what a target that is gone held is said of every target."""
    names = {target.name for target in header.targets}
    by_target = {plan.graph.target.name: (*_lost_in(plan, before), *named_anew(plan, before)) for plan in plans}
    kept = {target.lasting_name for target in header.targets}
    gone_with_targets = [item for item in _stateful(before.resources) if item.target not in names | kept]
    new = [target.name for target in header.targets if {target.name, target.lasting_name}.isdisjoint(before.targets)]
    gone = tuple(_lost_with_target(header, item, new) for item in _without_contents(gone_with_targets))
    return {target: (*found, *gone) for target, found in by_target.items()}


def _lost_in(plan: Plan, before: Manifest) -> Iterator[Diagnostic]:
    target = plan.graph.target
    kept = {planned.id.lower() for planned in plan.resources} | {id.lower() for id in plan.graph.addresses_by_id}
    earlier = [item for item in before.resources if item.target in (target.name, target.lasting_name)]
    known = {item.id.lower() for item in earlier}
    gone = [item for item in _stateful(earlier) if item.id.lower() not in kept]
    gained = [planned for planned in plan.resources if planned.id.lower() not in known]
    for item in _without_contents(gone):
        yield _lost(plan, item, gained, before.platform)


def _stateful(resources: Iterable[ListedResource]) -> list[ListedResource]:
    return [resource for resource in resources if resource.type in STATEFUL_TYPES]


def _noun(item: ListedResource) -> str:
    row = row_at(item.type, item.address)
    return row.noun if row else item.type


def _without_contents(resources: list[ListedResource]) -> Iterator[ListedResource]:
    """The resources that do not lie in another of them: a container goes with its account."""
    outermost = _outermost({f"{resource.id.lower()}/" for resource in resources})
    return (resource for resource in resources if f"{resource.id.lower()}/" in outermost)


def _outermost(paths: Iterable[str]) -> set[str]:
    """The paths that lie in no other one; in their order, what lies in one follows right after it."""
    found: list[str] = []
    for path in sorted(paths):
        if not found or not path.startswith(found[-1]):
            found.append(path)
    return set(found)


def _lost(plan: Plan, item: ListedResource, gained: list[Planned], platform: str) -> Diagnostic:
    message = (
        f'the {_noun(item)} "{item.name}" of {item.address} would be left behind with its data: '
        "nothing has its id any more"
    )
    header, entry = plan.graph.header, _successor(plan, item, gained)
    if entry is not None and platform != header.lasting_name:
        line = f"{{from: platform.{platform}, to: platform.{header.platform}}}"
        help = f"to keep all names, write at the top: moved: [{line}]"
        return finding(LOST, message, Where(entry.key, entry.address), help)
    if entry is not None and _keeps_its_name(plan, entry, item):
        help = f"to keep it, write at the top: moved: [{{from: {item.address}, to: {entry.address}}}]"
        return finding(LOST, message, Where(entry.key, entry.address), help)
    if entry is not None:
        differs = item.type not in NESTED_TYPES and len(plan.graph.header.targets) > 1
        only_here = f", in the overrides of target {item.target}" if differs else ""
        help = f"to keep it, write azure_name: {item.name} in {entry.address}{only_here}"
        return finding(LOST, message, Where(entry.key, entry.address), help)
    help = "move its data and delete it on Azure, or write the entry again"
    section = header.keys.get(item.address.partition(".")[0], plan.graph.target.span)
    return finding(LOST, message, Where(section, item.address), help)


def _keeps_its_name(plan: Plan, entry: Entry, item: ListedResource) -> bool:
    """Whether an entry would have the name of a resource if it were moved from there."""
    above, _, name = item.address.rpartition(".")
    moved = replace(entry, former_name=name)
    is_at_home = entry.address.rpartition(".")[0] == above
    return is_at_home and made_name(plan.graph.header, plan.graph.target, moved) == item.name


def _successor(plan: Plan, item: ListedResource, gained: list[Planned]) -> Entry | None:
    """The entry whose resource of the same type is new, in the same account where it lies in one; the most alike."""
    holder = item.id.lower().rpartition("/")[0]
    inside_another = item.type in NESTED_TYPES
    candidates = {
        planned.resource.owner: planned
        for planned in gained
        if planned.resource.type == item.type
        and (not inside_another or planned.id.lower().rpartition("/")[0] == holder)
    }
    if not candidates:
        return None
    address = item.address if item.address in candidates else closest_name(item.address, candidates)
    return plan.graph.entries.get(address or min(candidates))


def _lost_with_target(header: Header, item: ListedResource, new: Sequence[str]) -> Diagnostic:
    message = (
        f'the {_noun(item)} "{item.name}" of {item.address} would be left behind with its data: '
        f"there is no target {item.target} any more"
    )
    help = "move its data and delete it on Azure, or write the target again"
    if len(new) == 1:
        help = f"to keep it, write at the top: moved: [{{from: targets.{item.target}, to: targets.{new[0]}}}]"
    return finding(LOST, message, Where(header.keys["targets"], item.address), help)
