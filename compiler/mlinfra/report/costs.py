"""What each target costs a month, before and after, where it goes, and what is in no number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from mlinfra.azure.prices import CURRENCY
from mlinfra.cost import NOTHING, Cost, Quota, cost
from mlinfra.cost.report import NOT_IN_ANY_NUMBER
from mlinfra.differ.as_text import place_in_text
from mlinfra.differ.costs import FIGURES, by_how_much, dollars
from mlinfra.graph import Graph
from mlinfra.languages.charges import Amount
from mlinfra.report.model import Told

MAX_BARS = 14
FULL = 1_000  # of a bar: thousandths of the widest


@dataclass(frozen=True)
class Figure:
    name: str
    before: str
    after: str
    is_changed: bool


@dataclass(frozen=True)
class Bar:
    what: str
    said: str
    idle: int
    most: int


@dataclass(frozen=True)
class Costs:
    target: str
    figures: Sequence[Figure]
    dearer: Sequence[tuple[str, str, str]]  # entry, by how much a month, by which lines
    bars: Sequence[Bar]
    left: int  # lines that have no bar
    unpriced: Sequence[str]
    quotas: Sequence[tuple[str, str, str, str]]  # family, before, after, quota
    note: str


def costs(found: Told) -> list[Costs]:
    return [_costs(target, graph, found) for target, graph in found.now.graphs.items()]


def _costs(target: str, graph: Graph, found: Told) -> Costs:
    after = graph.once(cost)
    before = found.earlier.graphs[target].once(cost) if found.earlier and target in found.earlier.graphs else None
    totals = zip(FIGURES, before.total if before else NOTHING, after.total, strict=True)
    figures = [Figure(name, dollars(old) if before else "–", dollars(new), old != new) for name, old, new in totals]
    bars = _bars(after)
    bills = [bill for each in found.difference.costs if each.target == target for bill in each.bills]
    read = f"List prices of {after.prices}" if after.prices else "No prices of machines are known there"
    return Costs(
        target,
        figures,
        [(bill.address, by_how_much(bill), ", ".join(map(place_in_text, bill.cause))) for bill in bills],
        bars[:MAX_BARS],
        max(len(bars) - MAX_BARS, 0),
        [f"{item.address}: {item.what} ({item.why})" for item in after.unpriced],
        _quotas(before, after),
        f"{read}, in {CURRENCY}, {after.location}. {NOT_IN_ANY_NUMBER[:1].upper()}{NOT_IN_ANY_NUMBER[1:]}.",
    )


def _bars(after: Cost) -> list[Bar]:
    """What each address costs, the dearest first; what is not known counts as what it costs idle."""
    found = sorted(after.by_address.items(), key=lambda item: (-_most(item[1]), item[0]))
    widest = max((_most(amount) for _, amount in found), default=Decimal()) or Decimal(1)
    return [
        Bar(
            address,
            f"{dollars(amount.idle)} to {dollars(amount.most)}" if amount.idle != amount.most else dollars(amount.most),
            int((amount.idle or 0) * FULL / widest),
            int(_most(amount) * FULL / widest),
        )
        for address, amount in found
        if _most(amount) > 0 or amount.most is None
    ]


def _most(amount: Amount) -> Decimal:
    return amount.most if amount.most is not None else amount.idle or Decimal()


def _quota(item: Quota) -> str:
    if item.quota is None:
        return "none written"
    return f"{item.quota}: {item.lacking} too few" if item.lacking else str(item.quota)


def _quotas(before: Cost | None, after: Cost) -> list[tuple[str, str, str, str]]:
    had = {item.family: item.vcpus for item in before.quotas} if before else {}
    return [
        (
            item.family,
            str(had.get(item.family, 0)) if before else "–",
            str(item.vcpus),
            _quota(item),
        )
        for item in after.quotas
    ]
