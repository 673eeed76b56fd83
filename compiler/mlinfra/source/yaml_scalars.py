"""What a YAML scalar means: the rules of PyYAML's safe loader, asked from PyYAML itself."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from yaml import ScalarNode
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from mlinfra.source.tree import Value

CORE = "tag:yaml.org,2002:"
STR, NULL, BOOL, INT, FLOAT, MERGE, VALUE = (
    CORE + name for name in ("str", "null", "bool", "int", "float", "merge", "value")
)
MIN_INT, MAX_INT = (
    -(1 << 63),
    (1 << 63) - 1,
)  # Bicep: https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types
MAX_BASE_60_CHARACTERS = 100  # a number of 64 bits has 11 groups of two figures
_OCTAL = re.compile(r"[-+]?0[0-7_]*[1-9_][0-7_]*")
_TEXT_TAGS = (STR, CORE + "timestamp")  # dates stay text: a version "2025-01-01" is a name, not a day
_SCALAR_TAGS = frozenset((STR, NULL, BOOL, INT, FLOAT))


class Meaning(NamedTuple):
    """What a scalar says; `doubtful` where YAML 1.1 reads something else than most people do."""

    value: Value
    tag: str
    doubtful: bool = False
    problem: str | None = None  # why the text has no value that can be used


class _Rules(SafeConstructor, Resolver):
    """PyYAML's resolver and constructor without a stream: both only look at the text they are given."""

    def __init__(self) -> None:
        SafeConstructor.__init__(self)
        Resolver.__init__(self)


_RULES = _Rules()
_CONSTRUCTORS = {
    NULL: _RULES.construct_yaml_null,
    BOOL: _RULES.construct_yaml_bool,
    INT: _RULES.construct_yaml_int,
    FLOAT: _RULES.construct_yaml_float,
}


def plain_meaning(text: str) -> Meaning:
    """Return what `text` means where it is written without quotes and without a tag.

    >>> plain_meaning("0x10"), plain_meaning("1e3").value, plain_meaning("2025-01-01").value
    (Meaning(value=16, tag='tag:yaml.org,2002:int', doubtful=False, problem=None), '1e3', '2025-01-01')
    """
    tag: str = _RULES.resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]  # so in the stubs
    meaning = _constructed(tag, text)
    return meaning._replace(doubtful=True) if _is_doubtful(tag, text) else meaning


def tagged_meaning(tag: str, text: str) -> Meaning | None:
    """Return what `text` means under an explicit tag, None where the tag is none of YAML's core scalars."""
    return _constructed(tag, text) if tag in _SCALAR_TAGS else None


def _is_doubtful(tag: str, text: str) -> bool:
    if tag == BOOL:
        return text.lower() in ("yes", "no", "on", "off")
    if tag in (INT, FLOAT):
        return ":" in text or (tag == INT and _OCTAL.fullmatch(text) is not None)  # of base 60, of base 8
    return tag in (MERGE, VALUE)


def _constructed(tag: str, text: str) -> Meaning:
    if tag in _TEXT_TAGS:
        return Meaning(text, STR)
    if tag in (MERGE, VALUE):
        return Meaning(text, tag)
    if ":" in text and len(text) > MAX_BASE_60_CHARACTERS:
        return Meaning(None, tag, problem="the number is not one of 64 bits")
    try:
        value: Value = _CONSTRUCTORS[tag](ScalarNode(tag, text))
    except (ValueError, KeyError, IndexError):  # `0x_`, `!!bool maybe`, `!!int ""`, 5,000 digits
        return Meaning(None, tag, problem=f'"{text}" is not a value of type {tag.removeprefix(CORE)}')
    if isinstance(value, int) and not MIN_INT <= value <= MAX_INT:
        return Meaning(None, tag, problem="the number is not one of 64 bits")
    if isinstance(value, float) and not math.isfinite(value):
        return Meaning(None, tag, problem=f"{text} is not a number that can be deployed")
    return Meaning(value, tag)
