"""Nobody is told of a code that `explain` does not know, and no code has two meanings."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import mlinfra
from mlinfra.catalogue import CODES
from mlinfra.diagnostics import Code
from tests.test_docs import headings

ROOT = Path(__file__).parent.parent
STARTS_A_PROGRAM = "mlinfra.__main__"
HOSTS = (  # of pages that anyone may open without signing in
    "cwe.mitre.org",
    "devguide.python.org",
    "docs.conda.io",
    "docs.github.com",
    "docs.python.org",
    "git-scm.com",
    "github.com",
    "scikit-learn.org",
    "learn.microsoft.com",
    "man7.org",
    "packaging.python.org",
    "pip.pypa.io",
    "www.rfc-editor.org",
    "www.unicode.org",
    "yaml.org",
)


def constants() -> Iterator[tuple[str, Code]]:
    """Every code that is a constant of a module, with where it stands."""
    for module in pkgutil.walk_packages(mlinfra.__path__, "mlinfra."):
        if module.name != STARTS_A_PROGRAM:
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, Code):
                    yield f"{module.name}.{name}", value


def test_every_code_of_the_package_is_in_the_catalogue() -> None:
    forgotten = sorted(f"{code.id} {where}" for where, code in constants() if code not in CODES)
    assert forgotten == []


def test_each_id_stands_once() -> None:
    assert [id for id, times in Counter(code.id for code in CODES).items() if times > 1] == []


def test_no_id_has_two_meanings() -> None:
    meanings = {code.id: code for code in CODES}
    assert [where for where, code in constants() if meanings[code.id] is not code] == []


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_a_code_says_what_why_and_what_would_be_right(code: Code) -> None:
    assert re.fullmatch(r"MLI[1-9]\d\d", code.id)
    for sentence in (code.title, code.why, code.fix, code.source):
        assert sentence == " ".join(sentence.split())
        assert not sentence.endswith(".")


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_the_source_of_a_code_can_be_opened(code: Code) -> None:
    page, _, heading = code.source.partition("#")
    if page.startswith("docs/"):
        assert heading in headings(ROOT / page)
    else:
        assert re.fullmatch(r"https://[!-~]+", code.source)
        assert urlsplit(code.source).hostname in HOSTS
