"""Rules of Log Analytics."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.observe.log_analytics import LogAnalytics
from mlinfra.rules.rule import over_graph, owned

RESERVATION = Code(
    "MLI453",
    "error",
    "Incomplete capacity reservation of Log Analytics",
    "capacity_reservation is a price for an amount a day, and an amount is reserved only with that price",
    "Write sku: capacity_reservation and reserved_gb_per_day, or neither",
    "https://learn.microsoft.com/azure/azure-monitor/logs/cost-logs",
)


def _reservations_are_whole(graph: Graph) -> Iterator[Diagnostic]:
    for entry, logs in owned(graph, "log_analytics", LogAnalytics):
        reserves = logs.sku == "capacity_reservation"
        if reserves and logs.reserved_gb_per_day is None:
            yield finding(RESERVATION, f"{entry.address} lacks reserved_gb_per_day", at(entry, ("sku",)))
        if not reserves and logs.reserved_gb_per_day is not None:
            message = f"reserved_gb_per_day of {entry.address} needs sku: capacity_reservation"
            yield finding(RESERVATION, message, at(entry, ("reserved_gb_per_day",), on_key=True))


RULES = (over_graph(RESERVATION, _reservations_are_whole),)
