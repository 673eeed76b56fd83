"""ids are those of ARM: compared with what the Bicep CLI predicts."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.azure.ids import extension_id, guid, resource_group_id, resource_id
from mlinfra.verify.bicep_cli import snapshot
from tests.tools import bicep

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = "rg-churn-dev"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ACCOUNT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Storage/storageAccounts/stlake"

TEMPLATE = f"""
resource account 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {{
  name: 'stlake'

  resource blobs 'blobServices' existing = {{
    name: 'default'
  }}
}}

resource raw 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' = {{
  parent: account::blobs
  name: 'raw'
}}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {{
  name: 'id-churn-dev'
  location: 'westeurope'
}}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  scope: account
  name: guid(account.id, identity.id, '{READER}')
  properties: {{
    principalId: identity.properties.principalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{READER}')
  }}
}}
"""


def test_ids_equal_those_that_bicep_predicts(tmp_path: Path) -> None:
    (tmp_path / "main.bicep").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "main.bicepparam").write_text("using 'main.bicep'\n", encoding="utf-8")
    predictions = snapshot(bicep(), tmp_path / "main.bicepparam", SUBSCRIPTION, GROUP, "westeurope")
    predicted = {resource["id"]: resource for resource in predictions["predictedResources"]}

    identity = resource_id(SUBSCRIPTION, GROUP, "Microsoft.ManagedIdentity/userAssignedIdentities", "id-churn-dev")
    assignment = extension_id(ACCOUNT, "Microsoft.Authorization/roleAssignments", guid(ACCOUNT, identity, READER))
    container = resource_id(
        SUBSCRIPTION, GROUP, "Microsoft.Storage/storageAccounts/blobServices/containers", "stlake", "default", "raw"
    )
    assert set(predicted) == {identity, assignment, container}


def test_an_id_has_one_name_for_each_segment_of_its_type() -> None:
    assert resource_group_id(SUBSCRIPTION, GROUP) == f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
    assert resource_id(SUBSCRIPTION, GROUP, "Microsoft.Storage/storageAccounts", "stlake") == ACCOUNT
    with pytest.raises(
        ValueError, match=re.escape("Microsoft.Storage/storageAccounts takes 1 names and got 2: stlake, raw")
    ):
        resource_id(SUBSCRIPTION, GROUP, "Microsoft.Storage/storageAccounts", "stlake", "raw")


@given(st.lists(st.text(), min_size=1))
def test_a_guid_is_the_same_for_the_same_texts(parts: list[str]) -> None:
    assert guid(*parts) == guid(*parts)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", guid(*parts))
