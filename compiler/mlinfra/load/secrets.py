"""Secrets written in clear text: found by what they look like or by the key they stand under, and never shown again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mlinfra.diagnostics import Code, Diagnostic, Span
from mlinfra.lines import line_starts
from mlinfra.tree import Mapping, Node, Scalar

SECRET = Code(
    "MLI219",
    "error",
    "Secret in clear text",
    "What is in the spec is in git, in every clone and in every pipeline's log for ever; a key that was committed "
    "once is to be taken as known",
    "Put the value into a key vault and refer to it: {vault: <entry of key_vaults>, secret: <name>}. Renew a key "
    "that was committed",
    "SEC01",
)
CODES = (SECRET,)

MIN_CHARACTERS = 12  # the shortest text that a pattern below can match: "password=" and three characters

_PATTERNS = {
    "private_key": ("a private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[^-]*"),
    "connection_string": (
        "a connection string with its key",
        r"(?i:\b(?:AccountKey|SharedAccessKey|SharedSecretValue|SharedAccessSignature|SecretAccessKey)\s*=\s*)[^;\s$<{]{8,}",
    ),
    "password": ("a password", r"(?i:\b(?:password|passwd|pwd)\s*=\s*)[^;\s\"'$<{%*]{3,}"),
    "sas": ("a SAS token", r"(?i:(?:^|[?&;\s\"'])sig=)[A-Za-z0-9%+/=_-]{16,}"),
    "jwt": ("a JSON web token", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+"),
    "account_key": ("an account key", r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{86}=="),
    "azure_key": (
        "an Azure key",
        r"\b[A-Za-z0-9+/]{40,}(?:JQQJ99|AzSe|\+ASt|ACDb|AIoT|AzFu|ACRt)[A-Za-z0-9+/]{4,}={0,2}",
    ),
    "client_secret": ("a client secret", r"(?<![\w~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![\w~-])"),
    "devops_token": ("a personal access token", r"\b(?:[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}|[a-z2-7]{52})\b"),
    "github_token": ("an access token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,}|glpat-[\w-]{20,})"),
    "model_token": ("an access token", r"\b(?:dapi[0-9a-f]{32}|hf_[A-Za-z0-9]{30,}|sk-[A-Za-z0-9]{32,})"),
    "other_token": ("an access token", r"\b(?:AKIA[0-9A-Z]{16}|xox[abprs]-[\w-]{10,})"),
    "url": ("a password in a URL", r"://[^/\s:@$<{]+:[^/\s:@$<{]+@"),
}
_LOOKS_SECRET = re.compile("|".join(f"(?P<{name}>{pattern})" for name, (_, pattern) in _PATTERNS.items()))
_SECRET_KEYS = frozenset(  # without "_" and "-", in lower case
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


def secrets(root: Node) -> list[Diagnostic]:
    """Return an error for each text below `root` that is a secret; no message repeats any of it."""
    found: dict[Span, str] = {}
    for key, scalar in _texts(root):
        if scalar.span not in found:
            kind = _kind_of_secret(key, scalar.value) if isinstance(scalar.value, str) else None
            if kind:
                found[scalar.span] = kind
    help = "put it into a key vault and write {vault: <entry of key_vaults>, secret: <name>}"
    return [Diagnostic.of(SECRET, f"{kind} is written in clear text", span, help) for span, kind in found.items()]


def masked(text: str, found: Iterable[Diagnostic]) -> str:
    """Return the text of a file with a `*` for each character of what was found to be a secret."""
    starts = line_starts(text)
    for diagnostic in found:
        _, line, column, end_line, end_column = diagnostic.span
        start = starts[line - 1] + column - 1
        end = starts[end_line - 1] + end_column - 1 if end_line <= len(starts) else len(text)
        text = text[:start] + _stars(text[start:end]) + text[end:]
    return text


def masked_line(line: str) -> str:
    """Return a line with a `*` for each character of what looks like a secret, in a comment too."""
    return _LOOKS_SECRET.sub(lambda match: _stars(match.group()), line)


def _stars(text: str) -> str:
    return re.sub(r"[^\s]", "*", text)


def _texts(node: Node, key: str = "") -> Iterator[tuple[str, Scalar]]:
    """Every scalar below a node with the key that it stands under; the secret of a vault is a name."""
    if isinstance(node, Scalar):
        yield key, node
    elif isinstance(node, Mapping):
        of_a_vault = "vault" in node.fields
        for name, field in node.fields.items():
            yield from _texts(field.value, "" if of_a_vault and name == "secret" else name)
    else:
        for item in node.items:
            yield from _texts(item, key)


def _kind_of_secret(key: str, text: str) -> str | None:
    if len(text) >= MIN_CHARACTERS:
        match = _LOOKS_SECRET.search(text)
        if match and match.lastgroup:
            return _PATTERNS[match.lastgroup][0]
    if text and _is_name_of_a_secret(key) and not text.startswith(("$", "<", "azureml:", "@")):
        return f'the value of "{key}"'
    return None


def _is_name_of_a_secret(key: str) -> bool:
    return key.replace("_", "").replace("-", "").lower() in _SECRET_KEYS
