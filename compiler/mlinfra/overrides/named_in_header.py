"""Templates that the header names: its lists of entries, and `moved`, get instances in their place, of all targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mlinfra.header import Header, meant_keys
from mlinfra.header.moved import MOVED
from mlinfra.overrides import View, templates_of
from mlinfra.overrides.each import Filling, Room
from mlinfra.overrides.expansion import MAX_ADDED_CHARACTERS, MAX_ADDED_NODES
from mlinfra.overrides.pull_requests import PLACE as PULL_REQUESTS
from mlinfra.overrides.run_values import stands_at
from mlinfra.overrides.templates import Item, Template, holds_each, template_words
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
    naming = _Naming(_of_all_targets(views))
    named = {key: field._replace(value=naming.node(field.value, (meant[key],))) for key, field in of_header.items()}
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
            made[address] = _Made(template, {**before, **new})
    return made


@dataclass(frozen=True)
class _Naming:
    made: Mapping[str, _Made]  # by the address of the template

    def node(self, node: Node, path: Path) -> Node:
        if path == (MOVED,) and isinstance(node, Sequence):
            items = tuple(each for item in node.items for each in self._moved(item))
            return node._replace(items=items)
        if isinstance(node, Sequence) and (section := _section_at(path, LISTS)):
            return node._replace(items=tuple(each for item in node.items for each in self._named(section, item)))
        if isinstance(node, Tree):
            section = _section_at(path, MAPS)
            fields: dict[str, Field] = {}
            for key, field in node.fields.items():
                made = self.made.get(f"{section}.{key}") if section else None
                if made is None:
                    fields[key] = field._replace(value=self.node(field.value, (*path, key)))
                else:
                    for name, item in made.items.items():
                        filling = Filling(item, Room(MAX_ADDED_NODES, MAX_ADDED_CHARACTERS))
                        fields.setdefault(name, field._replace(value=filling.node(field.value)))
            return node._replace(fields=fields)
        if isinstance(node, Sequence):
            items = tuple(self.node(item, (*path, str(index))) for index, item in enumerate(node.items))
            return node._replace(items=items)
        return node

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
