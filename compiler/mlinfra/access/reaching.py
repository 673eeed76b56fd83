"""Who can reach which data: by a role on it or above it, by its keys, by a role he may give himself, or through a job.

A job acts as its compute, and a notebook as its instance: whoever may start one reaches what that reaches. A datastore
with a key opens its data to whoever works in its workspace.
https://learn.microsoft.com/azure/machine-learning/how-to-administrate-data-authentication
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlinfra.access.grants import Granted, granted
from mlinfra.azure.data_roles import WRITE, Deed, Holding
from mlinfra.azure.roles import spoken_role
from mlinfra.derive.role_assignments import above
from mlinfra.graph import Entry, Graph
from mlinfra.graph.neighbours import used
from mlinfra.languages import ROWS
from mlinfra.languages.resource import RESOURCE_GROUP

ANY_RIGHT = "may give itself any right"
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Reaching:
    """That somebody can reach some data, and how."""

    who: str
    kind: str  # as in Granted
    data: str  # the address of what holds it
    may: str  # read, write, read and write, may give itself any right, not known
    roles: tuple[str, ...]  # each with where it is given, if that is not the data itself
    through: str = ""  # the address of the compute or datastore; empty: by itself
    is_conditional: bool = False

    @property
    def reads(self) -> bool:
        return "read" in self.may or self.may in (ANY_RIGHT, NOT_KNOWN)

    @property
    def writes(self) -> bool:
        return "write" in self.may or self.may in (ANY_RIGHT, NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class _Found:
    who: str
    kind: str
    data: str
    through: str


def reaching(graph: Graph, more: Iterable[Granted] = ()) -> tuple[Reaching, ...]:
    """Everyone and all data of a target; `more` are roles that no template gives. Sorted by data, then by who."""
    roles = [*granted(graph), *more]
    found: dict[_Found, list[tuple[Granted, frozenset[Deed] | None]]] = {}
    holders = [entry for entry in graph.entries.values() if ROWS[entry.section].holds]
    for entry in holders:
        higher = set(above(graph, entry.address))
        for each in roles:
            if each.scope in higher and (deeds := _deeds(each, entry, graph)) != frozenset():
                found.setdefault(_Found(each.who, each.kind, entry.address, ""), []).append((each, deeds))
    direct: dict[str, list[_Found]] = {}
    for there in found:
        direct.setdefault(there.who, []).append(there)
    starters = [each for each in roles if each.powers and "jobs" in each.powers.ways]
    for starter, through, acting in _acting(graph, starters):
        for there in direct.get(acting, ()) if acting != starter.who else ():
            place = _Found(starter.who, starter.kind, there.data, through)
            found.setdefault(place, []).extend((starter, deeds) for _, deeds in found[there])
    for starter, store, data in _opened_by_datastores(graph, starters):
        found.setdefault(_Found(starter.who, starter.kind, data, store), []).append((starter, WRITE))
    order = {entry.address: place for place, entry in enumerate(holders)}
    told = [_told(there, reasons) for there, reasons in found.items()]
    return tuple(sorted(told, key=lambda each: (order[each.data], each.kind == "identity", each.who, each.through)))


def _deeds(given: Granted, entry: Entry, graph: Graph) -> frozenset[Deed] | None:
    """What a role lets do with what an entry holds; None where that is not known, or where it opens everything."""
    if given.powers is None or "grants" in given.powers.ways:
        return None
    holdings: tuple[Holding, ...] = ROWS[entry.section].holds
    deeds = frozenset(deed for each in holdings for deed in given.powers.data.get(each, frozenset()))
    return WRITE if "keys" in given.powers.ways and _takes_keys(entry, graph) else deeds


def _takes_keys(entry: Entry, graph: Graph) -> bool:
    """Whether the keys of an account open it; of one of others, that is not known, and they may."""
    account = graph.entries.get(entry.parent or "", entry)
    if account.section != "storage_accounts":
        return False
    return account.existing or bool(getattr(account.model, "shared_key_access", False))


def _acting(graph: Graph, starters: Sequence[Granted]) -> Iterator[tuple[Granted, str, str]]:
    """Who may act as whom: the role that lets him start jobs, the compute, and its identity."""
    for compute in graph.entries.values():
        if not ROWS[compute.section].has_nodes:
            continue
        identities = used(graph, compute.address, "identities")
        people = set(used(graph, compute.address, "principals"))
        scopes = _scopes_of_workspace(compute, graph)
        own = set(used(graph, scopes[0], "identities")) if scopes else set()
        for starter in starters:
            may_start = starter.who in people if people else starter.scope in scopes and starter.who not in own
            for identity in identities if may_start else ():
                yield starter, compute.address, identity


def _scopes_of_workspace(entry: Entry, graph: Graph) -> list[str]:
    """The workspace in which it lies, and what that lies in."""
    address = f"workspaces.{entry.additions.get('workspace')}"
    if address not in graph.entries:
        address = next((edge.target for edge in graph.edges_from(entry.address) if edge.form == "home"), "")
    return list(above(graph, address)) if address in graph.entries else []


def _opened_by_datastores(graph: Graph, starters: Sequence[Granted]) -> Iterator[tuple[Granted, str, str]]:
    """Who works in the workspace of a datastore that holds a key, the datastore, and what it leads to."""
    for store in graph.section("datastores"):
        if not store.body.get("credentials"):
            continue
        scopes = set(_scopes_of_workspace(store, graph))
        led = [
            edge.target for edge in graph.edges_from(store.address) if ROWS[graph.entries[edge.target].section].holds
        ]
        inner = [each for each in led if not any(other.startswith(f"{each}.") for other in led)]
        for starter in starters:
            if starter.scope in scopes:
                yield from ((starter, store.address, data) for data in dict.fromkeys(inner))


def _told(there: _Found, reasons: list[tuple[Granted, frozenset[Deed] | None]]) -> Reaching:
    roles = tuple(dict.fromkeys(_role(each, there) for each, _ in reasons))
    known = {deed for _, deeds in reasons if deeds for deed in deeds}
    wide = [each for each, deeds in reasons if deeds is None]
    if any(each.powers for each in wide):
        may = ANY_RIGHT
    elif wide and not known:
        may = NOT_KNOWN
    else:
        may = " and ".join(deed for deed in ("read", "write") if deed in known)
    conditional = all(each.is_conditional for each, _ in reasons)
    return Reaching(there.who, there.kind, there.data, may, roles, there.through, conditional)


def _role(given: Granted, there: _Found) -> str:
    """A role, and where it is given where that is not the data itself."""
    if given.scope == there.data:
        return given.role
    return f"{spoken_role(given.role)} on {'the resource group' if given.scope == RESOURCE_GROUP else given.scope}"


def by_data(found: Iterable[Reaching]) -> Mapping[str, list[Reaching]]:
    """The same, by the address of the data."""
    groups: dict[str, list[Reaching]] = {}
    for each in found:
        groups.setdefault(each.data, []).append(each)
    return groups
