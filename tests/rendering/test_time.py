"""Reports take time for what they show, not for each finding anew for the file that it is in."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from mlinfra.diagnostics import Code, Diagnostic, Span
from mlinfra.load.secrets import shown_text
from mlinfra.rendering import json_document, junit, sarif, text

FOLDER = Path("/repository")
FILE = "/repository/ml-platform.yaml"
CODE = Code("MLI301", "error", "The title", "The reason", "The way out", "The source")
FINDINGS = 2_000
MAX_SECONDS = 20  # of processor time; an idle machine takes a tenth
FORMS: Mapping[str, Callable[[Sequence[Diagnostic], Mapping[str, str]], str]] = {
    "text": lambda found, texts: text(found, texts, FOLDER),
    "json": lambda found, _: json_document(found, FOLDER),
    "sarif": lambda found, _: sarif(found, FOLDER),
    "junit": lambda found, texts: junit(found, texts, FOLDER),
}
FILES = {
    "one line": ("x: {a\t: 'é'}, " * FINDINGS, lambda number: (1, 14 * number + 1)),
    "a line each": (f"{200 * 'x'}\n" * FINDINGS, lambda number: (number + 1, 5)),
}


def seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("file", FILES)
def test_thousands_of_findings_in_a_large_file_are_shown_in_time(file: str, form: str) -> None:
    content, place = FILES[file]
    spans = (Span(FILE, *place(number), *place(number)) for number in range(FINDINGS))
    found = [Diagnostic.of(CODE, "wrong", span, related=[]) for span in spans]
    assert seconds(lambda: FORMS[form](found, {FILE: content})) < MAX_SECONDS


@pytest.mark.parametrize(
    "line",
    [
        "# {password:\n",
        "{password: a ",
        "password: 'a, ",
        'password: "a\n',
        '\\"',
        '"\\x70at":\n',
        "# token: 'a\n",
        "a" * 99,
    ],
)
def test_secrets_are_starred_in_time_whatever_a_file_holds(line: str) -> None:
    content = line * (500_000 // len(line))
    assert seconds(lambda: shown_text(content, (), understood=False)) < MAX_SECONDS
