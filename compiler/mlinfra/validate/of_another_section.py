"""Bodies that are those of another section, by their `$schema` or their type: what follows is not said again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import listed, value_elsewhere
from mlinfra.graph import Entry
from mlinfra.graph.findings import at
from mlinfra.languages import HAS_A_SCHEMA, LANGUAGE_OF, ROWS, SECTIONS
from mlinfra.languages.documents import judge
from mlinfra.schemas.messages import BodyError

_TYPE, SCHEMA_OF_A_FILE, _NAME = "type", "$schema", "x"
_NO_TYPE = "no type of any section"


class Another(NamedTuple):
    """Of which section a body is, by which of its keys, and what of it that section has."""

    section: str
    by: str
    keys: frozenset[str]
    said: str

    @property
    def is_by_type(self) -> bool:
        return self.by == _TYPE

    def finding_in(self, entry: Entry, code: Code) -> Diagnostic:
        leave = f", or leave {SCHEMA_OF_A_FILE} out" if self.by == SCHEMA_OF_A_FILE else ""
        nested = ROWS[self.section].nested_in
        there = f"to {nested[0]}.<entry>.{nested[1]}" if nested else "there"
        return finding(code, self.said, at(entry, (self.by,)), f"move the body {there}{leave}")


def of_another_section(entry: Entry) -> Another | None:
    """The section whose body an entry has; None where it is its own, or that of none."""
    for by, sections in ((SCHEMA_OF_A_FILE, list(_by_schema(entry))), (_TYPE, list(_by_type(entry)))):
        if sections and entry.section not in sections:
            taken = {section: _taken(entry, section) for section in sections}
            least = min(len(errors) for _, errors in taken.values())
            sections = [section for section in sections if len(taken[section][1]) == least]
            what = SCHEMA_OF_A_FILE if by == SCHEMA_OF_A_FILE else f'type "{entry.body[_TYPE]}"'
            said = f"{what} is that of {listed(sections)}, not of {entry.section}"
            return Another(sections[0], by, taken[sections[0]][0], said)
    return None


def _by_schema(entry: Entry) -> Iterator[str]:
    """The sections of a `$schema`; one that no section has may be a name that Azure ML gave anew."""
    if SCHEMA_OF_A_FILE in entry.body:  # few say it
        name = str(entry.body[SCHEMA_OF_A_FILE]).rpartition("/")[2].removesuffix(".schema.json")
        yield from (row.name for row in SECTIONS if name in row.schemas.values())


def _by_type(entry: Entry) -> Iterator[str]:
    """The sections of a type; none where the own one has it as well, or knows what is meant by it."""
    written = entry.body.get(_TYPE)
    is_known = isinstance(written, str) and value_elsewhere(written, ROWS[entry.section].called_elsewhere)
    if isinstance(written, str) and not is_known and not _has_type(entry.section, written):
        alike = (row.name for row in SECTIONS if LANGUAGE_OF[row.name] is LANGUAGE_OF[entry.section])
        known = (name for name in alike if name in HAS_A_SCHEMA and _has_type(name, written))
        yield from (name for name in known if not _has_type(name, _NO_TYPE))  # what takes any type tells nothing


@cache
def _has_type(section: str, word: str) -> bool:
    """Whether bodies of a section may say this type."""
    depth, errors = _judged(section, {_TYPE: word})
    at_type = ((error.path[depth:], error.key) for error in errors)
    return not any(path[:1] == (_TYPE,) or (path == () and key == _TYPE) for path, key in at_type)


def _taken(entry: Entry, section: str) -> tuple[frozenset[str], list[BodyError]]:
    """Those keys of a body that a section has, and what it says of the body."""
    body = dict(entry.body)
    depth, errors = _judged(section, body)
    return frozenset(body.keys() - {error.key for error in errors if len(error.path) == depth}), errors


def _judged(section: str, body: dict[str, Any]) -> tuple[int, list[BodyError]]:
    """What a section says of a body, and how deep in the paths of that the body lies."""
    if nested := ROWS[section].nested_in:
        return 4, judge({nested[0]: {_NAME: {nested[1]: {_NAME: body}}}})
    return 2, judge({section: {_NAME: body}})
