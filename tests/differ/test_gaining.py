"""People and groups that gain access are always named, and the first grants are listed: data first, registries last."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.as_text import MAX_GRANTS, Page, text
from mlinfra.differ.build import difference
from mlinfra.differ.gaining import few, is_somebody
from mlinfra.differ.model import Difference
from mlinfra.differ.words import verdict_sentences
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

BEFORE = f"""{HEADER}
workspaces: {{main: {{}}}}
storage_accounts: {{lake: {{containers: {{raw: {{}}}}}}}}
"""
TEAM = """principals:
  pricing-team: {type: group, object_id: 44444444-4444-4444-4444-444444444444, role: data_scientist}
"""
AFTER = (
    BEFORE.replace("raw: {}}}}", "raw: {}}}, pricing: {containers: {offers: {}}}}")
    + """identities: {pricing: {}}
datastores:
  raw: {type: azure_blob, account_name: lake, container_name: raw}
  offers: {type: azure_blob, account_name: pricing, container_name: offers}
"""
    + TEAM
)


def _found(folder: Path, before: str, after: str) -> Difference:
    (old, earlier), (new, now) = (compiled_side(folder / name, of) for name, of in (("a", before), ("b", after)))
    return difference(old, new, now, earlier, old)


@pytest.mark.parametrize(
    ("before", "after"),
    [(BEFORE, AFTER), (AFTER.replace(TEAM, ""), AFTER)],
    ids=["with what is new", "to what was there"],
)
def test_a_team_that_comes_is_named(before: str, after: str, tmp_path: Path) -> None:
    found = _found(tmp_path, before, after)
    assert verdict_sentences(found)[1].startswith("principals.pricing-team gains access in dev")


def test_a_team_that_reaches_only_what_is_new_is_named_and_no_identity_hides_it(tmp_path: Path) -> None:
    found = _found(tmp_path, HEADER, AFTER)
    assert verdict_sentences(found)[1] == "principals.pricing-team gains access in dev."


def test_the_first_grants_are_listed_data_first(tmp_path: Path) -> None:
    said = text(_found(tmp_path, BEFORE, AFTER), Page("shop", ("dev",), frozenset()))
    lines = said.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("ACCESS"))
    grants = [line.split("   ") for line in lines[start + 1 :] if line.startswith(" " * 13 + "principals.")]
    assert "made to principals.pricing-team" in lines[start]
    assert 4 <= len(grants) <= MAX_GRANTS
    scopes = [line.strip().split("   ")[2] for line in lines[start + 1 : start + 1 + len(grants)]]
    assert scopes[0].startswith("storage_accounts.")
    registries = [place for place, scope in enumerate(scopes) if "registries" in scope]
    assert registries == list(range(len(scopes) - len(registries), len(scopes)))


def test_every_person_is_named_and_of_identities_as_many_as_there_is_room_for() -> None:
    people = [f"principals.p{number}" for number in range(5)]
    assert few([*people, "identities.a"]) == [*people, "others"]
    assert few(["identities.a", "identities.b", "principals.p", "identities.c"]) == [
        *("principals.p", "identities.a", "identities.b", "others")
    ]
    assert is_somebody("44444444-4444-4444-4444-444444444444")
    assert not is_somebody("shop-dev-run")
