"""Plain scalars that YAML reads otherwise than most people do."""

from __future__ import annotations

import re

from mlinfra.diagnostics import Code
from mlinfra.source import yaml_codes as codes
from mlinfra.source.tree import Scalar
from mlinfra.source.yaml_scalars import BOOL, MERGE, VALUE, Meaning

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
