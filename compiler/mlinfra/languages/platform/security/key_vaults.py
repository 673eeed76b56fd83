"""key_vaults: where secrets of workspaces, connections and endpoints lie, and keys with which others encrypt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from mlinfra.azure.name_rules import KEY, VAULT, NameRule
from mlinfra.formats.bicep import Commented
from mlinfra.graph import Entry, Graph
from mlinfra.header.network import Network
from mlinfra.languages.changes import ANY, LEARN, LESS, REST, TERRAFORM, WHOLE, changes
from mlinfra.languages.charges import Charge, always
from mlinfra.languages.forms import SECRET
from mlinfra.languages.platform import access
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, resource_of
from mlinfra.languages.platform.security.key import Key, key_properties
from mlinfra.languages.resource import Resource, TenantId
from mlinfra.languages.settings import AS_WRITTEN, PROPERTIES, Insecure, Setting, ways_in


class KeyVault(InfrastructureBody):
    sku: Annotated[Literal["standard", "premium"], Field(description="premium keeps keys in hardware")] = "standard"
    soft_delete_days: Annotated[
        int, Field(ge=7, le=90, description="How long a deleted vault or secret can be recovered, in days")
    ] = 90
    purge_protection: Annotated[
        bool, Field(description="Once on, it stays on: nobody deletes for good before time")
    ] = True
    keys: Annotated[
        dict[str, Key], Field(description="Keys that encrypt what names them; each is made once, and never changed")
    ] = {}
    public_network_access: access.PublicAccess = "enabled"
    network_acls: Annotated[
        access.NetworkAcls, Field(description="Addresses and subnets that reach it; by default those of network")
    ] = access.NetworkAcls()
    enabled_for_deployment: Annotated[bool, Field(description="Virtual machines may fetch certificates")] = False
    enabled_for_disk_encryption: Annotated[bool, Field(description="Azure Disk Encryption may fetch secrets")] = False
    enabled_for_template_deployment: Annotated[bool, Field(description="Resource Manager may fetch secrets")] = False


def resources(vault: KeyVault, entry: Entry, graph: Graph) -> Iterator[Resource]:
    properties: dict[str, Any] = {
        "tenantId": TenantId(),
        "sku": {"family": "A", "name": vault.sku},
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        # ARM takes true or nothing, never false
        **({"enablePurgeProtection": True} if vault.purge_protection else {}),
        "softDeleteRetentionInDays": vault.soft_delete_days,
        "enabledForDeployment": vault.enabled_for_deployment,
        "enabledForDiskEncryption": vault.enabled_for_disk_encryption,
        "enabledForTemplateDeployment": _is_read_by_deployments(vault, entry, graph),
        "publicNetworkAccess": vault.public_network_access.capitalize(),
        "networkAcls": _network_acls(vault, graph.network),
    }
    yield resource_of(KEY_VAULTS, entry, vault, properties)
    yield from _keys(vault, entry, graph)


def _keys(vault: KeyVault, entry: Entry, graph: Graph) -> Iterator[Resource]:
    for name, key in vault.keys.items():
        nested = graph.entries[f"{entry.address}.keys.{name}"]
        yield Resource(
            address=nested.address,
            type=KEYS.resource_type,
            names=(entry.azure_name, nested.azure_name),
            layer=KEYS.layer,
            body={"properties": key_properties(key)},
            owner=nested.address,
            parent=entry.address,
            because=nested.because,
            properties_written=bool(key.properties),
        )


SMALL_RSA_BITS = 2048  # in hardware these cost less than all other keys
SWITCH = "enabled_for_template_deployment"  # the field by which Resource Manager may fetch secrets


def secrets_because(vault: KeyVault, entry: Entry, graph: Graph) -> str | None:
    """Why Resource Manager may fetch secrets though nobody wrote so; None where that isn't the case."""
    if vault.enabled_for_template_deployment:
        return None
    readers = dict.fromkeys(edge.source for edge in graph.edges_to(entry.address) if edge.form == SECRET.name)
    return f"Resource Manager takes the secrets of {', '.join(readers)} from it" if readers else None


def _is_read_by_deployments(vault: KeyVault, entry: Entry, graph: Graph) -> bool | Commented:
    because = secrets_because(vault, entry, graph)
    return Commented(True, f"because {because}") if because else vault.enabled_for_template_deployment


def _network_acls(vault: KeyVault, network: Network) -> dict[str, Any]:
    acls = vault.network_acls
    return {
        "bypass": access.bypass(acls),
        "defaultAction": access.default_action(acls, network, vault.public_network_access),
        "ipRules": [{"value": access.with_prefix(cidr)} for cidr in access.allowed_ips(acls, network)],
        "virtualNetworkRules": access.subnet_rules(acls),
    }


def _is_closed(entry: Entry, network: Network) -> bool:
    vault = entry.model
    return isinstance(vault, KeyVault) and access.is_closed(vault.network_acls, network, vault.public_network_access)


_BY_ROLES = (
    "leave it out: roles say who may read, such as role_assignments: {readers: {role: Key Vault Secrets User, scope: "
    "key_vaults.<entry>, principal: <an entry of principals>}}"
)

KEY_VAULTS = Kind(
    name="key_vaults",
    noun="key vault",
    linked_by="key_vault",
    called_elsewhere={
        "softdeleteretentionindays": "write soft_delete_days",
        "softdeleteretentiondays": "write soft_delete_days",
        "tenantid": "leave it out: it is that of the target's subscription",
        "enablesoftdelete": "leave it out: Azure deletes no vault at once",
        "enablepurgeprotection": "write purge_protection",
        "purgeprotectionenabled": "write purge_protection",
        "enablerbacauthorization": _BY_ROLES,
        "accesspolicies": _BY_ROLES,
        "accesspolicy": _BY_ROLES,
        "skuname": "write sku",
        "secrets": "leave it out: a person puts secrets there; fields take {vault: <entry>, secret: <name>}",
    },
    model=KeyVault,
    resource_type="Microsoft.KeyVault/vaults",
    api_version="2026-02-01",
    name_rule=NameRule("a key vault", 3, 24, VAULT, "global", "short", "kv"),  # NR
    resources=resources,
    known_of_others=("keys",),
    stateful=True,
    watched=True,
    locked_because="holds secrets, and no workspace can be given another vault",
    private_endpoint="vault",
    closed_as=lambda vault: ("vault",),
    turns_away=_is_closed,
    symbol="vault",
    holds=("secrets",),
    group="Security",
    described="Vaults for secrets, opened only by Entra roles",
    settings=(
        *ways_in("networkAcls", ("networkAcls", "bypass")),
        Setting(("enablePurgeProtection",), ("purge_protection",)),
        Setting(("softDeleteRetentionInDays",), ("soft_delete_days",), AS_WRITTEN),
        Setting(("enabledForDeployment",), ("enabled_for_deployment",)),
        Setting(("enabledForDiskEncryption",), ("enabled_for_disk_encryption",)),
        Setting(("enabledForTemplateDeployment",), ("enabled_for_template_deployment",)),
    ),
    insecure=(
        Insecure(("enabled_for_deployment",), True, "hands its certificates to virtual machines"),
        Insecure((*PROPERTIES, "enableSoftDelete"), False, "loses what is deleted at once"),
    ),
    changes=(
        *changes(
            "irreversible", TERRAFORM, "properties.enablePurgeProtection", "properties.enableSoftDelete", towards="true"
        ),
        *changes("weakens", TERRAFORM, "properties.enablePurgeProtection", "properties.enableSoftDelete", towards=LESS),
        *changes("refused", f"{LEARN}key-vault/general/soft-delete-overview", "properties.softDeleteRetentionInDays"),
        *changes("opens_access", TERRAFORM, "properties.enableRbacAuthorization", towards=ANY),
        *changes("opens_access", REST, "properties.publicNetworkAccess", "properties.networkAcls", towards=WHOLE),
        *changes(
            "opens_access",
            REST,
            "properties.accessPolicies",
            "properties.enabledForDeployment",
            "properties.enabledForDiskEncryption",
            "properties.enabledForTemplateDeployment",
        ),
    ),
    plain=(
        "properties.createMode",
        "properties.sku.family",
        "properties.sku.name",
        "properties.tenantId",
    ),
)


def _charges_of_key(entry: Entry, graph: Graph) -> Iterator[Charge]:
    """Each key in a module of hardware; those in software cost by what is done with them."""
    key = entry.model
    if isinstance(key, Key) and key.type.endswith("-HSM"):
        is_small = key.type.startswith("RSA") and key.size == SMALL_RSA_BITS
        meter = "hsm_key_rsa2048" if is_small else "hsm_key_other"
        yield Charge("key in a hardware module", meter, always(1, "month"))


KEYS = Kind(
    name="keys",
    noun="key",
    called_elsewhere={
        "kty": "write type: RSA",
        "keytype": "write type: RSA",
        "keysize": "write size: 3072",
        "curvename": "write curve: P-256",
        "keyops": "write operations",
        "keyopts": "write operations",
        "expirationdate": "write expires: 2027-12-31",
        "rotationpolicy": "write expires_after, rotate_after or rotate_before_expiry, and notify_before_expiry",
        "timeaftercreation": "write rotate_after",
        "timebeforeexpiry": "write rotate_before_expiry",
    },
    model=Key,
    charges=_charges_of_key,
    nested_in=("key_vaults", "keys"),
    resource_type="Microsoft.KeyVault/vaults/keys",
    name_rule=NameRule("a key", 1, 127, KEY, "vault"),  # NR
    stateful=True,
    lost_with_it="what is encrypted with it",
    symbol="key",
    group="Security",
    described="Keys of a vault; who encrypts with one gets the role for it, and Azure keeps the rest from everybody",
    changes=(
        *changes(
            "ignored",
            f"{LEARN}templates/microsoft.keyvault/vaults/keys",
            "properties.kty",
            "properties.keySize",
            "properties.curveName",
            "properties.keyOps",
            "properties.attributes",
            "properties.rotationPolicy",
        ),
    ),
)
