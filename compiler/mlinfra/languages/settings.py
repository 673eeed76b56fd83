"""Properties of an Azure resource that fields of its bodies set: who writes one under `properties:` means the field.

A row lists its own. What is written there is judged as the field would be, at the place of the property.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mlinfra.source.tree import Path

PROPERTIES: Path = ("properties",)  # of a body: the way out
SAME: Mapping[Any, Any] = {True: True, False: False}
OPPOSITE: Mapping[Any, Any] = {True: False, False: True}
SWITCHED: Mapping[Any, Any] = {"Enabled": "enabled", "Disabled": "disabled"}
ACTION: Mapping[Any, Any] = {"Allow": "allow", "Deny": "deny"}
BYPASS: Mapping[Any, Any] = {"AzureServices": "azure_services", "None": "none"}
AS_WRITTEN: Mapping[Any, Any] = {}
WHATEVER = object()  # of a value that opens what is closed


class Setting(NamedTuple):
    """A property, the field that sets it, and what its values mean there; others stand in the field as written."""

    property: Path
    field: Path
    means: Mapping[Any, Any] = SAME

    def value(self, written: Any) -> Any:
        """What the field would hold where this is written."""
        known = {(type(key), _folded(key)): value for key, value in self.means.items()}
        return known.get((type(written), _folded(written)), written)


class Insecure(NamedTuple):
    """A value of a field that opens what is closed by default, and that no rule of its own speaks of."""

    field: Path
    value: Any  # WHATEVER: any
    why: str  # as a sentence goes on: <address> …

    def is_so(self, written: Any) -> bool:
        """Whether what is written there opens it."""
        return written not in (None, [], {}) if self.value is WHATEVER else bool(written == self.value)


def public_access(*, also: tuple[Setting, ...] = ()) -> tuple[Setting, ...]:
    """What all kinds have that the internet may reach."""
    return (Setting(("publicNetworkAccess",), ("public_network_access",), SWITCHED), *also)


def ways_in(rules: str, bypass: Path) -> tuple[Setting, ...]:
    """Who comes in, for kinds that have a list: the property of that, and of who comes in past it."""
    return public_access(
        also=(
            Setting((rules, "defaultAction"), ("network_acls", "default_action"), ACTION),
            Setting(bypass, ("network_acls", "bypass"), BYPASS),
        )
    )


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
