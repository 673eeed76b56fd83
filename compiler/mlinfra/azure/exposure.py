"""From where a resource can be reached, as its body says it, and whether one state is more open than another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Any, TypeVar

Range = IPv4Network | IPv6Network
_OneVersion = TypeVar("_OneVersion", IPv4Network, IPv6Network)
ACLS = ("networkAcls", "networkRuleSet")
SWITCH = "publicNetworkAccess"
EVERYONE, NOBODY = "everyone", "nobody from the internet"


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who may knock: everyone, or some ranges, subnets, services of Azure and single resources."""

    everyone: bool
    ranges: frozenset[Range]
    others: frozenset[str]  # subnets, resources, and words for services

    def covers(self, other: Exposure) -> bool:
        """Whether all who may knock at the other may knock here."""
        if self.everyone:
            return True
        return not other.everyone and other.others <= self.others and all(map(self._holds, other.ranges))

    def _holds(self, wanted: Range) -> bool:
        return any(lies_in(wanted, each) for each in self.ranges)

    def said(self) -> str:
        """In words, as people read it."""
        if self.everyone:
            return EVERYONE
        return ", ".join([*sorted(map(str, self.ranges)), *sorted(self.others)]) or NOBODY


def exposure(properties: Mapping[str, Any]) -> Exposure | None:
    """Of the properties of a resource; None where they say nothing about it."""
    acls = next((properties[name] for name in ACLS if isinstance(properties.get(name), Mapping)), None)
    switch = properties.get(SWITCH)
    if acls is None and switch is None:
        return None
    if str(switch or "Enabled").lower() != "enabled":
        return Exposure(False, frozenset(), _others(acls or {}, ()))
    if acls is None or str(acls.get("defaultAction", "Allow")).lower() == "allow":
        return Exposure(True, frozenset(), _others(acls or {}, ()))
    ranges = [found for rule in acls.get("ipRules") or () if (found := range_of(_address(rule))) is not None]
    merged: list[Range] = [*_merged(ranges, IPv4Network), *_merged(ranges, IPv6Network)]
    return Exposure(False, frozenset(merged), _others(acls, acls.get("virtualNetworkRules") or ()))


def _others(acls: Mapping[str, Any], networks: Iterable[Any]) -> frozenset[str]:
    found = {_id(rule) for rule in networks}
    found |= {
        str(rule.get("resourceId")) for rule in acls.get("resourceAccessRules") or () if isinstance(rule, Mapping)
    }
    words = str(acls.get("bypass") or "None").split(",")
    return frozenset(found | {word.strip() for word in words if word.strip().lower() != "none"})


def _id(rule: Any) -> str:
    return str(rule.get("id", rule)) if isinstance(rule, Mapping) else str(rule)


def _address(rule: Any) -> str:
    return str(rule.get("value", rule.get("ipMask", "")) if isinstance(rule, Mapping) else rule)


def range_of(written: str) -> Range | None:
    """The range that a text says; None where it says none, as a tag does."""
    try:
        return ip_network(written, strict=False)
    except ValueError:
        return None


def lies_in(part: Range, whole: Range) -> bool:
    """Whether all of one range lies in another one."""
    return part.version == whole.version and part.subnet_of(whole)  # type: ignore[arg-type]  # one version


def _merged(ranges: Iterable[Range], version: type[_OneVersion]) -> Iterable[_OneVersion]:
    return collapse_addresses(each for each in ranges if isinstance(each, version))
