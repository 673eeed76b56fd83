"""Diagnostics for programs, as the design of the interface has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlinfra.diagnostics import Diagnostic
from mlinfra.diagnostics.formats.display import relative_path
from mlinfra.diagnostics.merge import shown
from mlinfra.formats.json_writer import to_json


def json_document(diagnostics: Sequence[Diagnostic], _texts: Mapping[str, str], folder: Path) -> str:
    """Return one JSON document; its paths are relative to `folder`, its summary counts what is not shown too."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    document = {
        "diagnostics": [_object(diagnostic, folder) for diagnostic in shown(diagnostics)],
        "summary": {"errors": severities.count("error"), "warnings": severities.count("warning")},
    }
    return to_json(document)


def _object(diagnostic: Diagnostic, folder: Path) -> dict[str, Any]:
    span = diagnostic.span
    return {
        "code": diagnostic.code.id,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "help": diagnostic.advice,
        "file": relative_path(span.file, folder),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "address": diagnostic.address,
        "target": None if diagnostic.targets is None else list(diagnostic.targets),
        "related": [
            {
                "message": related.message,
                "file": relative_path(related.span.file, folder),
                "line": related.span.line,
                "column": related.span.column,
            }
            for related in diagnostic.related
        ],
    }
