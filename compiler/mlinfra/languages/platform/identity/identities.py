"""identities: user-assigned managed identities, and who outside Azure may act as one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from mlinfra.azure.clouds import cloud
from mlinfra.azure.name_rules import WORD, NameRule
from mlinfra.bodies.fields import HttpsUrl
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import ANY, REST, TERRAFORM, changes
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, NestedBody
from mlinfra.languages.resource import Location, Resource, Tags, merged


class FederatedCredential(NestedBody):
    issuer: Annotated[HttpsUrl, Field(description="Who signs the token, exactly as it says itself")]
    subject: Annotated[str, Field(min_length=1, description="Whom the token is about, such as sc://org/project/name")]
    audiences: Annotated[
        list[str] | None,
        Field(
            min_length=1,
            max_length=1,
            description="For whom the token is meant, one; by default that which Entra recommends in the cloud",
        ),
    ] = None


class Identity(InfrastructureBody):
    federated_credentials: Annotated[
        dict[str, FederatedCredential],
        Field(description="Tokens of others that this identity accepts; no secret exists"),
    ] = {}


def resources(identity: Identity, entry: Entry, graph: Graph) -> Iterator[Resource]:
    body = {"location": Location(identity.location), "tags": Tags(identity.tags)}
    if identity.properties:
        body |= {"properties": merged({}, identity.properties)}
    yield Resource(
        address=entry.address,
        type=IDENTITIES.resource_type,
        names=(entry.azure_name,),
        layer=IDENTITIES.layer,
        body=body,
        owner=entry.address,
        because=entry.because,
        properties_written=bool(identity.properties),
    )
    yield from _federated_credentials(identity, entry, graph)


def _federated_credentials(identity: Identity, entry: Entry, graph: Graph) -> Iterator[Resource]:
    before: tuple[str, ...] = ()  # an identity takes one change of its credentials at a time
    for name, credential in identity.federated_credentials.items():
        nested = graph.entries[f"{entry.address}.federated_credentials.{name}"]
        said = {
            "issuer": credential.issuer,
            "subject": credential.subject,
            "audiences": credential.audiences or [cloud(graph.header.cloud).token_audience],
        }
        yield Resource(
            address=nested.address,
            type=f"{IDENTITIES.resource_type}/federatedIdentityCredentials",
            names=(entry.azure_name, nested.azure_name),
            layer=IDENTITIES.layer,
            body={"properties": merged(said, credential.properties)},
            owner=nested.address,
            parent=entry.address,
            depends_on=before,
            because=nested.because,
            properties_written=bool(credential.properties),
        )
        before = (nested.address,)


IDENTITIES = Kind(
    name="identities",
    stops_meanwhile="what acts as it: its id and so its grants are others",
    noun="identity",
    model=Identity,
    resource_type="Microsoft.ManagedIdentity/userAssignedIdentities",
    api_version="2024-11-30",
    name_rule=NameRule("a user-assigned identity", 3, 128, WORD, "resource group", "platform", "id"),  # NR
    resources=resources,
    symbol="identity",
    # Source: docs, "Azure permissions for Identity", "Azure built-in roles" (Managed Identity Operator).
    rights_to_use=("Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",),
    group="Identities",
    described="User-assigned managed identities and their federated credentials",
    changes=(
        *changes("interrupts", TERRAFORM, "name", is_confirmed=False),
        *changes(  # else only resources of its region may have it
            "opens_access", REST, "properties.isolationScope", towards="None", none_is="None"
        ),
    ),
)

FEDERATED_CREDENTIALS = Kind(
    name="federated_credentials",
    noun="federated credential",
    model=FederatedCredential,
    nested_in=("identities", "federated_credentials"),
    resource_type="Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
    name_rule=NameRule("a federated credential", 3, 120, WORD, "identity"),  # BT
    symbol="credential",
    described="Who else signs in as an identity, without a secret",
    changes=(
        *changes(
            "opens_access", TERRAFORM, "properties.issuer", "properties.subject", "properties.audiences", towards=ANY
        ),
    ),
)
