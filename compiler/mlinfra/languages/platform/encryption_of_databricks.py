"""Keys of one's own of a Databricks workspace: one for what the service keeps, one for disks, one for its account.

Sources: docs, "Customer-managed keys for encryption", "Customer-managed keys for managed services", "… for Azure
managed disks", "… for DBFS root"; the REST specification of Microsoft.Databricks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.graph import Entry, Graph
from mlinfra.languages.key_places import FIELD
from mlinfra.languages.language import Inside
from mlinfra.languages.platform.encryption import vault_uri
from mlinfra.languages.resource import OncePrepared, VersionOf

SERVICES, DISKS, ROOT = PLACES = ("services", "disks", "root")
INSIDE = tuple(Inside("key_vault", "key_vaults", {"key": "keys"}, below=(FIELD, place)) for place in PLACES)
# Who reads a key that Azure makes with the workspace; what the service keeps, its own application opens.
IDENTITIES = {DISKS: "managed_disk_identity", ROOT: "storage_account_identity"}
_ENTITIES = {SERVICES: "managedServices", DISKS: "managedDisk"}
_SOURCE = "Microsoft.Keyvault"


class WorkspaceKey(Body):
    key_vault: Annotated[str, ReferenceTo("key_vaults"), Field(description="The vault in which the key lies")]
    key: Annotated[
        str, Field(description="The key, by its name under `keys` of that vault; a deployment takes its newest version")
    ]


class DiskKey(WorkspaceKey):
    rotation_to_latest_key_version_enabled: Annotated[
        bool, Field(description="Disks follow a new version of the key by themselves, without a deployment")
    ] = True


class WorkspaceKeys(Body):
    services: (
        Annotated[
            WorkspaceKey,
            Field(description="Of what the control plane keeps: notebooks, queries, secrets, credentials of git"),
        ]
        | None
    ) = None
    disks: Annotated[DiskKey, Field(description="Of the data disks of clusters; not of their system disks")] | None = (
        None
    )
    root: (
        Annotated[
            WorkspaceKey,
            Field(description="Of the account that the service makes for it: results of jobs and queries, DBFS"),
        ]
        | None
    ) = None


def refuses_key(entry: Entry, path: tuple[str, ...]) -> str | None:
    """Why a workspace takes no key at a place of its body; None where it does."""
    if entry.body.get("sku") == "standard":
        return "workspaces of the sku standard take no key"
    if entry.body.get("compute_mode") == "serverless" and path[-1] != SERVICES:
        return f"a serverless workspace has no {_LACKING[path[-1]]} of its own"
    return None


_LACKING = {DISKS: "disks", ROOT: "account"}


def key_at(entry: Entry, graph: Graph, place: str) -> str | None:
    """The address of the key of a workspace, as far as names in it lead somewhere and Azure takes it."""
    key = graph.bound(entry.address, FIELD, place, "key")
    return key if key and refuses_key(entry, (FIELD, place)) is None else None


def encrypted_entities(entry: Entry, graph: Graph) -> dict[str, Any]:
    """`encryption.entities` of a workspace; empty where it has no key for them."""
    return dict(_entities(entry, graph))


def _entities(entry: Entry, graph: Graph) -> Iterator[tuple[str, Any]]:
    for place, name in _ENTITIES.items():
        if key := key_at(entry, graph, place):
            uri, called = _named(graph, key)
            named = {"keyVaultUri": uri, "keyName": called, "keyVersion": VersionOf(key)}
            written = entry.body[FIELD][place]
            follows = written.get("rotation_to_latest_key_version_enabled") is not False
            rotation = {"rotationToLatestKeyVersionEnabled": follows} if place == DISKS else {}
            yield name, {"keySource": _SOURCE, "keyVaultProperties": named, **rotation}


def encryption_of_the_root(entry: Entry, graph: Graph) -> Mapping[str, Any]:
    """`encryption` among the parameters: refused until the identity is there, and has the role on the key."""
    if not (key := key_at(entry, graph, ROOT)):
        return {}
    uri, called = _named(graph, key)
    named = {"keySource": _SOURCE, "keyvaulturi": uri, "KeyName": called, "keyversion": VersionOf(key)}
    return {"encryption": OncePrepared({"value": named})}


def _named(graph: Graph, key: str) -> tuple[str, str]:
    """The address of the vault of a key, and the key's name there."""
    entry = graph.entries[key]
    return vault_uri(graph, str(entry.parent)), entry.azure_name
