"""Roles of our own: `bootstrap.sh` defines each for one resource group, in which alone it can be assigned."""

from __future__ import annotations

from mlinfra.azure.ids import guid
from mlinfra.azure.roles import role_name

SCORE = "score"  # who may call an online endpoint and do nothing else
STOP = "stop"  # what the identity of a compute instance may, to stop the instance when it is idle
_GIVEN_BY_TEMPLATES = (SCORE, STOP)
_CALLED = {"plan": "what-if"}


def own_role(group: str, purpose: str) -> str:
    """Its GUID: the same for the same resource group (its id), whenever and by whomever it is made."""
    return guid(group, f"mlinfra-{_CALLED.get(purpose, purpose)}")


def own_role_name(group: str, purpose: str) -> str:
    """Its name, which is unique in the tenant, as Azure wants it."""
    return f"mlinfra {_CALLED.get(purpose, purpose)} {own_role(group, purpose)[:8]}"


def written_role(group: str, name: str) -> str:
    """The GUID of a role that the spec defines, by the name of its entry: the same for the same resource group."""
    return guid(group, f"role_definitions.{name}")


def written_role_name(platform: str, name: str, group: str) -> str:
    """Its name, which is unique in the tenant: two platforms, and two targets, may have roles of one name."""
    return f"{platform} {name} {written_role(group, name)[:8]}"


def stem_of_role(role: str, group: str) -> str | None:
    """What its name has in every resource group, as addresses say it."""
    given = _given_by_templates(role, group)
    return f"mlinfra {given}" if given else role_name(role)


def name_of_role(role: str, group: str) -> str | None:
    """What people call a role, by its GUID: a built-in one, or one of ours that templates give; None for any other."""
    given = _given_by_templates(role, group)
    return own_role_name(group, given) if given else role_name(role)


def _given_by_templates(role: str, group: str) -> str | None:
    """The purpose of a role of ours that templates give; None for any other role."""
    return next((purpose for purpose in _GIVEN_BY_TEMPLATES if role == own_role(group, purpose)), None)
