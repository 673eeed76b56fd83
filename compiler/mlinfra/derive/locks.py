"""Locks of production: on what holds data, never on a workspace or group, whose computes would inherit it."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.entries import derived
from mlinfra.graph import Entry, Graph
from mlinfra.languages import SECTIONS
from mlinfra.languages.platform.security import locks as kind


def locks(graph: Graph) -> Iterator[Entry]:
    if graph.target.mode != "production":
        return
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.locked_because else ():
            if not entry.existing:
                address = kind.lock_address(entry.address)
                because = f"{entry.address} {row.locked_because}, and {graph.target.name} is production"
                model = kind.Lock(locked=entry.address)
                yield derived(graph, entry.address, kind.SECTION, address, "lock", model, because)
