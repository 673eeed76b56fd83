"""Where the entry, or the key of one, is written that a name which leads nowhere is a slip of."""

from __future__ import annotations

from collections.abc import Collection

from mlinfra.diagnostics import Related
from mlinfra.diagnostics.near import of_nearly_the_address, of_nearly_the_name
from mlinfra.graph import Entry, Graph
from mlinfra.header import Header
from mlinfra.header.places import TARGETS
from mlinfra.source.tree import Mapping, Path, deepest


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


def address_near(graph: Graph, word: str) -> tuple[Related, ...]:
    """The place of the entry that is written whose address the word is a slip of, if there is one."""
    written = {address: entry.key for address, entry in graph.entries.items() if not entry.because}
    return of_nearly_the_address(word, written)


def target_near(header: Header, word: str) -> tuple[Related, ...]:
    """The place of the target whose name the word is a slip of, if there is one."""
    return of_nearly_the_name(word, header.places_of_targets, TARGETS)
