"""Templates: entries with `for_each`, of which each item of a list or map makes one, and what is known of these.

Nothing behind the expansion knows of templates but what says where something comes from: findings, graph and explain.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from mlinfra.diagnostics import Span
from mlinfra.diagnostics.suggest import closest_name, is_slip
from mlinfra.source.tree import Field, Node
from mlinfra.source.tree import Mapping as Tree

FOR_EACH = "for_each"
EACH = "each"  # what `${each.key}` and `${each.value}` begin with
PARTS = ("key", "value")  # that an item has
STAND_IN = "item"  # the key of the one item by which a template is looked at whose items nobody knows
_HOLDS_EACH = re.compile(r"(?<!\$)\$\{\s*each\b")
_EXPRESSION = re.compile(r"(?<!\$)\$\{\s*(?P<word>\w*)(?P<rest>[^${}]*)\}")
_ANY_EACH = re.compile(r"\$\{\s*each\b[^${}]*\}")


class Item(NamedTuple):
    """One item of what `for_each` holds, `value` being the key itself in a list."""

    key: str
    value: Node
    span: Span  # where it is written


class Instance(NamedTuple):
    """The entry that an item makes of a template."""

    template: str  # its address
    name: str
    key: str  # of the item
    of: str  # what holds the item, as it is written: ${var.teams}, or for_each
    item: Span  # where the item is written
    value: Node  # of the item
    is_known: bool = True  # or stands in for those that nobody knows


class Template(NamedTuple):
    """An entry with `for_each`, in one target."""

    address: str  # with its key as it is written: models.${each.key}
    key: Span
    of: str
    instances: tuple[str, ...]  # their addresses, in the order of the items
    is_known: bool = True  # what its items are

    @property
    def section(self) -> str:
        """Of an entry the section; of a nested one the address in which it lies, as far as that: lake.containers."""
        return split_address(self.address)[0]

    @property
    def name(self) -> str:
        return split_address(self.address)[1]


@dataclass(frozen=True)
class Templates:
    """The templates of one target by address, and what they became by its own."""

    by_address: Mapping[str, Template] = field(default_factory=dict)
    instances: Mapping[str, Instance] = field(default_factory=dict)

    def instance_of(self, address: str) -> Instance | None:
        """The instance that has an address, or in which what has it lies."""
        found = self.instances.get(address)
        while found is None and "." in address:
            address = address.rpartition(".")[0]
            found = self.instances.get(address)
        return found

    def around(self, instance: Instance) -> Instance | None:
        """The instance in which the template of another one lies."""
        return self.instance_of(split_address(instance.template)[0])

    def template_of(self, address: str) -> str:
        """The template that made an entry; nothing where none did."""
        instance = self.instances.get(address)
        return instance.template if instance else ""

    def made_of(self, address: str, entries: Collection[str]) -> tuple[str, ...]:
        """What an address stands for among the entries: those that a template has made, or the address itself."""
        template = self.by_address.get(address)
        return (address,) if template is None else tuple(each for each in template.instances if each in entries)

    def may_have_made(self, template: str, address: str) -> bool:
        """Whether an address looks like those of a template's instances, whatever its items are, or were."""
        found = self.by_address.get(template)
        return found is not None and _pattern(found.address, found.name).fullmatch(address) is not None

    def may_make(self, address: str) -> bool:
        """Whether an address may be that of an instance of a template whose items nobody knows."""
        return any(pattern.fullmatch(address) for pattern in self._unknown)

    @cached_property
    def _unknown(self) -> tuple[re.Pattern[str], ...]:
        unknown = (template for template in self.by_address.values() if not template.is_known)
        return tuple(_pattern(template.address, template.name) for template in unknown)


def split_address(address: str) -> tuple[str, str]:
    """What an address lies in, and its name, which may hold `${each.key}`.

    >>> split_address("models.${each.key}"), split_address("storage_accounts.lake.containers.raw-${each.value.x}")
    (('models', '${each.key}'), ('storage_accounts.lake.containers', 'raw-${each.value.x}'))
    """
    plain = _ANY_EACH.sub(lambda match: "x" * len(match.group()), address)
    place = plain.rfind(".")
    return address[:place], address[place + 1 :]


def _pattern(address: str, name: str) -> re.Pattern[str]:
    """What the addresses of a template's instances look like, whatever its items are."""
    written = "".join(_NAME if part is None else re.escape(part) for part in _parts(address))
    return re.compile(f"{written}{'' if holds_each(name) else f'-{_NAME}'}(?:[.].*)?")


_NAME = "[A-Za-z0-9_-]*"


def _parts(address: str) -> Iterator[str | None]:
    start = 0
    for match in _ANY_EACH.finditer(address):
        yield from (address[start : match.start()], None)
        start = match.end()
    yield address[start:]


def name_of_stand_in(name: str) -> str:
    """What the instance is called that stands in for those of a template.

    >>> name_of_stand_in("train-${each.value.site}"), name_of_stand_in("train")
    ('train-item', 'train-item')
    """
    return _ANY_EACH.sub(STAND_IN, name) if holds_each(name) else f"{name}-{STAND_IN}"


def each_meant(name: str) -> str | None:
    """The key of a template that takes something else than what an item has, as it is meant.

    >>> each_meant("train-${eahc.value.x}"), each_meant("${var.x}"), each_meant("${each.key}"), each_meant("$${x}")
    ('train-${each.value.x}', '${each.key}', None, None)
    >>> each_meant("${each.kye}"), each_meant("${ each.value.x }-${each}")
    ('${each.key}', '${ each.value.x }-${each.key}')
    """
    meant = _EXPRESSION.sub(_as_meant, name) if "${" in name else name
    return meant if meant != name else None


def _as_meant(expression: re.Match[str]) -> str:
    first, *more = expression["rest"].strip().removeprefix(".").split(".")
    if expression["word"] == EACH and first in PARTS:
        return expression.group()
    is_each = expression["word"] == EACH or is_slip(expression["word"], EACH)
    part = first if first in PARTS else closest_name(first, PARTS)
    return f"${{{'.'.join((EACH, part, *more))}}}" if is_each and part else f"${{{EACH}.key}}"


def holds_each(text: str) -> bool:
    """Whether something of an item is filled into a text."""
    return "${" in text and _HOLDS_EACH.search(text) is not None


def is_template(entry: Field) -> bool:
    return isinstance(entry.value, Tree) and FOR_EACH in entry.value.fields


def templates_in(section: Field) -> list[str]:
    """The keys of those entries of a section that are templates."""
    if not isinstance(section.value, Tree):
        return []
    return [name for name, entry in section.value.fields.items() if is_template(entry)]


def template_words(sections: Mapping[str, Field], nested: Mapping[str, Collection[str]]) -> frozenset[str]:
    """What names a template of these sections, before they are expanded: its key, and its address."""
    words: set[str] = set()
    for name, section in sections.items():
        for key in (each_meant(key) or key for key in templates_in(section)):
            words |= {key, f"{name}.{key}"}
        entries = section.value.fields if nested.get(name) and isinstance(section.value, Tree) else {}
        for entry, written in entries.items():
            for below in nested[name] if isinstance(written.value, Tree) else ():
                inner = written.value.fields.get(below)  # type: ignore[union-attr]  # it is a mapping
                for key in templates_in(inner) if inner else ():
                    words |= {key, f"{name}.{entry}.{below}.{key}"}
    return frozenset(words)
