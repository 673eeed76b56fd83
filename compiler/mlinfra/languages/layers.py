"""In which layer a section is deployed; what extends a resource (a role, a lock, its diagnostics) goes there too."""

from __future__ import annotations

from mlinfra.languages.resource import LAYERS, Layer

# Everything that is in no row is foundation: identities, logs, vaults, registries of images, the resource group itself.
_LAYERS: dict[str, Layer] = {
    "storage_accounts": "storage",
    "workspaces": "workspace",
    "hubs": "workspace",
    "projects": "workspace",
    "registries": "workspace",
    "feature_stores": "workspace",
    "connections": "workspace",
    "datastores": "workspace",
    "compute_clusters": "compute",
    "compute_instances": "compute",
    "kubernetes_computes": "compute",
    "online_endpoints": "serving",
    "batch_endpoints": "serving",
}


def layer_of(*addresses: str) -> Layer:
    """The last of the layers in which these addresses are deployed.

    >>> layer_of("storage_accounts.lake.containers.raw", "identities.main")
    'storage'
    """
    layers = [_LAYERS.get(address.split(".", 1)[0], "foundation") for address in addresses]
    return max(layers, key=LAYERS.index, default="foundation")
