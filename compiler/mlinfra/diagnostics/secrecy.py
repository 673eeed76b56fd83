"""What looks like a secret in any text, and text with stars in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

MIN_CHARACTERS = 12  # the shortest text that is judged: "password=" and three characters
MIN_STARRED_CHARACTERS = 7  # the shortest that gets stars: "pwd=" and three characters
NAMES_KEPT = 1_000  # of keys, with what they are: a spec has few that are not names of entries
MAX_NAME_CHARACTERS = 64  # of the end of a name that is looked at; three words of a secret have 19

_AZURE_KEY = "[A-Za-z0-9+/]"
_SHARED = tuple(f"sharedaccess{what}" for what in ("key", "signature"))
_CLIENT_SECRET = "[A-Za-z0-9_~.-]"


class _Form(NamedTuple):
    """How one kind of secret looks.

    Every text is searched for every form, so that none may be slow: a text without its mark is not searched, and its
    pattern starts with a word or with a few letters. What stands before that is judged by looking back from there.
    """

    what: str
    mark: str  # in every text that holds one
    pattern: re.Pattern[str]
    before: re.Pattern[str] | None = None  # a character of the secret that stands before what the pattern finds

    def is_in(self, text: str) -> bool:
        return self.mark in text and self.pattern.search(text) is not None

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """The start and end of each secret of this form."""
        done = 0
        for match in self.pattern.finditer(text) if self.mark in text else ():
            start = match.start()
            while self.before and start > done and self.before.match(text, start - 1):
                start -= 1
            done = match.end()
            yield start, done


def _form(what: str, mark: str, pattern: str, before: str | None = None) -> _Form:
    return _Form(what, mark, re.compile(pattern), re.compile(before) if before else None)


def _token(start: str, rest: str) -> _Form:
    return _form("an access token", start, rf"{start}(?<!\w{start}){rest}")


def _key(*names: str, is_word: bool = False) -> str:
    """The pattern of one of these names in any case, each with a plain letter first, and of the = behind it."""
    letters = "".join(sorted({letter for name in names for letter in (name[0], name[0].upper())}))
    alone = r"(?<!\w.)" if is_word else ""
    rest = "|".join(f"(?<=[{name[0]}{name[0].upper()}])(?i:{name[1:]})" for name in names)
    return rf"[{letters}]{alone}(?:{rest})\s*=\s*"


FORMS = (
    _form("a private key", "-----BEGIN", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?s:.*?)(?=-----END|\Z)"),
    _form(
        "a connection string with its key",
        "=",
        _key("accountkey", "secretaccesskey", "sharedsecretvalue", *_SHARED, is_word=True) + r"[^;\s$<{]{8,}",
    ),
    _form("a password", "=", _key("password", "passwd", "pwd", is_word=True) + r"[^;\s\"'$<{%*]{3,}"),
    _form("a SAS token", "=", r"[Ss](?<![^?&;\s\"'].)(?i:ig)=[A-Za-z0-9%+/=_-]{16,}"),
    _form(
        "a JSON web token",
        "eyJ",
        r"eyJ(?<![A-Za-z0-9_-]eyJ)[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+",
    ),
    _form("an account key", "==", rf"==(?<=(?<![A-Za-z0-9+/=]){_AZURE_KEY}{{86}}==)", _AZURE_KEY),
    *(
        _form(
            "an Azure key",
            mark,
            rf"{re.escape(mark)}(?<={_AZURE_KEY}{{{40 + len(mark)}}}){_AZURE_KEY}{{4,}}={{0,2}}",
            _AZURE_KEY,
        )
        for mark in ("JQQJ99", "AzSe", "+ASt", "ACDb", "AIoT", "AzFu", "ACRt")
    ),
    _form(
        "a client secret",
        "Q~",
        rf"Q~(?<=(?<![\w~.-]){_CLIENT_SECRET}{{3}}[0-9]Q~){_CLIENT_SECRET}{{31,34}}(?![\w~-])",
        _CLIENT_SECRET,
    ),
    _form("a personal access token", "AZDO", r"AZDO(?<=\b[A-Za-z0-9]{76}AZDO)[A-Za-z0-9]{4}\b", "[A-Za-z0-9]"),
    _form("a personal access token", "", r"\b[a-z2-7]{52}\b"),
    *(_token(f"gh{kind}_", "[A-Za-z0-9]{36,}") for kind in "pousr"),
    _token("github_pat_", r"\w{40,}"),
    _token("glpat-", r"[\w-]{20,}"),
    _token("dapi", "[0-9a-f]{32}"),
    _token("hf_", "[A-Za-z0-9]{30,}"),
    _token("sk-", "[A-Za-z0-9]{32,}"),
    _token("AKIA", "[0-9A-Z]{16}"),
    *(_token(f"xox{kind}-", r"[\w-]{10,}") for kind in "abprs"),
    _form("a password in a URL", "://", r"://[^/\s:@$<{]+:[^/\s:@$<{]+@"),
)
MAY_BE_SECRET = (  # not sure enough for an error; stars in a log cost nothing
    _token("sk-", r"[\w-]{20,}"),
    _form(
        "a secret",
        "=",
        _key("password", "passwd", "pwd", "secret", "token", *(f"{of}[_-]?key" for of in ("api", "access", "account")))
        + r"[^;\s\"'$<{%*]{3,}",
    ),
)

_SECRET_NAMES = frozenset(  # without "_" and "-", in lower case
    (
        "accesskey",
        "accesstoken",
        "accountkey",
        "adminpassword",
        "adminuserpassword",
        "apikey",
        "clientsecret",
        "connectionstring",
        "passwd",
        "password",
        "pat",
        "personalaccesstoken",
        "privatekey",
        "pwd",
        "sastoken",
        "secret",
        "secretaccesskey",
        "sharedaccesskey",
        "token",
    )
)
_SHOWN = re.compile(r"\S+")
_QUOTED_VALUE = re.compile(
    r"""(?<![\w-])(?P<key>[A-Za-z][\w-]{0,40})["']?\s{0,9}[:=]\s{0,9}(?P<value>"[^"]*"|'[^']*'|[^\s,;}\]"']+)"""
)
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")


def looks_secret(text: str) -> str | None:
    """Return what a text holds that looks like a secret, as in `a password`; None where nothing does."""
    if len(text) < MIN_CHARACTERS:
        return None
    return next((form.what for form in FORMS if form.is_in(text)), None)


def masked(text: str) -> str:
    """Return a text with a `*` for each character of what looks like a secret; lines and columns stay."""
    if len(text) < MIN_STARRED_CHARACTERS:
        return text
    return with_stars(text, (place for form in (*FORMS, *MAY_BE_SECRET) for place in form.places(text)))


def masked_words(text: str) -> str:
    """Return a sentence of another program with stars also for values that it quotes under the name of a secret.

    >>> masked_words("{'DB_PASSWORD': 'ab c', 'x': 1} is not a number")
    "{'DB_PASSWORD': *** **, 'x': 1} is not a number"
    """
    values = (found.span("value") for found in _QUOTED_VALUE.finditer(text) if may_name_a_secret(found["key"]))
    return with_stars(masked(text), values)


@lru_cache(NAMES_KEPT)
def names_a_secret(name: str) -> bool:
    """Whether a name is that of a secret and nothing else.

    >>> names_a_secret("api_key"), names_a_secret("DB_PASSWORD")
    (True, False)
    """
    return name.replace("_", "").replace("-", "").lower() in _SECRET_NAMES


@lru_cache(NAMES_KEPT)
def may_name_a_secret(name: str) -> bool:
    """Whether the last words of a name are those of a secret; its value gets stars wherever it is shown.

    >>> may_name_a_secret("DB_PASSWORD"), may_name_a_secret("dbApiKey"), may_name_a_secret("token_count")
    (True, True, False)
    """
    words = [word.lower() for word in _WORD.findall(name[-MAX_NAME_CHARACTERS:])]
    return any("".join(words[number:]) in _SECRET_NAMES for number in range(max(0, len(words) - 3), len(words)))


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
