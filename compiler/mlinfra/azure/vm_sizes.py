"""VM sizes that people use with Azure Machine Learning.  Others exist: an unknown one is a question, not an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from mlinfra.release import retired

RETIREMENTS = "https://learn.microsoft.com/azure/virtual-machines/sizes/retirement/retired-sizes-list"

# size, family, vcpus, GiB, gpus: K
# online      managed online endpoints take it (documentation, "Managed online endpoints SKU list"); ? is not known
# reserve     a managed online deployment takes 20 % more quota, to upgrade its machines (the same list; yes where that
#             does not have the size)
# restricted  since then no new subscription gets it, and no old one more of it (VMR)
# retires     VMR; the days of NC, NCv2, ND, NV and HB, long gone, are K
_TABLE = """
size                       family      vcpus   GiB  gpus      online  reserve  restricted  retires
Standard_DS1_v2            DSv2            1   3.5  -         yes     yes      2026-07-01  2028-05-01
Standard_DS2_v2            DSv2            2     7  -         yes     yes      2026-07-01  2028-05-01
Standard_DS3_v2            DSv2            4    14  -         yes     yes      2026-07-01  2028-05-01
Standard_DS4_v2            DSv2            8    28  -         yes     yes      2026-07-01  2028-05-01
Standard_DS5_v2            DSv2           16    56  -         yes     yes      2026-07-01  2028-05-01
Standard_DS11_v2           DSv2            2    14  -         ?       yes      2026-07-01  2028-05-01
Standard_DS12_v2           DSv2            4    28  -         no      yes      2026-07-01  2028-05-01
Standard_DS13_v2           DSv2            8    56  -         ?       yes      2026-07-01  2028-05-01
Standard_DS14_v2           DSv2           16   112  -         ?       yes      2026-07-01  2028-05-01
Standard_D1_v2             Dv2             1   3.5  -         ?       yes      2026-07-01  2028-05-01
Standard_D2_v2             Dv2             2     7  -         ?       yes      2026-07-01  2028-05-01
Standard_D3_v2             Dv2             4    14  -         ?       yes      2026-07-01  2028-05-01
Standard_D4_v2             Dv2             8    28  -         ?       yes      2026-07-01  2028-05-01
Standard_D5_v2             Dv2            16    56  -         ?       yes      2026-07-01  2028-05-01
Standard_D11_v2            Dv2             2    14  -         ?       yes      2026-07-01  2028-05-01
Standard_D12_v2            Dv2             4    28  -         ?       yes      2026-07-01  2028-05-01
Standard_D13_v2            Dv2             8    56  -         ?       yes      2026-07-01  2028-05-01
Standard_D14_v2            Dv2            16   112  -         ?       yes      2026-07-01  2028-05-01
Standard_D15_v2            Dv2            20   140  -         ?       yes      2026-07-01  2028-05-01
Standard_D2s_v3            DSv3            2     8  -         ?       yes      2026-07-01  2029-11-15
Standard_D4s_v3            DSv3            4    16  -         no      yes      2026-07-01  2029-11-15
Standard_D8s_v3            DSv3            8    32  -         ?       yes      2026-07-01  2029-11-15
Standard_D16s_v3           DSv3           16    64  -         ?       yes      2026-07-01  2029-11-15
Standard_D32s_v3           DSv3           32   128  -         ?       yes      2026-07-01  2029-11-15
Standard_D48s_v3           DSv3           48   192  -         ?       yes      2026-07-01  2029-11-15
Standard_D64s_v3           DSv3           64   256  -         ?       yes      2026-07-01  2029-11-15
Standard_D2a_v4            DAv4            2     8  -         ?       yes      -           -
Standard_D4a_v4            DAv4            4    16  -         yes     yes      -           -
Standard_D8a_v4            DAv4            8    32  -         ?       yes      -           -
Standard_D16a_v4           DAv4           16    64  -         ?       yes      -           -
Standard_D32a_v4           DAv4           32   128  -         ?       yes      -           -
Standard_D48a_v4           DAv4           48   192  -         ?       yes      -           -
Standard_D64a_v4           DAv4           64   256  -         ?       yes      -           -
Standard_D96a_v4           DAv4           96   384  -         ?       yes      -           -
Standard_D2as_v4           DASv4           2     8  -         yes     yes      -           -
Standard_D4as_v4           DASv4           4    16  -         yes     yes      -           -
Standard_D8as_v4           DASv4           8    32  -         yes     yes      -           -
Standard_D16as_v4          DASv4          16    64  -         yes     yes      -           -
Standard_D32as_v4          DASv4          32   128  -         yes     yes      -           -
Standard_D2ds_v4           DDSv4           2     8  -         ?       yes      -           -
Standard_D4ds_v4           DDSv4           4    16  -         no      yes      -           -
Standard_D8ds_v4           DDSv4           8    32  -         no      yes      -           -
Standard_D16ds_v4          DDSv4          16    64  -         ?       yes      -           -
Standard_D32ds_v4          DDSv4          32   128  -         ?       yes      -           -
Standard_D48ds_v4          DDSv4          48   192  -         ?       yes      -           -
Standard_D64ds_v4          DDSv4          64   256  -         ?       yes      -           -
Standard_D2s_v5            DSv5            2     8  -         ?       yes      -           -
Standard_D4s_v5            DSv5            4    16  -         ?       yes      -           -
Standard_D8s_v5            DSv5            8    32  -         ?       yes      -           -
Standard_D16s_v5           DSv5           16    64  -         ?       yes      -           -
Standard_D32s_v5           DSv5           32   128  -         ?       yes      -           -
Standard_D48s_v5           DSv5           48   192  -         ?       yes      -           -
Standard_D64s_v5           DSv5           64   256  -         ?       yes      -           -
Standard_D96s_v5           DSv5           96   384  -         ?       yes      -           -
Standard_D2ds_v5           DDSv5           2     8  -         ?       yes      -           -
Standard_D4ds_v5           DDSv5           4    16  -         ?       yes      -           -
Standard_D8ds_v5           DDSv5           8    32  -         ?       yes      -           -
Standard_D16ds_v5          DDSv5          16    64  -         ?       yes      -           -
Standard_D32ds_v5          DDSv5          32   128  -         ?       yes      -           -
Standard_D48ds_v5          DDSv5          48   192  -         ?       yes      -           -
Standard_D64ds_v5          DDSv5          64   256  -         ?       yes      -           -
Standard_D96ds_v5          DDSv5          96   384  -         ?       yes      -           -
Standard_D2as_v5           DASv5           2     8  -         ?       yes      -           -
Standard_D4as_v5           DASv5           4    16  -         ?       yes      -           -
Standard_D8as_v5           DASv5           8    32  -         ?       yes      -           -
Standard_D16as_v5          DASv5          16    64  -         ?       yes      -           -
Standard_D32as_v5          DASv5          32   128  -         ?       yes      -           -
Standard_D48as_v5          DASv5          48   192  -         ?       yes      -           -
Standard_D64as_v5          DASv5          64   256  -         ?       yes      -           -
Standard_D96as_v5          DASv5          96   384  -         ?       yes      -           -
Standard_D2as_v6           DASv6           2     8  -         ?       yes      -           -
Standard_D4as_v6           DASv6           4    16  -         ?       yes      -           -
Standard_D8as_v6           DASv6           8    32  -         ?       yes      -           -
Standard_D16as_v6          DASv6          16    64  -         ?       yes      -           -
Standard_D32as_v6          DASv6          32   128  -         ?       yes      -           -
Standard_D48as_v6          DASv6          48   192  -         ?       yes      -           -
Standard_D64as_v6          DASv6          64   256  -         ?       yes      -           -
Standard_D96as_v6          DASv6          96   384  -         ?       yes      -           -
Standard_D2ds_v6           DDSv6           2     8  -         ?       yes      -           -
Standard_D4ds_v6           DDSv6           4    16  -         ?       yes      -           -
Standard_D8ds_v6           DDSv6           8    32  -         ?       yes      -           -
Standard_D16ds_v6          DDSv6          16    64  -         ?       yes      -           -
Standard_D32ds_v6          DDSv6          32   128  -         ?       yes      -           -
Standard_D48ds_v6          DDSv6          48   192  -         ?       yes      -           -
Standard_D64ds_v6          DDSv6          64   256  -         ?       yes      -           -
Standard_D96ds_v6          DDSv6          96   384  -         ?       yes      -           -
Standard_D2s_v6            DSv6            2     8  -         ?       yes      -           -
Standard_D4s_v6            DSv6            4    16  -         ?       yes      -           -
Standard_D8s_v6            DSv6            8    32  -         ?       yes      -           -
Standard_D16s_v6           DSv6           16    64  -         ?       yes      -           -
Standard_D32s_v6           DSv6           32   128  -         ?       yes      -           -
Standard_D48s_v6           DSv6           48   192  -         ?       yes      -           -
Standard_D64s_v6           DSv6           64   256  -         ?       yes      -           -
Standard_D96s_v6           DSv6           96   384  -         ?       yes      -           -
Standard_E4s_v3            ESv3            4    32  -         yes     yes      2026-07-01  2029-11-15
Standard_E8s_v3            ESv3            8    64  -         yes     yes      2026-07-01  2029-11-15
Standard_E16s_v3           ESv3           16   128  -         yes     yes      2026-07-01  2029-11-15
Standard_E32s_v3           ESv3           32   256  -         yes     yes      2026-07-01  2029-11-15
Standard_E64s_v3           ESv3           64   432  -         yes     yes      2026-07-01  2029-11-15
Standard_E2ds_v4           EDSv4           2    16  -         ?       yes      -           -
Standard_E4ds_v4           EDSv4           4    32  -         ?       yes      -           -
Standard_E8ds_v4           EDSv4           8    64  -         ?       yes      -           -
Standard_E16ds_v4          EDSv4          16   128  -         ?       yes      -           -
Standard_E20ds_v4          EDSv4          20   160  -         ?       yes      -           -
Standard_E32ds_v4          EDSv4          32   256  -         ?       yes      -           -
Standard_E48ds_v4          EDSv4          48   384  -         ?       yes      -           -
Standard_E64ds_v4          EDSv4          64   504  -         ?       yes      -           -
Standard_E2s_v5            ESv5            2    16  -         ?       yes      -           -
Standard_E4s_v5            ESv5            4    32  -         ?       yes      -           -
Standard_E8s_v5            ESv5            8    64  -         ?       yes      -           -
Standard_E16s_v5           ESv5           16   128  -         ?       yes      -           -
Standard_E20s_v5           ESv5           20   160  -         ?       yes      -           -
Standard_E32s_v5           ESv5           32   256  -         ?       yes      -           -
Standard_E48s_v5           ESv5           48   384  -         ?       yes      -           -
Standard_E64s_v5           ESv5           64   512  -         ?       yes      -           -
Standard_E2ds_v5           EDSv5           2    16  -         ?       yes      -           -
Standard_E4ds_v5           EDSv5           4    32  -         ?       yes      -           -
Standard_E8ds_v5           EDSv5           8    64  -         ?       yes      -           -
Standard_E16ds_v5          EDSv5          16   128  -         ?       yes      -           -
Standard_E20ds_v5          EDSv5          20   160  -         ?       yes      -           -
Standard_E32ds_v5          EDSv5          32   256  -         ?       yes      -           -
Standard_E48ds_v5          EDSv5          48   384  -         ?       yes      -           -
Standard_E64ds_v5          EDSv5          64   512  -         ?       yes      -           -
Standard_E2as_v5           EASv5           2    16  -         ?       yes      -           -
Standard_E4as_v5           EASv5           4    32  -         ?       yes      -           -
Standard_E8as_v5           EASv5           8    64  -         ?       yes      -           -
Standard_E16as_v5          EASv5          16   128  -         ?       yes      -           -
Standard_E32as_v5          EASv5          32   256  -         ?       yes      -           -
Standard_E64as_v5          EASv5          64   512  -         ?       yes      -           -
Standard_E2as_v6           EASv6           2    16  -         ?       yes      -           -
Standard_E4as_v6           EASv6           4    32  -         ?       yes      -           -
Standard_E8as_v6           EASv6           8    64  -         ?       yes      -           -
Standard_E16as_v6          EASv6          16   128  -         ?       yes      -           -
Standard_E32as_v6          EASv6          32   256  -         ?       yes      -           -
Standard_E64as_v6          EASv6          64   512  -         ?       yes      -           -
Standard_E2ds_v6           EDSv6           2    16  -         ?       yes      -           -
Standard_E4ds_v6           EDSv6           4    32  -         ?       yes      -           -
Standard_E8ds_v6           EDSv6           8    64  -         ?       yes      -           -
Standard_E16ds_v6          EDSv6          16   128  -         ?       yes      -           -
Standard_E32ds_v6          EDSv6          32   256  -         ?       yes      -           -
Standard_E64ds_v6          EDSv6          64   512  -         ?       yes      -           -
Standard_E2s_v6            ESv6            2    16  -         ?       yes      -           -
Standard_E4s_v6            ESv6            4    32  -         ?       yes      -           -
Standard_E8s_v6            ESv6            8    64  -         ?       yes      -           -
Standard_E16s_v6           ESv6           16   128  -         ?       yes      -           -
Standard_E32s_v6           ESv6           32   256  -         ?       yes      -           -
Standard_E64s_v6           ESv6           64   512  -         ?       yes      -           -
Standard_FX4mds            FX              4    84  -         yes     yes      -           -
Standard_FX12mds           FX             12   252  -         yes     yes      -           -
Standard_FX24mds           FX             24   504  -         ?       yes      -           -
Standard_FX36mds           FX             36   756  -         ?       yes      -           -
Standard_FX48mds           FX             48  1008  -         ?       yes      -           -
Standard_L8s_v3            LSv3            8    64  -         yes     yes      -           -
Standard_L8as_v3           LASv3           8    64  -         yes     yes      -           -
Standard_F2s_v2            FSv2            2     4  -         yes     yes      2026-07-01  2028-11-15
Standard_F4s_v2            FSv2            4     8  -         yes     yes      2026-07-01  2028-11-15
Standard_F8s_v2            FSv2            8    16  -         yes     yes      2026-07-01  2028-11-15
Standard_F16s_v2           FSv2           16    32  -         yes     yes      2026-07-01  2028-11-15
Standard_F32s_v2           FSv2           32    64  -         ?       yes      2026-07-01  2028-11-15
Standard_F48s_v2           FSv2           48    96  -         ?       yes      2026-07-01  2028-11-15
Standard_F64s_v2           FSv2           64   128  -         ?       yes      2026-07-01  2028-11-15
Standard_F72s_v2           FSv2           72   144  -         yes     yes      2026-07-01  2028-11-15
Standard_F2as_v6           FASv6           2     8  -         ?       yes      -           -
Standard_F4as_v6           FASv6           4    16  -         ?       yes      -           -
Standard_F8as_v6           FASv6           8    32  -         ?       yes      -           -
Standard_F16as_v6          FASv6          16    64  -         ?       yes      -           -
Standard_F32as_v6          FASv6          32   128  -         ?       yes      -           -
Standard_F64as_v6          FASv6          64   256  -         ?       yes      -           -
Standard_HB60rs            HB             60   228  -         ?       yes      -           2024-08-31
Standard_HC44rs            HC             44   352  -         ?       yes      -           2027-05-31
Standard_HB120rs_v2        HBv2          120   456  -         ?       yes      -           2027-05-31
Standard_HB120rs_v3        HBv3          120   448  -         no      yes      -           -
Standard_NC4as_T4_v3       NCasT4_v3       4    28  1xT4      yes     yes      -           -
Standard_NC8as_T4_v3       NCasT4_v3       8    56  1xT4      yes     yes      -           -
Standard_NC16as_T4_v3      NCasT4_v3      16   110  1xT4      yes     yes      -           -
Standard_NC64as_T4_v3      NCasT4_v3      64   440  4xT4      yes     yes      -           -
Standard_NV6ads_A10_v5     NVadsA10v5      6    55  1/6xA10   yes     yes      -           -
Standard_NV12ads_A10_v5    NVadsA10v5     12   110  1/3xA10   yes     yes      -           -
Standard_NV18ads_A10_v5    NVadsA10v5     18   220  1/2xA10   yes     yes      -           -
Standard_NV36ads_A10_v5    NVadsA10v5     36   440  1xA10     yes     yes      -           -
Standard_NV36adms_A10_v5   NVadsA10v5      36   880  1xA10     ?       yes      -           -
Standard_NV72ads_A10_v5    NVadsA10v5     72   880  2xA10     yes     yes      -           -
Standard_NC24ads_A100_v4   NCA100v4       24   220  1xA100    yes     no       -           -
Standard_NC48ads_A100_v4   NCA100v4       48   440  2xA100    yes     no       -           -
Standard_NC96ads_A100_v4   NCA100v4       96   880  4xA100    yes     no       -           -
Standard_NC40ads_H100_v5   NCH100v5       40   320  1xH100    yes     no       -           -
Standard_NC80adis_H100_v5  NCH100v5       80   640  2xH100    yes     no       -           -
Standard_ND40rs_v2         NDv2           40   672  8xV100    yes     no       -           -
Standard_ND96asr_v4        NDA100v4       96   900  8xA100    yes     no       -           -
Standard_ND96amsr_A100_v4  NDAM100v4      96  1900  8xA100    yes     no       -           -
Standard_ND96isr_H100_v5   NDH100v5       96  1900  8xH100    yes     no       -           -
Standard_ND96is_H100_v5    NDH100v5       96  1900  8xH100    yes     no       -           -
Standard_ND96isr_H200_v5   NDH200v5       96  1850  8xH200    ?       yes      -           -
Standard_ND96isr_MI300X_v5 NDMI300Xv5      96  1850  8xMI300X  ?       yes      -           -
Standard_NC6               NC              6    56  1xK80     ?       yes      -           2023-09-06
Standard_NC12              NC             12   112  2xK80     ?       yes      -           2023-09-06
Standard_NC24              NC             24   224  4xK80     ?       yes      -           2023-09-06
Standard_NC24r             NC             24   224  4xK80     ?       yes      -           2023-09-06
Standard_NC6s_v2           NCv2            6   112  1xP100    ?       yes      -           2023-09-06
Standard_NC12s_v2          NCv2           12   224  2xP100    ?       yes      -           2023-09-06
Standard_NC24s_v2          NCv2           24   448  4xP100    ?       yes      -           2023-09-06
Standard_NC6s_v3           NCv3            6   112  1xV100    ?       yes      -           2025-09-30
Standard_NC12s_v3          NCv3           12   224  2xV100    ?       yes      -           2025-09-30
Standard_NC24s_v3          NCv3           24   448  4xV100    ?       yes      -           2025-09-30
Standard_NC24rs_v3         NCv3           24   448  4xV100    ?       yes      -           2025-09-30
Standard_ND6s              ND              6   112  1xP40     ?       yes      -           2023-09-06
Standard_ND12s             ND             12   224  2xP40     ?       yes      -           2023-09-06
Standard_ND24s             ND             24   448  4xP40     ?       yes      -           2023-09-06
Standard_NV6               NV              6    56  1xM60     ?       yes      -           2023-09-06
Standard_NV12              NV             12   112  2xM60     ?       yes      -           2023-09-06
Standard_NV24              NV             24   224  4xM60     ?       yes      -           2023-09-06
Standard_NV12s_v3          NVv3           12   112  1xM60     ?       yes      -           2026-09-30
Standard_NV24s_v3          NVv3           24   224  2xM60     ?       yes      -           2026-09-30
Standard_NV48s_v3          NVv3           48   448  4xM60     ?       yes      -           2026-09-30
Standard_NV4as_v4          NVv4            4    14  1/8xMI25  ?       yes      -           2026-09-30
Standard_NV8as_v4          NVv4            8    28  1/4xMI25  ?       yes      -           2026-09-30
Standard_NV16as_v4         NVv4           16    56  1/2xMI25  ?       yes      -           2026-09-30
Standard_NV32as_v4         NVv4           32   112  1xMI25    ?       yes      -           2026-09-30
"""


@dataclass(frozen=True, slots=True)
class VmSize:
    """One row of the table."""

    name: str  # Standard_D4ds_v4
    family: str
    vcpus: int
    memory_gib: float
    gpus: Fraction  # less than one where machines share it
    gpu: str | None
    online_endpoints: bool | None  # None: not known
    reserved_for_upgrades: bool
    restricted: date | None
    retires: date | None

    @property
    def quota_family(self) -> str:
        """Whose quota its machines take, as Azure calls it; of what is long gone, its series."""
        return QUOTA_FAMILIES.get(self.family, self.family)

    @property
    def retired(self) -> bool:
        """Whether nothing of this size was to be had any more on the day of this release."""
        return retired(self.retires)


def vm_size(name: str) -> VmSize | None:
    """A size by its name, in any case; None where the table does not have it."""
    return VM_SIZES.get(name.lower())


def successor(size: VmSize) -> VmSize | None:
    """The smallest size with as much of the series that follow, else the largest; for endpoints where the old one was.

    >>> successor(VM_SIZES["standard_ds3_v2"]).name, successor(VM_SIZES["standard_nc24s_v3"]).name
    ('Standard_D4as_v4', 'Standard_NC96ads_A100_v4')
    """
    following = [other for other in VM_SIZES.values() if other.family in SUCCESSORS.get(size.family, ())]
    enough = [other for other in following if _has_as_much(other, size)]
    for_endpoints = [other for other in enough if other.online_endpoints] if size.online_endpoints else []
    if enough:
        return min(for_endpoints or enough, key=lambda other: (other.vcpus, other.memory_gib))
    return max(following, key=lambda other: other.vcpus, default=None)


def _has_as_much(other: VmSize, size: VmSize) -> bool:
    if size.gpu:  # what a machine has beside its GPUs differs from one generation to the next
        return other.gpus >= size.gpus
    return other.vcpus >= size.vcpus and other.memory_gib >= size.memory_gib


def _read(table: str) -> Iterator[VmSize]:
    for line in table.strip().splitlines()[1:]:
        name, family, vcpus, memory, gpus, online, reserve, restricted, retires = line.split()
        count, _, gpu = gpus.partition("x")
        yield VmSize(
            name=name,
            family=family,
            vcpus=int(vcpus),
            memory_gib=float(memory),
            gpus=Fraction(count if gpu else 0),
            gpu=gpu or None,
            online_endpoints={"yes": True, "no": False, "?": None}[online],
            reserved_for_upgrades={"yes": True, "no": False}[reserve],
            restricted=_day(restricted),
            retires=_day(retires),
        )


def _day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


VM_SIZES: Mapping[str, VmSize] = MappingProxyType({size.name.lower(): size for size in _read(_TABLE)})

# Series that are retired, or closed to growth until they are, and what is proposed in their place (the migration guides
# that VMR names; where there is none, the series with the same accelerator or use).
SUCCESSORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Dv2": ("DDSv5", "EDSv5"),
        "DSv2": ("DASv4", "EDSv5"),
        "DSv3": ("DDSv5",),
        "ESv3": ("EDSv5",),
        "FSv2": ("DASv4", "DASv5"),
        "HB": ("HBv3",),
        "HBv2": ("HBv3",),
        "HC": ("HBv3",),
        "NC": ("NCasT4_v3",),
        "NCv2": ("NCasT4_v3",),
        "NCv3": ("NCA100v4",),
        "ND": ("NDA100v4", "NDAM100v4"),
        "NV": ("NVadsA10v5",),
        "NVv3": ("NVadsA10v5",),
        "NVv4": ("NVadsA10v5",),
    }
)

# What `az vm list-usage` calls the quota of a series, whose names have no rule. Azure ML has quotas of its own, by the
# same names. Source: https://github.com/kubernetes/autoscaler, azure_instance_types.go.
QUOTA_FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "DSv2": "standardDSv2Family",
        "DSv3": "standardDSv3Family",
        "DAv4": "standardDAv4Family",
        "DASv4": "standardDASv4Family",
        "DDSv4": "standardDDSv4Family",
        "DSv5": "standardDSv5Family",
        "DDSv5": "standardDDSv5Family",
        "DASv5": "standardDASv5Family",
        "DSv6": "StandardDsv6Family",
        "DDSv6": "StandardDdsv6Family",
        "DASv6": "standardDav6Family",
        "ESv3": "standardESv3Family",
        "EDSv4": "standardEDSv4Family",
        "ESv5": "standardESv5Family",
        "EDSv5": "standardEDSv5Family",
        "EASv5": "standardEASv5Family",
        "ESv6": "StandardEsv6Family",
        "EDSv6": "StandardEdsv6Family",
        "EASv6": "standardEav6Family",
        "FSv2": "standardFSv2Family",
        "FASv6": "StandardFasv6Family",
        "FX": "standardFXMDVSFamily",
        "LSv3": "standardLSv3Family",
        "LASv3": "standardLASv3Family",
        "HC": "standardHCSFamily",
        "HBv2": "standardHBrsv2Family",
        "HBv3": "standardHBv3Family",
        "NCasT4_v3": "Standard NCASv3_T4 Family",
        "NVadsA10v5": "StandardNVADSA10v5Family",
        "NCA100v4": "StandardNCADSA100v4Family",
        "NCH100v5": "StandardNCadsH100v5Family",
        "NDv2": "standardNDSv2Family",
        "NDA100v4": "Standard NDASv4_A100 Family",
        "NDAM100v4": "standard NDAMSv4_A100Family",
        "NDH100v5": "standardNDSH100v5Family",
        "NDH200v5": "standardNDISRH200V5Family",
        "NDMI300Xv5": "standardNDISv5MI300XFamily",
    }
)
