"""Which names a VM size can have: the series of Azure up to this release, and names that a later series may get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

# A name is a family, a number of vCPUs, features, an accelerator and a version: https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions
_NAME = re.compile(
    r"standard_(?P<family>[a-z]+)(?P<vcpus>\d+)(?:-\d+)?(?P<features>[a-z]*)(?P<accelerator>(?:_[a-z0-9]+)*?)"
    r"(?:_v(?P<version>\d+))?(?:_promo)?"
)
# The page's letters in the order in which all series have them: AMD or Arm first, the disk before s, RDMA after it
_FEATURES = re.compile(r"[ap]?b?n?i?d?[ap]?m?l?o?d?t?e?i?d?s?r?f?")
_OPEN_VERSION = 6  # from this version on, series with other features are still added
_NEWER_VERSIONS = 2  # that a family may get after the newest one of the table

# family, its numbers, and its series: features, accelerator, and the versions that have both. Source:
# https://github.com/kubernetes/autoscaler, azure_instance_types.go; series that are retired: the table of vm_sizes.py
_TABLE = """
A    0,1,2,3,4,5,6,7,8,9,10,11                             -:12 m:2
B    1,2,4,8,12,16,20,32                                   als:2 as:2 ats:2 ls:12 ms:1 pls:2 ps:2 pts:2 s:12 ts:2
D    1,2,3,4,5,8,11,12,13,14,15,16,32,48,64,96,128,160,192 -:12345 a:4 ads:5 as:45 d:45 ds:45 i:2 lds:5 ls:5 pds:5
D    -                                                     plds:5 pls:5 ps:5 s:345
DC   1,2,4,8,16,24,32,48,64,96,128                         -:2 ads:5 ads_cc:5 as:5 as_cc:5 ds:3 eds:5 es:5 s:123
DS   1,2,3,4,5,11,12,13,14,15                              -:12 i:2
E    2,4,8,16,20,32,48,64,80,96,104,112,128,160,192        -:345 a:4 ads:5 as:45 bds:5 bs:5 d:45 ds:45 i:35 iads:5
E    -                                                     ias:45 ibds:5 ibs:5 id:5 ids:45 is:345 pds:5 ps:5 s:345
EC   2,4,8,16,20,32,48,64,96,128                           ads:5 ads_cc:5 as:5 as_cc:5 eds:5 es:5 iads:5 ias:5
EC   -                                                     ieds:5 ies:5
F    1,2,4,8,16,32,48,64,72,80                             -:1 s:12
FX   2,4,8,12,16,24,32,36,48,64,96                         mds:12 ms:2
G    1,2,3,4,5                                             -:1
GS   1,2,3,4,5                                             -:1
H    8,16                                                  -:1 m:1 mr:1 r:1
HB   60,120,176,368                                        rs:12345
HC   44                                                    rs:1
HX   176                                                   rs:1
L    2,4,8,12,16,24,32,48,64,80,96                         aos:4 as:34 s:1234
M    8,12,16,24,32,48,64,96,128,176,192,208,416,624,832    *:123
NC   4,6,8,12,16,24,32,40,48,64,80,96                      -:1 adis_h100:5 ads_a10:4 ads_a100:4 ads_h100:5 as_t4:3
NC   -                                                     r:1 rs:23 s:23
NCC  40                                                    ads_h100:5
ND   6,12,24,40,96                                         amsr_a100:4 asr:4 is_h100:5 is_h200:5 is_mi300x:5 rs:12
ND   -                                                     isr_h100:5 isr_h200:5 isr_mi300x:5 isrf_h200:5 s:1
NG   8,16,32                                               adms_v620:1 ads_v620:1
NP   10,20,40                                              s:1
NV   4,6,8,12,16,18,24,28,32,36,48,72                      -:1 adms_a10:5 adms_v710:5 ads_a10:5 ads_v710:5 as:4 s:23
"""
_ENDED = frozenset({"a", "ds", "g", "gs", "h", "hc"})  # families that get no new version
_ANY = "*"  # a family whose sizes differ by more than features: how much memory, which disks


class _Family(NamedTuple):
    numbers: frozenset[int]
    series: Mapping[str, frozenset[int]]  # versions

    @property
    def newest(self) -> int:
        return max(version for versions in self.series.values() for version in versions)


def may_exist(name: str) -> bool:
    """Whether Azure may have a VM size of this name, in any case, that the table of sizes does not have.

    >>> may_exist("Standard_D64as_v4"), may_exist("Standard_D4ds_v8"), may_exist("Standard_M96ds_2_v3")
    (True, True, True)
    >>> may_exist("Standard_D4ds_v44"), may_exist("Standard_DS3v2"), may_exist("Standard_D6ds_v5"), may_exist("D4ds_v5")
    (False, False, False, False)
    """
    match = _NAME.fullmatch(name.lower())
    family = _FAMILIES.get(match["family"]) if match else None
    if match is None or family is None:
        return False
    number, version = int(match["vcpus"]), int(match["version"] or 1)
    if number not in family.numbers and (number < max(family.numbers) or match["family"] in _ENDED):
        return False
    if version > _newest(match["family"], family):
        return False
    is_open = version >= _OPEN_VERSION or version > family.newest or _ANY in family.series
    if is_open:
        return _FEATURES.fullmatch(match["features"]) is not None
    return version in family.series.get(match["features"] + match["accelerator"], ())


def _newest(name: str, family: _Family) -> int:
    """The newest version that sizes of a family have, or may get soon."""
    if name in _ENDED:
        return family.newest
    return max(family.newest, _NEWEST_OF_ALL) + _NEWER_VERSIONS


def _read(table: str) -> Iterator[tuple[str, _Family]]:
    numbers: dict[str, frozenset[int]] = {}
    series: dict[str, dict[str, frozenset[int]]] = {}
    for line in table.strip().splitlines():
        name, of_line, *each = line.lower().split()
        if of_line != "-":
            numbers[name] = frozenset(map(int, of_line.split(",")))
        for features, _, versions in (one.partition(":") for one in each):
            series.setdefault(name, {})["" if features == "-" else features] = frozenset(map(int, versions))
    return ((name, _Family(numbers[name], series[name])) for name in series)


_FAMILIES: Mapping[str, _Family] = MappingProxyType(dict(_read(_TABLE)))
_NEWEST_OF_ALL = 7  # D, E and F of the same source
