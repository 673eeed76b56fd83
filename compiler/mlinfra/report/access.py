"""Who can reach which data of each target, after this change, and what the change does to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mlinfra.access.network import From, reached_from
from mlinfra.access.reaching import Reaching, by_data
from mlinfra.differ.model import DataReach, Grant, Reach
from mlinfra.emit.reached import reached
from mlinfra.graph import Graph
from mlinfra.languages import ROWS
from mlinfra.plan import Plan
from mlinfra.report.model import Told

_LAST = ("service connection", "identity")
_KINDS = {"user": "person", "identity": "", "anybody": ""}


@dataclass(frozen=True)
class Way:
    who: str
    kind: str
    may: str
    roles: str
    through: str


@dataclass(frozen=True)
class Data:
    """One thing with data, and everyone who can reach it."""

    address: str
    target: str
    readers: str
    writers: str
    reached_from: str
    private: Sequence[str]
    is_open: bool
    ways: Sequence[Way]
    is_left: bool = False  # it left the spec, and stays


@dataclass(frozen=True)
class Gained:
    """Something that changes in who can reach what."""

    target: str
    who: str
    right: str
    on: str
    before: str
    after: str


def data(found: Told) -> list[Data]:
    """Everything that holds data, by target, with what people put there before what the platform keeps for itself.

    What a change leaves behind comes first: it goes on existing, and who had a role there still has it.
    """
    return [
        each
        for target, plan in found.now.plans.items()
        for each in (*_left(found, target), *_of(target, plan, _holders(plan.graph)))
    ]


def _left(found: Told, target: str) -> Iterator[Data]:
    """What holds data, left the spec, and stays on Azure."""
    plan = found.earlier.plans.get(target) if found.earlier else None
    stays = {each.address for each in found.difference.changes if each.target == target and each.remains}
    if plan is not None:
        left = [each for each in _holders(plan.graph) if each in stays and each not in found.now.graphs[target].entries]
        yield from (replace(each, is_left=True) for each in _of(target, plan, left))


def _holders(graph: Graph) -> list[str]:
    """The addresses of what holds data."""
    every = (entry.address for entry in graph.entries.values() if ROWS[entry.section].holds)
    return sorted(every, key=lambda address: _order(address, graph))


def _of(target: str, plan: Plan, holders: Iterable[str]) -> list[Data]:
    groups = by_data(reached(plan))
    firewalls = {way.data: way for way in reached_from(plan)}
    return [_data(target, address, groups.get(address, ()), firewalls) for address in holders]


def _order(address: str, graph: Graph) -> tuple[int, str]:
    entry = graph.entries[address]
    inner = bool(entry.parent)
    is_written = entry.because is None
    return (0 if is_written and inner else 1 if is_written else 2, address)


def _data(target: str, address: str, ways: Sequence[Reaching], firewalls: dict[str, From]) -> Data:
    holder = firewalls.get(address) or firewalls.get(address.rpartition(".")[0].rpartition(".")[0])
    return Data(
        address,
        target,
        _names(each for each in ways if each.reads),
        _names(each for each in ways if each.writes),
        holder.said if holder else "not known",
        holder.private if holder else (),
        bool(holder and holder.is_open),
        [_way(each) for each in ways],
    )


def _names(ways: Iterable[Reaching]) -> str:
    """Each once, people first."""
    found = dict.fromkeys((each.who, each.kind) for each in sorted(ways, key=_is_late))
    return ", ".join(_named(who, kind) for who, kind in found) or "nobody"


def _is_late(each: Reaching) -> int:
    return _LAST.index(each.kind) + 1 if each.kind in _LAST else 0


def _named(who: str, kind: str) -> str:
    said = _KINDS.get(kind, kind)
    return f"{who} ({said})" if said else who


def _way(each: Reaching) -> Way:
    condition = ", under a condition" if each.is_conditional else ""
    return Way(each.who, each.kind, each.may, f"{'; '.join(each.roles)}{condition}", each.through)


def gained(found: Told) -> list[Gained]:
    """What this change opens and closes: networks first, then data, then every role; what only stays at last.

    One more way to what somebody reaches already opens nothing.
    """
    difference = found.difference
    data = [each for each in difference.data if each.is_more or not (each.after and each.through)]
    roles = [_grant(each) for each in difference.access]
    every = [*map(_reach, difference.network), *map(_reached, data), *roles]
    return sorted(every, key=lambda each: each.after in _GONE or each.after.endswith(STILL))


STILL = "still granted"
_GONE = ("nothing", "taken away")


def _reached(each: DataReach) -> Gained:
    after = each.after or (f"{each.before}: {STILL}" if each.remains else "nothing")
    right = f"reach the data through {each.through}" if each.through else "reach the data"
    return Gained(each.target, each.principal, right, each.data, each.before or "nothing", after)


def _grant(each: Grant) -> Gained:
    role = each.after or each.before or ""
    after = "granted" if each.after else STILL if each.remains else "taken away"
    return Gained(each.target, each.principal, role, each.scope, "granted" if each.before else "no", after)


def _reach(each: Reach) -> Gained:
    return Gained(each.target, "from the network", "reach it", each.scope, each.before, each.after)
