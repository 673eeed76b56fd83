"""Rules of cross-origin requests, read together: whether pages of more origins may ask, or ask for more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from mlinfra.header.accept import Class

# docs, "Cross-Origin Resource Sharing (CORS) support for Azure Storage": a star stands for every origin or header, a
# part of an origin, or what headers begin with. How long a browser keeps an answer lets nobody in.
_WHAT_IS_LET_IN = ("allowedOrigins", "allowedMethods", "allowedHeaders", "exposedHeaders")
Rule = Mapping[str, Any]


def asked_by(before: Any, after: Any) -> Iterator[Class]:
    """Whether pages may ask for what they might not before, and whether for less."""
    old, new = (list(side) if isinstance(side, list) else [] for side in (before, after))
    if _lets_more(old, new):
        yield "opens_access"
    if _lets_more(new, old):
        yield "closes_access"


def _lets_more(old: list[Rule], new: list[Rule]) -> bool:
    return any(not any(_covers(there, rule) for there in old) for rule in new)


def _covers(wide: Rule, narrow: Rule) -> bool:
    return all(covered_by_words(item, wide.get(key) or ()) for key in _WHAT_IS_LET_IN for item in narrow.get(key) or ())


def covered_by_words(item: Any, words: Any) -> bool:
    """Whether a text is one of these, or one of them has a star where it has something."""
    text = str(item).lower()
    return any(text == word or ("*" in word and _fits(text, word)) for word in (str(each).lower() for each in words))


def _fits(text: str, word: str) -> bool:
    return fnmatchcase(text, word.replace("[", "[[]").replace("?", "[?]"))
