"""Templates that a target names before its bodies are judged: in overrides of what they made, as what entries are
called after, and in what is of the whole, whose addresses and keys may hold `${each.…}` of a template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlinfra.overrides.each import Filling
from mlinfra.overrides.expansion import Expansion
from mlinfra.overrides.merging import DERIVED, NETWORK, OF_THE_WHOLE
from mlinfra.overrides.templates import FOR_EACH, Item, Template, holds_each, is_template
from mlinfra.source.tree import Field, Node, Path, Scalar, Sequence
from mlinfra.source.tree import Mapping as Tree

_LINKS: Path = (NETWORK, "dns", "links")  # names of networks
_NETWORKS = "virtual_networks"


def with_items(overrides: Tree, expansion: Expansion) -> Tree:
    """The overrides of instances with the item of each filled in."""
    fields = dict(overrides.fields)
    for section, field in overrides.fields.items():
        if isinstance(field.value, Tree) and section not in OF_THE_WHOLE:
            fields[section] = field._replace(value=_of_entries(section, field.value, expansion, None))
    return overrides._replace(fields=fields)


def _of_entries(address: str, entries: Tree, expansion: Expansion, around: Item | None) -> Tree:
    """Overrides of entries, each with its own item, or with that of the entry in which it lies."""
    fields = dict(entries.fields)
    for name, field in entries.fields.items():
        here = f"{address}.{name}"
        item = expansion.items.get(here, around)
        if not isinstance(field.value, Tree):
            continue
        nested = expansion.nested.get(address, ())
        body: dict[str, Field] = {}
        for key, below in field.value.fields.items():
            if key in nested and isinstance(below.value, Tree):
                inner = _of_entries(f"{here}.{key}", below.value, expansion, item)
                body[key] = below._replace(value=inner)
            else:
                body[key] = below._replace(value=_filled(below.value, item, here, expansion)) if item else below
        fields[name] = field._replace(value=field.value._replace(fields=body))
    return entries._replace(fields=fields)


def _filled(node: Node, item: Item, address: str, expansion: Expansion) -> Node:
    filling = Filling(item, expansion.room, address)
    filled = filling.node(node)
    expansion.findings += filling.found
    return filled


def naming_instances(key: str, node: Node, expansion: Expansion) -> Node:
    """What is of the whole with instances in place of templates: in lists and keys by address, and under `derived`."""
    if key == DERIVED and isinstance(node, Tree):
        return _Derived(expansion).named(node)
    return _Whole(expansion).node(node, (key,))


@dataclass(frozen=True)
class _Whole:
    expansion: Expansion

    def node(self, node: Node, path: Path) -> Node:
        if isinstance(node, Tree):
            fields: dict[str, Field] = {}
            for key, field in node.fields.items():
                below = field._replace(value=self.node(field.value, (*path, key)))
                for name, item in self._meant(key):
                    if item and self.expansion.is_beyond(field):
                        break
                    value = _filled(below.value, item, name, self.expansion) if item else below.value
                    fields.setdefault(name, below._replace(value=value))
            return node._replace(fields=fields)
        if isinstance(node, Sequence):
            return node._replace(items=tuple(each for item in node.items for each in self._items(item, path)))
        return node

    def _items(self, node: Node, path: Path) -> Iterator[Node]:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            yield self.node(node, path)
            return
        prefix = f"{_NETWORKS}." if path == _LINKS else ""
        for name, _ in self._meant(f"{prefix}{node.value}"):
            yield node._replace(value=name.removeprefix(prefix))

    def _meant(self, address: str) -> Iterator[tuple[str, Item | None]]:
        """The instances of a template of that address, or it itself."""
        template = self.expansion.by_address.get(address)
        if template is None:
            yield address, None
            return
        for instance in template.instances:
            yield instance, self.expansion.items[instance]


@dataclass(frozen=True)
class _Derived:
    """`derived`, whose addresses may hold the one of a template, or be a template with `for_each` itself."""

    expansion: Expansion

    def named(self, derived: Tree) -> Tree:
        """Each address with all that it stands for; what is written of one alone wins over what is of all."""
        fields: dict[str, Field] = {}
        own = {key: field for key, field in derived.fields.items() if not holds_each(key)}
        for key, field in derived.fields.items():
            if key in own:
                continue
            for item in self._items_of(key, field):
                if self.expansion.is_beyond(field):
                    break
                filling = Filling(item, self.expansion.room, f"{DERIVED}.{key}")
                address = filling.text(key, field.key)
                body = filling.body(field.value, ()) if isinstance(field.value, Tree) else field.value
                self.expansion.findings += filling.found
                if address is not None:
                    fields[address] = Field(field.key, body)
        for key, field in own.items():
            fields[key] = _over(fields.get(key), field)
        return derived._replace(fields=fields)

    def _items_of(self, key: str, field: Field) -> list[Item]:
        if is_template(field):
            assert isinstance(field.value, Tree)
            items, _ = self.expansion.items_of(f"{DERIVED}.{key}", field.value.fields[FOR_EACH])
            return items or []
        template = _in(key, self.expansion.by_address)
        if template is None:
            self.expansion.say_unknown(key, field.key)
            return []
        return [self.expansion.items[instance] for instance in template.instances]


def _in(address: str, templates: Mapping[str, Template]) -> Template | None:
    """The template whose address stands in that of something derived: the longest, where one lies in another."""
    found = [each for each in templates if each in address]
    return templates[max(found, key=len)] if found else None


def _over(below: Field | None, field: Field) -> Field:
    if below is None or not isinstance(below.value, Tree) or not isinstance(field.value, Tree):
        return field
    return field._replace(value=field.value._replace(fields={**below.value.fields, **field.value.fields}))
