"""cognitive_services: Azure AI services, and OpenAI, of someone else's, to which endpoints, rules and roles lead."""

from __future__ import annotations

from mlinfra.azure.name_rules import WORD, NameRule
from mlinfra.languages.platform.kind import InfrastructureBody, Kind


class CognitiveService(InfrastructureBody):
    pass


COGNITIVE_SERVICES = Kind(
    name="cognitive_services",
    noun="Azure AI service",
    model=CognitiveService,
    resource_type="Microsoft.CognitiveServices/accounts",
    api_version="2026-05-01",
    name_rule=NameRule("an Azure AI service", 2, 64, WORD, "resource group", "platform", "ais"),  # NR
    compiled_to="nothing",  # it is read
    is_only_read=True,
    private_endpoint="account",
    symbol="service",
    group="Network",
    described="Azure AI services and Azure OpenAI that exist: what endpoints, rules, connections and roles lead to",
)
