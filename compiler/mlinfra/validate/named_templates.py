"""References to templates: a place that takes several entries names all instances, another one that of its own item.

What is named is written into the bodies in place of the template, so that all that follows finds entries alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from mlinfra.bodies.references import references
from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.diagnostics.suggest import listed
from mlinfra.graph import Entry
from mlinfra.languages import ROWS, nested_in
from mlinfra.languages.documents import annotated, document, located
from mlinfra.overrides import EntryTree, TargetTree
from mlinfra.overrides.codes import TOO_MUCH
from mlinfra.overrides.each import EACH_UNKNOWN, Filling, Room
from mlinfra.overrides.expansion import MAX_ADDED_CHARACTERS, MAX_ADDED_NODES
from mlinfra.overrides.templates import Item, Template, holds_each
from mlinfra.schemas.judge import Reference
from mlinfra.source.tree import UNKNOWN, Field, Node, Path, Scalar, Sequence, key_span, scalars
from mlinfra.source.tree import Mapping as Tree
from mlinfra.validate.reading import entries_of

NAMES_SEVERAL = Code(
    "MLI354",
    "error",
    "Template named where one entry is due",
    "A template stands for all of its instances, and this place takes one: that of the same item, where what names it "
    "is an instance too",
    "Name one of the instances",
    "docs/language.md#one-entry-for-each-item",
)
NOT_HERE = Code(
    "MLI355",
    "error",
    "Reference to a template of which this target has no entry",
    "Overrides or `targets:` take all of its instances out of this target, and what refers to them stays",
    "Take the reference out of this target as well, or keep an instance in it",
    "docs/language.md#one-entry-for-each-item",
)
CODES = (NAMES_SEVERAL, NOT_HERE)


class Renamed(NamedTuple):
    """A key in place of one that names a template, and the item that is filled in below it."""

    key: str
    item: Item | None


def with_instances(tree: TargetTree) -> Outcome[TargetTree]:
    """The tree with instances in place of the templates that bodies name."""
    if not tree.templates.by_address:
        return Outcome(tree)
    naming = _Naming(tree, dict(_words(tree.templates.by_address)), [], Room(MAX_ADDED_NODES, MAX_ADDED_CHARACTERS))
    sections = {
        section: {name: naming.entry(section, entry) for name, entry in entries.items()}
        for section, entries in tree.sections.items()
    }
    return Outcome(replace(tree, sections=sections), tuple(naming.found))


def _words(templates: Mapping[str, Template]) -> Iterator[tuple[str, list[tuple[str, Template]]]]:
    """What names templates, each word with the rows of their sections."""
    words: dict[str, list[tuple[str, Template]]] = {}
    for template in templates.values():
        section, *below = template.section.split(".")
        rows = [row.name for row in nested_in(section) if row.nested_in and below and row.nested_in[1] == below[-1]]
        row = rows[0] if rows else section
        words.setdefault(template.name, []).append((row, template))
        words.setdefault(template.address, []).append((row, template))
    yield from words.items()


@dataclass(frozen=True)
class _Naming:
    tree: TargetTree
    words: Mapping[str, list[tuple[str, Template]]]
    found: list[Diagnostic]
    room: Room

    def entry(self, section: str, written: EntryTree) -> EntryTree:
        """An entry with the instances that it names; the very same object where it names no template."""
        written = self._with_keys(section, written)
        named = {path: scalar for path, scalar in scalars(written.body) if scalar.value in self.words}
        if not named:
            return written
        taken = _sections_taken(section, self._on_trial(written, named))
        changes = {path: self._meant(section, written, path, scalar, taken) for path, scalar in named.items()}
        return replace(written, body=_with(written.body, (), changes))  # type: ignore[arg-type]  # a mapping stays one

    def _with_keys(self, section: str, written: EntryTree) -> EntryTree:
        """The entry with a key for each instance where a key of a map names a template."""
        named = list(_keys(written.body, (), self.words))
        if not named:
            return written
        trial = self._renamed(written.body, (), {path: (self._any_of(path[-1]),) for path in named})
        places = _maps_of_names(section, replace(written, body=trial))
        meant = {path: self._instances_of(section, written, path, places) for path in named}
        was_full = self.room.is_full
        body = self._renamed(written.body, (), meant)
        if self.room.is_full and not was_full:
            message = f"keys that name templates make more than {MAX_ADDED_NODES:,} values"
            where = Where(key_span(written.body, named[0]), f"{section}.{written.name}")
            self.found.append(finding(TOO_MUCH, message, where, "let fewer items share it, or shorten it"))
        return replace(written, body=body)

    def _renamed(self, node: Node, path: Path, changes: Mapping[Path, tuple[Renamed, ...]]) -> Any:
        """The same data with other keys at some places, the item filled in below them, as far as there is room."""
        if isinstance(node, Tree):
            fields: dict[str, Field] = {}
            for key, field in node.fields.items():
                here = (*path, key)
                value = self._renamed(field.value, here, changes)
                for renamed in changes.get(here, (Renamed(key, None),)):
                    if renamed.item and self.room.is_full:
                        break
                    fields.setdefault(renamed.key, field._replace(value=self._with_item(value, renamed.item)))
            return node._replace(fields=fields)
        if isinstance(node, Sequence):
            items = (self._renamed(item, (*path, index), changes) for index, item in enumerate(node.items))
            return node._replace(items=tuple(items))
        return node

    def _with_item(self, node: Node, item: Item | None) -> Node:
        if item is None:
            return node
        filling = Filling(item, self.room)
        filled = filling.node(node)
        self.found.extend(filling.found)
        return filled

    def _any_of(self, word: str | int) -> Renamed:
        (_, template), *_ = self.words[str(word)]
        instance = next(iter(template.instances), f"{template.section}.any")
        return Renamed(instance.rpartition(".")[2], None)

    def _instances_of(
        self, section: str, written: EntryTree, path: Path, places: Mapping[Path, tuple[str, ...]]
    ) -> tuple[Renamed, ...]:
        """What stands in place of a key: instances, each with its item; nothing where it names none, which is said."""
        word, where = str(path[-1]), Where(key_span(written.body, path), f"{section}.{written.name}")
        own = f"{section}.{written.name}."
        template = self._template(word, places.get(path[:-1]), own)
        if template is None:
            message = f'"{word}" names no entry here, and stands in none with for_each'
            self.found.append(finding(EACH_UNKNOWN, message, where, "write the name of an entry"))
            return ()
        present = [address for address in template.instances if address not in self.tree.removed]
        if not present and template.instances:
            message = f"no entry of {template.address} is in target {self.tree.target.name}"
            related = (Related("it is written here", template.key),)
            self.found.append(finding(NOT_HERE, message, where, None, related))
        instances = (self.tree.templates.instances[address] for address in present)
        return tuple(Renamed(each.name, Item(each.key, each.value, each.item)) for each in instances)

    def _on_trial(self, written: EntryTree, named: Mapping[Path, Scalar]) -> EntryTree:
        """The entry with some instance in place of each template, for what its places take to be asked."""
        changes: dict[Path, tuple[Node, ...]] = {}
        for path, scalar in named.items():
            (_, template), *_ = self.words[str(scalar.value)]
            instance = next(iter(template.instances), f"{template.section}.any")
            name = instance if scalar.value == template.address else instance.rpartition(".")[2]
            changes[path] = (scalar._replace(value=name),)
        return replace(written, body=_with(written.body, (), changes))  # type: ignore[arg-type]  # a mapping stays one

    def _meant(
        self,
        section: str,
        written: EntryTree,
        path: Path,
        scalar: Scalar,
        taken: Mapping[Path, tuple[str, ...]] | None,
    ) -> tuple[Node, ...]:
        """What stands in place of a word: instances, itself where it names none, or something unknown."""
        word, nothing = str(scalar.value), (scalar._replace(value=UNKNOWN),)
        where = Where(scalar.span, f"{section}.{written.name}")
        if taken is None:
            return nothing if holds_each(word) else (scalar,)
        template = self._template(word, taken.get(path), f"{section}.{written.name}.")
        if template is None:
            if not holds_each(word):
                return (scalar,)
            message = f'"{word}" names no entry here, and stands in none with for_each'
            self.found.append(finding(EACH_UNKNOWN, message, where, "write the name of an entry"))
            return nothing
        present = [address for address in template.instances if address not in self.tree.removed]
        if not template.is_known:
            return nothing
        if not present and template.instances:
            message = f"no entry of {template.address} is in target {self.tree.target.name}"
            related = (Related("it is written here", template.key),)
            self.found.append(finding(NOT_HERE, message, where, None, related))
            return nothing
        if not isinstance(path[-1], int):
            own = self._own(section, written, path)
            present = [each for each in present if self.tree.templates.instances[each].key == own]
            if len(present) != 1:
                return self._said_of_several(template, word, where) or nothing
        names = present if word == template.address else [each.rpartition(".")[2] for each in present]
        return tuple(scalar._replace(value=name) for name in names)

    def _template(self, word: str, sections: tuple[str, ...] | None, own: str) -> Template | None:
        """The template that a word means in a place that takes entries of these sections, of any where it has none.

        Of several it is the one that lies in the same entry, whose address begins as `own`.
        """
        if sections is None:
            return None
        templates = sorted(self.words[word], key=lambda each: not each[1].address.startswith(own))
        if not sections:
            return next((template for _, template in templates if word == template.address), None)
        return next((template for row, template in templates if row in sections), None)

    def _own(self, section: str, written: EntryTree, path: Path) -> str | None:
        """The key of the item of which what holds a place is an instance."""
        address = ".".join((section, written.name, *(str(step) for step in path[:2])))
        instance = self.tree.templates.instance_of(address)
        return instance.key if instance else None

    def _said_of_several(self, template: Template, word: str, where: Where) -> tuple[Node, ...]:
        names = [address.rpartition(".")[2] for address in template.instances]
        has = f"write one of its entries: {listed(names)}" if names else "its for_each is empty"
        self.found.append(finding(NAMES_SEVERAL, f'"{word}" is a template, and one entry is due here', where, has))
        return ()


def _sections_taken(section: str, written: EntryTree) -> dict[Path, tuple[str, ...]] | None:
    """The places of a body that name entries, with the sections of these; None where nobody knows its places."""
    taken: dict[Path, tuple[str, ...]] = {}
    entries = list(entries_of(ROWS[section], written, []))
    judged: list[Entry] = []
    for entry in entries:
        if entry.model is not None:
            below = _below(entry)
            taken |= {(*below, *path): reference.sections for path, reference, _ in references(entry.model)}
        elif entry.lacks_model:
            return None
        else:
            judged.append(entry)
    taken |= {path: reference.sections for path, reference in _annotated(judged) if not reference.of_keys}
    return taken


def _maps_of_names(section: str, written: EntryTree) -> dict[Path, tuple[str, ...]]:
    """The maps of a body whose keys name entries, with the sections of these."""
    judged = [entry for entry in entries_of(ROWS[section], written, []) if entry.model is None]
    return {path: reference.sections for path, reference in _annotated(judged) if reference.of_keys}


def _annotated(judged: list[Entry]) -> Iterator[tuple[Path, Reference]]:
    """The places of bodies that a schema judges which name entries, from the body in which these lie."""
    by_address = {entry.address: entry for entry in judged}
    for annotation in annotated(document(judged), even_if_refused=True) if judged else ():
        if annotation.reference is not None:
            address, path = located(annotation.path)
            yield (*_below(by_address[address]), *path), annotation.reference


def _keys(node: Node, path: Path, words: Collection[str]) -> Iterator[Path]:
    """The places of keys that are one of some words."""
    if isinstance(node, Tree):
        for key, field in node.fields.items():
            if key in words and "${" in key:
                yield (*path, key)
            yield from _keys(field.value, (*path, key), words)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _keys(item, (*path, index), words)


def _below(entry: Entry) -> Path:
    """Where an entry stands in the body of the one that holds it."""
    return tuple(entry.address.removeprefix(f"{entry.parent}.").split(".")) if entry.parent else ()


def _with(node: Node, path: Path, changes: Mapping[Path, tuple[Node, ...]]) -> Node:
    """The same data with other values at some paths; an item of a list may become several, or none."""
    if isinstance(node, Tree):
        fields = {}
        for key, field in node.fields.items():
            here = (*path, key)
            value = changes[here][0] if here in changes else _with(field.value, here, changes)
            fields[key] = field._replace(value=value)
        return node._replace(fields=fields)
    if isinstance(node, Sequence):
        items: list[Node] = []
        for index, item in enumerate(node.items):
            here = (*path, index)
            items += changes[here] if here in changes else (_with(item, here, changes),)
        return node._replace(items=tuple(items))
    return node
