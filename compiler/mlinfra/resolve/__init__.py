"""resolve: Azure names, and every reference bound to the entry it means; what is left over is reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from mlinfra.bodies.fields import PLACEHOLDER
from mlinfra.bodies.references import references
from mlinfra.diagnostics import Code, Diagnostic, Related
from mlinfra.diagnostics.suggest import did_you_mean, listed
from mlinfra.graph import Edge, EdgeKind, Entry, Graph
from mlinfra.graph.findings import finding
from mlinfra.graph.order import cycles
from mlinfra.languages.azureml.bound import value_at, without
from mlinfra.languages.azureml.mentions import Marks, Mention, marks
from mlinfra.languages.resource import RESOURCE_GROUP
from mlinfra.repository.files import Files
from mlinfra.resolve.fill import fill
from mlinfra.resolve.naming import NOT_AN_ID, RESOURCE_ID, named
from mlinfra.source.tree import Path
from mlinfra.validate import Spec

UNKNOWN = Code(
    "MLI301",
    "error",
    "A reference to what is not defined",
    "A name that no entry has becomes a name that no resource has, and the deployment fails when it gets there",
    "Correct the name, or declare the entry; what lives outside the spec is written with its ARM id or as "
    "azureml:name:version",
    "the language: references",
)
WRONG_KIND = Code(
    "MLI302",
    "error",
    "A reference to an entry of another kind",
    "Each place takes entries of certain sections; an entry of another one cannot do its work",
    "Name an entry of a section that the message lists",
    "the language: references",
)
REMOVED = Code(
    "MLI303",
    "error",
    "A reference to an entry that this target does not have",
    "An override or `targets:` takes the entry out of this target, and what refers to it stays",
    "Take the reference out of this target as well, or keep the entry in it",
    "the language: overrides",
)
CYCLE = Code(
    "MLI304",
    "error",
    "Entries that need one another",
    "What needs itself, however indirectly, can never be made first",
    "Take one of the references out",
    "the language: edges",
)

_OnAzure: TypeAlias = tuple[str, str, str | None]  # section, name on Azure, address below which it is


def resolve(spec: Spec, files: Files) -> tuple[Graph, tuple[Diagnostic, ...]]:
    """The graph of one target, and every reference that leads nowhere."""
    entries, diagnostics = named(spec.header, spec.target, spec.entries)
    edges: list[Edge] = []
    marked = marks(entries, files)
    entries |= {address: _without_own_keys(entries[address], paths) for address, paths in marked.own_keys.items()}
    for entry, mention in _mentions(entries, marked):
        target = _address(mention, entries)
        if target is None and mention.optional:
            continue
        if target is None:
            diagnostics.append(_nowhere(spec, entries, entry, mention))
        else:
            kind: EdgeKind = "needs" if mention.needs else "names"
            edges.append(Edge(entry.address, target, kind, mention.path, mention.form))
    diagnostics += _ids_that_are_none(entries.values())
    edges += [Edge(entry.address, entry.parent, "needs", (), "parent") for entry in entries.values() if entry.parent]
    edges += _memberships(entries)
    before = entries
    entries, filled, unknown, refused = fill(spec.target, entries, spec.removed)
    if not diagnostics and not unknown and not refused:
        of_names, refused = _completed_edges(spec, before, entries, files)
        edges += of_names
        read = {(edge.source, edge.path) for edge in of_names}
        filled = [edge for edge in filled if (edge.source, edge.path) not in read]
    if diagnostics:
        refused = []  # of names and ids that may be wrong themselves
    graph = Graph(spec.header, spec.target, spec.network, entries, files, marked.local_places, (*edges, *filled))
    return graph, (*diagnostics, *unknown, *refused, *_cycles(graph))


def _without_own_keys(entry: Entry, paths: Collection[Path]) -> Entry:
    return replace(entry, body=without(entry.body, paths))


def _mentions(entries: Mapping[str, Entry], marked: Marks) -> Iterator[tuple[Entry, Mention]]:
    for entry in entries.values():
        if entry.model is not None:
            for path, reference, value in references(entry.model):
                if not value.startswith("/") and (reference.sections or value != RESOURCE_GROUP):
                    form = "name" if reference.sections else "address"
                    yield entry, Mention(path, value, reference.sections, reference.needs, form)
    yield from marked.mentions


def _completed_edges(
    spec: Spec, before: Mapping[str, Entry], entries: Mapping[str, Entry], files: Files
) -> tuple[list[Edge], list[Diagnostic]]:
    """The edges of what is named by texts that were completed, and what is named there and is nowhere."""
    edges: list[Edge] = []
    nowhere: list[Diagnostic] = []
    on_azure = _by_azure_name(entries)
    for entry, mention in _completed_mentions(before, entries, files):
        target = _address(mention, entries) or _named_on_azure(mention, on_azure)
        if target is not None:
            kind: EdgeKind = "needs" if mention.needs else "names"
            edges.append(Edge(entry.address, target, kind, mention.path, mention.form))
        elif not mention.optional:
            nowhere.append(_nowhere(spec, entries, entry, mention))
    return edges, nowhere


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
            if value.startswith("/") and PLACEHOLDER not in value and not RESOURCE_ID.fullmatch(value):
                help = "write the name of an entry, or /subscriptions/…/resourceGroups/…/providers/…"
                yield finding(NOT_AN_ID, f'"{value}" is not the id of a resource', entry, path, help)


def _memberships(entries: Mapping[str, Entry]) -> Iterator[Edge]:
    for entry in entries.values():
        if not entry.parent and "workspace" in entry.additions:
            workspace = f"workspaces.{entry.additions['workspace']}"
            if workspace in entries:
                yield Edge(entry.address, workspace, "needs", ("workspace",), "workspace")


def _address(mention: Mention, entries: Mapping[str, Entry]) -> str | None:
    return next((address for address in _candidates(mention) if address in entries), None)


def _candidates(mention: Mention) -> list[str]:
    """The addresses that a mention may mean."""
    if mention.scope:
        return [f"{mention.scope}.{mention.word}"]
    if mention.form == "address":
        return [mention.word]
    return [f"{section}.{mention.word}" for section in mention.sections]


def _nowhere(spec: Spec, entries: Mapping[str, Entry], entry: Entry, mention: Mention) -> Diagnostic:
    word, where = mention.word, mention.scope or " or ".join(_sections_in_use(entries, mention))
    for address in _candidates(mention):
        if removal := spec.removed.get(address):
            message = f"{address} is not in target {spec.target.name}"
            related = (Related(removal.reason, removal.span),)
            return finding(REMOVED, message, entry, mention.path, related=related, at_key=mention.is_key)
    others = sorted(other.section for other in entries.values() if other.name == word and not other.parent)
    if others and not mention.scope:
        message = f'"{word}" is defined in {listed(others)}, and {mention.path[-1]} takes an entry of {where}'
        candidates = _names(entries, mention)
        return finding(WRONG_KIND, message, entry, mention.path, did_you_mean(word, candidates), at_key=mention.is_key)
    message = f'{where} "{word}" is not defined' if where else f'"{word}" is not the address of an entry'
    help = did_you_mean(word, _names(entries, mention))
    return finding(UNKNOWN, message, entry, mention.path, help, at_key=mention.is_key)


def _sections_in_use(entries: Mapping[str, Entry], mention: Mention) -> list[str]:
    """The sections of a mention that have entries, or the first: nobody looks for a section that is not there."""
    used = {entry.section for entry in entries.values() if not entry.because}
    return [section for section in mention.sections if section in used] or list(mention.sections[:1])


def _names(entries: Mapping[str, Entry], mention: Mention) -> list[str]:
    """What could have been meant: names of the right sections, without what was derived from others."""
    if mention.form == "address":
        return [address for address, entry in entries.items() if not entry.because]
    if mention.scope:
        prefix = f"{mention.scope}."
        return [address.removeprefix(prefix) for address in entries if address.startswith(prefix)]
    return [entry.name for entry in entries.values() if entry.section in mention.sections and not entry.because]


def _cycles(graph: Graph) -> Iterator[Diagnostic]:
    for members in cycles(graph):
        entry = graph.entries[members[0]]
        if len(members) == 1:
            yield finding(CYCLE, f"{entry.address} needs itself", entry, _way_to_itself(graph, entry))
            continue
        chain = " → ".join((*members, members[0]))
        related = tuple(Related(f"{address} is written here", graph.entries[address].key) for address in members[1:])
        yield finding(CYCLE, f"these entries need one another: {chain}", entry, (), None, related)


def _way_to_itself(graph: Graph, entry: Entry) -> Path:
    return next(edge.path for edge in graph.edges_from(entry.address) if edge.target == entry.address)
