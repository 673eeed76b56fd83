"""What the computes, endpoints and runs of a workspace are billed for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from mlinfra.azure.prices import DAYS_A_MONTH, HOURS_A_MONTH
from mlinfra.graph import Entry, Graph
from mlinfra.languages.azureml.checks.rollouts import IN_PLACE
from mlinfra.languages.azureml.checks.walk import word
from mlinfra.languages.azureml.compute_clusters import DEFAULT_SIZE, MAX_INSTANCES
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.azureml.running_hours import running_hours
from mlinfra.languages.charges import Amount, Charge, Machine, Uncounted, always, amount, used

NODES_OF_A_BALANCER = 50  # docs, "Plan to manage costs for Azure Machine Learning", as all of these balancers
RUN_ON = ("compute", "default_compute")  # the fields of what runs that name on which compute it does
HOURS = "hours_a_month"
NO_HOURS = f"usage.{HOURS} is not written"
BALANCER = "load balancer, also while it stands still"


def of_cluster(entry: Entry, graph: Graph) -> Iterator[Charge]:
    """Nodes between min_instances and max_instances, by the hours of all of them together."""
    body = entry.body
    least, most = int(body.get("min_instances") or 0), int(body.get("max_instances") or MAX_INSTANCES)
    idle, bound = Decimal(least * HOURS_A_MONTH), Decimal(most * HOURS_A_MONTH)
    hours = idle if least == most else _hours_of_cluster(entry, graph)
    expected = None if hours is None else min(max(hours, idle), bound)
    machine = Machine(str(body.get("size") or DEFAULT_SIZE))
    what = f"{least} to {most} nodes {machine.size}"
    yield Charge(what, machine, Amount(idle, expected, bound), "" if expected is not None else NO_HOURS)
    balancers = max(1, -(-most // NODES_OF_A_BALANCER))
    yield Charge(BALANCER, "load_balancer", amount(DAYS_A_MONTH, DAYS_A_MONTH, DAYS_A_MONTH * balancers))


def _hours_of_cluster(entry: Entry, graph: Graph) -> Decimal | None:
    """Its own, or those of the batch endpoints that score on it, where nothing else runs there."""
    own = used(entry.additions.get("usage"), HOURS)
    if own is not None:
        return own
    runs = [graph.entries[edge.source] for edge in graph.edges_to(entry.address) if edge.path[-1] in RUN_ON]
    holders = {run.address: graph.entries.get(run.parent or "") for run in runs}
    found = {
        holder.address: used(holder.additions.get("usage"), HOURS) for holder in holders.values() if holder is not None
    }
    if not found or None in holders.values() or None in found.values():
        return None
    return sum((hours for hours in found.values() if hours is not None), Decimal())


def of_instance(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
    """A machine that runs until it is stopped: by a schedule, by standing idle, or by its owner."""
    body = entry.body
    all_month = Decimal(HOURS_A_MONTH)
    scheduled = running_hours(body.get("schedules"))
    stops_when_idle = bool(body.get("idle_time_before_shutdown_minutes"))
    written = used(entry.additions.get("usage"), HOURS)
    expected = written if written is not None else None if stops_when_idle else scheduled or all_month
    idle = Decimal() if stops_when_idle else scheduled or all_month
    machine = Machine(str(body.get("size") or DEFAULT_SIZE))
    yield Charge(machine.size, machine, Amount(idle, expected, all_month), NO_HOURS if expected is None else "")
    yield Charge("disk, also while it is stopped", "disk_p10", always(1, "month"))
    yield Charge(BALANCER, "load_balancer", always(1, "day"))


def of_online_deployment(entry: Entry, graph: Graph) -> Iterator[Charge]:
    """Its instances, and those of the slot that a release leaves beside it for the way back."""
    if word(entry.body.get("type")) == "kubernetes":
        return  # its pods run on machines of someone else's
    holder = graph.entries.get(entry.parent or "")
    count = int(entry.body.get("instance_count") or 1)
    size = str(entry.body.get("instance_type"))
    hours = _hours_of_endpoint(holder, entry, graph)
    ran = always(count) if hours is None else amount(0, hours, count * HOURS_A_MONTH)
    yield Charge(f"{count} {_instances(count)} {size}", Machine(size), ran)
    kept = _kept(holder, graph.target.mode, count)
    if kept:
        what = f"{kept} {_instances(kept)} {size} of the slot before, until the next release"
        yield Charge(what, Machine(size), always(kept))


def _hours_of_endpoint(holder: Entry | None, entry: Entry, graph: Graph) -> Decimal | None:
    """The share that a deployment has of the hours that are written of its endpoint's machines."""
    hours = used(holder.additions.get("usage"), HOURS) if holder else None
    if hours is None or holder is None:
        return None
    siblings = [other for other in graph.section(entry.section) if other.parent == holder.address]
    every = sum(int(other.body.get("instance_count") or 1) for other in siblings)
    return hours * int(entry.body.get("instance_count") or 1) / every


def _kept(holder: Entry | None, mode: str, count: int) -> int:
    """How many instances stay of the slot that served before."""
    rollout = holder.additions.get("rollout") if holder else None
    if rollout == IN_PLACE:
        return 0
    keep = mapping(rollout).get("keep", "full" if mode == "production" else "none")
    return {"full": count, "one": 1}.get(str(keep), 0)


def _instances(count: int) -> str:
    return "instance" if count == 1 else "instances"


def of_run(entry: Entry, graph: Graph) -> Iterator[Uncounted]:
    """What runs without a compute of its own: nobody writes for how long."""
    if _is_serverless(entry.body, mapping(entry.body.get("settings")).get("default_compute")):
        yield Uncounted("serverless compute", "how long its runs take is not written")


def _is_serverless(body: Mapping[str, Any], default: Any) -> bool:
    """Whether it, or any step of it, runs without a compute of its own."""
    steps = body.get("jobs")
    if isinstance(steps, Mapping):
        return any(_is_serverless(mapping(step), default) for step in steps.values())
    compute = body.get("compute") or default
    takes_one = any(key in body for key in ("command", "environment", "trial", "entry", "task"))
    return takes_one and (compute is None or word(compute).removeprefix("azureml:") == "serverless")


def of_registry(entry: Entry, graph: Graph) -> Iterator[Uncounted]:
    yield Uncounted("the storage and the image registry that it makes", "what lies in them is not written")


def of_monitor(entry: Entry, graph: Graph) -> Iterator[Uncounted]:
    yield Uncounted("serverless Spark", "how long its runs take is not written")
