"""What entries become is asked of the parts of a platform that are right, however wrong the others are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, found

SIZE = "size: Standard_D4ds_v4"
RIGHT = f"""\
workspaces: {{main: {{}}, safe: {{hbi_workspace: true}}%s}}
compute_clusters:
  first: {{workspace: main, {SIZE}}}
  safest: {{workspace: safe, {SIZE}}}
"""
BESIDE_OTHERS = (  # a workspace and a cluster that are wrong beside those that are right
    ("", f"{{workspace: nowhere, {SIZE}}}", "MLI222"),
    ("", f"{{{SIZE}}}", "MLI222"),
    (", odd: {hbi_workspace: 5}", f"{{workspace: odd, {SIZE}}}", "MLI220"),
    (", odd: {tags: 5}", f"{{workspace: odd, {SIZE}}}", "MLI220"),
    (", odd: [5]", f"{{workspace: odd, {SIZE}}}", "MLI234"),
    (", odd: {existing: 5}", f"{{workspace: odd, {SIZE}}}", "MLI220"),
    ("", "{workspace: 5, type: 5}", "MLI220"),
    ("", f"{{workspace: safe, {SIZE}, identity: {{type: 5}}}}", "MLI220"),
)
DERIVED = "derived: {locks.nowhere: {of: workspaces.main}}\n"
PROPERTIES = "storage_accounts: {lake: {properties: {allowBlobPublicAccess: true}}}\n"


@pytest.mark.parametrize("asked", [DERIVED, PROPERTIES], ids=["derived", "properties"])
@pytest.mark.parametrize(("workspace", "cluster", "code"), BESIDE_OTHERS)
def test_what_is_wrong_beside_an_entry_is_said_and_not_read(
    workspace: str, cluster: str, code: str, asked: str, tmp_path: Path
) -> None:
    text = f"{HEADER}{RIGHT % workspace}  wrong: {cluster}\n{asked}"
    codes = {item.code.id for item in found(tmp_path, text)}
    assert code in codes


def test_what_is_in_no_wrong_part_is_told_all_the_same(tmp_path: Path) -> None:
    text = f"{HEADER}{RIGHT % ''}  wrong: {{workspace: nowhere, {SIZE}}}\nstorage_accounts: {{lake: {{}}}}\n"
    slip = "derived: {storage_accounts.lake.blob_service: {properties: {}}}\n"
    helps = [item.help for item in found(tmp_path, text + slip) if item.code.id == "MLI363"]
    assert helps == ['did you mean "storage_accounts.lake.blob_services"?']
