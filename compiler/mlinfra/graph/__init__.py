"""The platform of one target as a graph: entries, and edges that order them or only name one from another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from operator import attrgetter
from pathlib import Path as FilePath
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

from pydantic import BaseModel

from mlinfra.azure.ids import resource_group_id
from mlinfra.diagnostics import Span
from mlinfra.graph.alterations import Alterations, Met
from mlinfra.graph.unique import by_key
from mlinfra.header import Header, Target
from mlinfra.header.network import Network
from mlinfra.header.security import PlatformKey
from mlinfra.overrides.merging import Removal
from mlinfra.overrides.templates import Templates
from mlinfra.repository.files import Files
from mlinfra.source.tree import Mapping as Tree
from mlinfra.source.tree import Path, value_at

EdgeKind: TypeAlias = Literal["needs", "names"]
T = TypeVar("T")
FILLED_IN = "expression"  # the form of an edge that a text makes by `${…}`: where it stands, nothing is named


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the spec in one target, or what was derived from others."""

    address: str
    section: str
    name: str
    key: Span  # where it is written; of what was derived, where its cause is written
    tree: Tree  # the body with positions; empty for what was derived
    body: Mapping[str, Any]  # the body as plain data, without the keys that mlinfra adds to bodies of Azure ML
    model: BaseModel | None = None  # the body of a kind of ours
    additions: Mapping[str, Any] = field(
        default_factory=dict
    )  # the keys that mlinfra adds: workspace, version, from_job…
    parent: str | None = None  # address of the entry that holds this one
    because: str | None = None  # None: it was written in the spec
    former_name: str = ""  # the one that it, or what it was derived from, had before it was moved; empty: it was not
    azure_name: str = ""
    id: str | None = None  # the ARM id; None where there is none (assets, jobs)
    existing: bool = False
    is_unknown: bool = False  # it is written, and nothing of its body could be read
    lacks_model: bool = False  # its body is of a kind of ours, and too wrong for one: no rule looks at it
    others: tuple[BaseModel, ...] = ()  # what the body may be as well, where a word in it is wrong
    run_values: Mapping[Path, str] = field(
        default_factory=dict
    )  # texts in which a run fills in marked values, by --set

    @property
    def lasting_name(self) -> str:
        """The name that its Azure name is made of."""
        return self.former_name or self.name

    @property
    def lies_in(self) -> str:
        """The address of what it lies in: the entry that holds it, or its hub or workspace; empty of all else."""
        return self.parent or self.holder

    @property
    def holder(self) -> str:
        """The address of the workspace, or of the hub, to which an entry of Azure ML belongs; empty of all else."""
        if hub := self.additions.get("hub"):
            return f"hubs.{hub}"
        workspace = self.additions.get("workspace")
        return f"workspaces.{workspace}" if workspace else ""

    @property
    def made_in(self) -> str | None:
        """The target that makes it for others, where one is written."""
        named = (self.additions if self.model is None else self.body).get("made_in")
        return named if isinstance(named, str) else None

    def with_additions(self, additions: Mapping[str, Any]) -> Entry:
        """The same entry with other additions."""
        return self._with(_ADDITIONS, additions)

    def with_azure_name(self, azure_name: str) -> Entry:
        """The same entry with its Azure name."""
        return self._with(_AZURE_NAME, azure_name)

    def _with(self, index: int, value: object) -> Entry:
        """As `replace` does, in half the time, as all of a spec are asked."""
        values = list(_values(self))
        values[index] = value
        return Entry(*values)

    def value_at(self, path: Path) -> Any:
        """What stands at a path of the whole body, with the keys that mlinfra adds; None where it ends before."""
        return value_at(self.body if path and path[0] in self.body else self.additions, path)


_FIELDS = tuple(field.name for field in fields(Entry))
_values = attrgetter(*_FIELDS)
_ADDITIONS, _AZURE_NAME = _FIELDS.index("additions"), _FIELDS.index("azure_name")


class Entries(dict[str, Entry]):
    """Entries by address, and which of them each section has: put in order once, for all graphs that have the same."""

    @cached_property
    def by_section(self) -> Mapping[str, Sequence[Entry]]:
        sections: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.values():
            sections[entry.section].append(entry)
        return dict(sections)

    def with_some(self, changed: Mapping[str, Entry]) -> Entries:
        """The entries with some in the place of theirs, or after all: only their sections are put in order again."""
        entries = Entries({**self, **changed})
        sections = dict(self.by_section)
        for name in {entry.section for entry in changed.values()}:
            before = {entry.address: entry for entry in sections.get(name, ())}
            own = {address: entry for address, entry in changed.items() if entry.section == name}
            sections[name] = list({**before, **own}.values())
        entries.by_section = sections
        return entries

    @cached_property
    def whole_by_section(self) -> Mapping[str, Sequence[Entry]]:
        """Without those that no rule looks at."""
        return {
            name: [entry for entry in of_section if not entry.lacks_model]
            for name, of_section in self.by_section.items()
        }


class InFile(NamedTuple):
    """A reference in a file that a place of a body names, however indirectly."""

    named_at: Path  # the place of the body
    file: FilePath
    text: str  # as it is written there, and stays
    span: Span


class Edge(NamedTuple):
    """`source` refers to `target` at `path` of its body, or in a file that is named there."""

    source: str
    target: str
    kind: EdgeKind
    path: Path
    form: str  # how the place writes it: asset, compute, name, id, account_name, datastore_uri, file, key, secret…
    in_file: InFile | None = None  # then the path goes on: the way to the file, the place in it


class Edges(tuple[Edge, ...]):
    """Edges, and which of them start and end where: put in order once, for all graphs that have the same."""

    @cached_property
    def by_source(self) -> Mapping[str, tuple[Edge, ...]]:
        return _grouped(self, "source")

    @cached_property
    def by_target(self) -> Mapping[str, tuple[Edge, ...]]:
        return _grouped(self, "target")

    @cached_property
    def bound(self) -> Mapping[str, Mapping[Path, str]]:
        """The address to which each path of each body leads, where it names an entry."""
        bound: dict[str, dict[Path, str]] = {}
        for edge in self:
            if edge.form != FILLED_IN:
                bound.setdefault(edge.source, {})[edge.path] = edge.target
        return bound


class NamedNowhere(NamedTuple):
    """A reference that leads to no entry."""

    source: str  # address of the entry in which it stands
    key: str  # of its body, under which it stands; its own, where that is the name
    sections: tuple[str, ...]  # of which an entry is meant


@dataclass(frozen=True, slots=True)
class LocalPath:
    """A path of the repository at a place of a body."""

    place: Path
    written: str
    target: FilePath
    kind: str  # file, folder, any
    is_inside_another: bool  # it counts from a folder that is named beside it, and moves with that


@dataclass(frozen=True, slots=True)
class Content:
    """The content hash of an entry (12 hexadecimal digits), and its version where it has one that is known."""

    hash: str
    version: str | None


@dataclass(frozen=True)
class Graph:
    header: Header
    target: Target
    network: Network
    entries: Entries  # in the order of sections and then as written
    files: Files
    removed: Mapping[str, Removal] = field(default_factory=dict)  # by address: written, and not in this target
    edges: Edges = field(default_factory=Edges)
    local_paths: Mapping[str, tuple[LocalPath, ...]] = field(default_factory=dict)  # by address, those that lead there
    other_networks: tuple[Network, ...] = ()  # what else may be meant where a word of it is wrong
    network_is_whole: bool = True  # nothing of it was left out
    lost: frozenset[str] = frozenset()  # addresses of what may be in the target: it is written, and can't be read
    named_nowhere: frozenset[NamedNowhere] = frozenset()  # references that lead to no entry
    key: PlatformKey | None = None  # with which everything is encrypted that can be
    alterations: Alterations = field(default_factory=dict)
    met: Mapping[str, Met] = field(default_factory=dict)  # by address: what an alteration met
    templates: Templates = field(default_factory=Templates)  # what entries were made for each item
    contents: Mapping[str, Content] = field(default_factory=dict)  # by address, of what becomes a file of Azure ML
    _kept: dict[Callable[[Graph], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, find: Callable[[Graph], T]) -> T:
        """What follows from this very graph, worked out for the first who asks: several rules look at the same."""
        if find not in self._kept:
            self._kept[find] = find(self)
        found: T = self._kept[find]
        return found

    @property
    def resource_group_id(self) -> str:
        """The ARM id of the target's resource group."""
        return resource_group_id(*self.target.group)

    def others(self) -> Iterator[Graph]:
        """The same platform, with what else may be meant where a word is wrong in a body."""
        of_entries = max((len(entry.others) for entry in self.entries.values()), default=0)
        for place in range(max(of_entries, len(self.other_networks))):
            entries = {
                address: replace(entry, model=entry.others[place]) if place < len(entry.others) else entry
                for address, entry in self.entries.items()
            }
            network = (*self.other_networks[place : place + 1], self.network)[0]
            yield replace(self, entries=Entries(entries), network=network)

    def section(self, name: str) -> Iterator[Entry]:
        """The entries of a section, in order."""
        return iter(self.entries.whole_by_section.get(name, ()))

    def edges_from(self, address: str) -> tuple[Edge, ...]:
        return self.edges.by_source.get(address, ())

    def edges_to(self, address: str) -> tuple[Edge, ...]:
        return self.edges.by_target.get(address, ())

    def bound(self, address: str, *path: str | int) -> str | None:
        """The address that the reference at a path of an entry's body is bound to, None where it leaves the spec."""
        return self.edges.bound.get(address, {}).get(path)

    def local_paths_of(self, address: str) -> tuple[LocalPath, ...]:
        return self.local_paths.get(address, ())

    def with_edges(self, edges: Iterable[Edge]) -> Graph:
        """The same graph with more edges."""
        return replace(self, edges=Edges((*self.edges, *edges)))

    def with_entries(self, entries: Iterable[Entry]) -> Graph:
        """The same graph with more entries; raises NotUnique where one of them has an address that is taken."""
        more = by_key(entries, _address, "entries of the graph", taken=self.entries)
        return replace(self, entries=Entries({**self.entries, **more})) if more else self

    @cached_property
    def addresses_by_id(self) -> Mapping[str, str]:
        """From ARM ids, in any case, to the addresses of entries that have one."""
        return _InAnyCase({entry.id: address for address, entry in self.entries.items() if entry.id})


class _InAnyCase(Mapping[str, str]):
    """A mapping whose keys Azure compares: without case."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = {key.lower(): value for key, value in known.items()}

    def __getitem__(self, key: str) -> str:
        return self._known[key.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _address(entry: Entry) -> str:
    return entry.address


def _grouped(edges: tuple[Edge, ...], end: str) -> dict[str, tuple[Edge, ...]]:
    groups: dict[str, list[Edge]] = {}
    for edge in edges:
        groups.setdefault(getattr(edge, end), []).append(edge)
    return {address: tuple(group) for address, group in groups.items()}
