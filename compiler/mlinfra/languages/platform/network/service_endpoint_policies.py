"""service_endpoint_policies: the accounts that a subnet reaches by its service endpoints, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from mlinfra.azure.name_rules import NETWORK, NameRule
from mlinfra.bodies.body import ReferenceTo
from mlinfra.formats.bicep import Commented
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import REST, changes
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, at_address
from mlinfra.languages.resource import RESOURCE_GROUP, Location, Of, Resource, Tags, merged

ALIASES = "Global"  # the service whose resources are aliases: /services/Azure/MachineLearning
MACHINE_LEARNING = "/services/Azure/MachineLearning"
ALIAS = "/services/"  # how one begins


class ServiceEndpointPolicy(InfrastructureBody):
    allow: Annotated[
        dict[str, Annotated[list[Annotated[str, ReferenceTo(when=f"(?!{ALIAS})")]], Field(min_length=1)]],
        Field(
            min_length=1,
            description="What is reached, by service: of Microsoft.Storage addresses of storage accounts, ids, or "
            "resource_group; of Global aliases, by default /services/Azure/MachineLearning where it guards a subnet "
            "of computes",
            examples=[{"Microsoft.Storage": [RESOURCE_GROUP], ALIASES: ["/services/Azure/MachineLearning"]}],
        ),
    ] = {}


def resources(policy: ServiceEndpointPolicy, entry: Entry, graph: Graph) -> Iterator[Resource]:
    allowed: list[tuple[str, str | Commented, list[Of | str]]] = [
        (service, service, [at_address(each) for each in of_it]) for service, of_it in policy.allow.items()
    ]
    because = None if ALIASES in policy.allow else _of_computes(entry, graph)
    if because:
        allowed.append((ALIASES, Commented(ALIASES, because), [MACHINE_LEARNING]))
    definitions = [
        {"name": name.replace("/", "-"), "properties": {"service": service, "serviceResources": of_it}}
        for name, service, of_it in allowed
    ]
    yield Resource(
        address=entry.address,
        type=SERVICE_ENDPOINT_POLICIES.resource_type,
        names=(entry.azure_name,),
        body={
            "location": Location(policy.location),
            "tags": Tags(policy.tags),
            "properties": merged({"serviceEndpointPolicyDefinitions": definitions}, policy.properties),
        },
        owner=entry.address,
        because=entry.because,
        properties_written=bool(policy.properties),
    )


def _of_computes(entry: Entry, graph: Graph) -> str | None:
    """Why the alias of Azure ML is let through, where the policy guards a subnet of computes.

    Source: docs, "Prevent data exfiltration" of Azure Machine Learning.
    """
    guarded = [edge.source for edge in graph.edges_to(entry.address)]
    subnet = next((each for each in guarded if _holds_computes(each, graph)), None)
    return f"because computes in {subnet} read what Azure ML keeps for them" if subnet else None


def _holds_computes(subnet: str, graph: Graph) -> bool:
    named = (edge.path[:1] for edge in graph.edges_to(subnet))
    return subnet == graph.network.subnet_of_computes or any(each in _OF_COMPUTES for each in named)


_OF_COMPUTES = (("network_settings",), ("serverless_compute",))  # where a body says in which subnet its nodes lie


SERVICE_ENDPOINT_POLICIES = Kind(
    name="service_endpoint_policies",
    noun="service endpoint policy",
    called_elsewhere={
        "definition": "write allow: {Microsoft.Storage: [resource_group]}",
        "serviceendpointpolicydefinitions": "write allow: {Microsoft.Storage: [resource_group]}",
        "serviceresources": "write allow: {Microsoft.Storage: [resource_group]}",
    },
    model=ServiceEndpointPolicy,
    resource_type="Microsoft.Network/serviceEndpointPolicies",
    api_version="2025-09-01",
    name_rule=NameRule("a service endpoint policy", 1, 80, NETWORK, "resource group", "platform", "sep"),  # NR
    resources=resources,
    symbol="policy",
    group="Network",
    described="Service endpoint policies: no data leaves to accounts of others",
    changes=changes("opens_access", REST, "properties.serviceEndpointPolicyDefinitions"),
    plain=("properties.serviceAlias",),
)
