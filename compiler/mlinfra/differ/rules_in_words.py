"""A rule of a security group in one line, with all that says what it lets through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlinfra.differ.firewall import one_or_several

_ASKED = ("access", "direction", "priority")


def rule_in_words(written: Mapping[str, Any]) -> str:
    """Allow Inbound Tcp from VirtualNetwork to * port 22, 3389, priority 300; nothing where it is no rule."""
    inner = written.get("properties")
    body = inner if isinstance(inner, Mapping) else written
    if not all(key in body for key in _ASKED):
        return ""
    ports = _several(body, "destinationPortRange", "s")
    return (
        f"{body['access']} {body['direction']} {body.get('protocol', '*')} "
        f"from {_side(body, 'source')} to {_side(body, 'destination')} port {ports}, priority {body['priority']}"
    )


def _side(body: Mapping[str, Any], side: str) -> str:
    groups = body.get(f"{side}ApplicationSecurityGroups") or ()
    ids = [str(each.get("id")).rpartition("/")[2] for each in groups if isinstance(each, Mapping)]
    return ", ".join(filter(None, (_several(body, f"{side}AddressPrefix", "es") if not ids else "", *ids)))


def _several(body: Mapping[str, Any], key: str, plural: str) -> str:
    return ", ".join(one_or_several(body, key, plural)) or "*"
