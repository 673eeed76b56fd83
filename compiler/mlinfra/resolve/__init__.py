"""resolve: Azure names, and every reference bound to the entry it means; what is left over is reported."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from mlinfra.bodies.fields import PLACEHOLDER
from mlinfra.bodies.references import references
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Edge, EdgeKind, Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.order import cycles
from mlinfra.languages.forms import ADDRESS, HOME, NAME, PARENT
from mlinfra.languages.mentions import Marks, Mention, marks
from mlinfra.languages.resource import RESOURCE_GROUP
from mlinfra.repository.files import Files
from mlinfra.resolve.fill import fill
from mlinfra.resolve.local_paths import Places, with_local_paths
from mlinfra.resolve.naming import NOT_AN_ID, RESOURCE_ID, named
from mlinfra.resolve.nowhere import Nowhere, candidates
from mlinfra.schemas.values import value_at, without
from mlinfra.source.tree import UNKNOWN, Path, with_value
from mlinfra.validate import Spec

CYCLE = Code(
    "MLI304",
    "error",
    "Circle of entries that need one another",
    "What needs itself, however indirectly, can never be made first",
    "Take one of the references out",
    "docs/language.md#references",
)

_Place: TypeAlias = tuple[str, Path]  # address, path of its body
_OnAzure: TypeAlias = tuple[str, str, str | None]  # section, name on Azure, address below which it is


def resolve(spec: Spec) -> Outcome[Graph]:
    """The graph of one target, and every reference that leads nowhere."""
    entries, diagnostics = named(spec.header, spec.target, spec.entries)
    misnamed = {found.address for found in diagnostics}
    marked = marks(entries, spec.files)
    entries |= {address: _without_own_keys(entries[address], paths) for address, paths in marked.own_keys.items()}
    edges, unbound = _bound(_mentions(entries, marked), Nowhere(spec, entries), lambda word: _address(word, entries))
    diagnostics += unbound.values()
    entries |= _without(entries, unbound)
    diagnostics += _ids_that_are_none(entries.values())
    edges += [Edge(entry.address, entry.parent, "needs", (), PARENT.name) for entry in entries.values() if entry.parent]
    edges += _memberships(entries)
    before = entries
    entries, filled, refused = fill(spec, entries, misnamed)
    of_names, led_nowhere = _completed_edges(spec, before, entries)
    edges += of_names
    entries |= _without(entries, led_nowhere)
    refused += led_nowhere.values()
    read = {(edge.source, edge.path) for edge in of_names}
    filled = [edge for edge in filled if (edge.source, edge.path) not in read]
    graph = Graph(spec.header, spec.target, spec.network, entries, spec.files, spec.removed, (*edges, *filled))
    graph = replace(graph, network_is_whole=spec.network_is_whole)
    of_names_alone = (*diagnostics, *refused, *_cycles(graph))
    return Outcome(graph, of_names_alone).then(lambda whole: with_local_paths(whole, _open(marked, unbound)))


def _bound(
    mentions: Iterable[tuple[Entry, Mention]], nowhere: Nowhere, address_of: Callable[[Mention], str | None]
) -> tuple[list[Edge], dict[_Place, Diagnostic]]:
    """The edges that the mentions are, and what is said of those that lead nowhere."""
    edges: list[Edge] = []
    unbound: dict[_Place, Diagnostic] = {}
    for entry, mention in mentions:
        target = address_of(mention)
        if target is not None:
            kind: EdgeKind = "needs" if mention.needs else "names"
            edges.append(Edge(entry.address, target, kind, mention.path, mention.form))
        elif not mention.optional and (not mention.is_judged_in_place or nowhere.is_removed(mention)):
            unbound[entry.address, mention.path] = nowhere.said_of(entry, mention)
    return edges, unbound


def _open(marked: Marks, unbound: Collection[_Place]) -> Places:
    """The places for paths without those of which is said already that their names lead nowhere."""
    return {
        address: tuple(place for place in places if (address, place.path) not in unbound)
        for address, places in marked.local_places.items()
    }


def _without_own_keys(entry: Entry, paths: Collection[Path]) -> Entry:
    return replace(entry, body=without(entry.body, paths))


def _without(entries: Mapping[str, Entry], unbound: Collection[_Place]) -> dict[str, Entry]:
    """The entries of ours with names that lead nowhere, something unknown in their place.

    Checks of bodies of Azure ML take such a name for one of something outside the spec.
    """
    changed: dict[str, Entry] = {}
    for address, path in unbound:
        entry = changed.get(address, entries[address])
        if entry.model is not None and isinstance(value_at(entry.body, path), str):
            changed[address] = replace(entry, body=with_value(entry.body, path, UNKNOWN))
    return changed


def _mentions(entries: Mapping[str, Entry], marked: Marks) -> Iterator[tuple[Entry, Mention]]:
    for entry in entries.values():
        if entry.model is not None:
            for path, reference, value in references(entry.model):
                if not value.startswith("/") and (reference.sections or value != RESOURCE_GROUP):
                    form = (NAME if reference.sections else ADDRESS).name
                    yield entry, Mention(path, value, reference.sections, reference.needs, form)
    yield from marked.mentions


def _completed_edges(
    spec: Spec, before: Mapping[str, Entry], entries: Mapping[str, Entry]
) -> tuple[list[Edge], dict[_Place, Diagnostic]]:
    """The edges of what is named by texts that were completed, and what is named there and is nowhere."""
    on_azure = _by_azure_name(entries)
    return _bound(
        _completed_mentions(before, entries, spec.files),
        Nowhere(spec, entries),
        lambda mention: _address(mention, entries) or _named_on_azure(mention, on_azure),
    )


def _completed_mentions(
    before: Mapping[str, Entry], entries: Mapping[str, Entry], files: Files
) -> Iterator[tuple[Entry, Mention]]:
    """What is named by texts that were completed: `${models.churn.name}` means what `churn` means."""
    changed = {address for address, entry in entries.items() if entry is not before[address]}
    for entry, mention in marks(entries, files, changed).mentions if changed else ():
        old, new = before[entry.address], entries[entry.address]
        path = mention.path
        if value_at({**old.additions, **old.body}, path) != value_at({**new.additions, **new.body}, path):
            yield entry, mention


def _by_azure_name(entries: Mapping[str, Entry]) -> dict[_OnAzure, tuple[int, str]]:
    """The place and address of the first entry of a name on Azure in a section: of all, and below each address."""
    found: dict[_OnAzure, tuple[int, str]] = {}
    for place, (address, entry) in enumerate(entries.items()):
        for scope in (None, address.rpartition(".")[0]):
            found.setdefault((entry.section, entry.azure_name, scope), (place, address))
    return found


def _named_on_azure(mention: Mention, on_azure: Mapping[_OnAzure, tuple[int, str]]) -> str | None:
    """The entry whose name on Azure a mention is: the name that an expression fills in."""
    keys = ((section, mention.word, mention.scope) for section in mention.sections)
    _, address = min((on_azure[key] for key in keys if key in on_azure), default=(0, None))
    return address


def _ids_that_are_none(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    """What starts like an id, in place of the name of an entry, and is none."""
    for entry in entries:
        for path, _, value in references(entry.model) if entry.model is not None else ():
            if value.startswith("/") and not PLACEHOLDER.search(value) and not RESOURCE_ID.fullmatch(value):
                help = "write the name of an entry, or /subscriptions/…/resourceGroups/…/providers/…"
                yield finding(NOT_AN_ID, f'"{value}" is not the id of a resource', at(entry, path), help)


def _memberships(entries: Mapping[str, Entry]) -> Iterator[Edge]:
    for entry in entries.values():
        if not entry.parent and "workspace" in entry.additions:
            workspace = f"workspaces.{entry.additions['workspace']}"
            if workspace in entries:
                yield Edge(entry.address, workspace, "needs", ("workspace",), HOME.name)


def _address(mention: Mention, entries: Mapping[str, Entry]) -> str | None:
    return next((address for address in candidates(mention) if address in entries), None)


def _cycles(graph: Graph) -> Iterator[Diagnostic]:
    for members in cycles(graph):
        entry = graph.entries[members[0]]
        if len(members) == 1:
            yield finding(CYCLE, f"{entry.address} needs itself", at(entry, _way_to_itself(graph, entry)))
            continue
        chain = " → ".join((*members, members[0]))
        related = tuple(Related(f"{address} is written here", graph.entries[address].key) for address in members[1:])
        yield finding(CYCLE, f"these entries need one another: {chain}", at(entry), related=related)


def _way_to_itself(graph: Graph, entry: Entry) -> Path:
    return next(edge.path for edge in graph.edges_from(entry.address) if edge.target == entry.address)
