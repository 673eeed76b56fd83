"""What looks like a secret in any text, and text with stars in its place."""

from __future__ import annotations

import re

MIN_CHARACTERS = 12  # the shortest text that is judged: "password=" and three characters
MIN_STARRED_CHARACTERS = 7  # the shortest that gets stars: "pwd=" and three characters
MAX_NAME_CHARACTERS = 64  # of the end of a name that is looked at; three words of a secret have 19

_PATTERNS = {
    "private_key": ("a private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?s:.*?)(?=-----END|\Z)"),
    "connection_string": (
        "a connection string with its key",
        r"(?i:\b(?:AccountKey|SharedAccessKey|SharedSecretValue|SharedAccessSignature|SecretAccessKey)\s*=\s*)[^;\s$<{]{8,}",
    ),
    "password": ("a password", r"(?i:\b(?:password|passwd|pwd)\s*=\s*)[^;\s\"'$<{%*]{3,}"),
    "sas": ("a SAS token", r"(?i:(?:^|[?&;\s\"'])sig=)[A-Za-z0-9%+/=_-]{16,}"),
    "jwt": ("a JSON web token", r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+"),
    "account_key": ("an account key", r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{86}=="),
    "azure_key": (
        "an Azure key",
        r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}(?:JQQJ99|AzSe|\+ASt|ACDb|AIoT|AzFu|ACRt)[A-Za-z0-9+/]{4,}={0,2}",
    ),
    "client_secret": ("a client secret", r"(?<![\w~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![\w~-])"),
    "devops_token": ("a personal access token", r"\b(?:[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}|[a-z2-7]{52})\b"),
    "github_token": ("an access token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,}|glpat-[\w-]{20,})"),
    "model_token": ("an access token", r"\b(?:dapi[0-9a-f]{32}|hf_[A-Za-z0-9]{30,}|sk-[A-Za-z0-9]{32,})"),
    "other_token": ("an access token", r"\b(?:AKIA[0-9A-Z]{16}|xox[abprs]-[\w-]{10,})"),
    "url": ("a password in a URL", r"://[^/\s:@$<{]+:[^/\s:@$<{]+@"),
}
_MAY_BE_SECRET = (  # not sure enough for an error; stars in a log cost nothing
    r"\bsk-[\w-]{20,}",
    r"(?i:(?:password|passwd|pwd|secret|token|(?:api|access|account)[_-]?key)\s*=\s*)[^;\s\"'$<{%*]{3,}",
)
_LOOKS_SECRET = re.compile("|".join(f"(?P<{name}>{pattern})" for name, (_, pattern) in _PATTERNS.items()))
_GETS_STARS = re.compile("|".join((*(pattern for _, pattern in _PATTERNS.values()), *_MAY_BE_SECRET)))

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
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")


def looks_secret(text: str) -> str | None:
    """Return what a text holds that looks like a secret, as in `a password`; None where nothing does."""
    match = _LOOKS_SECRET.search(text) if len(text) >= MIN_CHARACTERS else None
    return _PATTERNS[match.lastgroup][0] if match and match.lastgroup else None


def masked(text: str) -> str:
    """Return a text with a `*` for each character of what looks like a secret; lines and columns stay."""
    return _GETS_STARS.sub(lambda match: stars(match.group()), text) if len(text) >= MIN_STARRED_CHARACTERS else text


def names_a_secret(name: str) -> bool:
    """Whether a name is that of a secret and nothing else.

    >>> names_a_secret("api_key"), names_a_secret("DB_PASSWORD")
    (True, False)
    """
    return name.replace("_", "").replace("-", "").lower() in _SECRET_NAMES


def may_name_a_secret(name: str) -> bool:
    """Whether the last words of a name are those of a secret; its value gets stars wherever it is shown.

    >>> may_name_a_secret("DB_PASSWORD"), may_name_a_secret("dbApiKey"), may_name_a_secret("token_count")
    (True, True, False)
    """
    words = [word.lower() for word in _WORD.findall(name[-MAX_NAME_CHARACTERS:])]
    return any("".join(words[number:]) in _SECRET_NAMES for number in range(max(0, len(words) - 3), len(words)))


def stars(text: str) -> str:
    """Return a `*` for each character that is no white space."""
    return re.sub(r"[^\s]", "*", text)
