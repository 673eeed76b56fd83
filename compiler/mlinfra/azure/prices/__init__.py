"""List prices: what an hour of a machine, a day of a registry, a gigabyte of logs cost in a region, and since when.

The figures stand in `vm.txt` and `meters.txt`, which `tools/prices` writes from a price list of Azure's own, and how
many DBUs a machine takes in `dbu.txt`. What is not there has no price that this release knows, which is never a price
of nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

CURRENCY = "USD"
EVERYWHERE = "*"  # in the table of meters: a price that all regions of the public cloud share
HOURS_A_MONTH = 730  # as Azure's own calculator has it
DAYS_A_MONTH = 30
UNITS_A_MONTH: Mapping[str, int] = MappingProxyType({"hour": HOURS_A_MONTH, "day": DAYS_A_MONTH, "month": 1})
_HERE = Path(__file__).parent


class Price(NamedTuple):
    """A list price, before tax, reservations and agreements."""

    dollars: Decimal
    unit: str  # hour, day, month, GB, GB-month, DBU
    read: date
    sure: bool = True  # else it is inferred, and not read as such
    page: str = ""  # where today's stands


def vm_price(size: str, region: str) -> Price | None:
    """The price of an hour of a machine in a region; None where there is none that is known.

    >>> vm_price("standard_d4as_v4", "westeurope").dollars
    Decimal('0.23')
    """
    return _machines().get((size.lower(), region))


@cache
def sold_in(size: str) -> tuple[str, ...]:
    """The regions in which a machine has a price that is known, in the order of the list.

    >>> sold_in("standard_nd96asr_v4"), sold_in("Standard_NV6")
    (('westeurope', 'eastus', 'westus2'), ())
    """
    return tuple(region for name, region in _machines() if name == size.lower())


def meter_price(meter: str, region: str) -> Price | None:
    """The price of a unit of a meter in a region; None where there is none that is known.

    >>> meter_price("private_endpoint", "westeurope").dollars, meter_price("disk_p10", "westeurope")
    (Decimal('0.01'), None)
    """
    return _meters().get((meter, region)) or _meters().get((meter, EVERYWHERE))


def dbus(size: str) -> Decimal | None:
    """How many DBUs a machine of a classic cluster of Databricks takes an hour; None where that is not known.

    >>> dbus("standard_d4ds_v5"), dbus("Standard_NV6")
    (Decimal('1'), None)
    """
    return _dbus().get(size.lower())


def read_on(region: str) -> date | None:
    """The day on which the prices of machines in a region were read; None where none was."""
    return next((price.read for (_, place), price in _machines().items() if place == region), None)


@cache
def _machines() -> Mapping[tuple[str, str], Price]:
    """By size, in lower case, and region."""
    (_, *regions), (_, *days), *rows = _rows("vm.txt")
    return {
        (size.lower(), region): Price(Decimal(figure), "hour", date.fromisoformat(day), page="virtual-machines/linux")
        for size, *figures in rows
        for region, day, figure in zip(regions, days, figures, strict=True)
        if figure != "-"
    }


@cache
def _meters() -> Mapping[tuple[str, str], Price]:
    """By meter and region."""
    _, *rows = _rows("meters.txt")
    return {
        (meter, region): Price(Decimal(dollars), unit, date.fromisoformat(day), sure == "yes", page)
        for meter, region, dollars, unit, day, sure, page in rows
    }


@cache
def _dbus() -> Mapping[str, Decimal]:
    """By size, in lower case."""
    return {size.lower(): Decimal(figure) for figure, *sizes in _rows("dbu.txt") for size in sizes}


def _rows(file: str) -> Iterator[list[str]]:
    lines = (_HERE / file).read_text(encoding="utf-8").splitlines()
    return (line.split() for line in lines if not line.startswith("#"))
