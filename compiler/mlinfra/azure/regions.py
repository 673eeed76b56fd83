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
    zones: bool = True  # whether something may lie in several availability zones there


# Codes: the geo codes of Azure Backup; a region that has none there is abbreviated in their manner.
# Zones: Azure's list of locations of 2026-08-21, as the Azure Verified Module avm-utl-regions has it, and RL; of the
# clouds of their own https://learn.microsoft.com/azure/reliability/availability-zones-service-support.
_REGIONS = (
    # Americas
    Region("eastus", "eus"),
    Region("eastus2", "eus2"),
    Region("centralus", "cus"),
    Region("northcentralus", "ncus", zones=False),
    Region("southcentralus", "scus"),
    Region("westcentralus", "wcus", zones=False),
    Region("westus", "wus", zones=False),
    Region("westus2", "wus2"),
    Region("westus3", "wus3"),
    Region("canadacentral", "cnc"),
    Region("canadaeast", "cne", zones=False),
    Region("mexicocentral", "mxc"),
    Region("brazilsouth", "brs"),
    Region("brazilsoutheast", "bse", zones=False),
    Region("chilecentral", "clc"),
    # Europe
    Region("northeurope", "ne", ("neu", "eun")),
    Region("westeurope", "we", ("weu", "euw")),
    Region("uksouth", "uks"),
    Region("ukwest", "ukw", zones=False),
    Region("francecentral", "frc"),
    Region("francesouth", "frs", zones=False),
    Region("germanywestcentral", "gwc"),
    Region("germanynorth", "gn", zones=False),
    Region("switzerlandnorth", "szn"),
    Region("switzerlandwest", "szw", zones=False),
    Region("austriaeast", "ate"),
    Region("belgiumcentral", "bec"),
    Region("denmarkeast", "dke"),
    Region("italynorth", "itn"),
    Region("norwayeast", "nwe"),
    Region("norwaywest", "nww", zones=False),
    Region("polandcentral", "plc"),
    Region("spaincentral", "spc"),
    Region("swedencentral", "sdc"),
    Region("swedensouth", "sds"),
    # Middle East and Africa
    Region("israelcentral", "ilc"),
    Region("qatarcentral", "qac"),
    Region("uaecentral", "uac", zones=False),
    Region("uaenorth", "uan"),
    Region("southafricanorth", "san"),
    Region("southafricawest", "saw", zones=False),
    # Asia and the Pacific
    Region("eastasia", "ea"),
    Region("southeastasia", "sea"),
    Region("australiaeast", "ae"),
    Region("australiasoutheast", "ase", zones=False),
    Region("australiacentral", "acl", zones=False),
    Region("australiacentral2", "acl2", zones=False),
    Region("newzealandnorth", "nzn"),
    Region("centralindia", "inc"),
    Region("southindia", "ins", zones=False),
    Region("westindia", "inw", zones=False),
    Region("jioindiacentral", "jic", zones=False),
    Region("jioindiawest", "jiw", zones=False),
    Region("indonesiacentral", "idc"),
    Region("malaysiawest", "myw"),
    Region("japaneast", "jpe"),
    Region("japanwest", "jpw"),
    Region("koreacentral", "krc"),
    Region("koreasouth", "krs", zones=False),
    # Clouds of their own
    Region("usgovvirginia", "ugv"),
    Region("usgovarizona", "uga", zones=False),
    Region("usgovtexas", "ugt", zones=False),
    Region("usdodcentral", "udc", zones=False),
    Region("usdodeast", "ude", zones=False),
    Region("chinaeast", "sha", zones=False),
    Region("chinaeast2", "sha2", zones=False),
    Region("chinaeast3", "sha3", zones=False),
    Region("chinanorth", "bjb", zones=False),
    Region("chinanorth2", "bjb2", zones=False),
    Region("chinanorth3", "bjb3"),
)

REGIONS: Mapping[str, Region] = MappingProxyType({region.name: region for region in _REGIONS})


def has_zones(region: str) -> bool:
    """Whether a region has availability zones; of one that is not known here it is believed.

    >>> has_zones("westeurope"), has_zones("westus")
    (True, False)
    """
    known = REGIONS.get(region)
    return known is None or known.zones


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
