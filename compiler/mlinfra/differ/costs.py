"""What a difference costs: the figures of a month and the vCPUs of quotas, before and after, target by target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from mlinfra.cost import NOTHING, Cost, cost
from mlinfra.differ.model import Costing, Difference, Family
from mlinfra.differ.spec import Spec
from mlinfra.languages.charges import Amount

FIGURES = Amount._fields  # idle, expected, most
MUCH = Decimal(1000)  # dollars a month in a target: what somebody looks at before it is spent


def costings(spec: Spec, earlier: Spec | None) -> Iterator[Costing]:
    """One for each target of the later spec; nothing where the earlier one is not there, or does not compile."""
    if earlier is None:
        return
    for target, graph in spec.graphs.items():
        before = earlier.graphs[target].once(cost) if target in earlier.graphs else None
        yield _costing(before, graph.once(cost))


def _costing(before: Cost | None, after: Cost) -> Costing:
    had = {(item.address, item.what) for item in before.unpriced} if before else set()
    unpriced = tuple(f"{item.address}: {item.what}" for item in after.unpriced if (item.address, item.what) not in had)
    were = {item.family: item.vcpus for item in before.quotas} if before else {}
    families = [Family(item.family, were.pop(item.family, 0), item.vcpus, item.quota) for item in after.quotas]
    gone = [Family(family, vcpus, 0, None) for family, vcpus in were.items()]
    total = before.total if before else NOTHING
    return Costing(after.target, after.prices, total, after.total, unpriced, (*families, *gone))


def changed(costs: Sequence[Costing]) -> list[Costing]:
    """The targets in which anything of it changes."""
    return [each for each in costs if each.before != each.after or each.unpriced or each.moved]


def deltas(costing: Costing) -> dict[str, Decimal]:
    """By how much each number changes that is known before and after."""
    pairs = zip(FIGURES, costing.before, costing.after, strict=True)
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
