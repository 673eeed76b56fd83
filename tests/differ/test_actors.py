"""What acts as an identity of somebody else's opens what that may, which is not known here."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.words import grade
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

START = f"{HEADER}network: {{inbound: public}}\nworkspaces: {{main: {{}}}}\n"
OURS, ONE, OTHER = "{}", *(f"{{existing: true, azure_name: {name}, resource_group: rg}}" for name in ("one", "two"))
ACTS = "identity: {type: user_assigned, user_assigned_identities: [{resource_id: team}]}, "
CLUSTER = "identities: {team: %s}\ncompute_clusters: {cpu: {%ssize: Standard_D4ds_v4, max_instances: 1}}\n"
BRICKS = "databricks_workspaces: {main: {}}\n"
CREDENTIAL = (
    f"{BRICKS}databricks_access_connectors: {{team: %s}}\n"
    "databricks_storage_credentials: {lake: {%saccess_connector: team}}\n"
)
CONNECTOR = f"{BRICKS}identities: {{team: %s}}\ndatabricks_access_connectors: {{lake: {{%sidentities: [team]}}}}\n"
CASES = {  # the text, what was there and is there in its places, the address, whether it opens
    "another one": (CLUSTER, (ONE, ACTS), (OTHER, ACTS), "compute_clusters.cpu", True),
    "one of theirs for one of ours": (CLUSTER, (OURS, ACTS), (ONE, ACTS), "compute_clusters.cpu", True),
    "one of ours for one of theirs": (CLUSTER, (ONE, ACTS), (OURS, ACTS), "compute_clusters.cpu", False),
    "one for its own": (CLUSTER, (ONE, ""), (ONE, ACTS), "compute_clusters.cpu", True),
    "a credential by another connector": (
        CREDENTIAL,
        (ONE, ""),
        (OTHER, ""),
        "databricks_storage_credentials.lake",
        True,
    ),
    "a connector by another identity": (CONNECTOR, (ONE, ""), (OTHER, ""), "databricks_access_connectors.lake", True),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_another_identity_of_others_opens(
    case: tuple[str, tuple[str, str], tuple[str, str], str, bool], tmp_path: Path
) -> None:
    text, before, after, address, opens = case
    old, earlier = compiled_side(tmp_path / "before", START + text % before)
    new, now = compiled_side(tmp_path / "after", START + text % after)
    found = [each for each in difference(old, new, now, earlier, old).changes if each.address == address]
    assert any("opens_access" in each.classes for each in found) == opens
    assert not opens or grade(found) != ""


def test_a_new_cluster_that_acts_as_one_opens_more(tmp_path: Path) -> None:
    old, earlier = compiled_side(tmp_path / "before", f"{START}identities: {{team: {ONE}}}\n")
    new, now = compiled_side(tmp_path / "after", START + CLUSTER % (ONE, ACTS))
    (made,) = (
        each
        for each in difference(old, new, now, earlier, old).changes
        if (each.address, each.action) == ("compute_clusters.cpu", "created")
    )
    assert made.opens_more
    assert [each.whom for each in made.properties] == [
        "whoever runs code there, with rights of one that are not known here"
    ]
