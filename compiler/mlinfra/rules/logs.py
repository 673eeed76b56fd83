"""Rules of Log Analytics."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.observe.log_analytics import LogAnalytics
from mlinfra.resolve.naming import region_of
from mlinfra.rules.rule import over_graph, owned

RESERVATION = Code(
    "MLI453",
    "error",
    "Incomplete capacity reservation of Log Analytics",
    "capacity_reservation is a price for an amount a day, and an amount is reserved only with that price",
    "Write sku: capacity_reservation and reserved_gb_per_day, or neither",
    "https://learn.microsoft.com/azure/azure-monitor/logs/cost-logs",
)
_CLUSTERS = "https://learn.microsoft.com/azure/azure-monitor/logs/logs-dedicated-clusters"
OTHER_REGION = Code(
    "MLI842",
    "error",
    "Log Analytics in another region than its cluster",
    "A cluster takes workspaces of its own region alone, and the deployment stops where they are linked",
    "Give both the same location",
    _CLUSTERS,
)
PRICE_OF_CLUSTER = Code(
    "MLI843",
    "error",
    "Price of Log Analytics that lies in a cluster",
    "What arrives is paid for by what the cluster reserves: Azure refuses any other price of a workspace in it",
    "Leave sku and reserved_gb_per_day out, and write reserved_gb_per_day of the cluster",
    _CLUSTERS,
)


def _clusters_lie_in_the_same_region(graph: Graph) -> Iterator[Diagnostic]:
    for entry, _ in owned(graph, "log_analytics", LogAnalytics):
        cluster = graph.entries.get(graph.bound(entry.address, "cluster") or "")
        if cluster is None or (cluster.existing and not cluster.body.get("location")):
            continue
        here, there = (region_of(each, graph.entries, graph.target) for each in (entry, cluster))
        if here != there:
            message = f"{entry.address} lies in {here}, and {cluster.address} in {there}"
            yield finding(OTHER_REGION, message, at(entry, ("cluster",)), f"write location: {there}")


def _clusters_say_the_price(graph: Graph) -> Iterator[Diagnostic]:
    for entry, logs in owned(graph, "log_analytics", LogAnalytics):
        for key in ("sku", "reserved_gb_per_day") if logs.cluster is not None else ():
            if key in logs.model_fields_set:
                message = f"{entry.address} has a {key} of its own, and lies in the cluster {logs.cluster}"
                yield finding(PRICE_OF_CLUSTER, message, at(entry, (key,), on_key=True))


def _reservations_are_whole(graph: Graph) -> Iterator[Diagnostic]:
    for entry, logs in owned(graph, "log_analytics", LogAnalytics):
        reserves = logs.sku == "capacity_reservation"
        if reserves and logs.reserved_gb_per_day is None:
            yield finding(RESERVATION, f"{entry.address} lacks reserved_gb_per_day", at(entry, ("sku",)))
        if not reserves and logs.reserved_gb_per_day is not None:
            message = f"reserved_gb_per_day of {entry.address} needs sku: capacity_reservation"
            yield finding(RESERVATION, message, at(entry, ("reserved_gb_per_day",), on_key=True))


RULES = (
    over_graph(RESERVATION, _reservations_are_whole),
    over_graph(OTHER_REGION, _clusters_lie_in_the_same_region),
    over_graph(PRICE_OF_CLUSTER, _clusters_say_the_price),
)
