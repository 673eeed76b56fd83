"""The languages whose bodies a spec holds, and the rows of all their sections: what other rooms know of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from mlinfra.azure.api_versions import OTHER_TYPES
from mlinfra.languages.azureml.language import AZUREML
from mlinfra.languages.databricks.language import DATABRICKS
from mlinfra.languages.forms import COMMON, Form
from mlinfra.languages.language import Language, Section
from mlinfra.languages.platform.language import PLATFORM

LANGUAGES: tuple[Language, ...] = (PLATFORM, AZUREML, DATABRICKS)
SECTIONS: tuple[Section, ...] = tuple(row for language in LANGUAGES for row in language.sections)
ROWS: Mapping[str, Section] = MappingProxyType({row.name: row for row in SECTIONS})
_VERSIONS = {**OTHER_TYPES} | {row.resource_type: row.api_version for row in SECTIONS if row.api_version}
FORMS: Mapping[str, Form] = MappingProxyType(
    {form.name: form for form in (*COMMON, *(form for language in LANGUAGES for form in language.forms))}
)
LANGUAGE_OF: Mapping[str, Language] = MappingProxyType(
    {row.name: language for language in LANGUAGES for row in language.sections}
)
HAS_A_SCHEMA = frozenset(row.name for language in LANGUAGES if language.schema for row in language.sections)
WRITTEN = tuple(row for row in SECTIONS if not row.nested_in and not row.is_derived)  # the sections of a spec


@cache
def keys_of_nested(section: str) -> tuple[str, ...]:
    """The keys under which entries stand in the entries of a section."""
    return tuple(row.nested_in[1] for row in nested_in(section) if row.nested_in)


def meant_expression(text: str) -> str | None:
    """What to write instead of an expression that is a language's own, and isn't written as it writes them."""
    return next((help for language in LANGUAGES if (help := language.meant_expression(text))), None)


def passes(section: str, inner: str) -> bool:
    """Whether what stands in `${…}` in a section is an expression of its language, which its service fills in.

    What a step of ours sends has no service that would.
    """
    row = ROWS.get(section)
    return row is not None and row.compiled_to != "step" and LANGUAGE_OF[section].passes(inner)


def api_version(resource_type: str) -> str:
    """The version of a type, which a nested one has from the type that it is in.

    >>> api_version("Microsoft.Storage/storageAccounts/blobServices/containers")
    '2026-04-01'

    Raises KeyError for a type that nothing covers.
    """
    provider, outermost, *_ = resource_type.split("/")
    return _VERSIONS[f"{provider}/{outermost}"]


@cache
def nested_in(section: str) -> tuple[Section, ...]:
    """The rows of what stands in the entries of a section."""
    return tuple(row for row in SECTIONS if row.nested_in and row.nested_in[0] == section)


@cache
def rows_of_type(resource_type: str) -> tuple[Section, ...]:
    """The rows that make a type of Azure, in any casing: several sections may make one."""
    return tuple(row for row in SECTIONS if row.resource_type and row.resource_type.lower() == resource_type.lower())


def section_row(address: str) -> Section | None:
    """The row of the section that an address begins with."""
    return ROWS.get(address.partition(".")[0])


def row_at(resource_type: str, address: str) -> Section | None:
    """The row of a resource: of those that make its type that of its address's section, or else the first."""
    rows = rows_of_type(resource_type)
    section = section_row(address)
    return section if section in rows else next(iter(rows), None)
