"""A network that is peered with one whose addresses change goes on with the old ones until somebody syncs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.model import Found
from mlinfra.differ.words import grade
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

SPEC = """\
network: {{inbound: public}}
virtual_networks:
  hub: {{{hub}}}
  spoke:
    address_space: [{spoke}]
    peerings: {peerings}
"""
PEERED = "{hub: {}}"
OURS, THEIRS = "address_space: [10.0.0.0/20]", "existing: true, azure_name: vnet-hub, resource_group: rg-hub, {}"


def _synced(folder: Path, before: dict[str, str], after: dict[str, str]) -> dict[str, Found]:
    """The sides of peerings that are told of, by address."""
    common = {"hub": OURS, "spoke": "10.60.0.0/18", "peerings": PEERED}
    old, earlier = compiled_side(folder / "before", HEADER + SPEC.format(**common | before))
    new, now = compiled_side(folder / "after", HEADER + SPEC.format(**common | after))
    found = difference(old, new, now, earlier, old).changes
    return {each.address: each for each in found if "peerings" in each.address and "ignored" in each.classes}


WIDER_HUB = "address_space: [10.0.0.0/20, 10.9.0.0/24]"


@pytest.mark.parametrize(
    ("before", "after", "address", "name"),
    [
        ({}, {"spoke": "10.60.0.0/17"}, "virtual_networks.spoke.peerings.hub.remote", "hub"),
        ({}, {"hub": WIDER_HUB}, "virtual_networks.spoke.peerings.hub", "spoke"),
        (
            {"hub": THEIRS.format(OURS)},
            {"hub": THEIRS.format(WIDER_HUB)},
            "virtual_networks.spoke.peerings.hub",
            "spoke",
        ),
    ],
)
def test_the_other_side_has_to_be_synced(
    before: dict[str, str], after: dict[str, str], address: str, name: str, tmp_path: Path
) -> None:
    ((told, found),) = _synced(tmp_path, before, before | after).items()
    assert (told, found.classes) == (address, ("ignored",))
    assert grade([found]) == "Decide first"
    first, command = found.remedy.split(": az ")
    assert first.startswith(f"vnet-churn-dev-{name} goes on with the old addresses of vnet-")
    assert command.startswith("network vnet peering sync --ids /subscriptions/")
    assert f"/virtualNetworks/vnet-churn-dev-{name}/virtualNetworkPeerings/" in command


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({"hub": WIDER_HUB}, {"hub": "address_space: [10.9.0.0/24, 10.0.0.0/20]"}),  # in another order
        ({"peerings": "{}"}, {"spoke": "10.60.0.0/17"}),  # it is peered from now on, with the new addresses
    ],
)
def test_what_reaches_all_is_left_alone(before: dict[str, str], after: dict[str, str], tmp_path: Path) -> None:
    assert _synced(tmp_path, before, after) == {}
