"""Who reaches containers through Unity Catalog: what is granted on a catalog holds for all that lies in it.

Privileges: https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/manage-privileges/privileges
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlinfra.access.reaching import Reaching
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.platform.identity.principals import Principal

READS = frozenset(("ALL_PRIVILEGES", "READ_FILES", "READ_VOLUME", "SELECT"))
WRITES = frozenset(("ALL_PRIVILEGES", "MODIFY", "WRITE_FILES", "WRITE_VOLUME"))
_ABOVE = ("catalog_name", "schema_name")  # fields that name what an entry lies in
_KEPT_IN = ("storage_location", "storage_root", "url")  # and where its data is
NAMED = "name of Databricks"


def through_catalogs(graph: Graph) -> Iterator[Reaching]:
    """A way for each grant that is derived or written, and each container that holds something of it."""
    for securable, who, kind, privileges in _grants(graph):
        deeds = [deed for deed, names in (("read", READS), ("write", WRITES)) if not names.isdisjoint(privileges)]
        role = ", ".join(name for name in privileges if name in READS | WRITES)
        for container in _containers(securable, graph) if deeds else ():
            yield Reaching(who, kind, container, " and ".join(deeds), (f"{role} on {securable}",), securable)


def _grants(graph: Graph) -> Iterator[tuple[str, str, str, list[str]]]:
    """What is granted on, to whom, and which privileges."""
    for entry in graph.section("derived_grants"):
        of, principal = (graph.bound(entry.address, name) for name in ("of", "principal"))
        if of and principal:
            model = graph.entries[principal].model
            kind = model.type.replace("_", " ") if isinstance(model, Principal) else NAMED
            yield of, principal, kind, list(getattr(entry.model, "privileges", ()))
    for entry in graph.entries.values():
        for grant in _written(entry):
            yield entry.address, str(grant.get("principal")), NAMED, [str(name) for name in grant["privileges"]]


def _written(entry: Entry) -> Iterator[Mapping[str, list[object]]]:
    grants = entry.body.get("grants")
    for grant in grants if isinstance(grants, list) else ():
        if isinstance(grant, Mapping) and isinstance(grant.get("privileges"), list):
            yield grant


def _containers(securable: str, graph: Graph) -> list[str]:
    """Where the data of all that lies in it is; of what says nothing itself, where that of what holds it is."""
    inside, todo = {securable}, [securable]
    while todo:
        for edge in graph.edges_to(todo.pop()):
            if edge.path[-1:] and edge.path[-1] in _ABOVE and edge.source not in inside:
                inside.add(edge.source)
                todo.append(edge.source)
    found = list(dict.fromkeys(each for address in sorted(inside) for each in _kept_in(address, graph)))
    holders = [edge.target for edge in graph.edges_from(securable) if edge.path[-1] in _ABOVE]
    return found or list(dict.fromkeys(each for holder in holders for each in _kept_in(holder, graph)))


def _kept_in(address: str, graph: Graph) -> Iterable[str]:
    for edge in graph.edges_from(address):
        if edge.path[-1] in _KEPT_IN and edge.target in graph.entries:
            if ROWS[graph.entries[edge.target].section].holds:
                yield edge.target
            else:
                yield from _kept_in(edge.target, graph)
