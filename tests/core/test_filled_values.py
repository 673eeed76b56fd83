"""What an expression fills in is judged as what it becomes, under the line where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, found

ENTRIES = "workspaces: {main: {}}\nstorage_accounts: {lake: {}}\n"
LINE = len((HEADER + ENTRIES).splitlines()) + 1
NAME = "${workspaces.main.name}"
WRONG = {
    f"log_analytics: {{main: {{retention_days: '{NAME}'}}}}": "MLI214",
    f"key_vaults: {{team: {{purge_protection: '{NAME}'}}}}": "MLI214",
    f"key_vaults: {{team: {{sku: '{NAME}'}}}}": "MLI215",
    f"key_vaults: {{team: {{location: '{NAME}'}}}}": "MLI215",
    f"key_vaults: {{team: {{network_acls: {{allowed_ips: ['{NAME}']}}}}}}": "MLI215",
    f"principals: {{people: {{object_id: '{NAME}', role: reader}}}}": "MLI215",
    "principals: {people: {object_id: '${{inputs.x}}', role: reader}}": "MLI215",
    f"network: {{outbound: internet, allowed_ips: ['{NAME}']}}": "MLI215",
    f"compute_clusters: {{cpu: {{size: Standard_D4ds_v4, max_instances: '{NAME}'}}}}": "MLI220",
    f"data: {{all: {{type: '{NAME}', path: 'azureml://datastores/workspaceblobstore/paths/x'}}}}": "MLI220",
}
RIGHT = (
    "key_vaults: {team: {location: '${workspaces.main.location}'}}",
    "data: {all: {type: uri_folder, path: 'azureml://datastores/workspaceblobstore/paths/${storage_accounts.lake.name}'}}",
)


@pytest.mark.parametrize(("text", "code"), WRONG.items(), ids=WRONG)
def test_what_does_not_fit_is_said_once_where_it_is_written(text: str, code: str, tmp_path: Path) -> None:
    errors = [item for item in found(tmp_path, f"{HEADER}{ENTRIES}{text}\n") if item.severity == "error"]
    assert [(item.code.id, item.span.line) for item in errors] == [(code, LINE)]


@pytest.mark.parametrize("text", RIGHT)
def test_what_fits_passes(text: str, tmp_path: Path) -> None:
    assert [item for item in found(tmp_path, f"{HEADER}{ENTRIES}{text}\n") if item.severity == "error"] == []
