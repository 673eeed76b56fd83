"""What the body of a workspace says of its managed network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlinfra.azure.casing import snake

DISABLED = "disabled"


def isolation_mode(workspace: Mapping[str, Any]) -> str | None:
    """The mode in snake case, None where the body says none.

    >>> isolation_mode({"managed_network": {"isolation_mode": "AllowInternetOutbound"}})
    'allow_internet_outbound'
    >>> isolation_mode({"managed_network": {}})
    """
    written = (workspace.get("managed_network") or {}).get("isolation_mode")
    return None if written is None else snake(written)
