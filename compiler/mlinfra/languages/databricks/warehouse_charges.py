"""What a SQL warehouse is billed for: DBUs by its size, and its machines beside them where it is not serverless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from mlinfra.azure.prices import HOURS_A_MONTH
from mlinfra.graph import Entry, Graph
from mlinfra.languages.charges import Amount, Charge, Machine, Uncounted
from mlinfra.languages.databricks.charges import NO_DBUS, NO_TYPE

NO_HOURS = "how long it runs is not written"
_WORKER = "Standard_E8ds_v4"


class _Size(NamedTuple):
    dbus: int  # of one cluster an hour, whatever its type
    driver: str
    workers: int


# Machines: https://learn.microsoft.com/azure/databricks/compute/sql-warehouse/warehouse-behavior. DBUs: as Databricks'
# page of prices lists them by size, in https://github.com/databrickslabs/lakemeter-oss. Read on 2026-11-27.
_SIZES: Mapping[str, _Size] = {
    "2x-small": _Size(4, "Standard_E8ds_v4", 1),
    "x-small": _Size(6, "Standard_E8ds_v4", 2),
    "small": _Size(12, "Standard_E16ds_v4", 4),
    "medium": _Size(24, "Standard_E32ds_v4", 8),
    "large": _Size(40, "Standard_E32ds_v4", 16),
    "x-large": _Size(80, "Standard_E64ds_v4", 32),
    "2x-large": _Size(144, "Standard_E64ds_v4", 64),
    "3x-large": _Size(272, "Standard_E64ds_v4", 128),
    "4x-large": _Size(528, "Standard_E64ds_v4", 256),
}


def of_warehouse(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
    """Idle: nothing where it stops by itself; most: all its clusters all month."""
    body = entry.body
    size, meter = _SIZES.get(str(body.get("cluster_size")).lower()), _meter(body)
    if size is None or meter is None:
        yield Uncounted("SQL warehouse, while it runs", NO_DBUS if size is None else NO_TYPE)
        return
    hours, why = _hours(body)
    if meter != "dbu_sql_serverless":
        yield Charge(f"driver {size.driver} of each cluster", Machine(size.driver), hours, why)
        yield Charge(
            f"{size.workers} workers {_WORKER} of each cluster", Machine(_WORKER), hours.times(size.workers), why
        )
    yield Charge(f"DBUs of {_clusters(body)} {body.get('cluster_size')}", meter, hours.times(size.dbus), why)


def _meter(body: Mapping[str, Any]) -> str | None:
    if body.get("enable_serverless_compute") is True:
        return "dbu_sql_serverless"
    type_ = str(body.get("warehouse_type") or "").lower()
    return f"dbu_sql_{type_}" if type_ in ("pro", "classic") else None


def _bounds(body: Mapping[str, Any]) -> tuple[int, int]:
    least = int(body.get("min_num_clusters") or 1)
    return least, max(least, int(body.get("max_num_clusters") or least))


def _hours(body: Mapping[str, Any]) -> tuple[Amount, str]:
    """Of all its clusters together, and why they are not known."""
    least, most = (Decimal(count * HOURS_A_MONTH) for count in _bounds(body))
    runs_on = body.get("auto_stop_mins") == 0
    expected = most if runs_on and least == most else None
    return Amount(least if runs_on else Decimal(), expected, most), "" if expected else NO_HOURS


def _clusters(body: Mapping[str, Any]) -> str:
    least, most = _bounds(body)
    return f"{least} to {most} clusters" if least != most else f"{most} cluster" + ("s" if most > 1 else "")
