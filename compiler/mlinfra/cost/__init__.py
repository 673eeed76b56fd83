"""cost: what a target is billed for by the month, address by address, and how much of its quotas it takes.

Three numbers: where nobody uses it, as it is used, and where nothing but its bounds holds. What is not known is None;
what has no price or no amount is listed by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mlinfra.azure.prices import Price, meter_price, read_on, vm_price
from mlinfra.derive.cores import cores_of, quota_of
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.charges import Amount, Charge, Machine, Uncounted

NOTHING = Amount(Decimal(), Decimal(), Decimal())


@dataclass(frozen=True)
class Line:
    """One thing that is billed, in dollars a month."""

    address: str
    what: str
    price: Price
    dollars: Amount
    why: str  # why a number of it is not known


@dataclass(frozen=True)
class Unpriced:
    """One thing that is billed, and not counted."""

    address: str
    what: str
    why: str


@dataclass(frozen=True)
class Quota:
    """The vCPUs of a family that may run at most, and how many there may be; None where nothing is written of that."""

    family: str
    vcpus: int
    quota: int | None

    @property
    def lacking(self) -> int:
        return lacking(self.vcpus, self.quota)


def lacking(vcpus: int, quota: int | None) -> int:
    """How many more than the quota has; 0 where it has them all, or none is written."""
    return 0 if quota is None else max(vcpus - quota, 0)


@dataclass(frozen=True)
class Cost:
    """What one target costs."""

    target: str
    location: str
    prices: date | None  # of machines in its region
    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]
    quotas: tuple[Quota, ...]

    @property
    def total(self) -> Amount:
        return total(line.dollars for line in self.lines)

    @property
    def by_address(self) -> Mapping[str, Amount]:
        """The figures of each address, for who compares two platforms."""
        found: dict[str, list[Amount]] = {}
        for line in self.lines:
            found.setdefault(line.address, []).append(line.dollars)
        return {address: total(amounts) for address, amounts in found.items()}


def costs(graphs: Sequence[Graph]) -> tuple[Cost, ...]:
    """What each target costs; of a platform that is compiled, the graphs of its plans."""
    return tuple(cost(graph) for graph in graphs)


def cost(graph: Graph) -> Cost:
    """What one target costs."""
    lines: list[Line] = []
    unpriced: list[Unpriced] = []
    for entry, found in _billed(graph):
        address = (found.booked_to if isinstance(found, Charge) else "") or entry.address
        if isinstance(found, Uncounted):
            unpriced.append(Unpriced(address, *found))
            continue
        region = _region(entry, graph)
        price = _price(found.meter, region)
        if price is None:
            unpriced.append(Unpriced(address, found.what, f"no price in {region} is known here"))
        else:
            lines.append(Line(address, found.what, price, found.units.times(price.dollars), found.why))
    target = graph.target
    return Cost(target.name, target.location, read_on(target.location), tuple(lines), tuple(unpriced), _quotas(graph))


def total(amounts: Iterable[Amount]) -> Amount:
    """The sum of each number; not known where one of them is not."""
    sums: list[Decimal | None] = [*NOTHING]
    for each in amounts:
        sums = [None if had is None or more is None else had + more for had, more in zip(sums, each, strict=True)]
    return Amount(*sums)


def _billed(graph: Graph) -> Iterator[tuple[Entry, Charge | Uncounted]]:
    for entry in graph.entries.values():
        charges = ROWS[entry.section].charges
        if charges is not None and not entry.existing:
            for found in charges(entry, graph):
                yield entry, found


def _region(entry: Entry, graph: Graph) -> str:
    """Where an entry lies: as it says itself, else as what it lies in does, else where the target is."""
    while True:
        own = entry.body.get("location")
        holder = graph.entries.get(entry.lies_in)
        if isinstance(own, str) or holder is None or holder is entry:
            return str(own or graph.target.location).lower().replace(" ", "")
        entry = holder


def _price(meter: Machine | str, region: str) -> Price | None:
    if isinstance(meter, Machine):
        return vm_price(meter.size, region)
    return meter_price(meter, region)


def _quotas(graph: Graph) -> tuple[Quota, ...]:
    return tuple(
        Quota(family, vcpus, (quota_of(graph, family) or ("", None))[1]) for family, vcpus in cores_of(graph).items()
    )
