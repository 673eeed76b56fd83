"""Expressions are looked for only where a text holds what they need, and find what they would find anyway."""

from __future__ import annotations

import random
import re
from pathlib import Path
from string import ascii_lowercase

import pytest
import yaml

from mlinfra.azure.failures import KNOWN
from mlinfra.azure.failures.literals import Expression, Text, branches_of, literals_of

TEXTS = [each["text"] for each in yaml.safe_load(Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8"))]
EXPRESSIONS = [expression.pattern for rank in (KNOWN.expressions, *KNOWN._ranks) for _, expression in rank]


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"\bnot (found|there)\b|no such .{1,9}file", {"found", "there", "no such "}),
        (r"a{2,3}b(c|de)?f", {"a"}),
        (r"[^]x]abc\.d{0,2}e", {"abc."}),
        (r"(?P<at>foo|ba)r", {"foo", "ba"}),
        (r"(?!xyz)hello(?=w)", {"hello"}),
        (r"ab?c\n\d", {"a"}),
        (r"x?|y", set()),
        (r"\w{3,9}", set()),
    ],
)
def test_what_a_text_has_to_hold(pattern: str, literals: set[str]) -> None:
    assert literals_of(pattern) == literals


def test_alternatives_are_cut_at_bars_that_stand_in_no_group() -> None:
    assert branches_of(r"no (job|run)|(a|[|)]b(c|d))|\|e|(?:f|g)") == [
        *("no (job|run)", "a", "[|)]b(c|d)"),
        *(r"\|e", "(?:f|g)"),
    ]


def test_each_expression_finds_what_it_finds_without() -> None:
    joined = " ".join(TEXTS[::9]).lower()
    text = Text(joined)
    for pattern in EXPRESSIONS:
        found = [match.span() for match in text.matches(Expression(pattern))]
        assert found == [match.span() for match in re.finditer(pattern, joined)], pattern


def test_few_are_looked_for_in_letters() -> None:
    """Of each alternative something would have to be there that is there by chance."""
    letters = Text("".join(random.Random(1).choices(ascii_lowercase, k=100_000)))
    expressions = [Expression(pattern) for pattern in EXPRESSIONS]
    assert not any(match for each in expressions for match in letters.matches(each))
    branches = [branch for each in expressions for branch in each.branches]
    looked_for = [branch.pattern for branch in branches if "compiled" in vars(branch)]
    assert len(branches) > 2_000
    assert len(looked_for) < len(branches) / 20


def test_none_looks_through_a_word_to_its_end() -> None:
    """Of a word without an end, it would do so from each letter."""
    plain = [re.sub(r"\\.|\[\^?\]?(?:\\.|[^]\\])*\]", "", pattern) for pattern in EXPRESSIONS]
    assert [pattern for pattern in plain if re.search(r"[*+]|,\}", pattern)] == []
