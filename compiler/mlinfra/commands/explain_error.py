"""explain --error: the text of something that failed on Azure."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from mlinfra.commands.echo import print_document
from mlinfra.commands.options import Settings
from mlinfra.commands.session import Request, compiled, failed_with, report
from mlinfra.commands.typed_file import typed_file
from mlinfra.explain.failure import document, failure, text
from mlinfra.explain.places import texts_as_shown

MAX_LOG_BYTES = 256 * 2**20  # of a file that is read at all
LAST_BYTES = 2**20  # of a log, that are looked at: where something stopped
STANDARD_INPUT = "-"


def explain_error(settings: Settings, file: str, target: str | None, form: str, variables: Mapping[str, str]) -> int:
    """What it is about and why it came, as far as that is known; the cause alone where the spec does not compile."""
    said = _read(file)
    here = Path.cwd()
    outcome = compiled(Request.of(settings, variables, (target,) if target else ()))
    plans = outcome.compiled.plans if outcome.compiled and not outcome.failed else ()
    if not plans:
        report(outcome, "text", settings)
    found = failure(said, plans)
    shown = document(found, here)
    print_document(shown, text(shown, texts_as_shown(outcome.texts, here)), form)
    if not plans:
        return failed_with(outcome)
    return 0 if found.entries or found.near or found.causes else 1


def _read(file: str) -> str:
    """The last part of a file that a person typed, or of standard input; raises click.UsageError for no file."""
    if file == STANDARD_INPUT:
        content = sys.stdin.buffer.read(MAX_LOG_BYTES)
    else:
        content = typed_file(file, MAX_LOG_BYTES, ": cut out where it stopped")
    return content[-LAST_BYTES:].decode(errors="replace")
