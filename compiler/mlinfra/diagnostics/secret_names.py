"""Names under which secrets stand, and whether what stands under one is a secret: not a reference, a path or a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mlinfra.diagnostics.secret_values import (
    MAX_VALUE_CHARACTERS,
    is_attribute,
    is_name,
    is_no_secret,
    is_short_word,
    starts_a_call,
)

NAMES_KEPT = 1_000  # of keys, with what they are: a spec has few that are not names of entries
MAX_NAME_CHARACTERS = 64  # of the end of a name that is looked at; three words of a secret have 19
MIN_TOKEN_CHARACTERS = 8  # the shortest run of letters and digits that is a token, and no word with a number
MIN_KEY_CHARACTERS = 16  # of a key: shorter ones name columns, hosts and services
MIN_PASSWORD_CHARACTERS = 3

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
_OFTEN_OF_TEXTS = frozenset(("pat", "token"))  # patterns, and tokens of a vocabulary
_USER_AND_PASSWORD = re.compile(r"[^\s:/]+:(?=[^\s:/]*[0-9])(?=[^\s:/]*[A-Za-z])[^\s:/]{6,}")
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_RUN = re.compile(r"[A-Za-z0-9]+")
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9]{16,}")
_BASE64 = re.compile(r"(?=[^0-9=]*[0-9=])(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])[A-Za-z0-9+/]{16,}={0,2}")
_NOT_IN_A_TOKEN = re.compile(r"[^\w.~+/=:%!@&,$#-]", re.ASCII)
_TO_ITS_END = re.compile(rf"[^;\s\"']{{1,{MAX_VALUE_CHARACTERS}}}")
_KEY_OF_A_FOLDER = re.compile(r"(?<![\w;])(?:pwd|PWD)\s{0,3}=\s{0,3}\Z")
_NEXT_WORD = re.compile(r"[ \t]+[a-z]")
_BEHIND_A_CALL = re.compile(
    r"""(?:,|\bor|\|\||\?\?|default=)\s{0,3}(?P<quote>["'])(?P<value>[^"'\s]{8,200})(?P=quote)"""
)
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
    >>> is_secret_under("api_key", "customers2024"), is_secret_under("token", "cls"), is_secret_under("pwd", "/src")
    (True, False, False)
    """
    if is_no_secret(value):
        return False
    kind = _kind(name)
    if kind == _CONNECTION_STRING and ("=" in value or "://" in value):
        return False  # the keys in one are found by their form
    if kind == _PASSWORD:
        return len(value) >= MIN_PASSWORD_CHARACTERS
    if not names_a_secret(name):
        return _is_token(kind, value)
    if name.lower() in _OFTEN_OF_TEXTS:
        return not _NOT_IN_A_TOKEN.search(value) and (_is_token(kind, value) or _is_long_word(value))
    return not is_short_word(value) and not is_name(value)


def assigned_secrets(text: str) -> Iterator[Assigned]:
    """The secrets that a command or another text gives names to: `TOKEN=…`, `--password …`, `"api_key": "…"`.

    A password without a digit may be the next word of a sentence, and is none here. Behind a call stands what code
    takes where it finds nothing: `os.environ.get("API_KEY", "…")`.
    """
    start = 0 if _may_name_one(text) else len(text)
    while found := _ASSIGNED.search(text, start):
        start = found.start("value")  # which may give a name itself: --env TOKEN=…
        name, value = found["option"] or found["name"], found["value"]
        kind, is_code = _kind(name), _is_code(text, start, value)
        if kind and is_code:
            for behind in _BEHIND_A_CALL.finditer(text, start, _end_of_code(text, start)):
                if _is_written_out(behind["value"]):
                    yield Assigned(name, *behind.span("value"))
                    start = behind.end("value")
        elif _is_assigned_secret(kind, value) and not (name.lower() == "pwd" and _is_folder(value)):
            start = found.end("value")
            yield Assigned(name, *found.span("value"))


def is_password_in(text: str, start: int) -> bool:
    """Whether what stands in a text behind `password=` is one: no code, no path, and no word of a sentence.

    >>> is_password_in("password=hunter", 9), is_password_in("password = getpass()", 11)
    (True, False)
    """
    found = _TO_ITS_END.match(text, start)
    value = found.group().rstrip(",)]}") if found else ""
    end = start + len(value)
    is_spaced = text[start - 2 : start] == "= " and text[start - 3 : start - 2] == " "
    if is_no_secret(value) or is_attribute(value) or starts_a_call(value):
        return False
    if is_spaced and value.isalpha() and _NEXT_WORD.match(text, end):
        return False
    if text[end : end + 1] == ";":  # of a connection string
        return True
    is_folder = _is_folder(value) and _KEY_OF_A_FOLDER.search(text[max(0, start - 10) : start])
    return not is_folder and not may_name_a_secret(value)  # password=password hands on what was handed in


def _may_name_one(text: str) -> bool:
    """Whether a word of a secret stands anywhere: most texts have none, and need not be read."""
    lower = text.lower()
    return any(word in lower for word in _WORDS_OF_SECRETS)


def _is_assigned_secret(kind: str, value: str) -> bool:
    if not kind or is_no_secret(value):
        return False
    return _has_digit(value) if kind == _PASSWORD else _is_token(kind, value)


def _is_folder(value: str) -> bool:
    """Whether a value is a folder in the one where work is done, which `pwd` names."""
    return "/" in value and is_name(value)


def _is_code(text: str, start: int, value: str) -> bool:
    """Whether a value is what code would compute, and not in quotes."""
    return text[start - 1 : start] not in ("'", '"') and (starts_a_call(value) or is_attribute(value))


def _end_of_code(text: str, start: int) -> int:
    line = text.find("\n", start, start + MAX_VALUE_CHARACTERS)
    return line if line >= 0 else min(len(text), start + MAX_VALUE_CHARACTERS)


def _is_written_out(value: str) -> bool:
    """Whether a text in quotes within code is a secret, and no name of one."""
    is_mixed = _has_digit(value) and any(map(str.isalpha, value))
    return is_mixed and not is_no_secret(value) and not is_name(value) and not _GUID.fullmatch(value)


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
    if kind not in (_TOKEN, _KEY, _SIGN_IN, _KEY_OF_ANYTHING) or is_no_secret(value) or _GUID.fullmatch(value):
        return False
    if kind == _KEY_OF_ANYTHING:  # of a table or an object, which may be a hash
        return any(_MIXED.fullmatch(run) for run in _RUN.findall(value))
    if kind == _SIGN_IN and _USER_AND_PASSWORD.fullmatch(value):
        return True
    characters = MIN_KEY_CHARACTERS if kind in (_KEY, _SIGN_IN) else MIN_TOKEN_CHARACTERS
    runs = (run for run in _RUN.findall(value) if len(run) >= characters and not run.isdigit())
    return " " not in value and (any(map(_has_digit, runs)) or _BASE64.fullmatch(value) is not None)


def _is_long_word(value: str) -> bool:
    """Whether letters alone are too many for a word: one token in thirty has no digit."""
    return any(len(run) >= MIN_KEY_CHARACTERS and run.isalpha() for run in _RUN.findall(value))


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
