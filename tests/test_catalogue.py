"""Nobody is told of a code that `explain` does not know, and no code has two meanings."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator

import pytest

import mlinfra
from mlinfra.catalogue import CODES
from mlinfra.diagnostics import Code

STARTS_A_PROGRAM = "mlinfra.__main__"


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


def test_no_id_has_two_meanings() -> None:
    meanings = {code.id: code for code in CODES}
    assert [id for id, times in Counter(code.id for code in set(CODES)).items() if times > 1] == []
    assert [where for where, code in constants() if meanings[code.id] is not code] == []


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.id)
def test_a_code_says_what_why_and_what_would_be_right(code: Code) -> None:
    assert re.fullmatch(r"MLI[1-9]\d\d", code.id)
    for sentence in (code.title, code.why, code.fix, code.source):
        assert sentence == " ".join(sentence.split())
        assert not sentence.endswith(".")
