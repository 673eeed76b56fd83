"""What connections lead to: who signs in there, and how a managed network lets it through."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, compiled

_GROUP = "11111111-0000-0000-0000-00000000000"
PLATFORM = f"""\
{HEADER}\
network: {{outbound: approved}}
workspaces: {{ai: {{}}}}
hubs: {{ai: {{}}}}
projects: {{cards: {{hub_id: ai}}}}
key_vaults: {{ai: {{}}}}
storage_accounts: {{lake: {{containers: {{raw: {{}}}}}}}}
cognitive_services: {{words: {{existing: true, resource_group: rg-ai, azure_name: oai-words}}}}
search_services: {{index: {{existing: true, resource_group: rg-ai, azure_name: srch-index}}}}
principals:
  cards: {{object_id: {_GROUP}1, type: group, role: data_scientist, workspaces: [projects.cards]}}
  lab: {{object_id: {_GROUP}2, type: group, role: ml_engineer, workspaces: [workspaces.ai]}}
  looks: {{object_id: {_GROUP}3, type: group, role: reader}}
connections: {{out: {{BODY}}}}
"""
_CALLS = "Cognitive Services OpenAI User/cognitive_services.words"
_URL = "https://srch-index.search.windows.net/"
_BLOB = "type: azure_blob, url: https://x.blob.core.windows.net/raw, container_name: raw, account_name: lake"
_OPENAI = "type: azure_open_ai, azure_endpoint: https://oai-words.openai.azure.com, open_ai_resource_id: words"


@pytest.mark.parametrize(
    ("body", "roles", "rules"),
    [
        (f"hub: ai, {_OPENAI}", [f"cards/{_CALLS}"], ["words-account"]),
        (f"workspace: ai, {_OPENAI}", [f"lab/{_CALLS}"], ["words-account"]),
        (
            f"hub: ai, type: azure_ai_search, endpoint: {_URL}",
            ["cards/Search Index Data Contributor/search_services.index"],
            ["index-searchService"],
        ),
        (
            f"hub: ai, type: azure_ai_search, endpoint: {_URL}, api_key: {{vault: ai, secret: k}}",
            [],
            ["index-searchService"],
        ),
        ("workspace: ai, type: azure_ai_search, endpoint: https://srch-other.search.windows.net", [], ["out-host"]),
        (
            f"workspace: ai, {_BLOB}",
            ["lab/Storage Blob Data Contributor/storage_accounts.lake.containers.raw"],
            ["lake-blob"],
        ),
        ("workspace: ai, type: git, target: https://dev.azure.com/x", [], ["out-host"]),
        ("workspace: ai, type: git, target: x", [], []),
        ("workspace: ai, type: custom, target: https://x.blob.core.windows.net/raw", [], []),
    ],
)
def test_a_connection_leads_to(body: str, roles: list[str], rules: list[str], tmp_path: Path) -> None:
    """A workspace and a hub of one name are two: nothing of the one is given to the other."""
    graph = compiled(tmp_path, PLATFORM.replace("BODY", body)).plans[0].graph
    derived = [entry for entry in graph.section("derived_role_assignments") if "connections.out" in str(entry.because)]
    assert [entry.address.removeprefix("role_assignments.principals.") for entry in derived] == roles
    found = [entry.address for entry in graph.section("outbound_rules") if "connections.out" in str(entry.because)]
    holder = "hubs.ai" if "hub: ai" in body else "workspaces.ai"
    assert found == [f"{holder}.outbound_rules.{name}" for name in rules]


def test_a_network_that_lets_out_what_goes_to_the_internet_has_no_rules_about_hosts(tmp_path: Path) -> None:
    text = PLATFORM.replace("BODY", "workspace: ai, type: git, target: https://dev.azure.com/x")
    graph = compiled(tmp_path, text.replace("outbound: approved", "outbound: internet")).plans[0].graph
    assert list(graph.section("outbound_rules")) == []
