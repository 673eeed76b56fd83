"""The part of a comment that says what a difference costs, of each target and of each entry that becomes dearer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.differ.costs import FIGURES, MAX_LINES_OF_A_BILL, by_entry, changed, deltas, dollars, leaves_something
from mlinfra.differ.effects import STAYS
from mlinfra.differ.model import Cause, Costing, Difference
from mlinfra.differ.words import ELSEWHERE, headline
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code, markdown_table, markdown_text

MAX_BILLS = 5  # that become dearer or cheaper
MAX_UNPRICED = 12


def cost_section(found: Difference, targets: Sequence[str]) -> Iterator[str]:
    """Its lines; none where nothing of it changes."""
    costs = changed(found.costs)
    if not costs:
        return
    is_open = any(headline(each) in STAYS for each in found.changes)
    yield f"#### Cost and quota{', once Azure has what the spec says' if is_open else ''}"
    yield ""
    moved = [each for each in costs if each.before != each.after or each.moved]
    if leaves_something(found) and any(by < 0 for each in moved for by in deltas(each).values()):
        yield "Nothing becomes cheaper by this merge: less than before holds once what stays behind is deleted."
        yield ""
    families = sorted({family.name for each in costs for family in each.moved})
    rows = [
        *((f"{name}, a month", *(_both(each, number) for each in moved)) for number, name in enumerate(FIGURES)),
        *((f"vCPUs of {name}", *(_vcpus(each, name) for each in moved)) for name in families),
    ]
    if moved:
        yield from markdown_table(("", *(each.target for each in moved)), rows).split("\n")
        yield ""
    yield from _by_entry(moved, targets)
    if unpriced := sorted({what for each in costs for what in each.unpriced}):
        yield f"In no number: {', '.join(map(markdown_code, unpriced[:MAX_UNPRICED]))}"
        yield ""
    if moved and (read := max((each.prices for each in moved if each.prices), default=None)):
        yield f"List prices of {read}."
        yield ""


def _by_entry(costs: Sequence[Costing], targets: Sequence[str]) -> Iterator[str]:
    """What becomes dearer or cheaper, by how much and by which line."""
    found = by_entry(costs)
    for address, sums, causes in found[:MAX_BILLS]:
        said = "; ".join(f"{markdown_text(much)}{_where(where, targets)}" for much, where in sums.items())
        by = f", by {', '.join(map(place_of, causes[:MAX_LINES_OF_A_BILL]))}" if causes else ""
        yield f"- {markdown_code(address)}: {said}{by}"
    if len(found) > MAX_BILLS:
        yield f"- and {len(found) - MAX_BILLS} more entries by less"
    if found:
        yield ""


def _where(found: Sequence[str], targets: Sequence[str]) -> str:
    """In which targets, unless in all."""
    return "" if list(found) == list(targets) else f" in {', '.join(found)}"


def place_of(cause: Cause) -> str:
    if cause.kind in ELSEWHERE:
        return ELSEWHERE[cause.kind]
    removed = " removed" if cause.side == "from" else ""
    return f"{markdown_code(f'{cause.file}:{cause.line}' if cause.line else cause.file)}{removed}"


def _both(each: Costing, number: int) -> str:
    before, after = each.before[number], each.after[number]
    if before == after:
        return "not known" if after is None else "unchanged"
    return Fragment(f"{markdown_text(dollars(before))} → **{markdown_text(dollars(after))}**")


def _vcpus(each: Costing, name: str) -> str:
    family = next((family for family in each.moved if family.name == name), None)
    if family is None:
        return "unchanged"
    short = f": **{family.lacking} too few**" if family.lacking else ""
    quota = "no quota is written" if family.quota is None else f"of {family.quota}{short}"
    return Fragment(f"{family.before} → **{family.after}**, {quota}")
