"""Edits of the example specs get exactly the classes that were written down for them, before any code was there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlinfra.cli import run
from tests.differ.edits import LATER, Edit, copied, edits
from tests.repository.repositories import committed

EDITS = [*edits(), *edits(LATER)]
NEEDS_HELP = {"refused", "ignored", "orphans", "loses_data"}  # whoever reads this wants to know what to do


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples with their committed output."""
    return committed(copied(tmp_path_factory.mktemp("examples"), *{edit.spec for edit in EDITS}))


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_has_the_classes_of_its_label(edit: Edit, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _difference(edit, repository, capsys)
    labels = [(label, target) for label in edit.labels for target in label.targets]
    used: set[tuple[str, str]] = set()
    unlabelled = []
    for change in found["changes"]:
        fitting = [
            (label.address, target)
            for label, target in labels
            if target == (change["target"] or "-")
            and label.fits(change["address"])
            and (label.action, label.classes) == (change["action"], frozenset(change["classes"]))
        ]
        used.update(fitting)
        if not fitting:
            unlabelled.append((change["target"], change["address"], change["action"], change["classes"]))
    missing = [(label.address, target) for label, target in labels if (label.address, target) not in used]
    assert (unlabelled, missing) == ([], [])
    assert edit.row
    left = [each["address"] for each in found["changes"] if NEEDS_HELP & set(each["classes"]) and not each["remedy"]]
    assert left == []


def _difference(edit: Edit, repository: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    file = repository / "specs" / edit.spec / edit.file
    before = file.read_bytes()
    file.write_text(edit.apply(before.decode()), encoding="utf-8")
    try:
        code = run(["diff", "-o", "json", "-f", str(repository / "specs" / edit.spec)])
        out = capsys.readouterr().out
    finally:
        file.write_bytes(before)
    assert code == (2 if edit.labels else 0), out
    found: dict[str, Any] = json.loads(out)
    return found
