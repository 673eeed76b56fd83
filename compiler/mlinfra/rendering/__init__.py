"""Diagnostics in the forms that people, editors and pipelines read; all of them are pure functions."""

from mlinfra.rendering.as_json import json_document
from mlinfra.rendering.as_junit import junit
from mlinfra.rendering.as_sarif import sarif
from mlinfra.rendering.as_text import text

__all__ = ["json_document", "junit", "sarif", "text"]
