"""Diagnostics in the forms that people, editors and pipelines read; all of them are pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from mlinfra.diagnostics import Diagnostic

# of what was found, the texts of the files, and the folder from which paths are shown
Document: TypeAlias = Callable[[Sequence[Diagnostic], Mapping[str, str], Path], str]


def document_as(form: str) -> Document:
    """What writes one of the documents, imported where it is asked for."""
    match form:
        case "json":
            from mlinfra.diagnostics.formats.as_json import json_document

            return json_document
        case "sarif":
            from mlinfra.diagnostics.formats.as_sarif import sarif

            return sarif
        case "junit":
            from mlinfra.diagnostics.formats.as_junit import junit

            return junit
    raise ValueError(f"no document is written as {form}")
