"""What looks like a secret in any text, and text with stars in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mlinfra.diagnostics.secret_forms import FORMS, MAY_BE_SECRET, TOKENS_BY_MARK
from mlinfra.diagnostics.secret_names import assigned_secrets, may_name_a_secret

MIN_CHARACTERS = 12  # the shortest text that is judged: "password=" and three characters
MIN_STARRED_CHARACTERS = 7  # the shortest that gets stars: "pwd=" and three characters

_ALWAYS_STARRED = (*FORMS, *MAY_BE_SECRET)
_SHOWN = re.compile(r"\S+")
_QUOTED_VALUE = re.compile(
    r"""(?<![\w-])(?P<key>[A-Za-z][\w-]{0,40})["']?\s{0,9}[:=]\s{0,9}(?P<value>"[^"]*"|'[^']*'|[^\s,;}\]"']+)"""
)
_LONG_WORD = re.compile(r"[A-Za-z0-9+~_-]{16}")  # in each token, whatever parts it has; texts without one are many


def looks_secret(text: str) -> str | None:
    """Return what a text holds that looks like a secret, as in `a password`; None where nothing does."""
    return known_secret(text) or guessed_secret(text)


def known_secret(text: str) -> str | None:
    """Return what a text holds that has the form in which a service gives its secrets, whatever stands around it."""
    if len(text) < MIN_CHARACTERS:
        return None
    if what := next((form.what for form in FORMS if not form.is_guess and form.is_in(text)), None):
        return what
    return _token_in(text) if _LONG_WORD.search(text) else None


def guessed_secret(text: str) -> str | None:
    """Return what a text holds that only its place makes a secret: a name, an option or a header before it."""
    if len(text) < MIN_CHARACTERS:
        return None
    if what := next((form.what for form in FORMS if form.is_guess and form.is_in(text)), None):
        return what
    return next((f'the value of "{assigned.name}"' for assigned in assigned_secrets(text)), None)


def _token_in(text: str) -> str | None:
    forms = (form for mark, forms in TOKENS_BY_MARK.items() if mark in text for form in forms)
    return next((form.what for form in forms if form.is_in(text)), None)


def masked(text: str) -> str:
    """Return a text with a `*` for each character of what looks like a secret; lines and columns stay."""
    if len(text) < MIN_STARRED_CHARACTERS:
        return text
    return with_stars(text, (*_places_of_forms(text), *((found.start, found.end) for found in assigned_secrets(text))))


def _places_of_forms(text: str) -> Iterator[tuple[int, int]]:
    marked = [form for form in _ALWAYS_STARRED if form.mark in text]
    if _LONG_WORD.search(text):
        marked += (form for mark, forms in TOKENS_BY_MARK.items() if mark in text for form in forms)
    return (place for form in marked for place in form.places(text))


def masked_words(text: str) -> str:
    """Return a sentence of another program with stars also for values that it quotes under the name of a secret.

    >>> masked_words("{'DB_PASSWORD': 'ab c', 'x': 1} is not a number")
    "{'DB_PASSWORD': *** **, 'x': 1} is not a number"
    """
    values = (found.span("value") for found in _QUOTED_VALUE.finditer(text) if may_name_a_secret(found["key"]))
    return with_stars(masked(text), values)


def with_stars(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return a text with a `*` for each character between two offsets that is no white space."""
    parts: list[str] = []
    done = 0
    for start, end in sorted(places):
        start = max(start, done)
        if start < end:
            parts += [text[done:start], stars(text[start:end])]
            done = end
    return "".join((*parts, text[done:]))


def stars(text: str) -> str:
    """Return a `*` for each character that is no white space."""
    return _SHOWN.sub(lambda shown: "*" * len(shown.group()), text)
