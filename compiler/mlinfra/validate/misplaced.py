"""What stands a level too high or too low: said once, with where it belongs, and not as what nobody knows.

Only asked where something is wrong. What is said of a block that stands elsewhere than it was meant follows from that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache
from itertools import takewhile
from typing import Any, NamedTuple

from mlinfra.bodies.codes import UNKNOWN_KEY
from mlinfra.diagnostics import Diagnostic, Span, Where, finding
from mlinfra.header import codes as of_header
from mlinfra.header.model import HEADER_KEYS, WrittenTarget
from mlinfra.header.places import TARGETS
from mlinfra.languages import LANGUAGES, ROWS, WRITTEN, nested_in
from mlinfra.languages.language import Section
from mlinfra.overrides.entries import NOT_AN_ENTRY
from mlinfra.schemas.nodes import resolved
from mlinfra.source.secrets import SECRET
from mlinfra.source.tree import Field, Node, Path, Scalar, is_blank
from mlinfra.source.tree import Mapping as Tree

MAX_MOVED = 100  # keys; who has more in the wrong place generates them
_OF_A_KEY = ("is not a field of", "unknown key", "unknown section", "can't be the name of a target")
_CODES = (UNKNOWN_KEY, of_header.UNKNOWN_KEY, of_header.BAD_VALUE, *filter(None, (each.refused for each in LANGUAGES)))
_LISTS = ("Defined: ", "fields: ", "correct the spelling", "write 1 to 7", "write a name and a colon")  # know no better
_OF_THE_TEXT = "MLI1"  # begins the codes of what is read before anybody knows what it is for
_OVERRIDES = "overrides"
_SECTION_NAMES = frozenset(row.name for row in WRITTEN)
_DEEP_IN_AN_ENTRY = 3  # section, entry, field: what stands below that


class _Key(NamedTuple):
    """A key of the spec: where it stands, and what stands above it in the same mapping."""

    name: str
    field: Field
    path: Path  # of the mapping, without the target whose overrides it is in
    siblings: Mapping[str, Field]
    holder: Span  # the key of the mapping
    previous: str | None  # the key right above it
    empty: str | None  # the nearest above it with nothing at all behind its colon

    @property
    def above(self) -> dict[str, Field]:
        return dict(takewhile(lambda item: item[0] != self.name, self.siblings.items()))

    @property
    def is_in_a_line(self) -> bool:
        """Whether it stands in braces, where nothing is indented."""
        return self.holder.line == self.field.key.line


class _Moved(NamedTuple):
    """Where a key belongs, and what else is said of it: that follows."""

    key: _Key
    help: str
    as_an_entry: str | None = None  # the section in which it stands as if it were an entry
    beside: Field | None = None  # the empty key below which it belongs
    lacked_by: Span | None = None  # the key of the entry that lacks it


def with_places(
    shared: Sequence[Diagnostic], by_target: Mapping[str, Sequence[Diagnostic]], root: Tree
) -> tuple[tuple[Diagnostic, ...], dict[str, tuple[Diagnostic, ...]]]:
    """The findings, with one for each key that stands in the wrong place, which says where it belongs.

    `shared` are those about the spec whatever the target.
    """
    errors = [found for findings in (shared, *by_target.values()) for found in findings if found.severity == "error"]
    moved = _moved(errors, root) if errors else {}
    if not 0 < len(moved) <= MAX_MOVED:
        return tuple(shared), {target: tuple(findings) for target, findings in by_target.items()}
    said: set[Span] = set()
    of_spec = tuple(_told(shared, moved, said))
    return of_spec, {target: tuple(_told(findings, moved, set(said))) for target, findings in by_target.items()}


def _moved(errors: Sequence[Diagnostic], root: Tree) -> dict[Span, _Moved]:
    """By its place, each key that stands elsewhere than it belongs."""
    keys = {key.field.key: key for key in _keys(root, (), Span("", 0, 0, 0, 0))}
    by_value = {key.field.value.span: key for key in keys.values()}
    moved: dict[Span, _Moved] = {}
    for found in errors:
        key = keys.get(found.span) or (by_value.get(found.span) if found.code is NOT_AN_ENTRY else None)
        if key and key.field.key not in moved and (where := _belongs(key, found, _entries_of(root, key.name))):
            moved[key.field.key] = where
    for key in keys.values():
        if key.field.key not in moved and (where := _field_as_entry(key)) and any(_is_in(key, each) for each in errors):
            moved[key.field.key] = where
    return moved


def _keys(node: Node, path: Path, holder: Span) -> Iterator[_Key]:
    if not isinstance(node, Tree):
        return
    place = _without_target(path)
    previous, empty = None, None
    for name, field in node.fields.items():
        yield _Key(name, field, place, node.fields, holder, previous, empty)
        yield from _keys(field.value, (*path, name), field.key)
        previous, empty = name, name if is_blank(field.value) else empty


def _without_target(path: Path) -> Path:
    is_override = path[0:1] == (TARGETS,) and path[2:3] == (_OVERRIDES,)
    return path[3:] if is_override else path


def _belongs(key: _Key, found: Diagnostic, entries: AbstractSet[str]) -> _Moved | None:
    """Where a key belongs of which an error says that nobody knows it there; `entries` are those of its section."""
    is_unknown = found.code in _CODES and any(words in found.message for words in _OF_A_KEY)
    if not is_unknown and found.code is not NOT_AN_ENTRY:
        return None
    if is_unknown and (empty := _empty_above(key)):
        help = f'if "{key.name}" belongs to "{empty}" above, indent it below that'
        return _Moved(key, help, beside=key.siblings[empty])
    if as_entry := _field_as_entry(key):
        return as_entry
    knows_better = found.help is not None and not found.help.startswith(_LISTS)
    if not key.path and (not knows_better or _is_a_guess(found)) and (outdented := _field_as_section(key)):
        return outdented
    if knows_better:
        return None
    if key.path[:1] == (TARGETS,) and key.name in _SECTION_NAMES and not _keys_of(key.field).isdisjoint(entries):
        return _Moved(key, f"what differs in a target stands in its overrides: overrides: {{{key.name}: {{…}}}}")
    if key.path[:1] == (TARGETS,) and (key.name in _SECTION_NAMES or key.name in HEADER_KEYS):
        what = "a section" if key.name in _SECTION_NAMES else "a key of the header"
        return _Moved(key, f"{key.name} is {what}: where it is meant, indent it less, to stand at the top")
    if len(key.path) >= _DEEP_IN_AN_ENTRY and key.name in _fields_in(str(key.path[0])):
        way = "write it" if key.is_in_a_line else "indent it less, to stand"
        return _Moved(key, f"{key.name} is a field of {key.path[0]}: {way} beside {key.path[2]}")
    return None


def _is_a_guess(found: Diagnostic) -> bool:
    return (found.help or "").startswith("did you mean ")


def _empty_above(key: _Key) -> str | None:
    """The nearest key above it with nothing at all behind its colon, on a line of its own."""
    return key.empty if key.empty and key.siblings[key.empty].key.line < key.field.key.line else None


def _field_as_entry(key: _Key) -> _Moved | None:
    """A field of the entry above that stands beside it, as if it were an entry itself."""
    section = _section_of(key.path)
    if section is None or key.name not in _fields_of(section.name):
        return None
    above = key.above
    entry = next((name for name in reversed(above) if name not in _fields_of(section.name)), None)
    if entry is None or above[entry].key.line == key.field.key.line or key.name in _keys_of(above[entry]):
        return None
    help = f'if it belongs to "{entry}" above, indent it below that'
    return _Moved(key, help, section.name, None, above[entry].key)


def _field_as_section(key: _Key) -> _Moved | None:
    """A field of the last entry above that stands at the top, as if it were a section itself."""
    name = key.previous or ""
    section = key.siblings.get(name, key.field)
    if key.name not in _fields_in(name) or not isinstance(section.value, Tree):
        return None
    entry, last = next(reversed(section.value.fields.items()), ("", section))
    if not entry or key.name in _keys_of(last):
        return None
    help = f'if "{key.name}" belongs to "{entry}" above, indent it below that'
    return _Moved(key, help, lacked_by=last.key)


def _keys_of(field: Field) -> AbstractSet[str]:
    return field.value.fields.keys() if isinstance(field.value, Tree) else frozenset()


def _entries_of(root: Tree, section: str) -> AbstractSet[str]:
    return _keys_of(root.fields[section]) if section in root.fields else frozenset()


def _section_of(path: Path) -> Section | None:
    """The section of which entries stand in the mapping at a path."""
    if len(path) == 1:
        return ROWS.get(str(path[0]))
    if len(path) == _DEEP_IN_AN_ENTRY:
        return next((row for row in nested_in(str(path[0])) if row.nested_in and row.nested_in[1] == path[2]), None)
    return None


def _fields_in(name: str) -> frozenset[str]:
    """The fields of what stands below a key at the top."""
    if name == TARGETS:
        return frozenset(WrittenTarget.model_fields)
    return _fields_of(name) if name in _SECTION_NAMES else frozenset()


@cache
def _fields_of(section: str) -> frozenset[str]:
    """The fields that bodies of a section may have, of whatever type they are."""
    row = ROWS[section]
    if row.model:
        return frozenset((*row.additions, *row.model.model_fields))
    schema = next((each.schema.whole for each in LANGUAGES if each.schema and row in each.sections), {})
    body = schema.get("$defs", {}).get(f"entries.{section}", {})
    return frozenset((*row.additions, *_properties(schema, body)))


def _properties(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in node:
        yield from _properties(schema, resolved(schema, node))
    yield from (*node.get("properties", ()), *node.get("x-keys", ()))
    for branch in filter(None, (*node.get("allOf", ()), node.get("then"), node.get("else"))):
        yield from _properties(schema, branch)


def _told(findings: Iterable[Diagnostic], moved: Mapping[Span, _Moved], said: set[Span]) -> Iterator[Diagnostic]:
    for found in findings:
        where = next((each for each in moved.values() if _is_in(each.key, found)), None)
        if where is None:
            if not any(_follows(each, found) for each in moved.values()):
                yield found
        elif found.severity != "error" or found.code is SECRET or found.code.id.startswith(_OF_THE_TEXT):
            yield found  # what says where the key belongs takes the place of what follows from that, and is an error
        elif where.key.field.key not in said:
            said.add(where.key.field.key)
            yield _said(where, found)


def _said(where: _Moved, found: Diagnostic) -> Diagnostic:
    if where.as_an_entry:
        message = f"{where.key.name} is a field of {where.as_an_entry}, and stands here as an entry"
        return finding(NOT_AN_ENTRY, message, Where(where.key.field.key, found.address), where.help)
    return replace(found, help=where.help)


def _is_in(key: _Key, found: Diagnostic) -> bool:
    """Whether something is said of a key, or of what stands below it."""
    start, value, place = key.field.key, key.field.value.span, found.span
    begins = (start.line, start.column) <= (place.line, place.column)
    return start.file == place.file and begins and (place.line, place.column) <= (value.end_line, value.end_column)


def _follows(where: _Moved, found: Diagnostic) -> bool:
    """Whether it is said of what lacks the key that stands elsewhere."""
    if where.beside and found.span in (where.beside.key, where.beside.value.span):
        return True
    if where.beside and where.key.path == (TARGETS,):
        return any(
            isinstance(each.value, Scalar) and found.span == each.value.span for each in where.key.siblings.values()
        )
    lacks = (f"{where.key.name} is required", f"lacks {where.key.name}")
    return found.span == where.lacked_by and any(words in found.message for words in lacks)
