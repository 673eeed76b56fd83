"""The range of a subnet or a network: Azure takes another one as long as nothing is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.model import Found
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

SPEC = f"""{HEADER}
network: {{inbound: private, outbound: approved, virtual_network: net, endpoints_subnet: ends, dns: here}}
virtual_networks:
  net:
    address_space: [10.1.0.0/16]
    subnets:
      ends: {{address_prefix: 10.1.2.0/24}}
      free: {{address_prefix: 10.1.1.0/24}}
workspaces: {{main: {{}}}}
"""
NET = "virtual_networks.net"
ENDS = f"{NET}.subnets.ends"


def _change(folder: Path, old: str, new: str, address: str) -> Found:
    assert old in SPEC
    (before, earlier), (after, now) = (
        compiled_side(folder / name, text) for name, text in (("a", SPEC), ("b", SPEC.replace(old, new)))
    )
    (found,) = (each for each in difference(before, after, now, earlier, before).changes if each.address == address)
    return found


@pytest.mark.parametrize(
    ("old", "new", "address", "classes", "remedy"),
    [
        (
            "10.1.2.0/24}",
            "10.1.2.0/23}",
            ENDS,
            ("refused",),
            "Keep the old range. For more",
        ),
        (
            "10.1.2.0/24}",
            "10.1.4.0/24}",
            ENDS,
            ("refused",),
            "Keep the old range. For more",
        ),
        ("10.1.1.0/24}", "10.1.5.0/24}", f"{NET}.subnets.free", ("in_place",), ""),
        (
            "ends: {address_prefix: 10.1.2.0/24}",
            "ends: {address_prefixes: [10.1.2.0/24, 10.1.6.0/24]}",
            ENDS,
            ("in_place",),
            "",
        ),
        ("[10.1.0.0/16]", "[10.1.0.0/17]", NET, ("in_place",), ""),
        ("[10.1.0.0/16]", "[10.1.0.0/16, 10.9.0.0/16]", NET, ("in_place",), ""),
    ],
    ids=["a wider range", "another range", "of nobody", "one more range", "a narrower network", "a wider network"],
)
def test_a_range_in_use_is_rejected(
    old: str, new: str, address: str, classes: tuple[str, ...], remedy: str, tmp_path: Path
) -> None:
    found = _change(tmp_path, old, new, address)
    assert found.classes == classes
    assert found.remedy.startswith(remedy)
    assert bool(found.remedy) == bool(remedy)
