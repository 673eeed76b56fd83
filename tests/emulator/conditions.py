"""Conditions of role assignments, version 2.0: read, and judged for a request.

Source of the grammar and of what it means: learn.microsoft.com/azure/role-based-access-control/conditions-format. What
is about role assignments is played: actions, attributes of the request and of the resource, GUIDs and texts.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Attributes = Mapping[str, str]  # "Microsoft.Authorization/roleAssignments:PrincipalId" -> value

_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z]+(?::[A-Za-z]+)?)|(?P<attribute>@[A-Za-z]+\[[^\]]+\])|(?P<values>\{[^}]*\})"
    r"|(?P<text>'[^']*')|(?P<mark>[!()]))"
)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda left, right: left == right,
    "StringNotEquals": lambda left, right: left != right,
    "StringEqualsIgnoreCase": lambda left, right: left.lower() == right.lower(),
    "StringNotEqualsIgnoreCase": lambda left, right: left.lower() != right.lower(),
    "GuidEquals": lambda left, right: left.lower() == right.lower(),
    "GuidNotEquals": lambda left, right: left.lower() != right.lower(),
}
_Quantifier = Callable[[Iterable[bool]], bool]
# ForAnyOfAllValues: at least one value on the left compares to every value on the right.
_QUANTIFIERS: dict[str, tuple[_Quantifier, _Quantifier]] = {
    "": (any, any),
    "ForAnyOfAnyValues": (any, any),
    "ForAllOfAnyValues": (all, any),
    "ForAnyOfAllValues": (any, all),
    "ForAllOfAllValues": (all, all),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a condition judges: an action, and what is known of what is asked for and of what is there."""

    action: str
    request: Attributes
    resource: Attributes


Condition = Callable[[Subject], bool]


class ConditionError(Exception):
    """A condition that Azure would not take."""


@functools.cache
def parse(text: str) -> Condition:
    """Reads a condition; raises ConditionError."""
    tokens = _tokens(text)
    condition = _disjunction(tokens)
    if tokens:
        raise ConditionError(f"{tokens[0]!r} is not expected")
    return condition


def _tokens(text: str) -> list[str]:
    tokens, place, text = [], 0, text.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ConditionError(f"not understood: {text[place : place + 40]!r}")
        tokens.append(match[0].strip())
        place = match.end()
    return tokens


def _take(tokens: list[str], wanted: str = "") -> str:
    if not tokens or (wanted and tokens[0] != wanted):
        raise ConditionError(f"{wanted or 'more'} is expected, not {tokens[0] if tokens else 'the end'!r}")
    return tokens.pop(0)


def _disjunction(tokens: list[str]) -> Condition:
    parts = [_conjunction(tokens)]
    while tokens and tokens[0].upper() == "OR":
        tokens.pop(0)
        parts.append(_conjunction(tokens))
    return lambda subject: any(part(subject) for part in parts)


def _conjunction(tokens: list[str]) -> Condition:
    parts = [_term(tokens)]
    while tokens and tokens[0].upper() == "AND":
        tokens.pop(0)
        parts.append(_term(tokens))
    return lambda subject: all(part(subject) for part in parts)


def _term(tokens: list[str]) -> Condition:
    token = _take(tokens)
    if token in ("!", "NOT"):
        negated = _term(tokens)
        return lambda subject: not negated(subject)
    if token == "(":
        inner = _disjunction(tokens)
        _take(tokens, ")")
        return inner
    if token == "ActionMatches":
        pattern = wildcard("".join(_values(_take(tokens))))
        return lambda subject: pattern.fullmatch(subject.action) is not None
    if token.startswith("@"):
        return _comparison(token, _take(tokens), _take(tokens))
    raise ConditionError(f"{token!r} is not expected")


def _comparison(attribute: str, operator: str, right: str) -> Condition:
    side, name = attribute[1:-1].split("[", 1)
    quantifier, _, comparison = operator.rpartition(":")
    if side not in ("Request", "Resource") or comparison not in _COMPARE or quantifier not in _QUANTIFIERS:
        raise ConditionError(f"{attribute} {operator}: no such attribute or operator")
    for_left, for_right = _QUANTIFIERS[quantifier]
    compare, values = _COMPARE[comparison], _values(right)
    if comparison.startswith("Guid") and not all(_GUID.fullmatch(value) for value in values):
        raise ConditionError(f"{right} are no GUIDs")

    def holds(subject: Subject) -> bool:
        """An attribute that isn't there compares to nothing."""
        left = (subject.request if side == "Request" else subject.resource).get(name)
        return left is not None and for_left(for_right(compare(one, value) for value in values) for one in [left])

    return holds


def _values(token: str) -> list[str]:
    if token[0] not in "{'":
        raise ConditionError(f"values are expected, not {token!r}")
    return [value.strip().strip("'") for value in token.strip("{}").split(",")]


def wildcard(pattern: str) -> re.Pattern[str]:
    """A pattern of actions: * stands for anything, in any case."""
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.IGNORECASE)
