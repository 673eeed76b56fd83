"""From where data can be reached: addresses, subnets and services that its firewall lets in, and private endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlinfra.access.reaching import Reaching
from mlinfra.azure.exposure import EVERYONE, exposure
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.resource import Of
from mlinfra.plan import Plan

NOT_KNOWN = "not known: it is not the platform's own"
UNSIGNED, ANYBODY = "everyone, without signing in", "anybody"
_PRIVATE = ("Microsoft.Network/privateEndpoints", "Microsoft.MachineLearningServices/workspaces/outboundRules")


@dataclass(frozen=True, slots=True)
class From:
    """From where one thing can be reached."""

    data: str
    said: str  # everyone, or ranges, subnets and services
    private: tuple[str, ...]  # addresses of the private endpoints that lead there

    @property
    def is_open(self) -> bool:
        return self.said == EVERYONE

    def leads_to(self, address: str) -> bool:
        """Whether it is that which is reached, or what that lies in."""
        return f"{address}.".startswith(f"{self.data}.")


def reached_from(plan: Plan) -> tuple[From, ...]:
    """Of everything that holds data and has a firewall of its own."""
    graph = plan.graph
    holders = (entry for entry in graph.entries.values() if ROWS[entry.section].holds and not entry.parent)
    return tuple(From(entry.address, _said(entry, plan), _private(entry, graph)) for entry in holders)


def _said(entry: Entry, plan: Plan) -> str:
    planned = plan.by_address.get(entry.address)
    if planned is None:
        return NOT_KNOWN
    found = exposure(_plain(planned.resource.body.get("properties", {})))
    return found.said() if found else NOT_KNOWN


def _plain(value: Any) -> Any:
    """The same with addresses in the place of what Resource Manager looks up."""
    if isinstance(value, Of):
        return value.address
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _private(entry: Entry, graph: Graph) -> tuple[str, ...]:
    users = (graph.entries[edge.source] for edge in graph.edges_to(entry.address))
    return tuple(dict.fromkeys(user.address for user in users if ROWS[user.section].resource_type in _PRIVATE))


def read_by_everyone(plan: Plan) -> Iterator[Reaching]:
    """The containers whose blobs are read without signing in, as their account lets them be."""
    for entry in plan.graph.section("containers"):
        opened = _property(plan, entry.address, "publicAccess")
        if opened in ("Blob", "Container") and _property(plan, entry.parent or "", "allowBlobPublicAccess") is True:
            yield Reaching(UNSIGNED, ANYBODY, entry.address, "read", (f"publicAccess: {opened}",))


def _property(plan: Plan, address: str, name: str) -> object:
    planned = plan.by_address.get(address)
    properties = planned.resource.body.get("properties") if planned else None
    return properties.get(name) if isinstance(properties, Mapping) else None
