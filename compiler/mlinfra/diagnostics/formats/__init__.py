"""Diagnostics in the forms that people, editors and pipelines read; all of them are pure functions."""

from mlinfra.diagnostics.formats.as_json import json_document
from mlinfra.diagnostics.formats.as_junit import junit
from mlinfra.diagnostics.formats.as_sarif import sarif
from mlinfra.diagnostics.formats.as_text import text

__all__ = ["json_document", "junit", "sarif", "text"]
