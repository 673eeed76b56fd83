"""What targets cost, as a document for programs and as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from mlinfra.azure.prices import CURRENCY
from mlinfra.cost import Cost, Line, Quota, Unpriced
from mlinfra.languages.charges import Amount

NOT_IN_ANY_NUMBER = (
    "in no number: traffic, operations of storage and vaults, builds of images, tax, reservations, agreements"
)
INFERRED = "~ a price that is inferred, and was not read as such"
_WIDTH = 11  # of a column of figures


def document(platform: str, costs: Sequence[Cost]) -> dict[str, Any]:
    return {
        "schema": "mlinfra/cost/v1",
        "platform": platform,
        "currency": CURRENCY,
        "targets": [_target(cost) for cost in costs],
    }


def _target(cost: Cost) -> dict[str, Any]:
    return {
        "target": cost.target,
        "location": cost.location,
        "prices": cost.prices.isoformat() if cost.prices else None,
        **_dollars(cost.total),
        "entries": [
            {
                "address": line.address,
                "what": line.what,
                **_dollars(line.dollars),
                "price": float(line.price.dollars),
                "unit": line.price.unit,
                "read": line.price.read.isoformat(),
                "inferred": not line.price.sure,
                "why": line.why or None,
            }
            for line in cost.lines
        ],
        "unpriced": [{"address": item.address, "what": item.what, "why": item.why} for item in cost.unpriced],
        "quota": [{"family": item.family, "vcpus": item.vcpus, "quota": item.quota} for item in cost.quotas],
    }


def _dollars(amount: Amount) -> dict[str, float | None]:
    return {name: in_cents(value) for name, value in amount._asdict().items()}


def in_cents(value: Decimal | None) -> float | None:
    """A sum as programs read it, to the cent."""
    return None if value is None else float(round(value, 2))


def text(platform: str, costs: Sequence[Cost], *, every: bool) -> str:
    """A block for each target; `every` line of its own where many would say the same."""
    blocks = ["\n".join(_block(platform, cost, every)) for cost in costs]
    inferred = any(not line.price.sure for cost in costs for line in cost.lines)
    return "\n\n".join([*blocks, "\n".join([*([INFERRED] if inferred else []), NOT_IN_ANY_NUMBER])]) + "\n"


def _block(platform: str, cost: Cost, every: bool) -> Iterator[str]:
    read = f"list prices of machines of {cost.prices}" if cost.prices else "no prices of machines are known there"
    yield f"{platform} {cost.target}: {CURRENCY} a month in {cost.location}, {read}"
    yield "".join(name.rjust(_WIDTH) for name in Amount._fields)
    for amount, what in sorted(_rows(cost.lines, every), key=lambda row: -(row[0].most or 0)):
        yield f"{_figures(amount)}  {what}"
    yield f"{_figures(cost.total)}  in all"
    if cost.unpriced:
        yield "  not counted:"
        yield from (f"    {what}" for what in _named(cost.unpriced))
    if cost.quotas:
        yield "  vCPUs at most, with both slots of a release and the 20 % that endpoints reserve:"
        yield from (f"    {_quota(item)}" for item in cost.quotas)


def _rows(lines: Sequence[Line], every: bool) -> Iterator[tuple[Amount, str]]:
    """The figures of each line with what they are for; those that say the same are one, unless `every` is due."""
    same: dict[tuple[Any, ...], list[Line]] = {}
    for line in lines:
        alike = (line.what, line.dollars, line.why, *([line.address] if every else []))
        same.setdefault(alike, []).append(line)
    for group in same.values():
        first, count = group[0], len(group)
        of = f"{first.address}: " if count == 1 else f"{count} × "
        why = f" ({first.why})" if first.why else ""
        yield first.dollars.times(count), f"{of}{'' if first.price.sure else '~'}{first.what}{why}"


def _named(unpriced: Sequence[Unpriced]) -> Iterator[str]:
    same: dict[tuple[str, str], list[str]] = {}
    for item in unpriced:
        same.setdefault((item.what, item.why), []).append(item.address)
    for (what, why), addresses in same.items():
        yield f"{what}: {why} ({', '.join(dict.fromkeys(addresses))})"


def _quota(item: Quota) -> str:
    if item.quota is None:
        return f"{item.vcpus} of {item.family}; no quota is written"
    short = f": {item.lacking} too few" if item.lacking else ""
    return f"{item.vcpus} of {item.family}, whose quota is {item.quota}{short}"


def _figures(amount: Amount) -> str:
    return "".join(_figure(value).rjust(_WIDTH) for value in amount)


def _figure(value: Decimal | None) -> str:
    return "not known" if value is None else f"{value:,.2f}"
