"""The rules of the platform's own kinds, in the order in which they are checked."""

from mlinfra.languages.rule import Rule
from mlinfra.rules import (
    consumers,
    existing,
    identities,
    insecure,
    logs,
    network,
    networks,
    own_network,
    private_endpoints,
    private_network,
    records,
    regions,
    registries,
    roles,
    storage,
    tags,
    vaults,
    ways,
)

PLATFORM_RULES: tuple[Rule, ...] = (
    *network.RULES,
    *networks.RULES,
    *own_network.RULES,
    *private_endpoints.RULES,
    *private_network.RULES,
    *regions.RULES,
    *existing.RULES,
    *identities.RULES,
    *roles.RULES,
    *consumers.RULES,
    *logs.RULES,
    *records.RULES,
    *vaults.RULES,
    *registries.RULES,
    *storage.RULES,
    *insecure.RULES,
    *tags.RULES,
    *ways.RULES,
)
