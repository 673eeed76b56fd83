"""resolve: Azure names, and every reference bound to the entry it means; what is left over is reported."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from mlinfra.azure.ids import is_group_id, is_resource_id
from mlinfra.bodies.fields import PLACEHOLDER
from mlinfra.bodies.references import references
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Edge, Edges, Entries, Entry, Graph, NamedNowhere
from mlinfra.graph.findings import at
from mlinfra.graph.order import cycles
from mlinfra.languages import FORMS, ROWS, SECTIONS
from mlinfra.languages.forms import ADDRESS, HOME, NAME, PARENT
from mlinfra.languages.mentions import Marks, Mention, is_id_of_another_type, marks
from mlinfra.languages.resource import RESOURCE_GROUP
from mlinfra.repository.files import Files
from mlinfra.resolve.fill import fill
from mlinfra.resolve.in_files import with_references_in_files
from mlinfra.resolve.local_paths import Places, with_local_paths
from mlinfra.resolve.meant import Meant
from mlinfra.resolve.naming import named, not_an_id
from mlinfra.resolve.nowhere import Nowhere, field_of, said_of_an_id
from mlinfra.resolve.own_ids import with_own_names
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

_CALLED_AFTER = tuple(row for row in SECTIONS if row.called_after)
_Place: TypeAlias = tuple[str, Path]  # address, path of its body
_Said: TypeAlias = tuple[_Place, Diagnostic]


def resolve(spec: Spec) -> Outcome[Graph]:
    """The graph of one target, and every reference that leads nowhere."""
    entries, diagnostics = named(spec.header, spec.target, spec.entries)
    entries = with_own_names(entries)
    misnamed = {found.address for found in diagnostics}
    marked = marks(entries, spec.files)
    entries |= {address: _without_own_keys(entries[address], paths) for address, paths in marked.own_keys.items()}
    nowhere = Nowhere(spec, entries)
    meant = Meant(entries, nowhere)
    mentions = tuple(_mentions(entries, marked))
    edges, unbound, said = _bound(mentions, meant, nowhere, meant.here)
    lost_names = set(_named_nowhere(mentions, unbound))
    entries |= _without(entries, unbound)
    diagnostics += _wrong_ids(entries.values())
    edges += [Edge(entry.address, entry.parent, "needs", (), PARENT.name) for entry in entries.values() if entry.parent]
    edges += _memberships(entries)
    before = entries
    entries, filled, refused = fill(spec, entries, misnamed)
    completed = tuple(_completed_mentions(before, entries, spec.files, marked))
    of_names, led_nowhere, of_azure = _completed(spec, entries, completed)
    lost_names |= set(_named_nowhere(completed, led_nowhere))
    edges += of_names
    entries |= _without(entries, led_nowhere)
    refused += (*led_nowhere.values(), *(found for _, found in of_azure))
    read = {(edge.source, edge.path) for edge in of_names}
    filled = [edge for edge in filled if (edge.source, edge.path) not in read]
    whole = Entries(entries)
    edges = [_as_deployed(edge, whole) for edge in (*edges, *filled)]
    lost_names |= set(_called_after_nothing(whole))
    graph = Graph(spec.header, spec.target, spec.network, whole, spec.files, spec.removed, Edges(edges))
    graph = replace(graph, network_is_whole=spec.network_is_whole, alterations=spec.alterations, met=spec.met)
    graph = replace(graph, lost=spec.lost, other_networks=spec.other_networks)
    graph = replace(graph, templates=spec.templates, key=spec.key, named_nowhere=frozenset(lost_names))
    diagnostics += _with_what_nothing_names((*unbound.items(), *said), mentions, nowhere, graph)
    return (
        Outcome(graph, (*diagnostics, *refused))
        .then(lambda whole: with_local_paths(whole, _open(marked, unbound)))
        .then(lambda whole: with_references_in_files(whole, Meant(whole.entries, Nowhere(spec, whole.entries))))
        .then(lambda whole: Outcome(whole, tuple(_cycles(whole))))
    )


def _bound(
    mentions: Iterable[tuple[Entry, Mention]],
    meant: Meant,
    nowhere: Nowhere,
    address_of: Callable[[Mention], str | None],
) -> tuple[list[Edge], dict[_Place, Diagnostic], list[_Said]]:
    """The edges that the mentions are, what is said of those that lead nowhere, and of those that are for Azure."""
    edges: list[Edge] = []
    unbound: dict[_Place, Diagnostic] = {}
    for_azure: list[_Said] = []
    for entry, mention in mentions:
        place = entry.address, mention.path
        if mention.as_azure_has_it is not None:
            target, said = meant.on_azure(entry, mention, mention.as_azure_has_it)
            for_azure += [(place, said)] if said else []
        else:
            target = address_of(mention)
        if target is not None and mention.as_azure_has_it is None and meant.is_out_of_reach(entry, target):
            unbound[place] = meant.said_of_names_apart(entry, mention, target)
        elif target is not None and meant.lacks_a_version(target):
            unbound[place] = meant.said_of_no_version(entry, mention, target)
        elif target is not None:
            edges.append(Edge(entry.address, target, mention.kind, mention.path, meant.form_of(entry, mention, target)))
        elif _is_wrong(mention, nowhere):
            unbound[place] = nowhere.said_of(entry, mention)
        elif FORMS[mention.form].passes_others:
            for_azure += ((place, said) for said in nowhere.said_of_a_near_one(entry, mention))
    return edges, unbound, for_azure


def _as_deployed(edge: Edge, entries: Entries) -> Edge:
    """An edge that orders nothing where its field is deployed after both entries, by the same client."""
    row = ROWS[entries[edge.source].section]
    if not edge.path or edge.path[0] not in row.deployed_apart:
        return edge
    is_of_one_client = row.compiled_to == ROWS[entries[edge.target].section].compiled_to == "bundle"
    return edge._replace(kind="names") if is_of_one_client else edge


def _with_what_nothing_names(
    said: Collection[_Said], mentions: Iterable[tuple[Entry, Mention]], nowhere: Nowhere, graph: Graph
) -> Iterator[Diagnostic]:
    """What is said of mentions that lead nowhere, with a near entry that nothing names: its key may have the slip."""
    near = {}
    places = {place for place, _ in said}
    for entry, mention in mentions if said else ():
        address = nowhere.nearest(mention) if (entry.address, mention.path) in places else None
        if address is not None and not _is_named(graph, address):
            near[entry.address, mention.path] = Related(f"nothing names {address}", graph.entries[address].key)
    for place, found in said:
        yield replace(found, related=(*found.related, near[place])) if place in near else found


def _is_named(graph: Graph, address: str) -> bool:
    """Whether something names an entry, beside what lies in it."""
    return any(edge.form != HOME.name and not edge.source.startswith(f"{address}.") for edge in graph.edges_to(address))


def _is_wrong(mention: Mention, nowhere: Nowhere) -> bool:
    """Whether a mention that means no entry is for nobody else either."""
    if FORMS[mention.form].passes_others:
        return nowhere.is_removed(mention)
    if mention.optional or mention.as_azure_has_it is not None:
        return False
    return not mention.is_judged_in_place or nowhere.is_removed(mention)


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


def _named_nowhere(mentions: Iterable[tuple[Entry, Mention]], unbound: Collection[_Place]) -> Iterator[NamedNowhere]:
    """Which of the mentions lead nowhere."""
    for entry, mention in mentions if unbound else ():
        if (entry.address, mention.path) in unbound:
            yield NamedNowhere(entry.address, str(mention.path[0]), mention.sections)


def _called_after_nothing(entries: Entries) -> Iterator[NamedNowhere]:
    """What is called after an entry that is not there: a peering after the network that it leads to."""
    for row in _CALLED_AFTER:
        for entry in entries.by_section.get(row.name, ()):
            if f"{row.called_after}.{entry.name}" not in entries:
                yield NamedNowhere(entry.address, entry.name, (str(row.called_after),))


def _completed(
    spec: Spec, entries: Mapping[str, Entry], completed: Iterable[tuple[Entry, Mention]]
) -> tuple[list[Edge], dict[_Place, Diagnostic], list[_Said]]:
    """What is bound, and what is said, of what is named by texts that were completed."""
    nowhere = Nowhere(spec, entries)
    meant = Meant(entries, nowhere)
    return _bound(completed, meant, nowhere, meant.once_completed)


def _completed_mentions(
    before: Mapping[str, Entry], entries: Mapping[str, Entry], files: Files, marked: Marks
) -> Iterator[tuple[Entry, Mention]]:
    """What is named by texts that were completed: `${models.churn.name}` means what `churn` means."""
    changed = {address for address, entry in entries.items() if entry is not before[address]}
    known = {(entry.address, mention.path): mention for entry, mention in marked.mentions if entry.address in changed}
    for entry, mention in marks(entries, files, changed).mentions if changed else ():
        old, new = before[entry.address], entries[entry.address]
        path = mention.path
        is_new = known.get((entry.address, path)) != mention  # else only what follows the name was completed
        if is_new and old.value_at(path) != new.value_at(path):
            yield entry, mention


def _wrong_ids(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    """What starts like an id, in place of the name of an entry, and is none, or that of something else."""
    for entry in entries:
        for path, reference, value in references(entry.model) if entry.model is not None else ():
            if value.startswith("/") and not PLACEHOLDER.search(value) and not is_resource_id(value):
                if not (reference.or_a_group and is_group_id(value)):
                    yield not_an_id(value, at(entry, path), reference.or_a_group)
            elif is_id_of_another_type(value, reference.sections):
                yield said_of_an_id(at(entry, path), field_of(path), value, reference.sections)


def _memberships(entries: Mapping[str, Entry]) -> Iterator[Edge]:
    for entry in entries.values():
        registry = f"registries.{entry.additions.get('registry')}"
        if entry.existing and registry in entries:  # of what is made here it is a reference like others
            yield Edge(entry.address, registry, "needs", ("registry",), HOME.name)
        row = ROWS[entry.section]
        hub = f"hubs.{entry.additions.get('hub')}"
        if hub in entries and "hub" in row.additions:
            yield Edge(entry.address, hub, "needs", ("hub",), HOME.name)
        if not entry.parent and row.home_key in entry.additions:
            workspace = f"{row.home}.{entry.additions[row.home_key]}"
            if workspace in entries:
                yield Edge(entry.address, workspace, "needs", ("workspace",), HOME.name)


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
    edges = (edge for edge in graph.edges_from(entry.address) if edge.kind == "needs")
    return next(edge.path for edge in edges if edge.target == entry.address)
