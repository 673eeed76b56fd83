"""Diagnostics as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mlinfra import __version__
from mlinfra.diagnostics import Code, Diagnostic, Severity, Span
from mlinfra.diagnostics.formats.display import relative_path
from mlinfra.diagnostics.merge import shown
from mlinfra.formats.json_writer import to_json

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def sarif(diagnostics: Sequence[Diagnostic], _texts: Mapping[str, str], folder: Path) -> str:
    """Return a log with one run; its rules are the codes that occur, its paths are relative to `folder`."""
    results = shown(diagnostics)
    codes = {diagnostic.code.id: diagnostic.code for diagnostic in results}
    ids = sorted(codes)
    driver = {"name": "mlinfra", "semanticVersion": __version__, "rules": [_rule(codes[id]) for id in ids]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, ids.index(diagnostic.code.id), folder) for diagnostic in results],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return to_json(log)


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.id,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.why},
        "help": {"text": f"{code.fix}\n\nSource: {code.source}"},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(diagnostic: Diagnostic, rule: int, folder: Path) -> dict[str, Any]:
    message = diagnostic.message if diagnostic.help is None else f"{diagnostic.message}\n{diagnostic.help}"
    location = _location(diagnostic.span, folder)
    if diagnostic.address is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": diagnostic.address}]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code.id,
        "ruleIndex": rule,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": message},
        "locations": [location],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": related.message}, **_location(related.span, folder)}
            for number, related in enumerate(diagnostic.related)
        ]
    if diagnostic.targets is not None:
        result["properties"] = {"targets": list(diagnostic.targets)}
    return result


def _location(span: Span, folder: Path) -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    uri = quote(relative_path(span.file, folder), errors="surrogateescape")  # the bytes of the name
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
