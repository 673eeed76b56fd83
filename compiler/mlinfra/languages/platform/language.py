"""The language of the platform's own kinds."""

from __future__ import annotations

from mlinfra.languages.language import Language
from mlinfra.languages.platform import DERIVED_KINDS, KINDS, NESTED_KINDS
from mlinfra.languages.platform.editor import editor_schema

PLATFORM = Language(
    name="mlinfra",
    sections=(*KINDS, *NESTED_KINDS, *DERIVED_KINDS),
    for_editors=editor_schema,
    deployed=(*KINDS, *DERIVED_KINDS),
)
