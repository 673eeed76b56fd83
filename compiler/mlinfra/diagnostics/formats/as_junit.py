"""Diagnostics as a JUnit report, which Azure Pipelines publishes as test results."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from mlinfra.diagnostics import Diagnostic
from mlinfra.diagnostics.formats.as_text import Page
from mlinfra.diagnostics.formats.display import one_line, shown_path
from mlinfra.diagnostics.formats.terminal import for_terminal
from mlinfra.diagnostics.merge import shown

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, section 2.2


def junit(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str], folder: Path) -> str:
    """Return one suite: an error is a failure, a warning or info a passed case that says something.

    Nothing found is a passed case of its own: an empty suite is taken for a run that did not happen.
    """
    cases = shown(diagnostics)
    failures = sum(diagnostic.severity == "error" for diagnostic in cases)
    counts = {"tests": str(len(cases) or 1), "failures": str(failures), "errors": "0", "skipped": "0"}
    suites = ET.Element("testsuites")
    suite = ET.SubElement(suites, "testsuite", {"name": "mlinfra", **counts})
    page = Page(texts, folder)
    for diagnostic in cases:
        _add_case(suite, diagnostic, page, folder)
    if not cases:
        ET.SubElement(suite, "testcase", {"classname": "mlinfra", "name": "no findings"})
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _add_case(suite: ET.Element, diagnostic: Diagnostic, page: Page, folder: Path) -> None:
    span = diagnostic.span
    file = shown_path(span.file, folder)
    name = f"{file}:{span.line}:{span.column} {diagnostic.code.id} {one_line(diagnostic.message)}"
    case = ET.SubElement(suite, "testcase", {"classname": _clean(file), "name": _clean(name)})
    block = page.block(diagnostic)
    if diagnostic.severity == "error":
        attributes = {"type": diagnostic.code.id, "message": _clean(one_line(diagnostic.message))}
        ET.SubElement(case, "failure", attributes).text = _clean(block)
    else:
        ET.SubElement(case, "system-out").text = _clean(block)


def _clean(shown: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", for_terminal(shown))
