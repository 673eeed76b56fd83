"""What is billed for an entry: how much a month of which meter. What that costs, and where, `cost` knows.

A row says it of its own section (`Section.charges`). A number that is not known is None, and never zero.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from mlinfra.azure.prices import UNITS_A_MONTH

Number = int | float | Decimal


class Machine(NamedTuple):
    """Hours of machines."""

    size: str


class Amount(NamedTuple):
    """Units a month, or what they cost: where nobody uses it, as it is used, and where nothing but its bounds holds."""

    idle: Decimal | None
    expected: Decimal | None
    most: Decimal | None

    def times(self, factor: Decimal | int) -> Amount:
        """So many times each number; not known stays not known."""
        return Amount(*(None if value is None else value * factor for value in self))


class Charge(NamedTuple):
    """What is billed: so many units a month of a meter."""

    what: str  # as it is listed: "4 nodes Standard_D4ds_v4 at most"
    meter: Machine | str  # the name of a meter of `azure.prices`
    units: Amount
    why: str = ""  # why a number of it is not known, or what it rests on
    booked_to: str = ""  # the address of what it is part of, where that is not the entry itself


class Uncounted(NamedTuple):
    """What is billed, and can't be said in figures: no amount is written, or nobody knows the price."""

    what: str
    why: str


def amount(idle: Number | None, expected: Number | None, most: Number | None) -> Amount:
    return Amount(*(None if value is None else Decimal(str(value)) for value in (idle, expected, most)))


def always(count: Number, unit: str = "hour") -> Amount:
    """So many of what is billed by time, all month."""
    units = Decimal(str(count)) * UNITS_A_MONTH[unit]
    return Amount(units, units, units)


def used(usage: Any, key: str) -> Decimal | None:
    """What is written of how much something is used; None where it isn't."""
    value = usage.get(key) if isinstance(usage, dict) else getattr(usage, key, None)
    return None if value is None else Decimal(str(value))
