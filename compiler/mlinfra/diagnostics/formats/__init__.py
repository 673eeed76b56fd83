"""Diagnostics in the forms that people, editors and pipelines read; all of them are pure functions.

`as_junit` is imported where it is asked for: what it writes XML with takes 5 ms to import.
"""

from mlinfra.diagnostics.formats.as_json import json_document
from mlinfra.diagnostics.formats.as_sarif import sarif
from mlinfra.diagnostics.formats.as_text import text

__all__ = ["json_document", "sarif", "text"]
