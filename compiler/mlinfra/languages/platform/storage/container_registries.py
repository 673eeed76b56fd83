"""container_registries: where images of environments lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from mlinfra.azure.name_rules import ALPHANUMERIC, NameRule
from mlinfra.azure.regions import has_zones
from mlinfra.bodies.body import ReferenceTo
from mlinfra.graph import Entry, Graph
from mlinfra.header.network import Network
from mlinfra.languages.changes import ANY, LEARN, LESS, REST, TERRAFORM, UNLIMITED, WHOLE, changes
from mlinfra.languages.charges import Charge, always
from mlinfra.languages.key_places import FIELD
from mlinfra.languages.language import KeyReader
from mlinfra.languages.platform import access
from mlinfra.languages.platform.encryption import INSIDE, CustomerManagedKey, OwnKey, own_key, with_key_identity
from mlinfra.languages.platform.identity_block import identity_block
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, region_of, resource_of
from mlinfra.languages.resource import Resource
from mlinfra.languages.settings import PROPERTIES, Insecure, Setting, ways_in

_ROLE_MODES = {"legacy": "LegacyRegistryPermissions", "abac": "AbacRepositoryPermissions"}

UNTAGGED_DAYS = 30  # a month to notice that a manifest lost its last tag


_NO_REPLICAS = "leave it out: a registry lies in one region here, its location"


class ContainerRegistry(InfrastructureBody):
    sku: (
        Annotated[
            Literal["basic", "standard", "premium"],
            Field(
                description="premium takes network rules, zones, retention, keys; by default premium where it needs one"
            ),
        ]
        | None
    ) = None
    admin_user: Annotated[bool, Field(description="One password for everyone")] = False
    anonymous_pull: Annotated[bool, Field(description="Images for everyone, without sign-in")] = False
    data_endpoint: Annotated[bool, Field(description="Layers come from an address of its own; premium")] | None = None
    zone_redundancy: (
        Annotated[
            bool,
            Field(description="Copies in every zone of the region; by default in production where premium"),
        ]
        | None
    ) = None
    retention_days: (
        Annotated[
            int, Field(ge=0, le=365, description="Manifests without a tag go after so many days, 0: never; premium")
        ]
        | None
    ) = None
    quarantine: Annotated[
        bool, Field(description="A new image is held back until something that looked at it lets it go; premium")
    ] = False
    trust_policy: Annotated[bool, Field(description="Tags may be signed by Docker Content Trust; premium")] = False
    export_policy: Annotated[
        bool, Field(description="Images may be copied elsewhere; off needs closed public access")
    ] = True
    role_mode: Annotated[
        Literal["legacy", "abac"], Field(description="abac grants by repository; AcrPull and AcrPush do not count then")
    ] = "legacy"
    identities: Annotated[
        list[Annotated[str, ReferenceTo("identities")]], Field(description="User-assigned identities of the registry")
    ] = []
    system_identity: Annotated[bool, Field(description="An identity that lives as long as the registry")] = False
    customer_managed_key: (
        Annotated[
            CustomerManagedKey,
            Field(description="A key of your own that encrypts it from the start; premium, and a vault that is open"),
        ]
        | None
    ) = None
    public_network_access: access.PublicAccess = "enabled"
    network_acls: Annotated[
        access.NetworkAcls, Field(description="Addresses that reach it; by default those of network; premium")
    ] = access.NetworkAcls()


def resources(registry: ContainerRegistry, entry: Entry, graph: Graph) -> Iterator[Resource]:
    key = own_key(entry, graph)
    identity = identity_block(with_key_identity(registry.identities, key), system_assigned=registry.system_identity)
    yield resource_of(
        CONTAINER_REGISTRIES,
        entry,
        registry,
        _properties(registry, key, graph),
        layer="storage" if registry.customer_managed_key else None,  # in the one before is the role on the key
        sku={"name": sku_of(registry, graph).capitalize()},
        identity=identity,
    )


def sku_of(registry: ContainerRegistry, graph: Graph) -> str:
    needs_premium = is_closed(registry, graph) or registry.customer_managed_key is not None
    return registry.sku or ("premium" if needs_premium else "standard")


def is_closed(registry: ContainerRegistry, graph: Graph) -> bool:
    """Whether it turns away addresses that nothing allows, so that the service's own build tasks don't reach it."""
    return access.is_closed(registry.network_acls, graph.network, registry.public_network_access)


def _properties(registry: ContainerRegistry, key: OwnKey | None, graph: Graph) -> dict[str, Any]:
    properties = {
        "adminUserEnabled": registry.admin_user,
        "anonymousPullEnabled": registry.anonymous_pull,
        "publicNetworkAccess": registry.public_network_access.capitalize(),
        "networkRuleBypassOptions": access.bypass(registry.network_acls),
        "roleAssignmentMode": _ROLE_MODES[registry.role_mode],
    }
    if sku_of(registry, graph) != "premium":
        return properties
    return properties | _premium_properties(registry, graph) | _encryption(key)


def _premium_properties(registry: ContainerRegistry, graph: Graph) -> dict[str, Any]:
    in_zones = registry.zone_redundancy
    if in_zones is None:
        in_zones = graph.target.mode == "production" and has_zones(region_of(registry, graph))
    retention_days = UNTAGGED_DAYS if registry.retention_days is None else registry.retention_days
    retention = {"status": "enabled", "days": retention_days} if retention_days else {"status": "disabled"}
    return {
        "dataEndpointEnabled": registry.data_endpoint is not False,
        "networkRuleBypassAllowedForTasks": False,
        "networkRuleSet": {
            "defaultAction": access.default_action(
                registry.network_acls, graph.network, registry.public_network_access
            ),
            "ipRules": [
                {"action": "Allow", "value": value}
                for value in access.without_smallest_prefixes(access.allowed_ips(registry.network_acls, graph.network))
            ],
        },
        "zoneRedundancy": "Enabled" if in_zones else "Disabled",
        "policies": {
            "exportPolicy": {"status": "enabled" if registry.export_policy else "disabled"},
            "retentionPolicy": retention,
            **({"quarantinePolicy": {"status": "enabled"}} if registry.quarantine else {}),
            **({"trustPolicy": {"status": "enabled", "type": "Notary"}} if registry.trust_policy else {}),
        },
    }


def _encryption(key: OwnKey | None) -> dict[str, Any]:
    """Without a version, the registry looks for a newer one once an hour."""
    if key is None:
        return {}
    properties = {"identity": key.identity_is("properties.clientId"), "keyIdentifier": key.uri}
    return {"encryption": {"status": "enabled", "keyVaultProperties": properties}}


def _turns_away(entry: Entry, network: Network) -> bool:
    registry = entry.model
    return isinstance(registry, ContainerRegistry) and access.is_closed(
        registry.network_acls, network, registry.public_network_access
    )


def _charges(entry: Entry, graph: Graph) -> Iterator[Charge]:
    if isinstance(entry.model, ContainerRegistry):
        sku = sku_of(entry.model, graph)
        yield Charge(f"registry {sku}", f"registry_{sku}", always(1, "day"))


CONTAINER_REGISTRIES = Kind(
    name="container_registries",
    noun="container registry",
    linked_by="container_registry",
    called_elsewhere={
        "adminuserenabled": "leave it out: identities pull with AcrPull, and admin_user is false unless written",
        "adminenabled": "leave it out: identities pull with AcrPull, and admin_user is false unless written",
        "anonymouspullenabled": "write anonymous_pull, which is false unless written",
        "dataendpointenabled": "write data_endpoint",
        "policies": "write retention_days and export_policy",
        "retentionpolicy": "write retention_days",
        "untaggeddays": "write retention_days",
        "quarantinepolicy": "write quarantine: true",
        "trustpolicy": "write trust_policy: true",
        "georeplications": _NO_REPLICAS,
        "replications": _NO_REPLICAS,
    },
    model=ContainerRegistry,
    charges=_charges,
    resource_type="Microsoft.ContainerRegistry/registries",
    api_version="2025-11-01",
    name_rule=NameRule("a container registry", 5, 50, ALPHANUMERIC, "global", "squeezed", "cr"),  # NR
    resources=resources,
    stateful=True,
    watched=True,
    locked_because="holds the images that are run, and none is built again as it was",
    inside=INSIDE,
    key_reader=KeyReader(FIELD, "registry-key", "reads the key that encrypts it with an identity of its own"),
    takes_keys_of_open_vaults=True,
    known_of_others=("sku",),
    private_endpoint="registry",
    closed_as=lambda registry: ("registry",),
    turns_away=_turns_away,
    symbol="registry",
    holds=("images",),
    group="Security",
    described="Registries of images, without an admin user",
    settings=(
        *ways_in("networkRuleSet", ("networkRuleBypassOptions",)),
        Setting(("adminUserEnabled",), ("admin_user",)),
        Setting(("anonymousPullEnabled",), ("anonymous_pull",)),
        Setting(("dataEndpointEnabled",), ("data_endpoint",)),
        Setting(("policies", "exportPolicy", "status"), ("export_policy",), {"enabled": True, "disabled": False}),
        Setting(("roleAssignmentMode",), ("role_mode",), {azure: written for written, azure in _ROLE_MODES.items()}),
    ),
    insecure=(
        Insecure((*PROPERTIES, "networkRuleBypassAllowedForTasks"), True, "lets tasks past the rules of its network"),
    ),
    changes=(
        *changes(
            "irreversible", f"{LEARN}container-registry/tutorial-customer-managed-keys", "properties.encryption.status"
        ),
        *changes(
            "create_only",
            f"{LEARN}container-registry/tutorial-customer-managed-keys",
            "properties.encryption.status",
        ),
        *changes(
            "loses_data",  # manifests without a tag, once they are that old
            f"{LEARN}container-registry/container-registry-retention-policy",
            "properties.policies.retentionPolicy.status",
            towards="enabled",
        ),
        *changes(
            "loses_data",
            f"{LEARN}container-registry/container-registry-retention-policy",
            "properties.policies.retentionPolicy.days",
            towards=LESS,
            none_is=UNLIMITED,
        ),
        *changes(
            "weakens",
            REST,
            "properties.policies.softDeletePolicy",
            "properties.policies.quarantinePolicy.status",
            "properties.policies.trustPolicy.status",
            towards=LESS,
        ),
        *changes("create_only", TERRAFORM, "properties.zoneRedundancy"),
        *changes("opens_access", REST, "properties.publicNetworkAccess", "properties.networkRuleSet", towards=WHOLE),
        *changes(
            "opens_access",
            REST,
            "properties.adminUserEnabled",
            "properties.anonymousPullEnabled",
            "properties.networkRuleBypassOptions",
            "properties.networkRuleBypassAllowedForTasks",
        ),
        *changes(
            "opens_access",
            REST,
            "properties.policies.exportPolicy.status",
            "properties.policies.azureADAuthenticationAsArmPolicy.status",
            none_is="enabled",
        ),
        *changes("opens_access", REST, "properties.roleAssignmentMode", towards=ANY),
    ),
    plain=(
        "identity.type",
        "identity.userAssignedIdentities",
        "properties.dataEndpointEnabled",
        "properties.encryption.keyVaultProperties.identity",
        "properties.encryption.keyVaultProperties.keyIdentifier",
        "properties.policies.trustPolicy.type",
        "sku.name",
    ),
)
