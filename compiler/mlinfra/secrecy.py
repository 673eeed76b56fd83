"""What looks like a secret in any text, and text with stars in its place."""

from __future__ import annotations

import re

MIN_CHARACTERS = 12  # the shortest text that a pattern below can match: "password=" and three characters

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
_LOOKS_SECRET = re.compile("|".join(f"(?P<{name}>{pattern})" for name, (_, pattern) in _PATTERNS.items()))


def looks_secret(text: str) -> str | None:
    """Return what a text holds that looks like a secret, as in `a password`; None where nothing does."""
    match = _LOOKS_SECRET.search(text) if len(text) >= MIN_CHARACTERS else None
    return _PATTERNS[match.lastgroup][0] if match and match.lastgroup else None


def masked(text: str) -> str:
    """Return a text with a `*` for each character of what looks like a secret; lines and columns stay."""
    return _LOOKS_SECRET.sub(lambda match: stars(match.group()), text) if len(text) >= MIN_CHARACTERS else text


def stars(text: str) -> str:
    """Return a `*` for each character that is no white space."""
    return re.sub(r"[^\s]", "*", text)
