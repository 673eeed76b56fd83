"""databricks_workspaces: Databricks in a network of one's own, without public addresses, as Azure makes it.

Sources: docs, "Deploy Azure Databricks in your Azure virtual network", "Configure Private Link", "Secure cluster
connectivity"; the REST specifications of Microsoft.Databricks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from mlinfra.azure import providers as known
from mlinfra.azure.casing import camel
from mlinfra.azure.name_rules import WORD, NameRule
from mlinfra.azure.providers import Made, Provider
from mlinfra.azure.regions import has_zones
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import COPIES, FEWER, GONE, LEARN, LESS, MORE, REST, TERRAFORM, WHOLE, changes
from mlinfra.languages.language import Inside
from mlinfra.languages.platform.access import PublicAccess
from mlinfra.languages.platform.charges import without_price
from mlinfra.languages.platform.encryption_of_databricks import (
    IDENTITIES,
    INSIDE,
    ROOT,
    WorkspaceKeys,
    encrypted_entities,
    encryption_of_the_root,
    key_at,
    refuses_key,
)
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, reference, region_of, resource_of
from mlinfra.languages.resource import Of, Resource
from mlinfra.languages.settings import Insecure, Setting, public_access

SUBNETS = ("host_subnet", "container_subnet")  # the fields that name them
UI_API, SIGN_IN = "databricks_ui_api", "browser_authentication"  # groups of private endpoints
PrivateLink: TypeAlias = Literal["front", "back", "both", "none"]
# The API of today takes any text, that of 2025-08-01-preview named nine of these, and Terraform's azurerm takes all:
# internal/services/databricks/validate/compliance_standard.go. Which region has which, no list in reach says.
Standard: TypeAlias = Literal[
    "HIPAA",
    "PCI_DSS",
    "CYBER_ESSENTIAL_PLUS",
    "FEDRAMP_HIGH",
    "FEDRAMP_MODERATE",
    "FEDRAMP_IL5",
    "CANADA_PROTECTED_B",
    "IRAP_PROTECTED",
    "ITAR_EAR",
    "ISMAP",
    "HITRUST",
    "K_FSI",
    "GERMANY_C5",
    "GERMANY_TISAX",
]
RequiredRules: TypeAlias = Literal["all_rules", "no_azure_databricks_rules"]
_CLOSED: tuple[PrivateLink, ...] = ("back", "both")  # clusters go to the control plane by the endpoint


class Compliance(Body):
    standards: Annotated[
        list[Standard], Field(description="What it is held to; the profile can't be taken away again")
    ] = []
    security_monitoring: Annotated[bool, Field(description="Images that are hardened and watched")] = True
    cluster_updates: Annotated[bool, Field(description="Clusters are restarted for updates by themselves")] = True


class Permission(Body):
    level: Annotated[
        Literal["CAN_VIEW", "CAN_RUN", "CAN_MANAGE"], Field(description="What it may do; of each section its own word")
    ]
    user_name: Annotated[str, Field(description="The mail address of a user")] | None = None
    group_name: Annotated[str, Field(description="The name of a group")] | None = None
    service_principal_name: Annotated[str, Field(description="The application id of a service principal")] | None = None


class Defaults(Body):
    permissions: Annotated[
        list[Permission], Field(description="Who may do what with each entry that has no permissions of its own")
    ] = []
    run_as: (
        Annotated[str, ReferenceTo("principals"), Field(description="As whom jobs and pipelines run that don't say so")]
        | None
    ) = None
    tags: Annotated[dict[str, str], Field(description="Tags of jobs, pipelines, clusters, pools; their own win")] = {}
    name_prefix: Annotated[
        str, Field(description="Begins the names of what lies in it, where an entry has none of its own")
    ] = ""


class Sync(Body):
    paths: Annotated[list[str], Field(description="Folders that bundles upload, too; they count from this file")] = []
    include: Annotated[
        list[str], Field(description="Patterns of files that are uploaded though git leaves them out")
    ] = []
    exclude: Annotated[list[str], Field(description="Patterns of files that are not uploaded")] = []


class DatabricksWorkspace(InfrastructureBody):
    sku: Annotated[Literal["premium", "standard"], Field(description="Only premium has roles and logs")] = "premium"
    compute_mode: Annotated[
        Literal["hybrid", "serverless"],
        AzureWords(),
        Field(description="hybrid: clusters in your network, and serverless; fixed once made"),
    ] = "hybrid"
    managed_resource_group: (
        Annotated[str, Field(description="The group that the service makes for itself; by default <its name>-managed")]
        | None
    ) = None
    virtual_network: (
        Annotated[str, ReferenceTo("virtual_networks"), Field(description="The network of its clusters")] | None
    ) = None
    host_subnet: Annotated[str, Field(description="The subnet of machines, for it alone")] | None = None
    container_subnet: Annotated[str, Field(description="The subnet of what runs on them, for it alone")] | None = None
    no_public_ip: Annotated[bool, Field(description="Its machines have no public addresses")] = True
    private_link: (
        Annotated[
            PrivateLink,
            Field(
                description="Who goes by private endpoints: people (front), clusters (back), both, or none; by default "
                "both where network.inbound is private"
            ),
        ]
        | None
    ) = None
    public_network_access: (
        Annotated[PublicAccess, Field(description="Whether the internet reaches it; sign-in stays Entra's")] | None
    ) = None
    required_rules: (
        Annotated[
            RequiredRules,
            AzureWords(),
            Field(description="Rules that Azure wants of its subnets; by default those that private_link leaves"),
        ]
        | None
    ) = None
    compliance: Annotated[Compliance, Field(description="Enhanced security and compliance; premium")] | None = None
    default_storage_firewall: Annotated[
        bool,
        Field(description="The account that the service makes is closed but to its access_connector; needs a network"),
    ] = False
    access_connector: (
        Annotated[
            str,
            ReferenceTo("databricks_access_connectors"),
            Field(description="As whom it reaches its own account: an entry of databricks_access_connectors"),
        ]
        | None
    ) = None
    defaults: Annotated[Defaults, Field(description="What its entries say where they say nothing")] | None = None
    sync: Annotated[Sync, Field(description="What its bundles upload beside the folder of the spec")] | None = None
    customer_managed_key: (
        Annotated[WorkspaceKeys, Field(description="Keys of your own in place of Azure's; premium")] | None
    ) = None

    @property
    def is_hybrid(self) -> bool:
        return self.compute_mode == "hybrid"


def link_of(workspace: DatabricksWorkspace, graph: Graph) -> PrivateLink:
    return workspace.private_link or ("both" if graph.network.is_private else "none")


def rules_of(workspace: DatabricksWorkspace, graph: Graph) -> RequiredRules:
    """The rules that the service adds to the groups of its subnets, and holds them to."""
    is_closed = link_of(workspace, graph) in _CLOSED
    return workspace.required_rules or ("no_azure_databricks_rules" if is_closed else "all_rules")


def managed_group(workspace: DatabricksWorkspace, entry: Entry) -> str:
    """The name of the group that the service makes for it, with its account and what its clusters need."""
    return workspace.managed_resource_group or f"{entry.azure_name}-managed"


def resources(workspace: DatabricksWorkspace, entry: Entry, graph: Graph) -> Iterator[Resource]:
    properties = _properties(workspace, entry, graph)
    yield resource_of(DATABRICKS_WORKSPACES, entry, workspace, properties, sku={"name": workspace.sku})


def _properties(workspace: DatabricksWorkspace, entry: Entry, graph: Graph) -> dict[str, Any]:
    link = link_of(workspace, graph)
    access = workspace.public_network_access or ("disabled" if link == "both" else "enabled")
    properties: dict[str, Any] = {
        "computeMode": workspace.compute_mode.capitalize(),
        "publicNetworkAccess": access.capitalize(),
    }
    if workspace.is_hybrid:  # all that follows is refused in one that is serverless, by the REST specification
        group = managed_group(workspace, entry)
        properties |= {
            "defaultCatalog": {"initialType": "UnityCatalog"},
            "managedResourceGroupId": f"/subscriptions/{graph.target.subscription}/resourceGroups/{group}",
            "requiredNsgRules": camel(rules_of(workspace, graph)),
            "parameters": {
                **{name: {"value": value} for name, value in _parameters(workspace, entry, graph)},
                **encryption_of_the_root(entry, graph),
            },
        }
    if entities := encrypted_entities(entry, graph):
        properties["encryption"] = {"entities": entities}
    if workspace.access_connector:
        properties["accessConnector"] = {
            "id": reference("databricks_access_connectors", workspace.access_connector),
            **_identity_of(graph, graph.bound(entry.address, "access_connector")),
        }
        properties["defaultStorageFirewall"] = "Enabled" if workspace.default_storage_firewall else "Disabled"
    if workspace.compliance:
        properties["enhancedSecurityCompliance"] = _compliance(workspace.compliance)
    return properties


def _identity_of(graph: Graph, connector: str | None) -> dict[str, Any]:
    """As whom a workspace reaches its account: the connector itself, else the first of the identities that it has."""
    body = graph.entries[connector].body if connector else {}
    if body.get("system_identity") is False and (identities := body.get("identities")):
        return {"identityType": "UserAssigned", "userAssignedIdentityId": reference("identities", identities[0])}
    return {"identityType": "SystemAssigned"}


def _parameters(workspace: DatabricksWorkspace, entry: Entry, graph: Graph) -> Iterator[tuple[str, Any]]:
    if workspace.virtual_network:
        yield "customVirtualNetworkId", reference("virtual_networks", workspace.virtual_network)
        for name, field in zip(("customPublicSubnetName", "customPrivateSubnetName"), SUBNETS, strict=True):
            if subnet := graph.bound(entry.address, field):
                yield name, Of(subnet, "name")
    yield "enableNoPublicIp", workspace.no_public_ip
    yield "requireInfrastructureEncryption", True
    is_in_zones = graph.target.mode == "production" and has_zones(region_of(workspace, graph))
    yield "storageAccountSkuName", "Standard_ZRS" if is_in_zones else "Standard_LRS"
    if key_at(entry, graph, ROOT):
        yield "prepareEncryption", True  # makes the identity that is to read the key


def _compliance(compliance: Compliance) -> dict[str, Any]:
    on = {True: "Enabled", False: "Disabled"}
    return {
        "automaticClusterUpdate": {"value": on[compliance.cluster_updates]},
        "enhancedSecurityMonitoring": {"value": on[compliance.security_monitoring]},
        "complianceSecurityProfile": {
            "complianceStandards": compliance.standards or ["NONE"],
            "value": on[bool(compliance.standards)],
        },
    }


def _groups(entry: Entry) -> tuple[str, ...]:
    """People sign in by one endpoint of a region, and work by another, as clusters do."""
    link = entry.body.get("private_link") or "both"
    return {"none": (), "back": (UI_API,)}.get(str(link), (UI_API, SIGN_IN))


def _providers(entry: Entry, graph: Graph, made: Made) -> tuple[Provider, ...]:
    """Of the group that the service makes: one that is serverless has none."""
    return made.needs(*known.DATABRICKS) if made.properties.get("managedResourceGroupId") else ()


DATABRICKS_WORKSPACES = Kind(
    name="databricks_workspaces",
    noun="Databricks workspace",
    called_elsewhere={
        "managedresourcegroupname": "write managed_resource_group",
        "managedresourcegroupid": "write managed_resource_group, which is its name",
        "customparameters": "write virtual_network, host_subnet, container_subnet and no_public_ip",
        "customvirtualnetworkid": "write virtual_network: <an entry of virtual_networks>",
        "virtualnetworkid": "write virtual_network: <an entry of virtual_networks>",
        "publicsubnet": "write host_subnet",
        "privatesubnet": "write container_subnet",
        "pricingtier": "write sku",
        "publicsubnetname": "write host_subnet",
        "privatesubnetname": "write container_subnet",
        "custompublicsubnetname": "write host_subnet",
        "customprivatesubnetname": "write container_subnet",
        "enablenopublicip": "write no_public_ip",
        "encryption": "write customer_managed_key: {services: …, disks: …}",
        "prepareencryption": "write customer_managed_key: {root: …}, which prepares it by itself",
        "managedserviceskeyvaultkeyid": "write customer_managed_key: {services: {key_vault: …, key: …}}",
        "manageddiskcmkkeyvaultkeyid": "write customer_managed_key: {disks: {key_vault: …, key: …}}",
        "managedservicescmkkeyvaultkeyid": "write customer_managed_key: {services: {key_vault: …, key: …}}",
        "customermanagedkeyenabled": "write customer_managed_key: {root: {key_vault: …, key: …}}",
        "requirednsgrules": "write required_rules",
        "networksecuritygrouprulesrequired": "write required_rules",
        "publicnetworkaccessenabled": "write public_network_access",
        "enhancedsecuritycompliance": "write compliance: {standards: […]}",
    },
    model=DatabricksWorkspace,
    providers=_providers,
    charges=without_price("DBUs, and the machines that people start by hand"),
    resource_type="Microsoft.Databricks/workspaces",
    api_version="2026-01-01",
    name_rule=NameRule("a Databricks workspace", 3, 64, WORD, "resource group", "platform", "dbw"),  # NR
    layer="workspace",
    resources=resources,
    stateful=True,
    known_of_others=("defaults", "sync"),  # of what bundles make in it
    watched=True,
    inside=(Inside("virtual_network", "virtual_networks", dict.fromkeys(SUBNETS, "subnets")), *INSIDE),
    refuses_key=refuses_key,
    key_identities=IDENTITIES,
    closed_as=_groups,
    stays_open=lambda entry: entry.body.get("private_link") in ("front", "back", "none"),
    symbol="databricks",
    group="Databricks",
    described="Databricks workspaces, in a network of your own without public addresses",
    settings=public_access(also=(Setting(("parameters", "enableNoPublicIp", "value"), ("no_public_ip",)),)),
    insecure=(Insecure(("no_public_ip",), False, "gives its machines public addresses"),),
    changes=(
        *changes("refused", REST, "properties.computeMode"),
        *changes(
            "create_only",
            REST,
            "properties.managedResourceGroupId",
            "properties.parameters.requireInfrastructureEncryption",
            "properties.parameters.storageAccountName",
            "properties.parameters.vnetAddressPrefix",
            "properties.parameters.natGatewayName",
            "properties.parameters.publicIpName",
            "properties.parameters.loadBalancerId",
            "properties.parameters.loadBalancerName",
            "properties.parameters.loadBalancerBackendPoolName",
            "properties.parameters.amlWorkspaceId",
        ),
        *changes("create_only", TERRAFORM, "sku.name", towards="trial"),
        *changes("weakens", REST, "properties.parameters.storageAccountSkuName", towards=LESS, order=COPIES),
        *changes(
            "not_known",
            REST,
            "properties.parameters.customVirtualNetworkId",
            "properties.parameters.customPublicSubnetName",
            "properties.parameters.customPrivateSubnetName",
        ),
        *changes("create_only", TERRAFORM, "properties.encryption", towards=GONE),
        *changes("weakens", REST, "properties.parameters.encryption", towards=GONE),  # Azure's keys again
        *changes(
            "weakens",
            REST,
            "properties.encryption.entities.managedDisk.rotationToLatestKeyVersionEnabled",
            towards="false",
        ),
        *changes(
            "irreversible",
            REST,
            "properties.enhancedSecurityCompliance.complianceSecurityProfile.value",
            towards="Enabled",
            none_is="Disabled",
        ),
        *changes(
            "irreversible",
            REST,
            "properties.enhancedSecurityCompliance.complianceSecurityProfile.complianceStandards",
            towards=MORE,
        ),
        *changes(
            "not_known",
            REST,
            "properties.enhancedSecurityCompliance.complianceSecurityProfile.complianceStandards",
            towards=FEWER,
        ),
        *changes(
            "weakens",
            f"{LEARN}databricks/security/privacy/enhanced-security-compliance",
            "properties.enhancedSecurityCompliance.enhancedSecurityMonitoring.value",
            "properties.enhancedSecurityCompliance.automaticClusterUpdate.value",
            towards="Disabled",
            none_is="Disabled",
        ),
        *changes("opens_access", REST, "properties.publicNetworkAccess", towards=WHOLE),
        *changes("opens_access", REST, "properties.requiredNsgRules", towards="AllRules"),
        *changes(  # each node has an address of its own
            "opens_access",
            f"{LEARN}databricks/security/network/classic/secure-cluster-connectivity",
            "properties.parameters.enableNoPublicIp",
            towards="false",
        ),
        *changes("opens_access", REST, "properties.defaultStorageFirewall", towards="Disabled", none_is="Disabled"),
    ),
    plain=(
        "properties.accessConnector.id",
        "properties.accessConnector.identityType",
        "properties.defaultCatalog.initialType",
        "properties.parameters.prepareEncryption.value",
        "properties.uiDefinitionUri",
    ),
)
