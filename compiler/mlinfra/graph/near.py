"""Where the entry, or the key of one, is written that a name which leads nowhere is a slip of."""

from __future__ import annotations

from collections.abc import Callable, Collection

from mlinfra.diagnostics import Related, Span
from mlinfra.diagnostics.near import of_nearly_the_address, of_nearly_the_name
from mlinfra.diagnostics.suggest import Known, closest_name, is_slip
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.header import Header
from mlinfra.header.places import TARGETS
from mlinfra.source.tree import Mapping, Path, Sequence, deepest, plain


def entry_near(graph: Graph, word: str, section: str, among: Collection[str] | None = None) -> tuple[Related, ...]:
    """The place of the entry of a section, or of some of it, whose name the word is a slip of, if there is one."""
    written = graph.once(_by_name).get(section, Known())
    if among is not None:
        written = Known({name: entry for name, entry in written.items() if name in among})
    name = closest_name(word, written)
    return of_nearly_the_name(word, {name: written[name].key}, section) if name else ()


def key_near(entry: Entry, path: Path, word: str) -> tuple[Related, ...]:
    """The place of the key, in a mapping of a body, that the word is a slip of."""
    node = deepest(entry.tree, path)
    names = {name: field.key for name, field in node.fields.items()} if isinstance(node, Mapping) else {}
    return of_nearly_the_name(word, names, ".".join((entry.address, *map(str, path))))


def places_of_items(entry: Entry, path: Path, key: str) -> Known[Span]:
    """The places of the names that the items of a list in a body have under a key."""
    node = deepest(entry.tree, path)
    items = node.items if isinstance(node, Sequence) else ()
    fields = (item.fields[key] for item in items if isinstance(item, Mapping) and key in item.fields)
    return Known({str(plain(field.value)): field.value.span for field in fields})


def azure_name_near(graph: Graph, word: str, section: str) -> tuple[Related, ...]:
    """The place of the entry of a section whose name on Azure the word is a slip of, if there is one."""
    entries = graph.once(_by_azure_name).get(section, Known())
    name = closest_name(word, entries)
    if name is None or not is_slip(word, name):
        return ()
    entry = entries[name]
    return (Related(f'{entry.address}, which is called "{name}", is written here', at(entry, ("azure_name",)).span),)


def address_near(graph: Graph, word: str) -> tuple[Related, ...]:
    """The place of the entry that is written whose address the word is a slip of, if there is one."""
    return of_nearly_the_address(word, graph.once(_addresses))


def _addresses(graph: Graph) -> Known[Span]:
    return Known({address: entry.key for address, entry in graph.entries.items() if not entry.because})


def _by_name(graph: Graph) -> dict[str, Known[Entry]]:
    return _by_section(graph, lambda entry: entry.name)


def _by_azure_name(graph: Graph) -> dict[str, Known[Entry]]:
    return _by_section(graph, lambda entry: entry.azure_name)


def _by_section(graph: Graph, name: Callable[[Entry], str]) -> dict[str, Known[Entry]]:
    """The entries that are written, by their section and what they are called."""
    found: dict[str, Known[Entry]] = {}
    for section, entries in graph.entries.whole_by_section.items():
        found[section] = Known({name(entry): entry for entry in entries if not entry.because})
    return found


def target_near(header: Header, word: str) -> tuple[Related, ...]:
    """The place of the target whose name the word is a slip of, if there is one."""
    return of_nearly_the_name(word, header.places_of_targets, TARGETS)
