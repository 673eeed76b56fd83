"""Locks of production: on what holds data, never on a workspace or group, whose computes would inherit it.

Where a lock is written, none is derived beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.entries import derived
from mlinfra.graph import Entry, Graph
from mlinfra.languages import SECTIONS
from mlinfra.languages.platform.security import locks as kind


def locks(graph: Graph) -> Iterator[Entry]:
    if graph.target.mode != "production":
        return
    written = {entry.model.of for entry in graph.section(kind.LOCKS.name) if isinstance(entry.model, kind.Lock)}
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.locked_because else ():
            if not entry.existing and entry.address not in written:
                address = kind.lock_address(entry.address)
                because = f"{entry.address} {row.locked_because}, and {graph.target.name} is production"
                model = kind.DerivedLock(of=entry.address)
                yield derived(graph, entry.address, kind.DERIVED_LOCKS.name, address, "lock", model, because)
