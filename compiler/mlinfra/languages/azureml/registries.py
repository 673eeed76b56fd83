"""registries: assets that workspaces share. Azure makes the storage and the images of one, in a group of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.azure.casing import camel, snake
from mlinfra.graph import Entry, Graph
from mlinfra.languages.azureml.row import REGISTRY_TYPE
from mlinfra.languages.language import Inner
from mlinfra.languages.resource import Location, Of, Resource, Tags, merged
from mlinfra.schemas.values import mapping

SKU_OF_IMAGES = "premium"  # azure-ai-ml: AcrAccountSku, the only one that registries take
KIND_OF_STORAGE = "standard_lrs"  # what the SDK sends where nothing is written (SDK: RegistryRegionDetailsSchema)
_DETAILS = "properties.regionDetails[{region}]"
_ACCOUNT = f"{_DETAILS}.storageAccountDetails[0].systemCreatedStorageAccount.armResourceId.resourceId"
_IMAGES = f"{_DETAILS}.acrDetails[0].systemCreatedAcrAccount.armResourceId.resourceId"


def said_to_the_client(entry: Entry, graph: Graph) -> dict[str, Any]:
    return {"replication_locations": [dict(each) for each in regions(entry, graph.target.location)]}


def resources(entry: Entry, graph: Graph) -> Iterator[Resource]:
    body = entry.body
    written = entry.additions.get("properties") or {}
    location = body.get("location")
    properties = {
        "publicNetworkAccess": camel(snake(body.get("public_network_access") or "enabled")),
        "regionDetails": [_region(each, body) for each in regions(entry, graph.target.location)],
    }
    if publisher := (body.get("intellectual_property") or {}).get("publisher"):
        properties["intellectualPropertyPublisher"] = publisher
    yield Resource(
        address=entry.address,
        type=REGISTRY_TYPE,
        names=(entry.azure_name,),
        layer="workspace",
        body={
            "location": Location(location),
            "tags": Tags(body.get("tags") or {}),
            "identity": _identity(entry, graph),
            "properties": merged(properties, written),
        },
        owner=entry.address,
        because=entry.because,
        properties_written=bool(written),
    )


def regions(entry: Entry, location: str) -> list[Mapping[str, Any]]:
    """Where a registry has its assets: as it is written, else where it is itself."""
    home = entry.body.get("location") or location
    written = entry.body.get("replication_locations") or [{}]
    return [{"location": home, **each} for each in written]


def inner(entry: Entry, location: str) -> Iterator[Inner]:
    """What Azure makes for one and gives a name that is not known before: the storage of each region, and images."""
    for number, region in enumerate(regions(entry, location)):
        name = "storage" if number == 0 else f"storage-{region['location']}"
        yield Inner(name, "blob", _ACCOUNT.format(region=number))
    yield Inner("images", "registry", _IMAGES.format(region=0))


def _region(region: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    images = mapping(body.get("container_registry"))
    storage = mapping(region.get("storage_config"))
    account = {
        "storageAccountHnsEnabled": bool(storage.get("storage_account_hns")),
        "storageAccountType": str(storage.get("storage_account_type") or KIND_OF_STORAGE).lower(),
        "allowBlobPublicAccess": False,
    }
    return {
        "location": region["location"],
        "acrDetails": [
            {"systemCreatedAcrAccount": {"acrAccountSku": str(images.get("acr_account_sku") or SKU_OF_IMAGES).title()}}
        ],
        "storageAccountDetails": [{"systemCreatedStorageAccount": account}]
        * int(storage.get("replication_count") or 1),
    }


def _identity(entry: Entry, graph: Graph) -> dict[str, Any]:
    """Its own identity, as which it makes its storage and images, unless the spec says otherwise."""
    written = list(entry.additions.get("identities") or ())
    bound = (graph.bound(entry.address, "identities", place) for place in range(len(written)))
    named = [Of(address) if address else name for address, name in zip(bound, written, strict=True)]
    assigned: dict[Of | str, Any] = {each: {} for each in named}
    own = entry.additions.get("system_identity", True)
    types = [*(["SystemAssigned"] if own else []), *(["UserAssigned"] if assigned else [])]
    kind = {"type": ",".join(types) or "None"}
    return {**kind, "userAssignedIdentities": assigned} if assigned else kind
