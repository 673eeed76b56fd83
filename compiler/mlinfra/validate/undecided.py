"""Bodies that can't be judged, as it is unknown of which kind they are: nothing reads values that no schema took."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from mlinfra.diagnostics import Diagnostic, finding
from mlinfra.graph import Entry
from mlinfra.graph.findings import at
from mlinfra.languages import LANGUAGE_OF, ROWS
from mlinfra.languages.vault_references import secret_fields, without_references
from mlinfra.schemas.judge import PLACEHOLDER
from mlinfra.schemas.undecided import Kinds
from mlinfra.source.tree import Path, value_at, with_value


def without_unfit(entry: Entry) -> Entry:
    """The entry with UNKNOWN in the place of each value that is wrong whatever its body is."""
    judged = {**without_references(entry.section, entry.body), **entry.additions}
    fit = _kinds_of(entry).fitting(entry.section, judged)
    for path in secret_fields(entry.section):
        written = value_at(entry.body, path)
        if isinstance(written, dict) and isinstance(value_at(fit, path), str):
            fit = with_value(fit, path, written)
    own = ROWS[entry.section].additions
    additions = {key: fit[key] if key in own else value for key, value in entry.additions.items()}
    return replace(entry, body={key: fit[key] for key in entry.body}, additions=additions)


def filled_in_too_late(entry: Entry) -> Iterator[tuple[Path, Diagnostic]]:
    """The keys that say of which kind a map is, and whose value is known only once everything has its name."""
    language = LANGUAGE_OF[entry.section]
    schema, code = language.schema, language.refused
    if schema is None or code is None or not _holds_open(entry.body, schema.idioms.discriminators):
        return
    for path in _kinds_of(entry).deciding(entry.section, entry.body):
        value = value_at(entry.body, path)
        if isinstance(value, str) and PLACEHOLDER.search(value):
            message = f'{path[-1]} decides which fields there are, and can\'t be "{value}"'
            yield path, finding(code, message, at(entry, path), "write the word itself, or ${var.…}")


def _holds_open(data: Any, keys: Collection[str]) -> bool:
    """Whether one of the keys stands anywhere with a text that is filled in later: of most bodies in none."""
    for key, below in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(below, (dict, list)):
            if _holds_open(below, keys):
                return True
        elif isinstance(below, str) and "${" in below and key in keys:
            return True
    return False


def _kinds_of(entry: Entry) -> Kinds:
    schema = LANGUAGE_OF[entry.section].schema
    assert schema is not None  # it is asked of bodies that a schema judges
    return schema.kinds
