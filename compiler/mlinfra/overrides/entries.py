"""Entries as they are written: sections and what is nested in them, before anything is known of their kinds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlinfra.bodies.by_name import as_entries
from mlinfra.bodies.fields import ENTRY_NAME as ENTRY_NAME_PATTERN
from mlinfra.diagnostics import Code, Diagnostic, Related, Span, Where, finding
from mlinfra.diagnostics.meant_values import entries_meant
from mlinfra.diagnostics.suggest import closest_name
from mlinfra.formats.file_names import device_help, is_device
from mlinfra.overrides.templates import FOR_EACH, holds_each
from mlinfra.source.tree import UNKNOWN, Field, Node, Scalar, is_nothing, kind_of, plain
from mlinfra.source.tree import Mapping as Tree

ENTRY_NAME = Code(
    "MLI232",
    "error",
    "Name of an entry breaks the rule of names",
    "An entry's name becomes part of addresses, Azure names, file names and Bicep symbols, on every file system",
    "Use letters, digits, - and _, a letter first, at most 63 characters",
    "docs/language.md#names-and-addresses",
)
SAME_NAME = Code(
    "MLI233",
    "error",
    "Two entries differ only in upper and lower case",
    "Azure and some file systems don't tell them apart: one would overwrite the other",
    "Give one of the two another name",
    "docs/language.md#names-and-addresses",
)
NOT_AN_ENTRY = Code(
    "MLI234",
    "error",
    "Section or entry is not a mapping",
    "A section holds entries by name, and an entry holds fields by name; a list has no names to refer to",
    "Write a name and a colon for each entry, and its fields below it",
    "docs/language.md#shape",
)
CODES = (ENTRY_NAME, SAME_NAME, NOT_AN_ENTRY)

NAME = re.compile(ENTRY_NAME_PATTERN)

WITHOUT_FILES = ("containers", "file_shares")  # nested sections whose entries only stand in files of others

Nested = Mapping[str, tuple[str, ...]]  # as in the vocabulary of the languages


class Written(NamedTuple):
    """An entry with the place of its name."""

    address: str
    key: Span
    body: Tree


def section_entries(section: str, value: Node, diagnostics: list[Diagnostic]) -> dict[str, Written]:
    """The entries of a section (or of a nested one, `section` being its address) by name; nothing written is `{}`."""
    if is_nothing(value) or is_said(value):
        return {}
    if not isinstance(value, Tree):
        message = f"{section} takes entries by name, not {kind_of(value)}"
        help = entries_meant(section.rpartition(".")[2], plain(value)) or "write `<name>:` before each entry"
        diagnostics.append(finding(NOT_AN_ENTRY, message, Where(value.span, section), help))
        value = as_entries(value)
    entries: dict[str, Written] = {}
    first_by_lower_case: dict[str, str] = {}
    for name, field in value.fields.items():
        if holds_each(name):
            diagnostics.append(without_items(section, name, field))
            continue
        _check_name(section, name, field, diagnostics)
        same = first_by_lower_case.setdefault(name.lower(), name)
        if same != name:
            message = f'{section} "{name}" and "{same}" differ only in case'
            related = (Related(f'"{same}" is written here', value.fields[same].key),)
            place = Where(field.key, f"{section}.{name}")
            diagnostics.append(finding(SAME_NAME, message, place, "rename one of them", related))
        body = body_of(field)
        if body is None and is_said(field.value):
            continue
        if body is None:
            message = f'{section} "{name}" takes fields by name, not {kind_of(field.value)}'
            place = Where(field.value.span, f"{section}.{name}")
            meant = _indented(value, name) or _in_its_field(name, plain(field.value))
            diagnostics.append(finding(NOT_AN_ENTRY, message, place, meant))
        else:
            entries[name] = Written(f"{section}.{name}", field.key, body)
    return entries


def is_said(node: Node) -> bool:
    """Whether a value is unknown, which is said where it was read."""
    return isinstance(node, Scalar) and node.value is UNKNOWN


def without_items(section: str, name: str, field: Field) -> Diagnostic:
    """That an entry with `${each.key}` in its key does not say for what it is made."""
    message, help = f'{section} "{name}" has no for_each', _help_for_template(field)
    return finding(ENTRY_NAME, message, Where(field.key, f"{section}.{name}"), help)


def _help_for_template(field: Field) -> str:
    """What to write in an entry with `${each.key}` in its key."""
    keys = field.value.fields if isinstance(field.value, Tree) else ()
    meant = next((key for key in keys if closest_name(key, (FOR_EACH,))), None)
    return f"write {FOR_EACH} for {meant}" if meant else f"add {FOR_EACH}: [<a name>, <another>] to it"


def _indented(section: Tree, name: str) -> str | None:
    """Where what is no entry follows an entry without fields: that it is one of these, and not indented."""
    names = list(section.fields)
    if name == FOR_EACH:
        return f"indent {FOR_EACH}: it stands in an entry, beside its fields"
    empty = [other for other in names[: names.index(name)] if is_nothing(section.fields[other].value)]
    return (
        f"{name} stands beside {empty[-1]}, which is empty: indent it, to be a field of {empty[-1]}" if empty else None
    )


def _in_its_field(name: str, value: object) -> str | None:
    """The field that a text is for, where it is the addresses of a subnet."""
    return f"write {name}: {{address_prefix: {value}}}" if _ADDRESSES.fullmatch(str(value)) else None


_ADDRESSES = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}")


def body_of(field: Field) -> Tree | None:
    """The body of an entry: nothing after the colon is `{}`; None where it is neither."""
    if is_nothing(field.value):
        return Tree({}, field.value.span, field.value.used_at)
    return field.value if isinstance(field.value, Tree) else None


def nested_addresses(written: Written, keys: tuple[str, ...]) -> Iterator[tuple[str, Span]]:
    """The address and place of everything that is nested in an entry."""
    for key in keys:
        below = written.body.fields.get(key)
        if below and isinstance(below.value, Tree):
            for name, field in below.value.fields.items():
                yield f"{written.address}.{key}.{name}", field.key


def _check_name(section: str, name: str, field: Field, diagnostics: list[Diagnostic]) -> None:
    if not NAME.fullmatch(name):
        help = "write letters, digits, - and _, a letter first, at most 63 characters; `azure_name` may differ from it"
        if NAME.fullmatch(name[1:]) and name.startswith("-"):
            help = f"take the dash away, {name[1:]}: entries are keys, and no items of a list"
        elif section == "principals" and "@" in name:
            help = f"write <name>: {{mail: {name}, …}}: {help.removeprefix('write ')}"
    elif is_device(name) and section.rpartition(".")[2] not in WITHOUT_FILES:
        help = f"{device_help(name)}; `azure_name` may differ from it"
    else:
        return
    place = Where(field.key, f"{section}.{name}")
    diagnostics.append(finding(ENTRY_NAME, f'{section} can\'t have an entry "{name}"', place, help))
