"""Each fact about a change that the language can express is said of the entry that has it, and of no other one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlinfra.differ.build import difference
from mlinfra.differ.model import Found, sorted_classes
from tests.differ.platforms import compiled_side

ROWS = Path(__file__).with_name("rows.yaml")
TABLE: dict[str, Any] = yaml.safe_load(ROWS.read_text(encoding="utf-8"))
HEADER = {
    "apiVersion": "mlinfra/v1",
    "platform": "rows",
    "location": "westeurope",
    "targets": {"dev": {"subscription": "11111111-1111-1111-1111-111111111111", "mode": "development"}},
    "network": {"inbound": "public", "outbound": "internet"},
}


# One deployment takes no more than 800 resources.
APART = {
    "storage_accounts": (0, 1),
    **dict.fromkeys(("network_security_groups", "key_vaults", "virtual_networks"), (2,)),
}
OTHERS = (3,)
PARTS = range(4)


def _part(place: int, case: dict[str, Any]) -> int:
    parts = APART.get(case["entry"].partition(".")[0], OTHERS)
    return parts[place % len(parts)]


def _spec(side: str, part: int) -> str:
    """All entries of a part as they are on one side."""
    spec: dict[str, Any] = {**HEADER}
    for section, entries in TABLE["shared"].items():
        spec[section] = dict(entries)
    for place, case in enumerate(TABLE["cases"]):
        section, name = case["entry"].split(".")
        if side in case and _part(place, case) == part:
            spec.setdefault(section, {})[name] = case[side]
    return yaml.safe_dump(spec, sort_keys=False)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Found, ...]:
    return tuple(change for part in PARTS for change in _told(tmp_path_factory.mktemp("rows"), part))


def _told(root: Path, part: int) -> tuple[Found, ...]:
    old, earlier = compiled_side(root / "before", _spec("before", part))
    new, now = compiled_side(root / "after", _spec("after", part))
    return difference(old, new, now, earlier, old).changes


def _at(case: dict[str, Any]) -> str:
    return str(case.get("at", case["entry"]))


def _of(told: tuple[Found, ...], case: dict[str, Any]) -> Iterator[Found]:
    """The change of an address; where it was made anew under another id, that one and not what it was."""
    found = [each for each in told if each.address == _at(case)]
    return iter([each for each in found if each.action != "deleted"] or found)


def test_each_row_of_the_facts_is_told(told: tuple[Found, ...]) -> None:
    """One answer for all of them: two compilations tell of every row."""
    said = {_name(case): [" ".join(each.classes) for each in _of(told, case)] for case in TABLE["cases"]}
    labelled = {_name(case): [" ".join(sorted_classes(case["is"].split()))] for case in TABLE["cases"]}
    assert said == labelled


def _name(case: dict[str, Any]) -> str:
    return f"{case['row']} ({_at(case)})"


def test_what_loses_data_has_a_remedy(told: tuple[Found, ...]) -> None:
    assert [each.address for each in told if "loses_data" in each.classes and not each.remedy] == []


def test_what_cannot_be_written_says_why() -> None:
    assert all(each["row"] and each["because"] for each in TABLE["unsaid"])


def test_a_remedy_says_whether_azure_takes_it_at_the_beginning_or_not_again(told: tuple[Found, ...]) -> None:
    remedies = {each.address: each.remedy.partition(". ")[0] for each in told}
    assert remedies["databricks_jobs.w1"] == "Keep the old value, or save the data first that it deletes"
    assert remedies["key_vaults.v2"] == "There is no way back from this"  # purge protection, off again
    assert remedies["key_vaults.v3"] == "Azure takes this only when the key vault is made"
    assert remedies["virtual_networks.n6.subnets.s"] == "Azure may refuse this once the subnet is in use"
