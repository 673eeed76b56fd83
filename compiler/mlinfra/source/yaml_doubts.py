"""Plain scalars that YAML reads otherwise than most people do."""

from __future__ import annotations

import re

from mlinfra.diagnostics import Code
from mlinfra.diagnostics.meant_values import variable_meant
from mlinfra.source import yaml_codes as codes
from mlinfra.source.tree import Mapping, Node, Scalar, Sequence
from mlinfra.source.yaml_scalars import BOOL, MERGE, VALUE, Meaning

_CURLY = re.compile(
    "[\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb](.*)[\u201c\u201d\u201f\u2018\u2019\u00ab\u00bb]"
)
_SHORTENED = re.compile(r"[0-9]+\.[0-9]*0|[0-9]+_[0-9_]*")  # 1.10 is 1.1, and 2026_01 is 202601


def doubt_of(meaning: Meaning, text: str) -> tuple[Code, str, str]:
    """What is said of a scalar whose meaning is doubtful."""
    quote = f'"{text}" in quotes if text is meant'
    if meaning.tag == BOOL:
        word = "true" if meaning.value else "false"
        return codes.WORD_AS_BOOLEAN, f"{text} is read as {word}", f"write {word}, or {quote}"
    if meaning.tag in (MERGE, VALUE):
        return codes.TAG, f'"{text}" has a meaning of its own in YAML', f'quote it: "{text}"'
    code = codes.BASE_60 if ":" in text else codes.OCTAL
    return code, f"{text} is read as the number {meaning.value}", f"write {meaning.value}, or {quote}"


def doubt_of_version(key: str, scalar: Scalar) -> tuple[Code, str, str] | None:
    """What is said of a version that YAML takes for a number, which loses what makes it another version."""
    written = scalar.written or ""
    if not key.lower().endswith("version") or not _SHORTENED.fullmatch(written):
        return None
    return codes.SHORTENED, f"{key} {written} is read as the number {scalar.value}", f'quote it: "{written}"'


def doubt_of_quotes(text: str) -> tuple[Code, str, str] | None:
    """What is said of a plain text between curly quotes.

    >>> doubt_of_quotes("\u201ca\u201d") is None, doubt_of_quotes("it\u2019s")
    (False, None)
    """
    inside = _CURLY.fullmatch(text)
    if inside is None:
        return None
    return codes.CURLY, f"the quotes of {text} are part of the text", f'write "{inside[1].strip()}"'


def not_text(key: Node, written: str, before: str) -> tuple[str, str]:
    """What is said of a key that is no text, with what stands right before it."""
    if not isinstance(key, Scalar):
        what = "a list" if isinstance(key, Sequence) else "a mapping"
        inside = list(key.fields.items()) if isinstance(key, Mapping) else []
        is_template = len(inside) == 1 and getattr(inside[0][1].value, "value", "") is None
        meant = variable_meant(f"{{{{ {inside[0][0]} }}}}") if is_template else None
        return f"the key is {what}, not text", meant or "write a name"
    if key.value == "":
        return "the key is empty", "write a name"
    if key.value is None:
        return f"the key {written or '(nothing)'} is read as nothing, not text", f'quote it: "{written}"'
    if isinstance(key.value, bool) and written == "on":
        help = 'quote it: "on"; a workflow of GitHub is no part of a spec: leave it out'
        return f"the key {written} is read as true, not text", help
    if isinstance(key.value, bool):
        return f"the key {written} is read as {str(key.value).lower()}, not text", f'quote it: "{written}"'
    parted = re.search(r"([0-9]+),$", before)  # 0,1 in braces
    help = f"a comma ends a value: write {parted[1]}.{written}" if parted else f'quote it: "{written}"'
    return f"the key {written} is read as a number, not text", help
