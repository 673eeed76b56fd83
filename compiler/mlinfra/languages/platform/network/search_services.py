"""search_services: search services of someone else's, to which endpoints, rules and roles lead."""

from __future__ import annotations

from mlinfra.azure.name_rules import NameRule, Spelling
from mlinfra.languages.platform.kind import InfrastructureBody, Kind

_SEARCH = Spelling(
    "a-z0-9-",
    "lower-case letters, digits and hyphens",
    r"[a-z0-9]{2}(?:.*[a-z0-9])?",
    "letters or digits first and last",
)


class SearchService(InfrastructureBody):
    pass


SEARCH_SERVICES = Kind(
    name="search_services",
    noun="search service",
    model=SearchService,
    resource_type="Microsoft.Search/searchServices",
    api_version="2025-05-01",
    name_rule=NameRule("a search service", 2, 60, _SEARCH, "global", "platform", "srch"),  # NR
    compiled_to="nothing",  # it is read
    is_only_read=True,
    private_endpoint="searchService",
    symbol="service",
    group="Network",
    described="Search services that exist: what endpoints, rules, connections and roles lead to",
)
