"""Rules of the quota that a target says it has: whether what may run at most fits in it."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.vm_sizes import QUOTA_FAMILIES
from mlinfra.derive.cores import cores_of, quota_of, takers
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.suggest import closest_name, question
from mlinfra.graph import Graph
from mlinfra.rules.rule import over_graph, over_whole_graph

NOT_ENOUGH = Code(
    "MLI579",
    "warning",
    "Quota that is less than what may run at most",
    "Azure ML counts vCPUs by family of sizes in a subscription and region: what goes beyond is refused, or its nodes "
    "never start. A release needs its new deployment beside the one that serves, and 20 % more of each, which Azure ML "
    "keeps for upgrades",
    "Ask for more quota and write what was given, or run less of that family",
    "https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas",
)
UNKNOWN_FAMILY = Code(
    "MLI746",
    "warning",
    "Quota of a family that this release does not know",
    "What may run is compared with a quota by the name of its family: one that no size has is compared with nothing",
    "Write the name that `az vm list-usage --location <region>` gives it",
    "https://learn.microsoft.com/azure/virtual-machines/quotas",
)
_KNOWN = frozenset(family.lower() for family in QUOTA_FAMILIES.values())
_BY_SERIES = {series.lower(): family for series, family in QUOTA_FAMILIES.items()}


def _quotas_are_enough(graph: Graph) -> Iterator[Diagnostic]:
    for family, cores in cores_of(graph).items():
        name, quota = quota_of(graph, family) or ("", cores)
        if cores > quota:
            message = f"what may run at most takes {cores} vCPUs of {family}, and its quota is {quota}"
            related = [
                Related(f"{entry.address} takes {count} of them", entry.key)
                for entry, family_of_it, count in takers(graph)
                if family_of_it == family
            ]
            help = f"ask for {cores - quota} more, or run less"
            yield finding(NOT_ENOUGH, message, graph.target.quota_spans[name], help, related)


def _families_are_known(graph: Graph) -> Iterator[Diagnostic]:
    for name, place in graph.target.quota_spans.items():
        if name.lower() not in _KNOWN:
            near = _BY_SERIES.get(name.lower()) or closest_name(name, QUOTA_FAMILIES.values())
            message = f'"{name}" is not a quota family that this release knows'
            yield finding(UNKNOWN_FAMILY, message, place, question(near))


RULES = (over_whole_graph(NOT_ENOUGH, _quotas_are_enough), over_graph(UNKNOWN_FAMILY, _families_are_known))
