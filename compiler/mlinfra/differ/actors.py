"""What acts as an identity of somebody else's that it did not act as before: what that may is not known here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.differ.model import Found, Property
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import changed
from mlinfra.graph import Entry, Graph
from mlinfra.graph.neighbours import used
from mlinfra.languages import ROWS

_IDENTITIES = ("identities", "databricks_access_connectors")
_LENT = {  # who acts as such an identity, of what has none of its own
    "databricks_access_connectors": "whoever has grants on what its credentials open",
    "databricks_storage_credentials": "whoever has grants on what it opens",
}
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
    return ROWS[entry.section].own_identity is not None or entry.section in _LENT


def _of_others(entry: Entry, graph: Graph) -> dict[str, str]:
    """The identities of others as which it acts: their ids in small letters, and as they are."""
    named = (graph.entries[each] for section in _IDENTITIES for each in used(graph, entry.address, section))
    return {each.id.lower(): each.id for each in named if each.existing and each.id}


def _found(entry: Entry, target: str, was: list[str], gained: list[str]) -> Found:
    names = ", ".join(each.rpartition("/")[2] for each in gained)
    whom = _LENT.get(entry.section) or _WHOSE_CODE.format(names)
    identity = Property("identity", was or None, gained, ("opens_access",), whom=whom)
    return replace(changed(entry.address, target, entry.section, entry.azure_name, [identity]), opens_more=True)
