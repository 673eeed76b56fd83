"""One written entry as what a graph holds: itself, and those that are nested in it, each with its body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mlinfra.bodies.later import NOT_SUPPORTED
from mlinfra.bodies.mending import mended_body
from mlinfra.diagnostics import Diagnostic, Where, finding
from mlinfra.diagnostics.suggest import closest_name
from mlinfra.graph import Entry
from mlinfra.languages import SECTIONS, nested_in
from mlinfra.languages.language import Section
from mlinfra.overrides import EntryTree
from mlinfra.source.tree import Field, Scalar, plain, value_at
from mlinfra.source.tree import Mapping as Tree
from mlinfra.validate.settings import with_settings

NESTED = {row.nested_in[0]: (row.nested_in[1], row) for row in SECTIONS if row.nested_in}


def entries_of(row: Section, written: EntryTree, diagnostics: list[Diagnostic]) -> Iterator[Entry]:
    """The entries that one is, and what is wrong with it as far as no schema has to be asked."""
    return (_of_a_model if row.model else _of_a_schema)(row, written, diagnostics)


def _of_a_model(kind: Section, written: EntryTree, diagnostics: list[Diagnostic]) -> Iterator[Entry]:
    address = f"{kind.name}.{written.name}"
    assert kind.model
    tree, contradictions = with_settings(kind, written.body, address)
    diagnostics += contradictions
    tree = _with_nested_by_name(kind, tree)
    mended = mended_body(kind.model, tree, address, written.key, called_elsewhere=kind.called_elsewhere)
    model, body = mended.model, mended.body
    diagnostics += mended.findings
    yield Entry(
        address,
        kind.name,
        written.name,
        written.key,
        mended.tree,
        body,
        model,
        existing=body.get("existing") is True,
        others=mended.others,
        lacks_model=model is None,
    )
    for row in nested_in(kind.name):
        key = row.nested_in[1] if row.nested_in else ""
        below = mended.tree.fields.get(key)
        for name, field in below.value.fields.items() if below and isinstance(below.value, Tree) else ():
            inner = getattr(model, key).get(name) if model else None
            known = value_at(body, (key, name)) or {}
            below_address = f"{address}.{key}.{name}"
            yield Entry(
                below_address,
                row.name,
                name,
                field.key,
                _mapping(field),
                known,
                inner,
                parent=address,
                lacks_model=inner is None,
            )


def _of_a_schema(section: Section, written: EntryTree, diagnostics: list[Diagnostic]) -> Iterator[Entry]:
    address = f"{section.name}.{written.name}"
    if section.compiled_to == "unsupported yet":
        message = f"{section.name} is not supported yet"
        diagnostics.append(finding(NOT_SUPPORTED, message, Where(written.key, address)))
        return
    tree, contradictions = with_settings(section, written.body, address)
    diagnostics += contradictions
    if section.named_later and (field := _names_later(tree, *section.named_later)):
        message = f"{plain(field.value)} in {section.named_later[0]} of {address} is not supported yet"
        diagnostics.append(finding(NOT_SUPPORTED, message, Where(field.value.span, address)))
        return
    tree = _of_today(section, tree, address, diagnostics)
    whole = written if tree is written.body else replace(written, body=tree)
    yield _entry(section, address, written.name, whole, None)
    if section.name in NESTED:
        key, nested_section = NESTED[section.name]
        below = written.body.fields.get(key) or _misspelt(written.body, key)
        for name, field in _by_name(below):
            inner = EntryTree(name, field.key, _mapping(field))
            inner_address = f"{address}.{key}.{name}"
            yield _entry(nested_section, inner_address, name, inner, address)


def _with_nested_by_name(kind: Section, tree: Tree) -> Tree:
    """A body whose nested entries are sorted."""
    nested = {row.nested_in[1] for row in nested_in(kind.name) if row.nested_in}
    sorted_ones = {
        key: field._replace(value=field.value._replace(fields=dict(_by_name(field))))
        for key, field in tree.fields.items()
        if key in nested and isinstance(field.value, Tree)
    }
    return tree._replace(fields={**tree.fields, **sorted_ones}) if sorted_ones else tree


def _by_name(below: Field | None) -> list[tuple[str, Field]]:
    """What is nested under a key, sorted: none of it comes before another, and who writes it anew moves no output."""
    return sorted(below.value.fields.items()) if below and isinstance(below.value, Tree) else []


def _of_today(section: Section, tree: Tree, address: str, diagnostics: list[Diagnostic]) -> Tree:
    """The same body without what a later release takes, which is said."""
    later = [name for name in section.later if name in tree.fields]
    for name in later:
        where = Where(tree.fields[name].key, address)
        diagnostics.append(finding(NOT_SUPPORTED, f"{name} of {address} is not supported yet", where))
    if not later:
        return tree
    return tree._replace(fields={name: field for name, field in tree.fields.items() if name not in later})


def _names_later(tree: Tree, key: str, beginning: str) -> Field | None:
    field = tree.fields.get(key)
    return field if field and str(plain(field.value)).startswith(beginning) else None


def _misspelt(body: Tree, key: str) -> Field | None:
    """What is taken for the entries below a body without such a key: the finding about the key is all that is said."""
    return next((field for name, field in body.fields.items() if closest_name(name, (key,))), None)


def _entry(section: Section, address: str, name: str, written: EntryTree, parent: str | None) -> Entry:
    holds = NESTED[section.name][0] if section.name in NESTED else None
    body: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for key, field in written.body.fields.items():
        if key != holds:
            value = field.value
            data = value.value if type(value) is Scalar else plain(value)  # most are, and calls cost
            (given if key in section.additions else body)[key] = data
    if body.get("name") == name and not section.named_by:
        del body["name"]
    return Entry(
        address,
        section.name,
        name,
        written.key,
        written.body,
        body,
        additions=given,
        parent=parent,
        existing=given.get("existing") is True,
    )


def _mapping(field: Field) -> Tree:
    """The body of a nested entry; nothing after the colon is an empty one."""
    return field.value if isinstance(field.value, Tree) else Tree({}, field.value.span)
