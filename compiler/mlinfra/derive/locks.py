"""Locks of production: on what holds data, never on a workspace or group, whose computes would inherit it."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.entries import derived
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.security import locks as kind

LOCKED = {
    "storage_accounts": "holds data that nobody can make again",
    "key_vaults": "holds secrets, and no workspace can be given another vault",
}


def locks(graph: Graph) -> Iterator[Entry]:
    if graph.target.mode != "production":
        return
    for section, why in LOCKED.items():
        for entry in graph.section(section):
            if not entry.existing:
                address = kind.lock_address(entry.address)
                because = f"{entry.address} {why}, and {graph.target.name} is production"
                model = kind.Lock(locked=entry.address)
                yield derived(graph, entry.address, kind.SECTION, address, "lock", model, because)
