"""One target's view of the spec: the entries that it has, its overrides merged in, `${…}` filled in, positions kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from mlinfra.bodies.fields import MADE_IN
from mlinfra.bodies.later import is_later, is_later_section
from mlinfra.diagnostics import Code, Diagnostic, Span, Where, finding
from mlinfra.diagnostics.merge import at_most
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.diagnostics.suggest import closest_name, did_you_mean, is_slip
from mlinfra.header import Header, Target
from mlinfra.header.places import TARGETS, are_read, mapping_at, names_in
from mlinfra.overrides.entries import NOT_AN_ENTRY, Nested, Written, body_of, is_said, nested_addresses, section_entries
from mlinfra.overrides.expansion import ITEMS, Expansion
from mlinfra.overrides.looked_up import lookups_of, names_looked_up
from mlinfra.overrides.merging import DERIVED, OF_THE_WHOLE, Merging
from mlinfra.overrides.merging import Removal as Removal
from mlinfra.overrides.named_templates import naming_instances, with_items
from mlinfra.overrides.pull_requests import with_made_for_pull_requests, with_pull_requests
from mlinfra.overrides.substitution import Substitution
from mlinfra.overrides.templates import Item, Templates, template_words, templates_in
from mlinfra.repository.files import Files
from mlinfra.source import Source, Vocabulary, tree
from mlinfra.source.tree import UNKNOWN, Field, Scalar, Sequence, kind_of

UNKNOWN_TARGET = Code(
    "MLI238",
    "error",
    "Unknown target in `targets`",
    "An entry for a target that does not exist would be deployed nowhere, silently",
    "Correct the name, or add the target to the header",
    "docs/language.md#keys-that-mlinfra-adds",
)
CODES = (UNKNOWN_TARGET,)

_PARAMETERS = ("pipelines", "train", "parameters")
_LOSE = (NOT_AN_ENTRY, ITEMS)  # found of what is written, and makes no entries
UNKNOWN_VALUE = Scalar(UNKNOWN, Span("", 0, 0, 0, 0))  # of a variable that has none, which is said of the header


@dataclass(frozen=True)
class EntryTree:
    name: str
    key: Span
    body: tree.Mapping


@dataclass(frozen=True)
class View:
    """A spec, seen from one target of its header."""

    source: Source
    header: Header
    target: Target
    meant_in_derived: Mapping[str, str] = dataclasses.field(default_factory=dict)  # by misspelt address


@dataclass(frozen=True)
class TargetTree:
    header: Header
    target: Target
    files: Files
    sections: Mapping[str, Mapping[str, EntryTree]]  # in authored order
    network: tree.Mapping | None
    security: tree.Mapping | None
    derived: tree.Mapping | None  # what it says of what is derived, by address
    removed: Mapping[str, Removal]  # by address, nested entries included
    uncompiled: frozenset[str]  # addresses of what is written and left out, as a later release compiles it
    templates: Templates = dataclasses.field(default_factory=Templates)  # what entries were made for each item
    lost: frozenset[str] = frozenset()  # addresses of what may be in the target: it is written, and can't be read


def apply_target(view: View) -> Outcome[TargetTree]:
    """What the spec says for the target; texts may still refer to entries, see `mlinfra.overrides.substitution`."""
    source, header, target = view.source, view.header, view.target
    sections, nested = source.given.vocabulary.sections, source.given.vocabulary.nested
    diagnostics: list[Diagnostic] = []
    removed: dict[str, Removal] = {}
    of_sections = {name: field for name, field in header.written.fields.items() if name in sections}
    overrides = _of_this_release(target.overrides, header) if target.overrides else None
    words = template_words(of_sections, nested)
    substitution = _substitution(header, target, source.given.vocabulary, words)
    templates = Templates()
    of_header: dict[str, tree.Node | None] = dict(
        zip(OF_THE_WHOLE, (header.network, header.security, header.derived), strict=True)
    )
    if words or _makes_alterations(header.derived, overrides):
        called_after = source.given.vocabulary.called_after
        expansion = Expansion(target.name, nested, substitution, removed, called_after)
        of_sections, overrides = expansion.expand(of_sections, overrides)
        overrides = with_items(overrides, expansion) if overrides else None
        of_header = {key: naming_instances(key, node, expansion) if node else None for key, node in of_header.items()}
        overrides = _naming_instances(overrides, expansion) if overrides else None
        templates = with_made_for_pull_requests(expansion.templates, header, target)
        diagnostics += expansion.findings
    lost: set[str] = set()
    present = _Present(header, target, nested, removed, lost, diagnostics)
    written = {name: present.section(name, field) for name, field in of_sections.items()}
    for key, of_the_whole in of_header.items():
        if of_the_whole is not None:
            written[key] = Field(header.keys[key], of_the_whole)
    if overrides:
        merging = Merging(target.name, nested, removed, _lost(lost, diagnostics))
        written = merging.sections(written, overrides, (*sections, *OF_THE_WHOLE))
        diagnostics += merging.findings()
    written, wrong = with_pull_requests(written, header, target, nested)
    diagnostics += wrong
    filled = {name: substitution.section(name, field.value) for name, field in written.items()}
    lookups = lookups_of(substitution.variables or {}, names_looked_up(header, target))
    diagnostics += [*substitution.diagnostics, *lookups.findings]
    network, security, derived = (filled.pop(key, None) for key in OF_THE_WHOLE)
    tree_of_target = TargetTree(
        header,
        dataclasses.replace(target, lookups=lookups.value) if lookups.value else target,
        source.given.files,
        {name: _entries(value) for name, value in filled.items()},
        network if isinstance(network, tree.Mapping) else None,
        security if isinstance(security, tree.Mapping) else None,
        _as_meant(derived, view.meant_in_derived) if isinstance(derived, tree.Mapping) else None,
        removed,
        frozenset(_uncompiled(header)),
        templates,
        _lost(lost, diagnostics),
    )
    return Outcome(tree_of_target, tuple(diagnostics))


def _unknown(address: str, node: tree.Node) -> Iterator[str]:
    """The address of a section that is unknown, or those of its entries that are."""
    if is_said(node):
        yield address
    elif isinstance(node, tree.Mapping):
        yield from (f"{address}.{name}" for name, field in node.fields.items() if is_said(field.value))


def _lost(lost: Collection[str], found: Collection[Diagnostic]) -> frozenset[str]:
    """The addresses that are lost, and those of which a finding says that they can't be read."""
    return frozenset({*lost, *(each.address for each in found if each.code in _LOSE and each.address)})


def _as_meant(derived: tree.Mapping, meant: Mapping[str, str]) -> tree.Mapping:
    """What is said of what is derived, under the addresses that are meant."""
    fields = {address: field for address, field in derived.fields.items() if address not in meant}
    for address, field in derived.fields.items():
        if address in meant:
            fields.setdefault(meant[address], field)
    return derived._replace(fields=fields)


def _makes_alterations(derived: tree.Mapping | None, overrides: tree.Mapping | None) -> bool:
    """Whether something derived is altered for each item."""
    places = (Field(each.span, each) for each in (derived, overrides and tree.child(overrides, DERIVED)) if each)
    return any(templates_in(place) for place in places)


def _naming_instances(overrides: tree.Mapping, expansion: Expansion) -> tree.Mapping:
    fields = {
        key: field._replace(value=naming_instances(key, field.value, expansion)) if key in OF_THE_WHOLE else field
        for key, field in overrides.fields.items()
    }
    return overrides._replace(fields=fields)


def templates_of(view: View) -> tuple[Templates, Mapping[str, Item]]:
    """The templates of a target, and the item of each instance, by its address."""
    source, header, target = view.source, view.header, view.target
    vocabulary = source.given.vocabulary
    written = {name: field for name, field in header.written.fields.items() if name in vocabulary.sections}
    overrides = _of_this_release(target.overrides, header) if target.overrides else None
    expansion = Expansion(target.name, vocabulary.nested, _substitution(header, target, vocabulary, ()), {})
    expansion.expand(written, overrides)
    return expansion.templates, expansion.items


def _substitution(header: Header, target: Target, vocabulary: Vocabulary, templates: Collection[str]) -> Substitution:
    known = {"target.name": target.name, "target.mode": target.mode, "platform": header.platform}
    written = dict.fromkeys(names_in(header.written, "variables"), UNKNOWN_VALUE)
    later = {key for key in header.written.fields if is_later_section(key)}
    named = mapping_at(header.written, _PARAMETERS)
    parameters = {name: field.key for name, field in named.fields.items()} if named else {}
    variables = {**written, **target.variables}
    meant = vocabulary.meant_expression
    passes = vocabulary.passes
    lookups = names_looked_up(header, target)
    declared = header.variables if are_read(header.written, "variables") else None
    return Substitution(
        known, variables, vocabulary.sections, later, parameters, meant, templates, passes, lookups, declared
    )


def _of_this_release(overrides: tree.Mapping, header: Header) -> tree.Mapping:
    """The overrides without those of what is written at the top, where it is said that a later release takes it."""
    fields = {
        key: field for key, field in overrides.fields.items() if not (is_later(key) and key in header.written.fields)
    }
    return overrides._replace(fields=fields)


def _uncompiled(header: Header) -> Iterator[str]:
    for section, field in header.written.fields.items():
        if is_later_section(section) and isinstance(field.value, tree.Mapping):
            yield from (f"{section}.{name}" for name in field.value.fields)


@dataclass(frozen=True)
class _Present:
    """Tells which entries a target has, and notes those that it hasn't."""

    header: Header
    target: Target
    keys_of_nested: Nested
    removed: dict[str, Removal]
    lost: set[str]
    diagnostics: list[Diagnostic]

    def section(self, section: str, field: Field) -> Field:
        """A section with the entries that this target has, each a mapping, their own `targets` taken out."""
        keys = self.keys_of_nested.get(section, ())
        self.lost.update(_unknown(section, field.value))
        fields = {}
        for name, entry in section_entries(section, field.value, self.diagnostics).items():
            if not (self.is_made_here(entry) or self.has(entry)):
                for address, _ in nested_addresses(entry, keys):
                    self.removed[address] = self.removed[entry.address]
                continue
            body = _without_targets(entry.body)
            for key in keys:
                if key in body.fields:
                    body = _with(body, key, self.nested(f"{entry.address}.{key}", body.fields[key]))
            fields[name] = Field(entry.key, body)
        return Field(field.key, tree.Mapping(fields, field.value.span))

    def nested(self, address: str, field: Field) -> Field:
        """What is nested in an entry, treated as a section."""
        self.lost.update(_unknown(address, field.value))
        entries = section_entries(address, field.value, self.diagnostics)
        present = {
            name: Field(entry.key, _without_targets(entry.body))
            for name, entry in entries.items()
            if self.has(entry, is_nested=True)
        }
        return Field(field.key, tree.Mapping(present, field.value.span))

    def is_made_here(self, entry: Written) -> bool:
        """Whether an entry is made in this target for others, whichever these are."""
        field = entry.body.fields.get(MADE_IN)
        if field is None:
            return False
        if not self.header.knows_targets:
            return True
        named = field.value.value if isinstance(field.value, Scalar) else None
        if isinstance(named, str) and named not in self.header.target_names and not self.target.shared:
            self.diagnostics.append(self._no_target(field.value, entry.address))
        return named == self.target.name

    def has(self, entry: Written, is_nested: bool = False) -> bool:
        """Whether an entry exists in this target; its absence is noted."""
        field = entry.body.fields.get(TARGETS) or self._misspelt_targets(entry.body)
        if field is None:
            if self.target.shared and not is_nested:
                self.removed[entry.address] = Removal(entry.key, "in a shared target only where it is named")
            return is_nested or not self.target.shared
        if not self.header.knows_targets:
            return True
        names = self._names(entry.address, field)
        if self.target.name in names or (not names and not _is_empty(field.value) and self._is_the_first()):
            return True
        self.removed[entry.address] = Removal(field.key, f"only in {', '.join(names) or 'no target'}")
        return False

    def _is_the_first(self) -> bool:
        """Whether this is where an entry is judged of whose targets none is known."""
        return next((each.name for each in self.header.targets if not each.shared), None) == self.target.name

    def _names(self, address: str, field: Field) -> list[str]:
        if not isinstance(field.value, Sequence):
            help = f"write [{field.value.value}]" if isinstance(field.value, Scalar) and field.value.value else None
            message = f"targets takes a list of targets, not {kind_of(field.value)}"
            self.diagnostics.append(finding(UNKNOWN_TARGET, message, Where(field.value.span, address), help))
            self.lost.add(address)
            return []
        known = self.header.target_names
        names = [item.value if isinstance(item, Scalar) else None for item in field.value.items]
        wrong = (item for item, name in zip(field.value.items, names, strict=True) if name not in known)
        self.diagnostics.extend(at_most(self._no_target(item, address) for item in wrong))
        meant = [name if name in known else closest_name(str(name), known) for name in names]
        if None in meant:
            self.lost.add(address)
        return [name for name in meant if name is not None]

    def _misspelt_targets(self, body: tree.Mapping) -> Field | None:
        """What stands under a key that is `targets` with a slip in it, which is said of the body."""
        for key, field in body.fields.items():
            items = field.value.items if is_slip(key, TARGETS) and isinstance(field.value, Sequence) else ()
            if any(isinstance(item, Scalar) and item.value in self.header.target_names for item in items):
                return field
        return None

    def _no_target(self, item: tree.Node, address: str) -> Diagnostic:
        shown, known = f'"{item.value}"' if isinstance(item, Scalar) else kind_of(item), self.header.target_names
        name = str(item.value if isinstance(item, Scalar) else None)
        near = of_nearly_the_name(name, self.header.places_of_targets, TARGETS)
        message, place = f"{shown} is not a target", Where(item.span, address)
        return finding(UNKNOWN_TARGET, message, place, did_you_mean(name, known), near)


def _is_empty(written: tree.Node) -> bool:
    return isinstance(written, Sequence) and not written.items


def _without_targets(body: tree.Mapping) -> tree.Mapping:
    if TARGETS not in body.fields:
        return body
    return body._replace(fields={key: field for key, field in body.fields.items() if key != TARGETS})


def _with(body: tree.Mapping, key: str, field: Field) -> tree.Mapping:
    return body._replace(fields={**body.fields, key: field})


def _entries(section: tree.Node) -> dict[str, EntryTree]:
    if not isinstance(section, tree.Mapping):
        return {}
    entries = {}
    for name, field in section.fields.items():
        body = body_of(field)
        if body is not None:
            entries[name] = EntryTree(name, field.key, body)
    return entries
