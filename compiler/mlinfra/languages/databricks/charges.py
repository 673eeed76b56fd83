"""What Databricks is billed for: machines of clusters by the hour, and the DBUs of these, at the prices of premium.

A cluster of a job lives as long as its run. DBUs come beside the machines of classic clusters, and hold the machines
where it is serverless. https://learn.microsoft.com/azure/databricks/resources/pricing
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from mlinfra.azure.prices import HOURS_A_MONTH, dbus
from mlinfra.graph import Entry, Graph
from mlinfra.languages.charges import Amount, Charge, Machine, Uncounted
from mlinfra.languages.language import Charges

NO_HOURS = "how long its runs take is not written"
NO_DBUS = "how many DBUs it takes an hour is not known here"
# Twice as many as without: what https://github.com/databrickslabs/lakemeter-oss reckons with, and what Azure's page had
# for D16ds_v5 (4 and 8; https://github.com/databrickslabs/lakemeter-oss/issues/24). Read on 2026-11-27.
PHOTON_TIMES = 2
WITH_PHOTON = "with Photon, which is reckoned at twice the DBUs"
NO_TYPE = "which type it is of is not written (warehouse_type, enable_serverless_compute), and they differ in price"
NODE, DRIVER = "node_type_id", "driver_node_type_id"


def of_job(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
    """The clusters that a body describes, each as long as a run."""
    yield from _of_clusters(entry, "dbu_jobs", runs_on=False)


def of_pipeline(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
    """The clusters of a pipeline, each as long as it updates its tables."""
    edition = str(entry.body.get("edition") or "advanced").lower()
    yield from _of_clusters(entry, f"dbu_{edition}", runs_on=entry.body.get("continuous") is True)


def of_cluster(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
    """A cluster that people start, and that goes on where nothing says that it ends by itself."""
    yield from _of_clusters(entry, "dbu_all_purpose", runs_on=not entry.body.get("autotermination_minutes"))


def _of_clusters(entry: Entry, meter: str, *, runs_on: bool) -> Iterator[Charge | Uncounted]:
    """Driver and workers of each, at most all month, and the DBUs beside them."""
    found = list(_clusters(entry.body))
    for cluster in found:
        least, most = _workers(cluster)
        has_photon = _has_photon(cluster, entry.body)
        for size, nodes in ((cluster.get(DRIVER) or cluster[NODE], (1, 1)), (cluster[NODE], (least, most))):
            if nodes[1]:
                yield _machines(str(size), *nodes, runs_on)
                yield _dbus(_machines(str(size), *nodes, runs_on), str(size), meter, has_photon)
    if not found and not _names_another(entry.body):
        yield Uncounted("serverless compute", NO_DBUS)


def _dbus(machines: Charge, size: str, meter: str, has_photon: bool) -> Charge | Uncounted:
    """The DBUs of so many machines, as long as these run."""
    each = dbus(size)
    if each is None:
        return Uncounted(f"DBUs of {machines.what}", NO_DBUS)
    units = machines.units.times(each * PHOTON_TIMES if has_photon else each)
    why = "; ".join(filter(None, (machines.why, WITH_PHOTON if has_photon else "")))
    return Charge(f"DBUs of {machines.what}", meter, units, why)


def _has_photon(cluster: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """docs, "What is Photon?": the engine says so, or the runtime does; of a pipeline a switch."""
    engine, version = str(cluster.get("runtime_engine")), str(cluster.get("spark_version"))
    return engine.upper() == "PHOTON" or "-photon-" in version or body.get("photon") is True


def by_dbu(what: str) -> Charges:
    """What is billed by DBU alone, or by a unit of its own that no price is known of."""

    def charges(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
        yield Uncounted(what, NO_DBUS)

    return charges


def _machines(size: str, least: int, most: int, runs_on: bool) -> Charge:
    idle = Decimal(least * HOURS_A_MONTH) if runs_on else Decimal()
    bound = Decimal(most * HOURS_A_MONTH)
    expected = bound if runs_on and least == most else None
    nodes = f"{least} to {most}" if least != most else str(most)
    return Charge(f"{nodes} nodes {size}", Machine(size), Amount(idle, expected, bound), "" if expected else NO_HOURS)


def _workers(cluster: Mapping[str, Any]) -> tuple[int, int]:
    scaled = cluster.get("autoscale")
    if isinstance(scaled, Mapping):
        return int(scaled.get("min_workers") or 0), int(scaled.get("max_workers") or 0)
    count = int(cluster.get("num_workers") or 0)
    return count, count


def _clusters(body: Any) -> Iterator[Mapping[str, Any]]:
    """Every cluster that is described in a body, wherever it stands."""
    if isinstance(body, Mapping):
        if isinstance(body.get(NODE), str):
            yield body
        for value in body.values():
            yield from _clusters(value)
    elif isinstance(body, list):
        for item in body:
            yield from _clusters(item)


def _names_another(body: Any) -> bool:
    """Whether it runs on a cluster, pool or warehouse that stands elsewhere, and is billed there."""
    others = {"existing_cluster_id", "warehouse_id", "instance_pool_id", "pipeline_id", "job_id", "pipeline_task"}
    if isinstance(body, Mapping):
        return not others.isdisjoint(body) or any(map(_names_another, body.values()))
    return isinstance(body, list) and any(map(_names_another, body))
