"""Names under which secrets stand, and whether what stands under one is a secret: not a reference, a path or a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

NAMES_KEPT = 1_000  # of keys, with what they are: a spec has few that are not names of entries
MAX_NAME_CHARACTERS = 64  # of the end of a name that is looked at; three words of a secret have 19
MIN_TOKEN_CHARACTERS = 8  # the shortest run of letters and digits that is a token, and no word with a number
MIN_KEY_CHARACTERS = 16  # of a key: shorter ones name columns, hosts and services

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
_PASSWORDS = ("password", "passwd", "passphrase")  # also at the end of a word: PGPASSWORD
_SHORT_PASSWORDS = (  # pass alone is a step of a program: first_pass
    "pwd",
    *(
        f"{of}pass"
        for of in ("admin", "database", "db", "email", "ftp", "ldap", "mail", "mongo", "mysql", "postgres", "proxy")
    ),
    *(f"{of}pass" for of in ("redis", "root", "sftp", "smtp", "sql", "user")),
)
_OFTEN_A_WORD = ("auth", "authorization", "sas")  # how to sign in, or as whom
_WITH_A_USER = ("basicauth", "credential", "credentials", "userpwd")  # user:password, or one key
_MORE_TOKENS = ("jwt", "masterkey", "pass", "secretkey")
_KEYS_OF_A_SERVICE = (  # as the word before "key": what Azure and others call the keys of a service
    *("access", "account", "admin", "api", "app", "application", "auth", "consumer", "cosmos", "deploy", "encryption"),
    *("aes", "cookie", "crypto", "fernet", "hmac"),
    *("function", "host", "ingestion", "kaggle", "language"),
    *(
        "license",
        "maps",
        "openai",
        "private",
        "recognizer",
        "safety",
        "search",
        "service",
        "shared",
        "signing",
        "speech",
    ),
    *("storage", "subscription", "translator", "vision", "webhook"),
)
_PASSWORD, _CONNECTION_STRING, _TOKEN = "password", "connectionstring", "token"  # kinds of names
_KEY, _SIGN_IN, _KEY_OF_ANYTHING = "key", "user and password", "key of anything"
_PUBLIC_KEY = "publickey"
_WORDS_OF_SECRETS = ("pass", "pwd", "token", "secret", "key", "auth", "cred", "jwt", "sas", "_pat", "-pat")
_REFERENCES = ("$", "<", "azureml:", "@", "{{", "%(")
_SWITCHES = ("true", "false", "yes", "no", "on", "off", "none", "null", "optional", "required")
_PLACEHOLDER = re.compile(
    r"[*xX.#_-]+|%\w+%"
    r"|(?i:to[ _-]?do|tbd|fix[ _-]?me|placeholder|dummy|replace[ _-]?(?:me|this))"
    r"|(?i:(?:insert|enter|put)(?:[ _-](?:your|the))?[ _-]\w{1,20}(?:[ _-]here)?)"
)
_USER_AND_PASSWORD = re.compile(r"[^\s:/]+:(?=[^\s:/]*[0-9])(?=[^\s:/]*[A-Za-z])[^\s:/]{6,}")
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_PATH = re.compile(r"[./~]|[A-Za-z][A-Za-z0-9+.-]*://|[\w.-]+/[\w./-]*\.\w+\Z")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_RUN = re.compile(r"[A-Za-z0-9]+")
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9]{16,}")
_BASE64 = re.compile(r"(?=[^0-9=]*[0-9=])(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9+/]{16,}={0,2}")
_ASSIGNED = re.compile(
    r"(?<![\w/-])"  # in a path it is a folder: year=2024
    r"(?:--(?P<option>[A-Za-z][\w-]{0,63})(?:=|[ \t]{1,3})"
    r"""|(?P<name>[A-Za-z_][\w-]{0,63})(?:["']\]?)?\s{0,3}[:=]\s{0,3})"""
    r"""["']?(?!-)(?P<value>[^\s"'`;,&|)}\]]{1,400})"""
)


class Assigned(NamedTuple):
    """A secret in a text, under the name that the text itself gives to it."""

    name: str
    start: int  # of the value
    end: int


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
    return bool(_endings(name) & _SECRET_NAMES)


def is_secret_under(name: str, value: str) -> bool:
    """Whether what stands under a key is a secret.

    >>> is_secret_under("DB_PASSWORD", "cornflower"), is_secret_under("PAD_TOKEN", "[PAD]")
    (True, False)
    """
    if not value or value.startswith(_REFERENCES) or value.lower() in _SWITCHES or _PLACEHOLDER.fullmatch(value):
        return False
    kind = _kind(name)
    if kind == _CONNECTION_STRING and ("=" in value or "://" in value):
        return False  # the keys in one are found by their form
    if names_a_secret(name):
        return True
    return not _PATH.match(value) if kind == _PASSWORD else _is_token(kind, value)


def assigned_secrets(text: str) -> Iterator[Assigned]:
    """The secrets that a command or another text gives names to: `TOKEN=…`, `--password …`, `"api_key": "…"`.

    A password without a digit may be the next word of a sentence, and is none here.
    """
    start = 0 if _may_name_one(text) else len(text)
    while found := _ASSIGNED.search(text, start):
        start = found.start("value")  # which may give a name itself: --env TOKEN=…
        name, value = found["option"] or found["name"], found["value"]
        if _is_assigned_secret(_kind(name), value):
            start = found.end("value")
            yield Assigned(name, *found.span("value"))


def _may_name_one(text: str) -> bool:
    """Whether a word of a secret stands anywhere: most texts have none, and need not be read."""
    lower = text.lower()
    return any(word in lower for word in _WORDS_OF_SECRETS)


def _is_assigned_secret(kind: str, value: str) -> bool:
    if not kind or value.startswith(_REFERENCES):
        return False
    return _has_digit(value) and not _PATH.match(value) if kind == _PASSWORD else _is_token(kind, value)


@lru_cache(NAMES_KEPT)
def _kind(name: str) -> str:
    """What a name says of its value: that it is a password, a token, some key, a connection string; or nothing."""
    endings = _endings(name)
    if any(ending.endswith(_PASSWORDS) for ending in endings) or not endings.isdisjoint(_SHORT_PASSWORDS):
        return _PASSWORD
    if _CONNECTION_STRING in endings:
        return _CONNECTION_STRING
    if endings & _SECRET_NAMES or not endings.isdisjoint(_MORE_TOKENS):
        return _TOKEN
    if not endings.isdisjoint(_WITH_A_USER):
        return _SIGN_IN
    if not endings.isdisjoint(_OFTEN_A_WORD) or any(f"{of}key" in endings for of in _KEYS_OF_A_SERVICE):
        return _KEY
    return _KEY_OF_ANYTHING if "key" in endings and _PUBLIC_KEY not in endings else ""


def _endings(name: str) -> frozenset[str]:
    """The last word of a name, its last two and its last three, in lower case and without what stands between."""
    words = [word.lower() for word in _WORD.findall(name[-MAX_NAME_CHARACTERS:])]
    return frozenset("".join(words[number:]) for number in range(max(0, len(words) - 3), len(words)))


def _is_token(kind: str, value: str) -> bool:
    if kind not in (_TOKEN, _KEY, _SIGN_IN, _KEY_OF_ANYTHING) or _PATH.match(value) or _GUID.fullmatch(value):
        return False
    if kind == _KEY_OF_ANYTHING:  # of a table or an object, which may be a hash
        return any(_MIXED.fullmatch(run) for run in _RUN.findall(value))
    if kind == _SIGN_IN and _USER_AND_PASSWORD.fullmatch(value):
        return True
    characters = MIN_KEY_CHARACTERS if kind in (_KEY, _SIGN_IN) else MIN_TOKEN_CHARACTERS
    runs = (run for run in _RUN.findall(value) if len(run) >= characters and not run.isdigit())
    return " " not in value and (any(map(_has_digit, runs)) or _BASE64.fullmatch(value) is not None)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
