"""Models that are trained again and again on machines with GPUs, and that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.prices import vm_price
from mlinfra.azure.vm_sizes import VmSize, vm_size
from mlinfra.derive.models import endpoints_serving
from mlinfra.diagnostics import UNREAD, Code, Diagnostic, Related, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.overrides.run_values import models_told
from mlinfra.rules.machines import sizes
from mlinfra.rules.of_pipelines import value_at
from mlinfra.rules.rule import over_targets
from mlinfra.versions import is_from_job

NOT_SERVED = Code(
    "MLI749",
    "warning",
    "Model that trains on GPUs and that nothing serves",
    "train.yml goes on training and registering it, on machines that cost by the hour, also after the last endpoint "
    "that served it is gone",
    "Leave the model out, and its job out of pipelines.train.jobs; or let a deployment name the model. If others use "
    "it, ignore this with that reason",
    "docs/language.md#versions-and-models",
    misses=(f"online_endpoints{UNREAD}", f"batch_endpoints{UNREAD}"),
)


def _what_trains_is_served(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    header = graphs[0].header if graphs else None
    written = header.pipelines if header else None
    if header is None or written is None or len(graphs) < len(header.targets):
        return  # of targets that are left out nobody knows what serves there
    for model in filter(is_from_job, graphs[0].section("models")):
        job = str(model.additions["from_job"])
        if job not in written.train.jobs or model.additions.get("registry") or _is_used(graphs, model.address):
            continue
        found = next(_machines_with_gpus(graphs[0], f"jobs.{job}"), None)
        if found:
            compute, size = found
            price = vm_price(size.name, graphs[0].target.location)
            costs = f", ${price.dollars:.2f} an hour each" if price else ""
            message = f"models.{model.name} is trained by jobs.{job} on {compute} ({size.name}{costs}), and no endpoint"
            index = written.train.jobs.index(job)
            related = (Related("it is trained because of this", value_at(header, "train", "jobs", index)),)
            help = f"leave models.{model.name} out, and {job} of pipelines.train.jobs; or say who uses the model: "
            help += f"# mlinfra: ignore {NOT_SERVED.id} because …"
            yield finding(NOT_SERVED, f"{message} of any target serves it", at(model), help, related)


def _is_used(graphs: Sequence[Graph], model: str) -> bool:
    """Whether anything serves a model, or reads a version of it."""
    for graph in graphs:
        reads = any(edge.source.partition(".")[0] != "jobs" for edge in graph.edges_to(model))
        told = any(model in models_told(entry.run_values.values()) for entry in graph.entries.values())
        if reads or told or endpoints_serving(graph, model):
            return True
    return False


def _machines_with_gpus(graph: Graph, job: str) -> Iterator[tuple[str, VmSize]]:
    """The computes of a job that have GPUs, and their sizes."""
    computes = [edge.target for edge in graph.edges_from(job) if edge.target.startswith("compute_clusters.")]
    for entry, _, written in graph.once(sizes):
        size = vm_size(written)
        if size and size.gpus and (entry.address in computes or entry.address == job):
            yield _shown(entry, job), size


def _shown(entry: Entry, job: str) -> str:
    return "serverless machines" if entry.address == job else entry.address


UNSERVED_RULES = (over_targets(NOT_SERVED, _what_trains_is_served),)
