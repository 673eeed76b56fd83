"""Expansion: what `for_each` makes of a template becomes entries of its section, before anything else looks at them.

What a target overrides of a template is merged into it first, and so is in all of its instances; what it overrides of
an instance is left for the merging of entries, and wins.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from mlinfra.diagnostics import Code, Diagnostic, Related, Span, Where, finding
from mlinfra.diagnostics.suggest import question
from mlinfra.overrides.codes import TOO_MUCH
from mlinfra.overrides.each import EACH_UNKNOWN, SAME_KEY, Filling, Room
from mlinfra.overrides.entries import Nested, without_items
from mlinfra.overrides.extent import MAX_ENTRIES, TOO_MANY
from mlinfra.overrides.merging import Merging, Removal
from mlinfra.overrides.sizes import size
from mlinfra.overrides.substitution import Substitution
from mlinfra.overrides.templates import (
    FOR_EACH,
    STAND_IN,
    Instance,
    Item,
    Template,
    Templates,
    each_meant,
    holds_each,
    is_template,
    name_of_stand_in,
    templates_in,
)
from mlinfra.source import tree
from mlinfra.source.tree import Field, Node, Scalar, kind_of
from mlinfra.source.tree import Mapping as Tree

SAME_INSTANCE = Code(
    "MLI350",
    "error",
    "Two entries that become one",
    "What is made for each item is an entry like any other: of two with one address, one would be lost",
    "Write ${each.key} in the entry's key so that no two are equal, or rename the other entry",
    "docs/language.md#one-entry-for-each-item",
)
ITEMS = Code(
    "MLI351",
    "error",
    "for_each is not a list of distinct texts or a map",
    "Each item makes one entry, whose name follows from it: without a text of its own it has none",
    "Write [cards, credit] or {cards: …, credit: …}, or ${var.<name>} of a variable of type list or map",
    "docs/language.md#one-entry-for-each-item",
)
CODES = (SAME_INSTANCE, ITEMS, EACH_UNKNOWN, SAME_KEY)

MAX_ADDED_NODES = 1_000_000  # values in all that templates make of a target; the largest measured spec has 200,000
MAX_ADDED_CHARACTERS = 40_000_000  # that items add to the texts of a target


@dataclass
class Expansion:
    """Expands the templates of one target."""

    target: str
    nested: Nested
    substitution: Substitution
    removed: dict[str, Removal]
    called_after: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # see Vocabulary
    by_address: dict[str, Template] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)  # of each instance, by its address
    findings: list[Diagnostic] = field(default_factory=list)
    room: Room = field(default_factory=lambda: Room(MAX_ADDED_NODES, MAX_ADDED_CHARACTERS))
    is_full: bool = False

    def expand(self, written: Mapping[str, Field], overrides: Tree | None) -> tuple[dict[str, Field], Tree | None]:
        """The sections without templates, and the overrides that are not those of templates."""
        sections, left = self._merged(dict(written), overrides, templates_in, ())
        sections = {name: self._section(name, section) for name, section in sections.items()}
        for name, keys in self.nested.items():
            if name in sections and isinstance(sections[name].value, Tree):
                for key in keys:
                    sections, left = self._merged(sections, left, partial(_templates_below, key), (name, key))
                sections[name] = self._with_nested(name, sections[name], keys)
        self._note_removed_below()
        return sections, left

    @property
    def templates(self) -> Templates:
        return Templates(self.by_address, self.instances)

    def _merged(
        self,
        written: dict[str, Field],
        overrides: Tree | None,
        named: Callable[[Field], Collection[str]],
        below: tuple[str, ...],
    ) -> tuple[dict[str, Field], Tree | None]:
        """The sections with the overrides of their templates, or of those that lie below a key of their entries."""
        if overrides is None:
            return written, None
        of_templates: dict[str, Field] = {}
        rest: dict[str, Field] = {}
        for name, override in overrides.fields.items():
            is_asked = name in written and (not below or name == below[0])
            taken, left = _split(written[name], override, named, below) if is_asked else (None, override)
            if taken is not None:
                of_templates[name] = taken
            if left is not None:
                rest[name] = left
        if not of_templates:
            return written, overrides
        merging = Merging(self.target, self.nested, {})
        before = {name: written[name] for name in of_templates}
        after = merging.sections(written, Tree(of_templates, overrides.span), written)
        self.findings += merging.findings()
        for address, removal in merging.removed.items():
            self._note_removed(address, removal, before)
        return after, overrides._replace(fields=rest)

    def _note_removed(self, address: str, removal: Removal, before: Mapping[str, Field]) -> None:
        """That the instances of a template are not in the target, as null stands for the template in its overrides."""
        self.removed[address] = removal
        section, _, name = address.partition(".")
        entries = before[section].value
        entry = entries.fields.get(name) if isinstance(entries, Tree) else None
        if entry is not None and is_template(entry):
            said = len(self.findings), len(self.substitution.diagnostics)
            self._instances(section, name, entry, ())  # what is wrong with it is not in this target either
            del self.findings[said[0] :], self.substitution.diagnostics[said[1] :]
            self.removed |= dict.fromkeys(self.by_address[address].instances, removal)

    def _note_removed_below(self) -> None:
        """That what lies in a template is not in the target, of each of its instances."""
        for template in self.by_address.values():
            start = f"{template.address}."
            for address, removal in [each for each in self.removed.items() if each[0].startswith(start)]:
                rest = address.removeprefix(start)
                self.removed |= {f"{instance}.{rest}": removal for instance in template.instances}

    def _section(self, address: str, section: Field) -> Field:
        """A section, or a nested one, with the instances in the places of their templates."""
        if not isinstance(section.value, Tree) or not any(_is_made(*each) for each in section.value.fields.items()):
            return section
        keys = self.nested.get(address, ())
        fields: dict[str, Field] = {}
        of_templates: set[str] = set()
        for name, entry in section.value.fields.items():
            if not _is_made(name, entry):
                self._add(address, fields, name, entry)
                continue
            for called, instance in self._instances(address, name, entry, keys):
                if self._add(address, fields, called, instance, of_templates):
                    of_templates.add(called)
        return Field(section.key, section.value._replace(fields=fields))

    def _with_nested(self, section: str, field: Field, keys: tuple[str, ...]) -> Field:
        """A section whose entries have the instances of what is nested in them."""
        assert isinstance(field.value, Tree)
        fields = dict(field.value.fields)
        for name, entry in field.value.fields.items():
            if isinstance(entry.value, Tree):
                address = f"{section}.{name}"
                below = {key: entry.value.fields[key] for key in keys if key in entry.value.fields}
                changed = {
                    key: self._section(f"{address}.{key}", self._called_after(address, key, inner))
                    for key, inner in below.items()
                }
                if any(changed[key] is not below[key] for key in below):
                    fields[name] = entry._replace(value=entry.value._replace(fields=entry.value.fields | changed))
        return field._replace(value=field.value._replace(fields=fields))

    def _called_after(self, address: str, key: str, section: Field) -> Field:
        """What is nested under a key, with an entry for each instance of the templates after which it is called."""
        named = self.called_after.get(address.partition(".")[0], {}).get(key)
        if named is None or not isinstance(section.value, Tree) or not any(map(holds_each, section.value.fields)):
            return section
        fields: dict[str, Field] = {}
        for name, entry in section.value.fields.items():
            template = None if is_template(entry) else self.by_address.get(f"{named}.{name}")
            if template is None:
                fields[name] = entry
            for instance in template.instances if template else ():
                if self.is_beyond(entry):
                    break
                filling = Filling(self.items[instance], self.room, f"{address}.{key}.{name}")
                called = self.instances[instance].name
                if called not in section.value.fields:  # what is written of one alone wins
                    fields[called] = Field(entry.key, filling.node(entry.value))
                self.findings += filling.found
        return Field(section.key, section.value._replace(fields=fields))

    def _instances(self, section: str, name: str, entry: Field, keys: tuple[str, ...]) -> list[tuple[str, Field]]:
        """What the items of a template make of it, by name; those that can't be made are left out, and said."""
        assert isinstance(entry.value, Tree)
        if meant := each_meant(name):
            message, where = f'"{name}" takes nothing of an item', Where(entry.key, f"{section}.{meant}")
            self.findings.append(finding(EACH_UNKNOWN, message, where, question(meant)))
            name = meant
        template = f"{section}.{name}"
        items, of = self._items(section, name, entry)
        made = [] if items is not None else self._stand_in(section, name, entry, keys, of)
        self._look_ahead(entry, len(items or ()), keys)
        for item in items or ():
            if self.is_beyond(entry):
                break
            filling = Filling(item, self.room)
            called = _name(name, item, filling, entry)
            filling.address = f"{section}.{called}"
            body = filling.body(entry.value, keys)
            self.findings += filling.found
            if called is not None:
                self.items.setdefault(filling.address, item)
                self.instances.setdefault(
                    filling.address, Instance(template, called, item.key, of, item.span, item.value)
                )
                made.append((called, Field(entry.key, body)))
        addresses = tuple(dict.fromkeys(f"{section}.{called}" for called, _ in made))
        self.by_address[template] = Template(template, entry.key, of, addresses, items is not None)
        return made

    def _look_ahead(self, entry: Field, items: int, keys: tuple[str, ...]) -> None:
        """Note that there is no room for what so many items make of a template, before any of it is made."""
        assert isinstance(entry.value, Tree)
        own = (below.value for key, below in entry.value.fields.items() if key != FOR_EACH and key not in keys)
        if items * sum(size(value)[0] for value in own) > self.room.nodes:
            self.room.nodes = -1

    def _stand_in(
        self, section: str, name: str, entry: Field, keys: tuple[str, ...], of: str
    ) -> list[tuple[str, Field]]:
        """One for all instances where nobody knows the items: what is wrong whatever they are is seen in it."""
        assert isinstance(entry.value, Tree)
        called = name_of_stand_in(name)
        template, address = f"{section}.{name}", f"{section}.{called}"
        filling = Filling(None, self.room, template)
        if holds_each(name):
            filling.text(name, entry.key)
        body = filling.body(entry.value, keys)
        self.findings += filling.found
        if address in self.instances:
            return []
        unknown = Item(STAND_IN, Scalar(tree.UNKNOWN, entry.key), entry.key)
        self.items[address] = unknown
        self.instances[address] = Instance(template, called, STAND_IN, of, entry.key, unknown.value, is_known=False)
        return [(called, Field(entry.key, body))]

    def is_beyond(self, entry: Field) -> bool:
        """Whether templates have made as much of a target as they may; where they have, that is said once."""
        if self.is_full:
            return True
        if self.room.is_full:
            message = f"templates make more than {MAX_ADDED_NODES:,} values, or {MAX_ADDED_CHARACTERS:,} characters"
            self.findings.append(finding(TOO_MUCH, message, entry.key, "let fewer items share it, or shorten it"))
            self.is_full = True
        elif len(self.instances) >= MAX_ENTRIES:
            message = f"templates make more than {MAX_ENTRIES:,} entries of target {self.target}"
            self.findings.append(finding(TOO_MANY, message, entry.key, "split the platform into several specs"))
            self.is_full = True
        return self.is_full

    def _add(
        self,
        section: str,
        fields: dict[str, Field],
        name: str,
        entry: Field,
        of_templates: Collection[str] = (),
    ) -> bool:
        """Take an entry into a section; the address of another one is an error that shows both lines."""
        other = fields.get(name)
        if other is None:
            fields[name] = entry
            return True
        address = f"{section}.{name}"
        message, help = f"{address} is made twice", "write ${each.key} in its key, so that each item has its own name"
        if name not in of_templates:
            message, help = f"{address} is written as an entry, and made by for_each as well", "rename one of the two"
        related = () if other.key == entry.key else (Related("the other one is written here", other.key),)
        self.findings.append(finding(SAME_INSTANCE, message, Where(entry.key, address), help, related))
        return False

    def say_unknown(self, key: str, span: Span) -> None:
        """That nobody knows of which items a key speaks."""
        message = f'"{key}" holds the address of no template, and has no for_each'
        help = "write the address of a template in it, or for_each: [<a name>, <another>]"
        self.findings.append(finding(EACH_UNKNOWN, message, span, help))

    def _items(self, section: str, name: str, entry: Field) -> tuple[list[Item] | None, str]:
        """The items of a template, None where nobody knows them, and what holds them as it is written."""
        assert isinstance(entry.value, Tree)
        if FOR_EACH not in entry.value.fields:
            self.findings.append(without_items(section, name, entry))
            return None, FOR_EACH
        return self.items_of(f"{section}.{name}", entry.value.fields[FOR_EACH])

    def items_of(self, template: str, written: Field) -> tuple[list[Item] | None, str]:
        """The same of what stands under `for_each`."""
        node = self.substitution.node(written.value)
        of = str(written.value.value) if isinstance(written.value, Scalar) else FOR_EACH
        items, wrong = _read(node, self.substitution.names)
        if wrong is not None:
            message, place, help = wrong
            is_elsewhere = isinstance(written.value, Scalar) and place.span != written.value.span
            related = (Related("it is written here", place.span),) if is_elsewhere else ()
            span = written.value.span if is_elsewhere else place.span
            self.findings.append(finding(ITEMS, message, Where(span, template), help, related))
        return items, of


def _is_made(name: str, entry: Field) -> bool:
    """Whether an entry is made for each item: it says so, or its key does."""
    return is_template(entry) or (holds_each(name) and isinstance(entry.value, Tree))


def _read(node: Node, variables: Collection[str]) -> tuple[list[Item] | None, tuple[str, Node, str | None] | None]:
    """The items that a value holds, None where it holds none that are known; and what is wrong with it, and where.

    They are sorted by key: where one is written among others, and who sorts them anew, moves nothing in the output.
    """
    if isinstance(node, Tree):
        return _sorted(Item(key, field.value, field.key) for key, field in node.fields.items()), None
    if isinstance(node, Scalar):
        if node.value is tree.UNKNOWN:
            return None, None
        help = f"write ${{var.{node.value}}}" if node.value in variables else "write [<a name>, <another>]"
        return None, (f"for_each takes a list of texts or a map, not {kind_of(node)}", node, help)
    items: dict[str, Item] = {}
    wrong: tuple[str, Node, str | None] | None = None
    is_known = True
    for item in node.items:
        if isinstance(item, Scalar) and item.value is tree.UNKNOWN:
            is_known = False
        elif not isinstance(item, Scalar) or not isinstance(item.value, str):
            help = "quote it" if isinstance(item, Scalar) and item.value is not None else "write a map: {<name>: …}"
            wrong = wrong or (f"an item of for_each must be a text, not {kind_of(item)}", item, help)
        elif item.value in items:
            wrong = wrong or (f'for_each has "{item.value}" twice', item, "leave one of them out")
        else:
            items[item.value] = Item(item.value, item, item.span)
    return (_sorted(items.values()) if is_known and wrong is None else None), wrong


def _sorted(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: item.key)


def _name(name: str, item: Item, filling: Filling, entry: Field) -> str | None:
    """What an instance is called: the key with the item filled in, or with the item's behind it."""
    return filling.text(name, entry.key) if holds_each(name) else f"{name}-{item.key}"


def _templates_below(key: str, entry: Field) -> Collection[str]:
    """The templates that lie below a key of an entry."""
    below = entry.value.fields.get(key) if isinstance(entry.value, Tree) else None
    return templates_in(below) if below else ()


def _split(
    written: Field, override: Field, named: Callable[[Field], Collection[str]], below: tuple[str, ...]
) -> tuple[Field | None, Field | None]:
    """What is overridden of templates, and the rest; None for nothing."""
    if not isinstance(override.value, Tree) or not isinstance(written.value, Tree):
        return None, override
    if not below:
        return _parted(override, set(named(written)))
    taken: dict[str, Field] = {}
    left: dict[str, Field] = {}
    for name, change in override.value.fields.items():
        entry, key = written.value.fields.get(name), below[1]
        inner = change.value.fields.get(key) if isinstance(change.value, Tree) else None
        if entry is None or inner is None or not isinstance(change.value, Tree):
            left[name] = change
            continue
        of_templates, rest = _parted(inner, set(named(entry)))
        if of_templates is not None:
            taken[name] = Field(change.key, change.value._replace(fields={key: of_templates}))
        others = {other: field for other, field in change.value.fields.items() if other != key}
        if rest is not None:
            others[key] = rest
        if others or of_templates is None:
            left[name] = Field(change.key, change.value._replace(fields=others))
    of_all = Field(override.key, override.value._replace(fields=taken)) if taken else None
    return of_all, Field(override.key, override.value._replace(fields=left)) if left or not taken else None


def _parted(override: Field, names: Collection[str]) -> tuple[Field | None, Field | None]:
    if not isinstance(override.value, Tree):
        return None, override
    taken = {name: change for name, change in override.value.fields.items() if name in names}
    left = {name: change for name, change in override.value.fields.items() if name not in names}
    if not taken:
        return None, override
    of_templates = Field(override.key, override.value._replace(fields=taken))
    return of_templates, Field(override.key, override.value._replace(fields=left)) if left else None
