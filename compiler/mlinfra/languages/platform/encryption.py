"""A key of one's own with which a kind of ours encrypts: how it is written, and what its resource says of it."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from mlinfra.azure.clouds import cloud
from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.graph import Entry, Graph
from mlinfra.languages.key_places import FIELD
from mlinfra.languages.language import Inside
from mlinfra.languages.resource import Of

INSIDE = (Inside("key_vault", "key_vaults", {"key": "keys"}, below=(FIELD,)),)


class CustomerManagedKey(Body):
    key_vault: Annotated[str, ReferenceTo("key_vaults"), Field(description="The vault in which the key lies")]
    key: Annotated[str, Field(description="The key, by its name under `keys` of that vault; its newest version counts")]
    identity: (
        Annotated[
            str,
            ReferenceTo("identities"),
            Field(description="Who reads the key; by default an identity made for it, with the role on that key"),
        ]
        | None
    ) = None


class OwnKey(NamedTuple):
    """A key as a resource names it: neither has a version, so that the service follows the newest one by itself."""

    vault_uri: str
    name: str
    identity: str  # address of who reads it

    @property
    def uri(self) -> str:
        return f"{self.vault_uri}/keys/{self.name}"

    def identity_is(self, property: str = "id") -> Of:
        return Of(self.identity, property)


def own_key(entry: Entry, graph: Graph) -> OwnKey | None:
    """The key that an entry is encrypted with; None where it is the service's, or a name in it leads nowhere."""
    bound = [graph.bound(entry.address, FIELD, field) for field in ("key_vault", "key", "identity")]
    vault, key, identity = bound
    if vault is None or key is None or identity is None:
        return None
    return OwnKey(vault_uri(graph, vault), graph.entries[key].azure_name, identity)


def vault_uri(graph: Graph, vault: str) -> str:
    """Where a vault answers, by its address among the entries."""
    return f"https://{graph.entries[vault].azure_name.lower()}.{cloud(graph.header.cloud).vault_suffix}"


def with_key_identity(identities: list[str], key: OwnKey | None) -> list[str]:
    """The identities of a resource, by name, with the one that reads its key."""
    reader = [key.identity.partition(".")[2]] if key else []
    return list(dict.fromkeys([*identities, *reader]))
