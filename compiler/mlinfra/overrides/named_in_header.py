"""Templates that the header names: its lists of entries, and `moved`, get instances in their place, of all targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mlinfra.diagnostics import Span
from mlinfra.header import Header
from mlinfra.header.keys import meant_keys
from mlinfra.header.moved import MOVED
from mlinfra.overrides import View, templates_of
from mlinfra.overrides.each import Filling, Room
from mlinfra.overrides.expansion import MAX_ADDED_CHARACTERS, MAX_ADDED_NODES
from mlinfra.overrides.pull_requests import PLACE as PULL_REQUESTS
from mlinfra.overrides.run_values import stands_at
from mlinfra.overrides.templates import STAND_IN, Item, Template, holds_each, template_words
from mlinfra.source import Source
from mlinfra.source.tree import Field, Node, Path, Scalar, Sequence, scalars
from mlinfra.source.tree import Mapping as Tree

# Places of the header that take several entries, in which * is any key, and of which section.
LISTS = (
    ("pipelines.train.jobs", "jobs"),
    ("pipelines.train.schedules.*.jobs", "jobs"),
    ("pipelines.score.endpoints", "batch_endpoints"),
    ("targets.*.approval.by", "principals"),
)
MAPS = ((".".join(PULL_REQUESTS), "jobs"),)
_KEYS = frozenset({MOVED, *(place.partition(".")[0] for place, _ in (*LISTS, *MAPS))})


def with_instances_named(source: Source, header: Header | None) -> Source:
    """The source with instances where its header names templates; the very same object where it names none."""
    vocabulary = source.given.vocabulary
    if header is None:
        return source
    meant = meant_keys(source)
    sections = {meant[key]: field for key, field in source.tree.fields.items() if meant.get(key) in vocabulary.sections}
    words = template_words(sections, vocabulary.nested)
    of_header = {key: field for key, field in source.tree.fields.items() if meant.get(key) in _KEYS}
    if not words or not any(_names_any(field.value, words) for field in of_header.values()):
        return source
    views = (View(source, header, target) for target in header.targets)
    naming = _Naming(_of_all_targets(views), dict(_places(header.written, ())))
    named = {key: field._replace(value=naming.field(meant[key], field)) for key, field in of_header.items()}
    return replace(source, tree=source.tree._replace(fields={**source.tree.fields, **named}))


def _names_any(below: Node, words: frozenset[str]) -> bool:
    is_value = any(scalar.value in words for _, scalar in scalars(below))
    return is_value or any(key in words for key in _keys(below))


def _keys(node: Node) -> Iterator[str]:
    if isinstance(node, Tree):
        for key, field in node.fields.items():
            yield key
            yield from _keys(field.value)


@dataclass(frozen=True)
class _Made:
    """The instances of a template in all targets, by name, each with the item of the first that has it."""

    template: Template
    items: Mapping[str, Item]


def _of_all_targets(views: Iterator[View]) -> dict[str, _Made]:
    made: dict[str, _Made] = {}
    for view in views:
        templates, items = templates_of(view)
        for address, template in templates.by_address.items():
            own = {templates.instances[each].name: items[each] for each in template.instances}
            before = made[address].items if address in made else {}
            new = {name: item for name, item in own.items() if name not in before}
            made[address] = _Made(template, _without_stand_in({**before, **new}))
    return made


def _without_stand_in(items: Mapping[str, Item]) -> Mapping[str, Item]:
    """The instances of which one target at least knows the items; the one that stands in for them where none does."""
    known = {name: item for name, item in items.items() if item.key != STAND_IN}
    return known or items


def _places(node: Node, path: Path) -> Iterator[tuple[tuple[type, Span], str]]:
    """The lists and maps of the header that take entries, by what and where they are, with the section of these.

    The header knows misspelt keys as they are meant.
    """
    if section := _section_at(path, LISTS if isinstance(node, Sequence) else MAPS):
        yield (type(node), node.span), section
    if isinstance(node, Tree):
        for key, field in node.fields.items():
            yield from _places(field.value, (*path, key))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _places(item, (*path, str(index)))


@dataclass(frozen=True)
class _Naming:
    made: Mapping[str, _Made]  # by the address of the template
    places: Mapping[tuple[type, Span], str]

    def field(self, key: str, field: Field) -> Node:
        """What stands under a key of the header."""
        if key == MOVED and isinstance(field.value, Sequence):
            items = tuple(each for item in field.value.items for each in self._moved(item))
            return field.value._replace(items=items)
        return self._node(field.value)

    def _node(self, node: Node) -> Node:
        section = self.places.get((type(node), node.span))
        if isinstance(node, Sequence):
            items = (each for item in node.items for each in (self._named(section, item) if section else (item,)))
            return node._replace(items=tuple(map(self._node, items)))
        if not isinstance(node, Tree):
            return node
        fields: dict[str, Field] = {}
        for key, field in node.fields.items():
            made = self.made.get(f"{section}.{key}") if section else None
            if made is None:
                fields[key] = field._replace(value=self._node(field.value))
            else:
                for name, item in made.items.items():
                    filling = Filling(item, Room(MAX_ADDED_NODES, MAX_ADDED_CHARACTERS))
                    fields.setdefault(name, field._replace(value=filling.node(field.value)))
        return node._replace(fields=fields)

    def _named(self, section: str, item: Node) -> tuple[Node, ...]:
        """An item of a list, or the instances of the template that it names."""
        made = self.made.get(f"{section}.{item.value}") if isinstance(item, Scalar) else None
        if made is None or not isinstance(item, Scalar):
            return (item,)
        return tuple(item._replace(value=name) for name in made.items)

    def _moved(self, line: Node) -> Iterator[Node]:
        """A line of `moved`, or one for each instance of the template that is written as `to`."""
        ends = [line.fields.get(key) for key in ("from", "to")] if isinstance(line, Tree) else []
        former, to = (end.value if end and isinstance(end.value, Scalar) else None for end in ends or (None, None))
        made = self.made.get(str(to.value)) if to else None
        if made is None or former is None or to is None or not isinstance(line, Tree):
            yield line
            return
        for name, item in made.items.items():
            address = f"{made.template.section}.{name}"
            own = {"from": _filled(str(former.value), item, former), "to": to._replace(value=address)}
            fields = {key: field._replace(value=own.get(key, field.value)) for key, field in line.fields.items()}
            yield line._replace(fields=fields)


def _filled(address: str, item: Item, written: Scalar) -> Scalar:
    """The address that an instance had, of a template that had another key."""
    filling = Filling(item, Room(MAX_ADDED_NODES, MAX_ADDED_CHARACTERS))
    text = filling.text(address, written.span) if holds_each(address) else f"{address}-{item.key}"
    return written._replace(value=address if text is None else text)


def _section_at(path: Path, places: tuple[tuple[str, str], ...]) -> str:
    """The section of which a place takes entries; nothing where it is none of these."""
    return next((section for place, section in places if stands_at(path, (tuple(place.split(".")),))), "")
