"""Regions of Azure (RL), with the short codes that names use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

Cloud: TypeAlias = Literal["public", "usgov", "china"]
NAME_PATTERN = "[a-z][a-z0-9]{0,49}"  # of regions that are not known here, too; the longest of Azure's has 18


class Region(NamedTuple):
    """A region; `code` stands for it in names."""

    name: str
    code: str
    also: tuple[str, ...] = ()  # what else people call it


# Codes: the geo codes of Azure Backup; a region that has none there is abbreviated in their manner.
_REGIONS = (
    # Americas
    Region("eastus", "eus"),
    Region("eastus2", "eus2"),
    Region("centralus", "cus"),
    Region("northcentralus", "ncus"),
    Region("southcentralus", "scus"),
    Region("westcentralus", "wcus"),
    Region("westus", "wus"),
    Region("westus2", "wus2"),
    Region("westus3", "wus3"),
    Region("canadacentral", "cnc"),
    Region("canadaeast", "cne"),
    Region("mexicocentral", "mxc"),
    Region("brazilsouth", "brs"),
    Region("brazilsoutheast", "bse"),
    Region("chilecentral", "clc"),
    # Europe
    Region("northeurope", "ne", ("neu", "eun")),
    Region("westeurope", "we", ("weu", "euw")),
    Region("uksouth", "uks"),
    Region("ukwest", "ukw"),
    Region("francecentral", "frc"),
    Region("francesouth", "frs"),
    Region("germanywestcentral", "gwc"),
    Region("germanynorth", "gn"),
    Region("switzerlandnorth", "szn"),
    Region("switzerlandwest", "szw"),
    Region("austriaeast", "ate"),
    Region("belgiumcentral", "bec"),
    Region("denmarkeast", "dke"),
    Region("italynorth", "itn"),
    Region("norwayeast", "nwe"),
    Region("norwaywest", "nww"),
    Region("polandcentral", "plc"),
    Region("spaincentral", "spc"),
    Region("swedencentral", "sdc"),
    Region("swedensouth", "sds"),
    # Middle East and Africa
    Region("israelcentral", "ilc"),
    Region("qatarcentral", "qac"),
    Region("uaecentral", "uac"),
    Region("uaenorth", "uan"),
    Region("southafricanorth", "san"),
    Region("southafricawest", "saw"),
    # Asia and the Pacific
    Region("eastasia", "ea"),
    Region("southeastasia", "sea"),
    Region("australiaeast", "ae"),
    Region("australiasoutheast", "ase"),
    Region("australiacentral", "acl"),
    Region("australiacentral2", "acl2"),
    Region("newzealandnorth", "nzn"),
    Region("centralindia", "inc"),
    Region("southindia", "ins"),
    Region("westindia", "inw"),
    Region("jioindiacentral", "jic"),
    Region("jioindiawest", "jiw"),
    Region("indonesiacentral", "idc"),
    Region("malaysiawest", "myw"),
    Region("japaneast", "jpe"),
    Region("japanwest", "jpw"),
    Region("koreacentral", "krc"),
    Region("koreasouth", "krs"),
    # Clouds of their own
    Region("usgovvirginia", "ugv"),
    Region("usgovarizona", "uga"),
    Region("usgovtexas", "ugt"),
    Region("usdodcentral", "udc"),
    Region("usdodeast", "ude"),
    Region("chinaeast", "sha"),
    Region("chinaeast2", "sha2"),
    Region("chinaeast3", "sha3"),
    Region("chinanorth", "bjb"),
    Region("chinanorth2", "bjb2"),
    Region("chinanorth3", "bjb3"),
)

REGIONS: Mapping[str, Region] = MappingProxyType({region.name: region for region in _REGIONS})

# Regions in which nothing lies in several zones: Azure's list of locations of 2026-08-21, as the Azure Verified Module
# avm-utl-regions has it, and https://learn.microsoft.com/azure/reliability/regions-list; in the clouds of their own,
# all but usgovvirginia and chinanorth3 (https://learn.microsoft.com/azure/reliability/availability-zones-service-support).
WITHOUT_ZONES = frozenset(
    {
        *("australiacentral", "australiacentral2", "australiasoutheast", "brazilsoutheast", "canadaeast"),
        *("francesouth", "germanynorth", "jioindiacentral", "jioindiawest", "koreasouth", "northcentralus"),
        *("norwaywest", "southafricawest", "southindia", "switzerlandwest", "uaecentral", "ukwest", "westcentralus"),
        *("westindia", "westus", "usgovarizona", "usgovtexas", "usdodcentral", "usdodeast"),
        *("chinaeast", "chinaeast2", "chinaeast3", "chinanorth", "chinanorth2"),
    }
)


def has_zones(region: str) -> bool:
    """Whether a region has availability zones; of one that is not known here it is believed.

    >>> has_zones("westeurope"), has_zones("westus")
    (True, False)
    """
    return region not in WITHOUT_ZONES


def cloud_of(region: str) -> Cloud:
    """The cloud that has a region, by its name: those of the clouds of their own begin as their countries do.

    >>> cloud_of("usgovvirginia"), cloud_of("chinaeast3"), cloud_of("westeurope")
    ('usgov', 'china', 'public')
    """
    if region.startswith(("usgov", "usdod")):
        return "usgov"
    return "china" if region.startswith("china") else "public"


def region_code(name: str, codes: Mapping[str, str] = MappingProxyType({})) -> str:
    """The short code of a region: the header's own (`naming.region_codes`), ours, else its whole name."""
    known = REGIONS.get(name)
    return codes.get(name) or (known.code if known else name)
