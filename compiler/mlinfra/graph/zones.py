"""Which entry is a private DNS zone of Azure's: one that is called as its service, or has its DNS name."""

from __future__ import annotations

from collections.abc import Iterable

from mlinfra.azure.private_dns import zone_of
from mlinfra.azure.regions import Cloud
from mlinfra.graph import Entry

PRIVATE_DNS_ZONES = "private_dns_zones"


def dns_name(zone: Entry) -> str:
    """The DNS name of a zone as far as it is written: that of one that exists may be the end of its id."""
    written = (zone.body.get(key) for key in ("zone", "azure_name", "id"))
    return str(next((each for each in written if each), "")).rpartition("/")[2].lower()


def zone_called(name: str, zones: Iterable[Entry], of: Cloud) -> Entry | None:
    """The zone of a service: the entry that is called as the service, or one with its DNS name."""
    known = zone_of(name, of)
    found = {each.name == name: each for each in zones if each.name == name or (known and dns_name(each) == known)}
    return found.get(True, found.get(False))
