"""The `identity` block of an Azure resource."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mlinfra.languages.platform.kind import reference
from mlinfra.languages.resource import Of


def identity_block(identities: Iterable[str], *, system_assigned: bool = False) -> dict[str, Any] | None:
    """ARM's `identity` for entries of `identities` (or ids written in full), None where there is none."""
    assigned: dict[Of | str, dict[str, Any]] = {reference("identities", identity): {} for identity in identities}
    kinds = [*(["SystemAssigned"] if system_assigned else []), *(["UserAssigned"] if assigned else [])]
    if not kinds:
        return None
    block: dict[str, Any] = {"type": ", ".join(kinds)}
    return block | {"userAssignedIdentities": assigned} if assigned else block
