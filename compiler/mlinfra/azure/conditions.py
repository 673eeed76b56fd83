"""Conditions of role assignments, in version 2.0 of their language.

Source: docs, "Azure role assignment condition format and syntax", "Authorization actions and attributes", "Actions and
attributes for Azure role assignment conditions for Azure Blob Storage", "FAQ for Azure role assignment conditions".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MAX_BYTES = 8 * 1024
_ROLES = "Microsoft.Authorization/roleAssignments"
_CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers"


@dataclass(frozen=True)
class Assignable:
    """Roles, by their GUIDs, and whom they may be given to: objects by their ids, or without any service principal."""

    roles: tuple[str, ...]
    objects: tuple[str, ...] = ()


def only_assigns(assignable: Sequence[Assignable], never: str, but: Assignable | None = None) -> str:
    """Assignments of these roles to those alone may be written and deleted, and none of the objects in `never`.

    `but` may be assigned all the same. `never`, and the objects in `but`, are printed as they are, between braces.
    """
    return " AND ".join(
        f"((!(ActionMatches{{'{_ROLES}/{action}'}})) OR {_allowed(assignable, never, but, side)})"
        for action, side in (("write", "Request"), ("delete", "Resource"))
    )


class Blobs(NamedTuple):
    """Those of a storage account, by its name; with a container, of that alone."""

    account: str
    container: str = ""


_PLACE = re.compile(
    r"@Resource\[Microsoft\.Storage/storageAccounts:name\] StringEquals '(?P<account>[^']+)'"
    rf"(?: AND @Resource\[{re.escape(_CONTAINERS)}:name\] StringEquals '(?P<container>[^']+)')?"
)


def only_in(places: Iterable[Blobs], data_actions: Iterable[str]) -> str:
    """These actions on data are done in these places alone.

    An action of the role that is not among them stays granted without the condition.
    """
    actions = " AND ".join(f"!(ActionMatches{{'{action}'}})" for action in data_actions)
    return f"(({actions}) OR ({' OR '.join(map(_is_in, places))}))"


def _is_in(place: Blobs) -> str:
    account = f"@Resource[Microsoft.Storage/storageAccounts:name] StringEquals '{place.account}'"
    if not place.container:
        return account
    return f"({account} AND @Resource[{_CONTAINERS}:name] StringEquals '{place.container}')"


def places_of(condition: str) -> tuple[Blobs, ...]:
    """The places that a condition of `only_in` leaves; none of any other condition."""
    return tuple(Blobs(found["account"], found["container"] or "") for found in _PLACE.finditer(condition))


def _allowed(assignable: Sequence[Assignable], never: str, but: Assignable | None, side: str) -> str:
    nobody = f"@{side}[{_ROLES}:PrincipalId] ForAnyOfAllValues:GuidNotEquals {{{never}}}"
    usual = [f"({_any_of(assignable, side)} AND {nobody})"] if assignable else []
    parts = [*usual, *([_one(but, side)] if but else ())]
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _any_of(assignable: Sequence[Assignable], side: str) -> str:
    return f"({' OR '.join(_one(each, side) for each in assignable)})"


def _one(assignable: Assignable, side: str) -> str:
    roles = f"@{side}[{_ROLES}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{', '.join(assignable.roles)}}}"
    who = f"@{side}[{_ROLES}:PrincipalType] StringEqualsIgnoreCase 'ServicePrincipal'"
    if assignable.objects:
        who = f"@{side}[{_ROLES}:PrincipalId] ForAnyOfAnyValues:GuidEquals {{{', '.join(assignable.objects)}}}"
    return f"({roles} AND {who})"


_PAIRS = {"(": ")", "{": "}", "[": "]"}


def without_its_other(condition: str) -> str | None:
    """The first mark of a condition that lacks its other half: a parenthesis, a brace, a bracket or a quote.

    >>> without_its_other("(@Resource[a:b] StringEquals 'it''"), without_its_other("@Resource[a:b] StringEquals '('")
    ("'", None)
    >>> without_its_other("(!(ActionMatches{'a/read'})"), without_its_other("ActionMatches{'a/read'})")
    ('(', ')')
    """
    marks, closed = condition.split("'")[::2], condition.count("'") % 2 == 0
    if not closed:
        return "'"
    opened: list[str] = []
    for mark in "".join(marks):
        if mark in _PAIRS:
            opened.append(mark)
        elif mark in _PAIRS.values() and (not opened or _PAIRS[opened.pop()] != mark):
            return mark
    return opened[-1] if opened else None
