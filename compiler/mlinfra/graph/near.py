"""Where the entry, or the key of one, is written that a name which leads nowhere is a slip of."""

from __future__ import annotations

from collections.abc import Collection

from mlinfra.diagnostics import Related
from mlinfra.diagnostics.near import of_nearly_the_address, of_nearly_the_name
from mlinfra.diagnostics.suggest import closest_name, is_slip
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.header import Header
from mlinfra.header.places import TARGETS
from mlinfra.source.tree import Mapping, Path, Sequence, deepest, plain


def entry_near(graph: Graph, word: str, section: str, among: Collection[str] | None = None) -> tuple[Related, ...]:
    """The place of the entry of a section, or of some of it, whose name the word is a slip of, if there is one."""
    written = (entry for entry in graph.section(section) if not entry.because)
    names = {entry.name: entry.key for entry in written if among is None or entry.name in among}
    return of_nearly_the_name(word, names, section)


def key_near(entry: Entry, path: Path, word: str) -> tuple[Related, ...]:
    """The place of the key, in a mapping of a body, that the word is a slip of."""
    node = deepest(entry.tree, path)
    names = {name: field.key for name, field in node.fields.items()} if isinstance(node, Mapping) else {}
    return of_nearly_the_name(word, names, ".".join((entry.address, *map(str, path))))


def item_near(entry: Entry, path: Path, key: str, word: str) -> tuple[Related, ...]:
    """The place of the name, which the items of a list in a body have under a key, that the word is a slip of."""
    node = deepest(entry.tree, path)
    items = node.items if isinstance(node, Sequence) else ()
    fields = (item.fields[key] for item in items if isinstance(item, Mapping) and key in item.fields)
    names = {str(plain(field.value)): field.value.span for field in fields}
    return of_nearly_the_name(word, names, ".".join((entry.address, *map(str, path))))


def azure_name_near(graph: Graph, word: str, section: str) -> tuple[Related, ...]:
    """The place of the entry of a section whose name on Azure the word is a slip of, if there is one."""
    entries = {entry.azure_name: entry for entry in graph.section(section) if not entry.because}
    name = closest_name(word, entries)
    if name is None or not is_slip(word, name):
        return ()
    entry = entries[name]
    return (Related(f'{entry.address}, which is called "{name}", is written here', at(entry, ("azure_name",)).span),)


def address_near(graph: Graph, word: str) -> tuple[Related, ...]:
    """The place of the entry that is written whose address the word is a slip of, if there is one."""
    written = {address: entry.key for address, entry in graph.entries.items() if not entry.because}
    return of_nearly_the_address(word, written)


def target_near(header: Header, word: str) -> tuple[Related, ...]:
    """The place of the target whose name the word is a slip of, if there is one."""
    return of_nearly_the_name(word, header.places_of_targets, TARGETS)
