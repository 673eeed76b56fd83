"""The bodies of entries as the one document that the schema of their language judges: section, entry, body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mlinfra.graph import Entry
from mlinfra.languages import LANGUAGES, ROWS
from mlinfra.languages.vault_references import without_references
from mlinfra.schemas.judge import Annotation, Document, Schema
from mlinfra.schemas.messages import BodyError
from mlinfra.source.tree import Path

DEPLOYMENTS = "deployments"


def document(entries: Iterable[Entry]) -> dict[str, dict[str, Any]]:
    """The document of these entries, with the keys that mlinfra adds; deployments stand inside their endpoints.

    Where a secret of a vault is due, a text stands in its place.
    """
    sections: dict[str, dict[str, Any]] = {}
    for entry in entries:
        body = {**without_references(entry.section, entry.body), **_own_keys(entry)}
        if entry.parent:
            section, _, endpoint = entry.parent.partition(".")
            above = sections.setdefault(section, {}).setdefault(endpoint, {})
            above.setdefault(DEPLOYMENTS, {})[entry.name] = body
        else:
            sections.setdefault(entry.section, {})[entry.name] = body
    return sections


def located(path: Path) -> tuple[str, Path]:
    """The address of the entry that a place of the document belongs to, and the place in that entry's body."""
    section, entry, *rest = path
    address = f"{section}.{entry}"
    if len(rest) >= 2 and rest[0] == DEPLOYMENTS:
        return f"{address}.{DEPLOYMENTS}.{rest[1]}", tuple(rest[2:])
    return address, tuple(rest)


def _own_keys(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in entry.additions.items() if key in ROWS[entry.section].additions}


def judge(document: Document, *, is_complete: bool = False, in_file: bool = False) -> list[BodyError]:
    """What is wrong with the bodies of a document, each section judged by the schema of its language.

    Where they are complete, nothing is filled into their texts any more; nor is it in a file of their own, where no
    name of an entry is written in full either.
    """
    return [
        error
        for schema, part in _by_schema(document)
        for error in schema.judge(part, is_complete=is_complete, in_file=in_file)
    ]


def fractions_for_integers(document: Document) -> list[tuple[Path, bool]]:
    """The places in bodies where a number with a fraction stands and only an integer may; whether it may be a text."""
    return [place for schema, part in _by_schema(document) for place in schema.fractions_for_integers(part)]


def scalars_for_text(document: Document) -> list[Path]:
    """The places in bodies where a number or a truth stands, and is the text that is due there."""
    return [place for schema, part in _by_schema(document) for place in schema.scalars_for_text(part)]


def texts_for_truths(document: Document) -> list[Path]:
    """The places in bodies where a number stands and a truth may, or a text that is taken for one."""
    return [place for schema, part in _by_schema(document) for place in schema.texts_for_truths(part)]


def annotated(document: Document, even_if_refused: bool = False) -> list[Annotation]:
    """What the schemas say of places in the bodies of a document."""
    return [found for schema, part in _by_schema(document) for found in schema.annotations(part, even_if_refused)]


def _by_schema(document: Document) -> Iterator[tuple[Schema, Document]]:
    for language in LANGUAGES:
        names = {row.name for row in language.sections}
        part = {section: entries for section, entries in document.items() if section in names}
        if part and language.schema:
            yield language.schema, part
