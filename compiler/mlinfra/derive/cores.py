"""The cores that the machines of a target take of the quota that Azure ML has in a subscription and region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlinfra.azure.vm_sizes import VmSize, vm_size
from mlinfra.derive.models import is_updated_in_place
from mlinfra.graph import Entry, Graph
from mlinfra.languages.azureml.compute_clusters import MAX_INSTANCES

SLOTS = 2  # a release makes its deployment beside the one that serves, unless that is updated in place


def cores_of(graph: Graph) -> dict[str, int]:
    """The most cores at a time, by quota family; those of sizes that this release does not know are left out.

    Source: docs, "Manage and increase quotas for resources with Azure Machine Learning".
    """
    found: Counter[str] = Counter()
    for _, family, cores in takers(graph):
        found[family] += cores
    return dict(sorted(found.items()))


def quota_of(graph: Graph, family: str) -> tuple[str, int] | None:
    """What the target says it has of a quota family, and how that is written there."""
    return next((item for item in graph.target.quota.items() if item[0].lower() == family.lower()), None)


def takers(graph: Graph) -> Iterator[tuple[Entry, str, int]]:
    """What takes cores, of which quota family, and how many at most."""
    for entry, written, count in _machines(graph):
        size = vm_size(written)
        if size:
            yield entry, size.quota_family, count * size.vcpus


def _machines(graph: Graph) -> Iterator[tuple[Entry, str, int]]:
    """What has machines, of which size, and how many there are at most."""
    for entry in _own(graph, "compute_instances"):
        yield entry, str(entry.body.get("size")), 1
    for entry in _own(graph, "compute_clusters"):
        yield entry, str(entry.body.get("size")), int(entry.body.get("max_instances") or MAX_INSTANCES)
    for entry in _own(graph, "online_deployments"):
        written = str(entry.body.get("instance_type"))
        size = vm_size(written)
        if size and entry.body.get("type") != "kubernetes":
            yield entry, written, _slots(graph, entry) * _with_reserve(size, int(entry.body.get("instance_count") or 1))


def _own(graph: Graph, section: str) -> Iterator[Entry]:
    return (entry for entry in graph.section(section) if not entry.existing)


def _slots(graph: Graph, deployment: Entry) -> int:
    endpoint = graph.entries.get(deployment.parent or "")
    return 1 if endpoint and is_updated_in_place(endpoint) else SLOTS


def _with_reserve(size: VmSize, instances: int) -> int:
    """As many and a fifth more, rounded up, which Azure ML reserves to upgrade the machines."""
    return -(-instances * 6 // 5) if size.reserved_for_upgrades else instances
