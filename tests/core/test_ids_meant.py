"""What is advised where a name, or a part of an id, stands in the place of an id."""

from __future__ import annotations

import pytest

from mlinfra.bodies.ids_meant import IDS, id_meant

ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
NAMES = [
    "ada",
    "Ada",
    "decade",
    "cafe",
    "feed-bead",
    "dad-face",
    "face 2",
    "abc-1",
    "cafe-42",
    "fabbed",
    "Contoso Production",
    "facade-a",
]
PARTS = [
    ID[:-1],
    ID[:8],
    ID.replace("-", ""),
    ID[9:],
    ID.upper()[:-1],
    "123",
    "0",
    "12-34",
    "a1b2c3d4",
    "aaaaaaaa-bbbb-cccc-dddd-eeeeeeee",
]


@pytest.mark.parametrize("key", sorted(IDS))
@pytest.mark.parametrize("name", NAMES)
def test_a_name_gets_the_command_that_prints_its_id(key: str, name: str) -> None:
    advice = id_meant(key, name) or ""
    assert advice.startswith("write the id that this prints: az ")
    assert key == "tenant" or f'"{name}"' in advice


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_an_id_is_no_name(part: str) -> None:
    assert id_meant("object_id", part) is None


def test_an_id_in_a_longer_text_is_shown() -> None:
    assert id_meant("subscription", f"/subscriptions/{ID}/resourceGroups/rg") == f"write {ID}"
