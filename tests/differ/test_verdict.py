"""What is lost is what this merge loses; what a remedy would lose is no part of the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.model import Difference
from mlinfra.differ.words import grade, headline, verdict_sentences
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

REST = """network: {inbound: public}
storage_accounts: {lake: {containers: {raw: {}}LIFECYCLE}}
workspaces: {main: {WORKSPACE}}
"""
DELETES = ", lifecycle: {old: {prefixes: [raw], delete_after_days: 30}}"


def _difference(folder: Path, before: str, after: str) -> Difference:
    (old, earlier), (new, now) = (
        compiled_side(folder / name, text) for name, text in (("before", before), ("after", after))
    )
    return difference(old, new, now, earlier, old)


def _text(workspace: str = "", lifecycle: str = "") -> str:
    return HEADER + REST.replace("WORKSPACE", workspace).replace("LIFECYCLE", lifecycle)


@pytest.mark.parametrize(
    ("after", "address", "lost", "told"),
    [
        (_text("hbi_workspace: true, description: Ours"), "workspaces.main", "Nothing lost.", "ignored"),
        (_text("", DELETES), "storage_accounts.lake.lifecycle", "1 may lose data.", "loses_data"),
    ],
    ids=["only by a remedy", "by what is made"],
)
def test_it_counts_what_is_lost_at_this_merge(after: str, address: str, lost: str, told: str, tmp_path: Path) -> None:
    found = _difference(tmp_path, _text(), after)
    (change,) = (each for each in found.changes if each.address == address)
    assert "loses_data" in change.classes
    assert (verdict_sentences(found)[0], headline(change), grade([change])) == (lost, told, "Decide first")


def test_another_cloud_is_said_first(tmp_path: Path) -> None:
    after = HEADER.replace("location: westeurope", "location: usgovvirginia\ncloud: usgov")
    (said, *_) = _difference(tmp_path, HEADER, after).notes
    assert said == (
        "the cloud was public and is usgov: all that the platform has stays there, and is made anew in the other one, "
        "without its data; to keep it, restore the line"
    )
