"""Where a catalog keeps its data: said as Unity Catalog says it, as the CLI takes another end for another place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.test_unity import _bodies, _plan

SPEC = """\
databricks_access_connectors: {lake: {storage: [lake]}}
databricks_storage_credentials: {lake: {access_connector: lake}}
databricks_external_locations: {lake: {url: storage_accounts.lake.containers.raw, credential_name: lake}}
databricks_catalogs: {main: {storage_root: ROOT, properties: {own: kept}}}
"""
LOCATION = {"external_location": "${resources.external_locations.lake.name}"}
ROOTS = {
    "of a location that is made": ("lake", "abfss://raw@", LOCATION),
    "an address": ('"abfss://a@b.dfs.core.windows.net/x/"', "abfss://a@b.dfs.core.windows.net/x", {}),
}


@pytest.mark.parametrize(("written", "root", "location"), ROOTS.values(), ids=ROOTS)
def test_the_root_of_a_catalog_has_no_slash_at_its_end(
    written: str, root: str, location: dict[str, str], tmp_path: Path
) -> None:
    catalog = _bodies(tmp_path, _plan(tmp_path, SPEC.replace("ROOT", written)))["catalogs.main"]
    assert catalog["storage_root"].startswith(root)
    assert catalog["storage_root"][-1] != "/"
    assert catalog["properties"] == {**location, "own": "kept"}
