"""Roles, locks and diagnostic settings on what is no entry of the spec, by its id: its owner deploys them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.bicep import bicep_files
from mlinfra.emit.handover import handover_contexts
from tests.spec import HEADER, compiled, found

HUB = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups"
OWN = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-churn-dev"
SQL = f"{HUB}/rg-sales/providers/Microsoft.Sql/servers/sql-sales"
UNIT = "dev/handover/33333333-3333-3333-3333-333333333333-rg-sales"
SPEC = f"""{HEADER}\
identities: {{trainer: {{}}}}
log_analytics: {{main: {{}}}}
"""


def _bicep(folder: Path, spec: str) -> dict[str, str]:
    (plan,) = compiled(folder, SPEC + spec).plans
    return {file.path: file.text for file in bicep_files(plan, "Generated")}


def test_a_role_by_an_id_is_handed_over_to_who_owns_the_resource(tmp_path: Path) -> None:
    spec = f"role_assignments: {{a: {{identity: trainer, role: Reader, scope: {SQL}/databases/orders}}}}\n"
    files = _bicep(tmp_path, spec)
    expected = """\
resource ordersDatabase 'Microsoft.Sql/servers/databases@2025-01-01' existing = {
  parent: sqlSalesServer
  name: 'orders'
}

resource sqlSalesServer 'Microsoft.Sql/servers@2025-01-01' existing = {
  name: 'sql-sales'
}

resource aRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: ordersDatabase
  name: guid(ordersDatabase.id, trainerIdentity.id, 'acdd72a7-3385-48ef-bd42-f606fba81ae7')
  properties: {
"""
    made = files[f"{UNIT}/resources.bicep"]
    assert [block for block in expected.split("\n\n") if block not in made] == []
    assert not any("sql-sales" in text for path, text in files.items() if path.startswith("dev/infra/"))


def test_a_role_and_a_lock_on_a_group_of_others_hold_for_the_group_in_which_they_are_deployed(tmp_path: Path) -> None:
    spec = f"role_assignments: {{a: {{identity: trainer, role: Reader, scope: {HUB}/rg-sales}}}}\n"
    text = _bicep(tmp_path, f"{spec}locks: {{keep: {{of: {HUB}/rg-sales}}}}\n")[f"{UNIT}/resources.bicep"]
    text += _bicep(tmp_path, f"{spec}locks: {{keep: {{of: {HUB}/rg-sales}}}}\n")[f"{UNIT}/roles.bicep"]
    assert (
        """\
resource keepLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  properties: {
"""
        in text
    )
    assert (
        """\
resource aRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, trainerIdentity.id, 'acdd72a7-3385-48ef-bd42-f606fba81ae7')
"""
        in text
    )


def test_what_lies_in_the_own_group_is_extended_by_the_own_deployment(tmp_path: Path) -> None:
    hub = f"{OWN}/providers/Microsoft.EventHub/namespaces/evhns-churn"
    spec = f"diagnostic_settings: {{a: {{of: {hub}, log_analytics: main, metrics: [AllMetrics]}}}}\n"
    files = _bicep(tmp_path, spec)
    assert "  scope: evhnsChurnNamespace\n" in files["dev/infra/foundation.bicep"]
    assert not any("handover" in path for path in files)


@pytest.mark.parametrize(
    ("written", "means"),
    [
        (OWN.replace("resourceGroups", "RESOURCEGROUPS").upper(), "  name: guid(resourceGroup().id, "),
        (
            f"{OWN}/providers/microsoft.operationalinsights/WORKSPACES/LOG-churn-dev".lower(),
            "  scope: mainLogs\n  name: guid(mainLogs.id, ",
        ),
    ],
)
def test_an_id_of_our_own_means_what_it_is_of_however_it_is_spelled(written: str, means: str, tmp_path: Path) -> None:
    written = written.replace("/SUBSCRIPTIONS", "/subscriptions")
    spec = f"role_assignments: {{a: {{identity: trainer, role: Reader, scope: {written}}}}}\n"
    assert means in _bicep(tmp_path, spec)["dev/infra/foundation.bicep"]


def test_the_script_of_the_owner_gives_the_role_before_the_first_deployment(tmp_path: Path) -> None:
    spec = f"role_assignments: {{a: {{identity: trainer, role: Reader, scope: {SQL}}}}}\n"
    (plan,) = compiled(tmp_path, SPEC + spec).plans
    (context,) = handover_contexts(plan)
    assert [(made.scope, made.when) for made in context.made] == [(SQL, "soon")]
    assert context.identities == ("id-churn-dev-trainer",)


def test_whatever_is_no_id_is_said_once(tmp_path: Path) -> None:
    subscription = "/subscriptions/33333333-3333-3333-3333-333333333333"
    (said,) = found(tmp_path, f"{SPEC}locks: {{a: {{of: {subscription}}}}}\n")
    assert said.message == f'"{subscription}" is not the id of a resource, nor of a resource group'
