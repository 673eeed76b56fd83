"""Slips of `for_each`: an entry that has one is read as the template that is meant, and the slip is said, once.

Read as a plain entry, all that names what it makes would be said to lead nowhere.
"""

from __future__ import annotations

from dataclasses import replace
from string import ascii_lowercase

from mlinfra.bodies.codes import UNKNOWN_KEY
from mlinfra.diagnostics import Diagnostic, Where, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.diagnostics.suggest import question
from mlinfra.header import Header
from mlinfra.overrides.templates import FOR_EACH
from mlinfra.source import Vocabulary
from mlinfra.source.tree import Field
from mlinfra.source.tree import Mapping as Tree


def _slips(word: str) -> frozenset[str]:
    """A word with a letter too few, too many or another one, or with two that changed places."""
    letters = f"{ascii_lowercase}-"
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    return frozenset(
        {
            *(f"{start}{end[1:]}" for start, end in cuts if end),
            *(f"{start}{end[1]}{end[0]}{end[2:]}" for start, end in cuts if len(end) > 1),
            *(f"{start}{letter}{end[1:]}" for start, end in cuts if end for letter in letters),
            *(f"{start}{letter}{end}" for start, end in cuts for letter in letters),
        }
    ) - {word}


# Asked of each entry: a set is there in less time than a comparison of words.
_SLIPS = _slips(FOR_EACH) | {"forEach", "ForEach", "FOR_EACH", "For_each", "for each"}


def reading_for_each(header: Header | None, vocabulary: Vocabulary) -> Outcome[Header | None]:
    """The header of a spec with slips of `for_each` in its sections put right, and what is said of each."""
    if header is None:
        return Outcome(None)
    findings: list[Diagnostic] = []
    fields = {
        name: _section(name, field, vocabulary.nested.get(name, ()), findings) if name in vocabulary.sections else field
        for name, field in header.written.fields.items()
    }
    read = replace(header, written=header.written._replace(fields=fields)) if findings else header
    return Outcome(read, tuple(findings))


def _section(address: str, section: Field, nested: tuple[str, ...], findings: list[Diagnostic]) -> Field:
    """A section, or what is nested under a key of an entry; the same object where nothing in it is a slip."""
    if not isinstance(section.value, Tree):
        return section
    changed: dict[str, Field] = {}
    for name, entry in section.value.fields.items():
        if not isinstance(entry.value, Tree):
            continue
        body = entry.value
        if not _SLIPS.isdisjoint(body.fields) and FOR_EACH not in body.fields:
            body = _read(f"{address}.{name}", body, findings)
        for key in nested:
            if key in body.fields:
                below = _section(f"{address}.{name}.{key}", body.fields[key], (), findings)
                if below is not body.fields[key]:
                    body = body._replace(fields={**body.fields, key: below})
        if body is not entry.value:
            changed[name] = entry._replace(value=body)
    if not changed:
        return section
    return section._replace(value=section.value._replace(fields={**section.value.fields, **changed}))


def _read(address: str, body: Tree, findings: list[Diagnostic]) -> Tree:
    slip = next(key for key in body.fields if key in _SLIPS)
    message = f'unknown key "{slip}" in {address}'
    findings.append(finding(UNKNOWN_KEY, message, Where(body.fields[slip].key, address), question(FOR_EACH)))
    return body._replace(fields={FOR_EACH if key == slip else key: field for key, field in body.fields.items()})
