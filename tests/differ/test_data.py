"""Who reaches which data is told by each way there is: catalogs, connections, and no sign-in at all."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.words import verdict_sentences
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

RAW = "storage_accounts.lake.containers.raw"
OPEN = "storage_accounts: {lake: {properties: {allowBlobPublicAccess: true}, containers: {raw: {PUBLIC}}}}\n"
CATALOG = """\
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}
databricks_workspaces: {main: {}}
databricks_access_connectors: {main: {}}
databricks_storage_credentials:
  lake: {name: lake, azure_managed_identity: {access_connector_id: "${databricks_access_connectors.main.id}"}}
databricks_external_locations:
  raw:
    name: raw
    url: storage_accounts.lake.containers.raw
    credential_name: ${databricks_storage_credentials.lake.name}
    grants: GRANTS
"""


GROUP = "99999999-9999-9999-9999-999999999991"
THEIRS = f"""\
storage_accounts:
  lake: {{existing: true, azure_name: NAME, resource_group: rg, containers: {{raw: {{}}}}}}
role_assignments:
  r: {{object_id: {GROUP}, principal_type: group, role: Storage Blob Data Reader, scope: storage_accounts.lake}}
"""


TEAM = f"""\
storage_accounts: {{lake: {{containers: {{raw: {{}}}}}}}}
principals: {{team: {{object_id: WHO, type: group}}}}
role_assignments: {{r: {{principal: team, role: Storage Blob Data Reader, scope: {RAW}}}}}
"""


class Case(NamedTuple):
    text: str
    key: str
    before: str
    after: str
    who: str
    told: tuple[str | None, str | None, bool]  # may before, may after, remains


_GRANTS = "[{principal: analysts, privileges: [READ_FILES]}]"
_PUBLIC = "properties: {publicAccess: Blob}"
CASES = {
    "without signing in": Case(OPEN, "PUBLIC", "", _PUBLIC, "everyone, without signing in", (None, "read", False)),
    "no more without signing in": Case(
        OPEN, "PUBLIC", _PUBLIC, "", "everyone, without signing in", ("read", None, False)
    ),
    "of another account of somebody else's": Case(THEIRS, "NAME", "stone", "sttwo", GROUP, (None, "read", False)),
    "of another group under the same name": Case(
        TEAM, "WHO", GROUP, f"{GROUP[:-1]}2", "principals.team", (None, "read", False)
    ),
    "by a grant": Case(CATALOG, "GRANTS", "[]", _GRANTS, "analysts", (None, "read", False)),
    "by a grant that may more": Case(
        CATALOG,
        "GRANTS",
        _GRANTS,
        _GRANTS.replace("READ_FILES", "READ_FILES, WRITE_FILES"),
        "analysts",
        ("read", "read and write", False),
    ),
    "by a grant no more, which the bundle takes away": Case(
        CATALOG, "GRANTS", _GRANTS, "[]", "analysts", ("read", None, False)
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_who_reaches_data_is_told(case: Case, tmp_path: Path) -> None:
    sides = [
        compiled_side(tmp_path / name, HEADER + case.text.replace(case.key, value))
        for name, value in (("before", case.before), ("after", case.after))
    ]
    (old, earlier), (new, now) = sides
    found = difference(old, new, now, earlier, old).data
    told = [(each.before, each.after, each.remains) for each in found if (each.principal, each.data) == (case.who, RAW)]
    assert told == [case.told]


def test_a_role_on_another_account_of_somebody_elses_is_gained_and_the_first_one_stays(tmp_path: Path) -> None:
    (old, earlier), (new, now) = (
        compiled_side(tmp_path / name, HEADER + THEIRS.replace("NAME", name)) for name in ("stone", "sttwo")
    )
    found = difference(old, new, now, earlier, old)
    assert [(each.principal, each.before, each.after, each.remains) for each in found.access] == [
        (GROUP, "Storage Blob Data Reader", None, True),
        (GROUP, None, "Storage Blob Data Reader", False),
    ]
    assert verdict_sentences(found)[1] == f"{GROUP} gains access in dev."
