"""From which length on a text is judged, and from which it gets stars."""

from __future__ import annotations

import pytest

from mlinfra.diagnostics.secrecy import looks_secret, masked


@pytest.mark.parametrize(
    ("text", "is_secret"), [("pwd=abcdefg", None), ("pwd=abcdefgh", "a password"), ("password=abc", "a password")]
)
def test_a_text_of_twelve_characters_is_judged_and_no_shorter_one(text: str, is_secret: str | None) -> None:
    assert looks_secret(text) == is_secret


@pytest.mark.parametrize(("text", "shown"), [("pwd=ab", "pwd=ab"), ("pwd=abc", "*******"), ("pwd=abcd", "********")])
def test_a_text_of_seven_characters_gets_stars(text: str, shown: str) -> None:
    assert masked(text) == shown
