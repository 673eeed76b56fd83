"""What acts as an identity of somebody else's that it did not act as before: what that may is not known here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.differ.model import Found, Property
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import changed
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS

_IDENTITIES = ("Microsoft.ManagedIdentity/userAssignedIdentities", "Microsoft.Databricks/accessConnectors")
_WHOSE_CODE = "whoever runs code there, with rights of {} that are not known here"


def of_actors(before: Spec, now: Spec) -> Iterator[Found]:
    """Each that acts as one that exists and is another one, whatever its address is."""
    for target, graph in now.graphs.items():
        old = before.graphs.get(target)
        for entry in graph.entries.values():
            if old is None or not _acts(entry) or entry.existing:
                continue
            there = now.was(before, target, entry.address)
            was = _of_others(there, old) if there else {}
            now_as = _of_others(entry, graph)
            if gained := now_as.keys() - was.keys():
                yield _found(entry, target, list(was.values()), [now_as[each] for each in sorted(gained)])


def _acts(entry: Entry) -> bool:
    row = ROWS[entry.section]
    return row.own_identity is not None or bool(row.lends_to)


def _of_others(entry: Entry, graph: Graph) -> dict[str, str]:
    """The identities of others as which it acts: their ids in small letters, and as they are."""
    named = (graph.entries[edge.target] for edge in graph.edges_from(entry.address) if edge.target in graph.entries)
    return {
        each.id.lower(): each.id
        for each in named
        if each.existing and each.id and ROWS[each.section].resource_type in _IDENTITIES
    }


def _found(entry: Entry, target: str, was: list[str], gained: list[str]) -> Found:
    names = ", ".join(each.rpartition("/")[2] for each in gained)
    whom = ROWS[entry.section].lends_to or _WHOSE_CODE.format(names)
    identity = Property("identity", was or None, gained, ("opens_access",), whom=whom)
    return replace(changed(entry.address, target, entry.section, entry.azure_name, [identity]), opens_more=True)
