"""Words that stand alone in a text; found without an expression, which would look behind itself at each place."""

from __future__ import annotations

from collections.abc import Iterator


def stands_alone(text: str, word: str, before: str = "") -> bool:
    """Whether a word stands there with no letter, digit, _ or - on either side, nor one of `before` in front of it."""
    return any(not _goes_on(text[end : end + 1], "") for end in _ends(text, word, before))


def begins_alone(text: str, word: str) -> bool:
    """The same of what is in front of it, whatever is behind it."""
    return any(True for _ in _ends(text, word, ""))


def _ends(text: str, word: str, before: str) -> Iterator[int]:
    """Where it ends, of each place where nothing goes on into it."""
    at = text.find(word) if word else -1
    while at >= 0:
        if not _goes_on(text[max(0, at - 1) : at], before):
            yield at + len(word)
        at = text.find(word, at + 1)


def _goes_on(letter: str, others: str) -> bool:
    return bool(letter) and (letter.isalnum() or letter in "_-" or letter in others)
