"""Hubs and their projects: what is made for a hub, what a project has of it, and who works there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.languages.platform.identity.derived_role_assignments import DerivedRoleAssignment
from mlinfra.languages.resource import SecretOf
from tests.spec import HEADER, compiled, said

HUBS = "hubs: {main: {}, ai: {}}\nprojects: {cards: {hub_id: ai}, credit: {hub_id: main}}\n"
PEOPLE = """\
principals:
  team:
    object_id: 30000000-0000-0000-0000-000000000001
    role: data_scientist
    workspaces: [workspaces.main, projects.cards]
  audit: {object_id: 30000000-0000-0000-0000-000000000002, role: reader, workspaces: [projects.credit]}
"""
PRIVATE = """\
network: {inbound: private, outbound: approved, virtual_network: spoke, endpoints_subnet: a, dns: here}
virtual_networks: {spoke: {address_space: [10.60.0.0/18], subnets: {a: {address_prefix: 10.60.0.0/24}}}}
"""


def test_what_is_made_for_a_hub_is_called_after_it_and_shared_with_no_workspace(tmp_path: Path) -> None:
    plan = compiled(tmp_path, HEADER + "workspaces: {main: {}}\n" + HUBS).plans[0]
    graph = plan.graph
    fields = ("storage_account", "key_vault", "application_insights", "primary_user_assigned_identity")
    linked = {hub: [graph.bound(f"hubs.{hub}", field) for field in fields] for hub in ("main", "ai")}
    sections = ("storage_accounts", "key_vaults", "application_insights", "identities")
    assert linked == {
        "main": [f"{section}.hub" for section in sections],
        "ai": [f"{section}.hub-ai" for section in sections],
    }
    assert graph.bound("hubs.ai", "container_registry") is None


def test_a_project_says_whose_it_is_and_nothing_that_its_hub_decides(tmp_path: Path) -> None:
    plan = compiled(tmp_path, HEADER + HUBS).plans[0]
    body = plan.by_address["projects.cards"].resource.body
    assert (body["kind"], set(body["properties"])) == ("Project", {"hubResourceId"})
    assert body["properties"]["hubResourceId"].address == "hubs.ai"


def test_traces_of_a_project_may_go_elsewhere_than_its_hubs(tmp_path: Path) -> None:
    """The documentation of hubs: one for all projects, which a project may override."""
    text = "application_insights: {team: {}}\nhubs: {ai: {}}\n"
    plan = compiled(tmp_path, f"{HEADER}{text}projects: {{cards: {{hub_id: ai, application_insights: team}}}}\n").plans[
        0
    ]
    body = plan.by_address["projects.cards"].resource.body
    assert body["properties"]["applicationInsights"].address == "application_insights.team"


def test_one_private_endpoint_of_a_hub_serves_its_projects(tmp_path: Path) -> None:
    plan = compiled(tmp_path, HEADER + PRIVATE + HUBS).plans[0]
    endpoints = plan.graph.section("derived_private_endpoints")
    of_workspaces = [entry.address for entry in endpoints if entry.address.endswith("amlworkspace")]
    assert of_workspaces == [f"hubs.{hub}.private_endpoints.amlworkspace" for hub in ("main", "ai")]
    assert plan.by_address["hubs.ai"].resource.body["properties"]["publicNetworkAccess"] == "Disabled"


def test_who_works_in_a_project_sees_its_hub_and_keeps_work_in_its_storage(tmp_path: Path) -> None:
    plan = compiled(tmp_path, HEADER + "workspaces: {main: {}}\n" + HUBS + PEOPLE).plans[0]
    given = [
        each.resource.address for each in plan.resources if "role_assignments.principals." in each.resource.address
    ]
    assert sorted(address.removeprefix("role_assignments.principals.") for address in given) == [
        "audit/Reader/hubs.main",
        "audit/Reader/projects.credit",
        "team/Azure AI Developer/projects.cards",
        "team/AzureML Data Scientist/workspaces.main",
        "team/Reader/hubs.ai",
        "team/Storage Blob Data Contributor/storage_accounts.hub-ai",
        "team/Storage Blob Data Contributor/storage_accounts.main",
        "team/Storage File Data Privileged Contributor/storage_accounts.hub-ai",
        "team/Storage File Data Privileged Contributor/storage_accounts.main",
    ]


SYSTEM = "{type: system_assigned}"
USER = "{type: user_assigned, user_assigned_identities: {flows: {}}}, primary_user_assigned_identity: flows"


@pytest.mark.parametrize(
    ("network", "identity", "grantee"),
    [
        (PRIVATE, "", "projects.cards"),
        (PRIVATE, f", identity: {SYSTEM}", "projects.cards"),
        (PRIVATE, f", identity: {USER}", "identities.flows"),
        ("", "", None),
    ],
)
def test_a_project_reaches_flows_in_a_closed_account_of_its_hub(
    tmp_path: Path, network: str, identity: str, grantee: str | None
) -> None:
    text = f"hubs: {{ai: {{}}}}\nidentities: {{flows: {{}}}}\nprojects: {{cards: {{hub_id: ai{identity}}}}}\n"
    plan = compiled(tmp_path, HEADER + network + text).plans[0]
    given = {
        (model.role, model.scope)
        for entry in plan.graph.section("derived_role_assignments")
        if isinstance(model := entry.model, DerivedRoleAssignment) and model.identity == grantee
    }
    endpoints = [f"storage_accounts.hub-ai.private_endpoints.{group}" for group in ("blob", "file")]
    role = "Storage File Data Privileged Contributor"
    expected = {(role, "storage_accounts.hub-ai"), *(("Reader", each) for each in endpoints)}
    assert given == (expected if grantee else set())


@pytest.mark.parametrize("name", ["ai", "cards"])
def test_what_runs_names_a_workspace(tmp_path: Path, name: str) -> None:
    text = f"workspaces: {{main: {{}}}}\n{HUBS}compute_clusters: {{cpu: {{workspace: {name}}}}}\n"
    address = {"ai": "hubs.ai", "cards": "projects.cards"}[name]
    assert said(tmp_path, HEADER + text, "MLI369") == [
        f"9: compute_clusters.cpu names {address}, which is no workspace (defined: main)"
    ]


CONNECTIONS = """\
hubs: {ai: {}}
key_vaults: {safe: {}}
cognitive_services: {words: {existing: true, azure_name: oai-words, resource_group: rg-ai}}
connections:
  words:
    hub: ai
    type: azure_open_ai
    azure_endpoint: https://oai-words.openai.azure.com
    open_ai_resource_id: words
  code:
    hub: ai
    type: git
    target: https://dev.azure.com/x
    credentials: {type: pat, pat: {vault: safe, secret: pat}}
"""


def test_a_connection_lies_in_the_hub_that_it_names_and_its_secret_in_a_vault(tmp_path: Path) -> None:
    plan = compiled(tmp_path, HEADER + CONNECTIONS).plans[0]
    words, code = (plan.by_address[f"connections.{name}"] for name in ("words", "code"))
    assert words.id.endswith("/workspaces/hub-churn-dev-ai/connections/words")
    assert (words.resource.parent, words.file) == ("hubs.ai", "compute")
    properties = words.resource.body["properties"]
    assert (properties["authType"], properties["category"]) == ("AAD", "AzureOpenAI")
    assert properties["metadata"]["ResourceId"].address == "cognitive_services.words"
    assert code.resource.body["properties"]["credentials"] == {"pat": SecretOf("key_vaults.safe", "pat")}


@pytest.mark.parametrize(
    ("named", "code", "message"),
    [
        ("hub: laab", "MLI222", 'hubs "laab" is not defined (did you mean "lab"? Defined: ai, lab)'),
        (
            "workspace: lab",
            "MLI369",
            "connections.code names hubs.lab, which is no workspace (write hub: <the hub>: its projects have it, too)",
        ),
        (
            "hub: lab, workspace: main",
            "MLI222",
            "connections.code lies in a hub, and in no workspace (leave workspace out)",
        ),
    ],
)
def test_a_connection_that_lies_nowhere_is_refused(tmp_path: Path, named: str, code: str, message: str) -> None:
    text = "workspaces: {main: {}}\nhubs: {ai: {}, lab: {}}\n"
    body = f"connections: {{code: {{{named}, type: git, target: x}}}}\n"
    assert said(tmp_path, f"{HEADER}{text}{body}", code) == [f"8: {message}"]
