"""Whether a value lets in more than the one before: words, switches, versions of TLS, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mlinfra.differ.held import Held, held
from mlinfra.differ.origins import covered_by_words
from mlinfra.header.accept import Class

_OPEN_WORDS = frozenset({"enabled", "allow", "blob", "container", "accesskey", "azureservices", "true", "open"})
_SHUT_WORDS = frozenset({"disabled", "deny", "none", "false", "off", "private", "privateonly", "notspecified"})
# More of these, or one of them at all, holds more shut.
_TURNED = re.compile(
    r"(?:^|\.)(?:disable|deny|exclude_columns$|default(?:To)|supportsHttps|requires?|read_only$|not_?(?:data_?)?actions|networkSecurityGroup\b|"
    r"routeTable\b)",
    re.IGNORECASE,
)
# Words from those that let in the fewest: of storage accounts, where no scope at all lets copies go anywhere, and of
# Databricks, where a cluster is of one person, keeps people apart, or does neither.
_ORDERED = {
    "allowedcopyscope": ("privatelink", "aad", "none"),
    "publicaccess": ("none", "blob", "container"),
    "isolation_mode": ("isolated", "isolation_mode_isolated", "open", "isolation_mode_open"),
    "data_security_mode": (
        *("single_user", "data_security_mode_dedicated", "user_isolation", "data_security_mode_standard"),
        *("data_security_mode_auto", "legacy_single_user", "legacy_single_user_standard", "legacy_passthrough"),
        *("legacy_table_acl", "none"),
    ),
}
_TIME = re.compile(r"\d+([-.:T]\d+){2,}Z?")
_BETWEEN_ITEMS = ";"  # of a list that is one text: protocols of a file share
_OPEN, _SHUT, _NOT_SAID = 1.0, 0.0, 0.5


def opening(path: str, before: Any, after: Any, *, none_is_all: bool = False) -> Iterator[Class]:
    """Whether a value lets in more or less than the one before; an empty list may stand for everything."""
    last = path.rpartition(".")[2].lower()
    if _BETWEEN_ITEMS in f"{before}{after}" and isinstance(before, str | None) and isinstance(after, str | None):
        before, after = (side.split(_BETWEEN_ITEMS) if side else [] for side in (before, after))
    if isinstance(before, list) or isinstance(after, list):
        yield from _of_lists(path, before or [], after or [], none_is_all)
        return
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        if after is not None:
            yield "opens_access"
        if before is not None:
            yield "closes_access"
        return
    old, new = _openness(last, path, before), _openness(last, path, after)
    if old is None or new is None or (old == new and _is_a_name(before) and _is_a_name(after)):
        yield "opens_access"  # which of the two lets in more is not said: it is looked at
    elif new != old:
        yield "opens_access" if new > old else "closes_access"


def _openness(last: str, path: str, value: Any) -> float | None:
    if last in _ORDERED:
        order = _ORDERED[last]
        written = str(value).lower()
        if value is None:
            return float(len(order)) if last == "allowedcopyscope" else _SHUT
        return float(order.index(written)) if written in order else None
    if "tls" in last:
        return -number(value)
    turned = -1.0 if _TURNED.search(path) else 1.0
    if value is None:
        return turned * _NOT_SAID
    if isinstance(value, bool):
        return turned * float(value)
    if isinstance(value, str):
        return turned * (_SHUT if value.lower() in _SHUT_WORDS else _OPEN)
    return None


def _is_a_name(value: Any) -> bool:
    """Whether it is neither a switch nor a word for one: an id, a name, another mode."""
    return isinstance(value, str) and value.lower() not in (_OPEN_WORDS | _SHUT_WORDS)


def _of_lists(path: str, before: Any, after: Any, none_is_all: bool) -> Iterator[Class]:
    old, new = (list(side) if isinstance(side, list) else [side] for side in (before, after))
    gained = [item for item in new if item not in old]
    gone = [item for item in old if item not in new]
    if none_is_all and not (old and new):
        yield "opens_access" if old else "closes_access"
        return
    if _TURNED.search(path):
        gained, gone, old, new = gone, gained, new, old
    if _more(gained, old):
        yield "opens_access"
    if _more(gone, new):
        yield "closes_access"


def _more(items: list[Any], others: list[Any]) -> bool:
    """Whether some of these let in what no other one does: of rights, the higher holds the lower, and a star all."""
    rights, theirs = held(items), held(others)
    if rights is None or theirs is None:
        return any(not (isinstance(each, str) and covered_by_words(each, others)) for each in items)
    return any(not _is_in(each, theirs) for each in rights)


def _is_in(right: Held, others: Iterable[Held]) -> bool:
    return any(each.holds(right) for each in others)


def number(value: Any) -> float:
    """The first number in a value, as a version has it; 0 where there is none.

    A day or a length of time has more parts, each below a thousand but for the first: 01.08:30:00, 2027-12-31.
    """
    digits = re.findall(r"\d+", str(value))
    if len(digits) > 2 and _TIME.fullmatch(str(value)):
        return float(sum(int(part) / 1000.0**place for place, part in enumerate(digits[:5])))
    return float(".".join(digits[:2])) if digits else 0.0
