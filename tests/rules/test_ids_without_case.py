"""Azure compares ids without regard to case, and so does everything that looks for one thing under two ids."""

from __future__ import annotations

from pathlib import Path

from mlinfra.rules.targets import ONE_RESOURCE_TWICE
from tests.spec import HEADER, said

GROUP = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups"
TWO_TARGETS = """\
apiVersion: mlinfra/v1
platform: churn
owner: ml@contoso.com
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, resource_group: {name: rg-one}}
  test: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, resource_group: {name: RG-ONE}}
storage_accounts: {lake: {azure_name: stchurnlake}}
"""


def test_two_entries_with_one_id_in_other_letters_are_one_resource(tmp_path: Path) -> None:
    spec = f"""{HEADER}
storage_accounts:
  a: {{existing: true, id: {GROUP}/rg-a/providers/Microsoft.Storage/storageAccounts/stone}}
  b: {{existing: true, id: {GROUP}/RG-A/providers/microsoft.storage/storageAccounts/stone}}
"""
    (collision,) = said(tmp_path, spec, "MLI311")
    assert collision.startswith('9: storage_accounts.b and storage_accounts.a are both named "stone" on Azure')


def test_targets_whose_groups_differ_by_case_share_their_resources(tmp_path: Path) -> None:
    assert said(tmp_path, TWO_TARGETS, ONE_RESOURCE_TWICE.id) == [
        '8: storage_accounts.lake is "stchurnlake" in both dev and test'
    ]
