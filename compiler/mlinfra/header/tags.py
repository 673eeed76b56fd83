"""Tags: what Azure takes for them, and those of a target over those of the header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from mlinfra.bodies.fields import EditorPattern, contrary
from mlinfra.diagnostics import Diagnostic, finding
from mlinfra.header.codes import BAD_VALUE
from mlinfra.header.places import mapping_at
from mlinfra.header.texts import Text, literal_text
from mlinfra.source import tree

MAX_TAGS = 50  # a resource or group; Azure Resource Manager limits
MAX_TAG_NAME_CHARACTERS = 128  # storage accounts; 512 elsewhere
MAX_TAG_VALUE_CHARACTERS = 256
_REFUSED = r"<>%&\?/"  # in names; Azure Resource Manager, tags


def _check_name(name: str) -> str:
    if any(character in name for character in _REFUSED):
        raise contrary(f"can't be the name of a tag: Azure takes none of {_REFUSED} in one")
    if len(name) > MAX_TAG_NAME_CHARACTERS:
        raise contrary(f"has {len(name)} characters, and the name of a tag at most {MAX_TAG_NAME_CHARACTERS}")
    return name


def _check_value(value: str) -> str:
    if len(value) > MAX_TAG_VALUE_CHARACTERS:
        raise contrary(f"has {len(value)} characters, and the value of a tag at most {MAX_TAG_VALUE_CHARACTERS}")
    return value


_NAME_PATTERN = r"^(?:[^$<>%&\\?/]|\$(?![${])|\$\$+(?!\$))*$"  # `texts.NO_EXPRESSION`, without what Azure refuses
_Name: TypeAlias = Annotated[Text, AfterValidator(_check_name), EditorPattern(_NAME_PATTERN)]
_Value: TypeAlias = Annotated[Text, AfterValidator(_check_value)]
Tags: TypeAlias = Annotated[dict[_Name, _Value], Field(max_length=MAX_TAGS)]


def tags_over(below: Mapping[str, str], above: Mapping[str, str]) -> dict[str, str]:
    """Both tags, those `above` where both have one of a name: names that differ in case only are one.

    >>> tags_over({"env": "a", "team": "b"}, {"Env": "c"})
    {'team': 'b', 'Env': 'c'}
    """
    names = {name.casefold() for name in above}
    return {**{name: value for name, value in below.items() if name.casefold() not in names}, **above}


def told_apart_by_case(tags: Mapping[str, str], header: tree.Mapping, path: tree.Path) -> Iterator[Diagnostic]:
    """Tags that Azure takes for one; `path` is where they stand in the header."""
    written = mapping_at(header, path) if tags else None
    fields = written.fields if written is not None else {}
    spelled: dict[str, str] = {}
    for key, field in fields.items():
        name = literal_text(key)
        first = spelled.setdefault(key.casefold(), key)
        if name in tags and first != key:
            message = f'tag "{key}" differs from "{first}" in case only, and Azure takes them for one'
            yield finding(BAD_VALUE, message, field.key, "keep one of the two")
