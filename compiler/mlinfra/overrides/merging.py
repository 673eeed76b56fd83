"""What a target changes: its overrides merged into the entries, and the entries that it has at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from mlinfra.bodies.body import OWN_KEYS
from mlinfra.bodies.later import NOT_SUPPORTED, is_later
from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding
from mlinfra.diagnostics.merge import at_most
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import Known, did_you_mean, is_slip, suggestion
from mlinfra.header.model import HEADER_KEYS, TARGET_KEYS
from mlinfra.overrides.entries import Nested
from mlinfra.overrides.lost import is_lost
from mlinfra.source.tree import Field, Node, Scalar, is_nothing, kind_of, used
from mlinfra.source.tree import Mapping as Tree

UNKNOWN_OVERRIDE = Code(
    "MLI230",
    "error",
    "Override of something that is not there",
    "An override changes what is written; one that finds nothing to change is a misspelt name more often than not",
    "Correct the name; what exists in some targets only is written as an entry with `targets: [<name>]`",
    "docs/language.md#overrides",
)
NOT_OVERRIDABLE = Code(
    "MLI231",
    "error",
    "Key can't be overridden",
    "`overrides` changes sections, network, security and derived; what a target says of itself stands beside it",
    "Write `location`, `tags` and `variables` in the target itself",
    "docs/language.md#overrides",
)
CODES = (UNKNOWN_OVERRIDE, NOT_OVERRIDABLE)

NETWORK, SECURITY, DERIVED = "network", "security", "derived"
OF_THE_WHOLE = (NETWORK, SECURITY, DERIVED)  # keys of the header that targets override as they do sections


class Removal(NamedTuple):
    """Why an entry is not in a target, and the line that says so."""

    span: Span
    reason: str


@dataclass
class Merging:
    """Merges the overrides of one target; every value keeps its place, with the place of its use in `used_at`."""

    target: str
    nested: Nested
    removed: dict[str, Removal]
    lost: Collection[str] = ()  # addresses of what is written and can't be read: its overrides may be right
    wrong: list[Callable[[], Diagnostic]] = field(default_factory=list)  # not put into words yet
    _places: dict[tuple[str, ...], Known[Span]] = field(default_factory=dict)  # of keys, by where they stand

    def findings(self) -> Iterator[Diagnostic]:
        """What is wrong with the overrides, as far as it is worth being put into words."""
        return at_most(say() for say in self.wrong)

    def sections(self, base: Mapping[str, Field], overrides: Tree, known: Collection[str]) -> dict[str, Field]:
        """The sections of `base`, and what is of the whole, with `overrides` merged in; `known` are all that may be."""
        merged = dict(base)
        for name, override in overrides.fields.items():
            if name.startswith(OWN_KEYS):
                continue
            if name not in known:
                self.wrong.append(partial(self._unknown_section, name, override, known, base))
            elif name not in base and name in OF_THE_WHOLE:
                merged[name] = override
            elif name not in base:
                help = f"write it as a section of its own, its entries with `targets: [{self.target}]`"
                self._report(UNKNOWN_OVERRIDE, f"there is no section {name} to override", override.key, help)
            else:
                merged[name] = self._field(base[name], override, (name,))
        return {name: section for name, section in merged.items() if section is not _REMOVED}

    def entry(self, base: Field, change: Field, path: tuple[str, ...]) -> Field:
        """An entry with a change merged in, which says nothing where nothing stands after its colon."""
        return base if is_nothing(change.value) else self._field(base, change, path)

    def _field(self, base: Field, override: Field, path: tuple[str, ...]) -> Field:
        if is_nothing(override.value):
            self._note_removed(path, base.value, override.key)
            return _REMOVED
        if isinstance(override.value, Tree):
            below = base.value if isinstance(base.value, Tree) else Tree({}, base.value.span)
            if isinstance(base.value, Tree) or is_nothing(base.value):
                return Field(base.key, self._mapping(below, override.value, path, base.key))
        if self._holds_fields(path):
            message = f"{'.'.join(path)} takes a mapping, not {kind_of(override.value)}"
            self._report(NOT_OVERRIDABLE, message, override.value.span, "write what changes in it, by name")
            return base
        return Field(override.key, used(override.value, base.key))

    def _mapping(self, base: Tree, override: Tree, path: tuple[str, ...], place: Span) -> Tree:
        merged = dict(base.fields)
        for key, change in override.fields.items():
            here = (*path, key)
            if key == "targets" and self._is_entry(path):
                self._report(NOT_OVERRIDABLE, "targets can't be overridden", change.key, "write it in the entry itself")
            elif key in base.fields:
                merged[key] = self._field(base.fields[key], change, here)
            elif slip := self._slip_of_nested(here, base):
                merged[slip] = self._field(base.fields[slip], change, here)
            elif self._is_entry(here) and is_lost(".".join(here), self.lost):
                continue
            elif self._is_entry(here):
                self.wrong.append(partial(self._unknown_entry, here, base, change))
            elif is_nothing(change.value):
                self.wrong.append(partial(self._nothing_to_remove, path, key, change.key, base))
            else:
                merged[key] = Field(change.key, used(change.value, place))
        return base._replace(fields={key: value for key, value in merged.items() if value is not _REMOVED})

    def _slip_of_nested(self, path: tuple[str, ...], base: Tree) -> str | None:
        """The key of an entry that is a slip of the one at a path, under which entries are nested."""
        is_of_nested = len(path) == 3 and path[2] in self.nested.get(path[0], ())
        return next((key for key in base.fields if is_slip(key, path[2])), None) if is_of_nested else None

    def _is_entry(self, path: tuple[str, ...]) -> bool:
        if path[0] in OF_THE_WHOLE:
            return False
        return len(path) == 2 or (len(path) == 4 and path[2] in self.nested.get(path[0], ()))

    def _holds_fields(self, path: tuple[str, ...]) -> bool:
        """Whether a path is that of a section or an entry, also a nested one, which has to stay a mapping."""
        if path[0] in OF_THE_WHOLE:
            return len(path) == 1
        return len(path) <= 2 or (len(path) <= 4 and path[2] in self.nested.get(path[0], ()))

    def _note_removed(self, path: tuple[str, ...], base: Node, place: Span) -> None:
        """Every entry at or below a path is gone."""
        if self._is_entry(path):
            self.removed[".".join(path)] = Removal(place, f'removed in target "{self.target}"')
        if isinstance(base, Tree) and len(path) < 4:
            for key, below in base.fields.items():
                self._note_removed((*path, key), below.value, place)

    def _unknown_section(
        self, name: str, override: Field, known: Collection[str], base: Mapping[str, Field]
    ) -> Diagnostic:
        if is_later(name):
            return finding(NOT_SUPPORTED, f"{name} is not supported yet", override.key)
        if name in HEADER_KEYS or name in TARGET_KEYS:
            help = f"write `{name}` in the target, beside `overrides`" if name in TARGET_KEYS else None
            return finding(NOT_OVERRIDABLE, f"{name} can't be overridden", override.key, help)
        message = f'overrides of unknown section "{name}"'
        holding = (each for each, field in base.items() if isinstance(field.value, Tree) and name in field.value.fields)
        held = next((each for each in holding if each in known), None)
        help = f"write {held}: {{{name}: …}}" if held else suggestion(name, known)
        return finding(UNKNOWN_OVERRIDE, message, override.key, help)

    def _unknown_entry(self, path: tuple[str, ...], base: Tree, override: Field) -> Diagnostic:
        *section, name = path
        removal = self.removed.get(".".join(path))
        if removal:
            message = f'{".".join(section)} "{name}" is not in target "{self.target}"'
            return finding(UNKNOWN_OVERRIDE, message, override.key, related=(Related(removal.reason, removal.span),))
        first, dot, rest = name.partition(".")
        if dot and first in base.fields:
            parts = [first, *rest.split(".")]
            help: str | None = f"write {': {'.join(parts)}: …{'}' * (len(parts) - 1)}"
            return finding(UNKNOWN_OVERRIDE, f'{".".join(section)} "{name}" is not defined', override.key, help)
        places = self._places_in(base, tuple(section))
        help = did_you_mean(name, places) or f"write it as an entry, with `targets: [{self.target}]`"
        near = of_nearly_the_name(name, places, ".".join(section))
        return finding(UNKNOWN_OVERRIDE, f'{".".join(section)} "{name}" is not defined', override.key, help, near)

    def _nothing_to_remove(self, path: tuple[str, ...], key: str, place: Span, base: Tree) -> Diagnostic:
        message, places = f'there is no "{key}" that null could remove', self._places_in(base, path)
        near = of_nearly_the_name(key, places, ".".join(path))
        return finding(UNKNOWN_OVERRIDE, message, place, did_you_mean(key, places), near)

    def _places_in(self, base: Tree, path: tuple[str, ...]) -> Known[Span]:
        if path not in self._places:
            self._places[path] = Known({name: field.key for name, field in base.fields.items()})
        return self._places[path]

    def _report(self, code: Code, message: str, span: Span, help: str | None) -> None:
        self.wrong.append(partial(finding, code, message, span, help))


_REMOVED = Field(Span("", 0, 0, 0, 0), Scalar(None, Span("", 0, 0, 0, 0)))
