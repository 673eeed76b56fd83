"""Names in bodies of Databricks that nearly are those of entries: said once, and nothing that follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, found

SPEC = """\
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}
key_vaults: {keys: {}}
principals:
  runner:
    object_id: 66666666-6666-6666-6666-666666666603
    application_id: 77777777-7777-7777-7777-777777777777
    type: service_principal
    role: deployer
databricks_access_connectors: {lake: {storage: [lake]}}
databricks_workspaces: {main: {}}
databricks_storage_credentials: {lake: {access_connector: lake}}
databricks_external_locations: {raw: {url: storage_accounts.lake.containers.raw, credential_name: lake}}
databricks_secret_scopes: {keys: {keyvault_metadata: keys}}
databricks_jobs:
  one:
    run_as: runner
    environments: [{environment_key: e, spec: {environment_version: "4"}}]
    tasks:
      - task_key: a
        environment_key: e
        spark_python_task: {python_file: /Shared/a.py, parameters: ["{{secrets/keys/x}}"]}
"""
PROD = "  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: development, promote_from: dev}\n"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("containers.raw,", "containers.raww,", 'MLI301 storage_accounts.lake.containers "raww" is not defined'),
        ("run_as: runner", "run_as: runer", 'MLI301 principals "runer" is not defined'),
        ("run_as: runner", "run_as: someone@contoso.com", 'MLI301 principals "someone@contoso.com" is not defined'),
        ("secrets/keys/x", "secrets/keyz/x", 'MLI861 "keyz" is no entry of databricks_secret_scopes'),
        ("secrets/keys/x", "secrets/theirs/x", ""),
        (
            "credential_name: lake",
            "credential_name: laek",
            'MLI861 "laek" is no entry of databricks_storage_credentials',
        ),
    ],
)
def test_a_name_with_a_slip_is_said_once(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    assert right in SPEC
    header = HEADER + PROD
    before = {each.message for each in found(tmp_path, header + SPEC)}
    now = found(tmp_path, header + SPEC.replace(right, wrong))
    new = [f"{each.code.id} {each.message}" for each in now if each.message not in before and each.severity != "info"]
    assert new == ([said] if said else [])
