"""What a difference costs: the figures of a month and the vCPUs of quotas, before and after, target by target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from mlinfra.cost import NOTHING, Cost, cost
from mlinfra.differ.model import Bill, Cause, Costing, Difference, Family, Found
from mlinfra.differ.spec import Spec
from mlinfra.languages.charges import Amount

FIGURES = Amount._fields  # idle, expected, most
MAX_LINES_OF_A_BILL = 2  # of the spec, by which an entry becomes dearer
MUCH = Decimal(1000)  # dollars a month in a target: what somebody looks at before it is spent


def costings(spec: Spec, earlier: Spec | None, found: Iterable[Found] = ()) -> Iterator[Costing]:
    """One for each target of the later spec, with the lines of what was `found`.

    None where the earlier spec is not there, or does not compile.
    """
    if earlier is None:
        return
    by_target: dict[str | None, dict[str, Found]] = {}
    for each in found:
        by_target.setdefault(each.target, {})[each.address] = each
    for target, graph in spec.graphs.items():
        before = earlier.graphs[target].once(cost) if target in earlier.graphs else None
        yield _costing(before, graph.once(cost), by_target.get(target, {}))


def _costing(before: Cost | None, after: Cost, found: Mapping[str, Found]) -> Costing:
    renamed = {each.renamed_from: address for address, each in found.items() if each.renamed_from}
    had = {(renamed.get(item.address, item.address), item.what) for item in before.unpriced} if before else set()
    unpriced = tuple(f"{item.address}: {item.what}" for item in after.unpriced if (item.address, item.what) not in had)
    were = {item.family: item.vcpus for item in before.quotas} if before else {}
    families = [Family(item.family, were.pop(item.family, 0), item.vcpus, item.quota) for item in after.quotas]
    gone = [Family(family, vcpus, 0, None) for family, vcpus in were.items()]
    total = before.total if before else NOTHING
    sums = before.by_address if before else {}
    old = {renamed.get(address, address): amount for address, amount in sums.items()}
    bills = tuple(_bills(old, after.by_address, found))
    return Costing(after.target, after.prices, total, after.total, unpriced, (*families, *gone), bills)


def _bills(old: Mapping[str, Amount], new: Mapping[str, Amount], changes: Mapping[str, Found]) -> list[Bill]:
    """What costs another sum, by its address of today, what changes most first; what comes or goes costs nothing where
    it is not."""
    found = []
    for address in sorted({*old, *new}):
        change = changes.get(address)
        why = (change.cause, change.remains) if change else ((), False)
        found.append(Bill(address, old.get(address, NOTHING), new.get(address, NOTHING), *why))
    return sorted((each for each in found if each.before != each.after), key=_by_much)


def _by_much(bill: Bill) -> Decimal:
    pairs = zip(bill.before, bill.after, strict=True)
    return -max((abs((new or Decimal()) - (old or Decimal())) for old, new in pairs), default=Decimal())


def changed(costs: Sequence[Costing]) -> list[Costing]:
    """The targets in which anything of it changes."""
    return [each for each in costs if each.before != each.after or each.unpriced or each.moved]


def deltas(costs: Costing | Bill) -> dict[str, Decimal]:
    """By how much each number changes that is known before and after."""
    pairs = zip(FIGURES, costs.before, costs.after, strict=True)
    return {name: new - old for name, old, new in pairs if old is not None and new is not None and new != old}


def sentence(found: Difference) -> str:
    """What changes, in a line: equal sums of several targets are said once; empty where nothing does."""
    said: dict[str, list[str]] = {}
    for each in changed(found.costs):
        said.setdefault(_said(each), []).append(each.target)
    parts = [f"{what} in {', '.join(targets)}" for what, targets in said.items()]
    falls = any(value < 0 for each in found.costs for value in deltas(each).values())
    is_kept = falls and leaves_something(found)
    return "; ".join(parts) + (", once what stays behind is deleted" if parts and is_kept else "")


def by_entry(costs: Sequence[Costing]) -> list[tuple[str, dict[str, list[str]], tuple[Cause, ...]]]:
    """Each entry that becomes dearer or cheaper, by how much in which targets, and by which lines.

    What changes most comes first.
    """
    found: dict[str, list[tuple[str, Bill]]] = {}
    for costing in costs:
        for bill in costing.bills:
            found.setdefault(bill.address, []).append((costing.target, bill))
    by_much = sorted(found.items(), key=lambda item: min(_by_much(bill) for _, bill in item[1]))
    return [(address, _targets_by_sum(bills), _causes(bills)) for address, bills in by_much]


def _targets_by_sum(bills: Iterable[tuple[str, Bill]]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for target, bill in bills:
        said.setdefault(by_how_much(bill), []).append(target)
    return said


def _causes(bills: Iterable[tuple[str, Bill]]) -> tuple[Cause, ...]:
    return tuple(dict.fromkeys(cause for _, bill in bills for cause in bill.cause))


def by_how_much(bill: Bill) -> str:
    """`+ $14.60`, where all numbers change by that, else number by number; what is known no more is said."""
    return f"{_numbers(bill)}{' (once it is deleted)' if bill.remains else ''}"


def _numbers(bill: Bill) -> str:
    known = deltas(bill)
    if len(known) == len(FIGURES) and len(set(known.values())) == 1:
        return signed(known["idle"])
    said = [f"{name} {signed(value)}" for name, value in known.items()]
    pairs = zip(FIGURES, bill.before, bill.after, strict=True)
    unknown = [name for name, old, new in pairs if new is None and old is not None]
    return ", ".join([*said, *([f"{' and '.join(unknown)} not known"] if unknown else [])]) or "known from now on"


def jump(costs: Sequence[Costing]) -> str:
    """By how much a target becomes dearer, where that is much; empty where it is not."""
    found = {name: max((deltas(each).get(name, Decimal()) for each in costs), default=Decimal()) for name in FIGURES}
    if max(found["idle"], found["most"]) < MUCH:
        return ""
    idle = f", {whole(found['idle'])} of it while nobody uses it" if found["idle"] > 0 else ""
    return f"up to {whole(found['most'])} a month more in a target{idle}"


def whole(value: Decimal) -> str:
    return f"${value:,.0f}"


def leaves_something(found: Difference) -> bool:
    """Whether something stays behind, which goes on costing."""
    return any("orphans" in each.classes for each in found.changes)


def _said(costing: Costing) -> str:
    figures = [f"{name} {signed(value)}" for name, value in deltas(costing).items()]
    cores = [f"{family.name} {family.after - family.before:+d} vCPUs" for family in costing.moved]
    count = len(costing.unpriced)
    return ", ".join([*figures, *cores, *([f"{count} more not counted"] if count else [])]) or "no known number"


def signed(value: Decimal) -> str:
    """`+ $14.60`"""
    return f"{'-' if value < 0 else '+'} ${abs(value):,.2f}"


def dollars(value: Decimal | None) -> str:
    return "not known" if value is None else f"${value:,.2f}"
