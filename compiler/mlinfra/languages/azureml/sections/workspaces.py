"""Workspaces, and what is a workspace to Azure; the name rules of all but the first are for what comes."""

from __future__ import annotations

from mlinfra.azure.name_rules import WORD, NameRule
from mlinfra.languages.azureml import charges, connections, elsewhere, providers, registries, workspaces
from mlinfra.languages.azureml.checks import listed
from mlinfra.languages.azureml.checks import registries as of_registries
from mlinfra.languages.azureml.row import IN_A_HUB, IN_WORKSPACE, REGISTRY_TYPE, RESOURCE, WORKSPACE_TYPE, Row
from mlinfra.languages.changes import GONE, LEARN, LEFT, REST, TERRAFORM, WHOLE, Change, Effect, changes
from mlinfra.languages.language import Inside, Instead
from mlinfra.languages.settings import AS_WRITTEN, PROPERTIES, WHATEVER, Insecure, Setting, public_access

MANAGED = f"{LEARN}machine-learning/how-to-manage-registries"
CLOSED = f"{LEARN}machine-learning/how-to-registry-network-isolation"
CONNECTION_CLASSES = (
    "workspace.connections.workspace_connection:WorkspaceConnectionSchema",
    *(
        f"workspace.connections.connection_subtypes:{name}ConnectionSchema"
        for name in (
            "AzureBlobStore",
            "MicrosoftOneLake",
            "AzureOpenAI",
            "AzureAIServices",
            "AzureAISearch",
            "AzureContentSafety",
            "AzureSpeechServices",
            "APIKey",
            "OpenAI",
            "Serp",
            "Serverless",
        )
    ),
)


def _of_isolation(effect: Effect, *, towards: str = "", leaving: str = "") -> tuple[Change, ...]:
    source, path = f"{LEARN}machine-learning/how-to-managed-network", "properties.managedNetwork.isolationMode"
    return changes(effect, source, path, towards=towards, leaving=leaving, none_is="Disabled")


_NO_RULE_JUDGES = "has outbound rules that nothing looks at: write them in managed_network"
WORKSPACES = Row(
    name="workspaces",
    described="Workspaces of Azure ML: where jobs, models and endpoints live",
    noun="workspace",
    called_elsewhere=elsewhere.OF_WORKSPACES,
    az_noun="workspace",
    loader="load_workspace",
    compiled_to="bicep",
    classes=("workspace.workspace:WorkspaceSchema",),
    schemas={"": "workspace"},
    additions=RESOURCE,
    resource_type=WORKSPACE_TYPE,
    api_version="2026-05-01",
    name_rule=NameRule("a workspace", 3, 33, WORD, "resource group", "platform", "mlw"),
    layer="workspace",
    emitter=workspaces.resources,
    providers=providers.of_workspace,
    rules=listed.WORKSPACE_RULES,
    stateful=True,
    watched=True,
    is_tagged=True,
    inside=(Inside("key_vault", "key_vaults", {"key_uri": "keys"}, below=("customer_managed_key",)),),
    closed_as=lambda workspace: ("amlworkspace",),
    symbol="workspace",
    beyond_the_sdk={
        "sku.*": "the only tier there is; the SDK sends it in its template, not in its body",
        "tags*": "the tags of the header",
        "identity.type": "that Azure gives it an identity, where its own is left out, so that a reviewer sees it",
        "properties.v1LegacyMode": "the old API, which knows no identity-based access, stays off",
        "properties.publicNetworkAccess": "written out, so that a reviewer sees who gets in",
        "properties.systemDatastoresAuthMode": "the workspace's own datastores are read with identities, not with keys",
        "properties.encryption.*": "the customer's key; the SDK sends it in its template, not in its body",
    },
    group="Workspaces",
    settings=(
        *public_access(),
        Setting(("enableDataIsolation",), ("enable_data_isolation",)),
        Setting(("hbiWorkspace",), ("hbi_workspace",)),
        Setting(
            ("managedNetwork", "isolationMode"),
            ("managed_network", "isolation_mode"),
            {
                "AllowInternetOutbound": "allow_internet_outbound",
                "AllowOnlyApprovedOutbound": "allow_only_approved_outbound",
                "Disabled": "disabled",
            },
        ),
        Setting(("serverlessComputeSettings", "serverlessComputeNoPublicIP"), ("serverless_compute", "no_public_ip")),
        Setting(("friendlyName",), ("display_name",), AS_WRITTEN),
        Setting(
            ("systemDatastoresAuthMode",),
            ("system_datastores_auth_mode",),
            {"AccessKey": "access_key", "Identity": "identity"},
        ),
    ),
    insecure=(
        Insecure(("system_datastores_auth_mode",), "access_key", "comes to its storage with keys, not as itself"),
        *(
            Insecure(("managed_network", "isolation_mode"), mode, "lets jobs send data wherever they like")
            for mode in ("disabled", "allow_internet_outbound")
        ),
        Insecure(("serverless_compute", "no_public_ip"), False, "gives serverless jobs public addresses"),
        Insecure((*PROPERTIES, "allowPublicAccessWhenBehindVnet"), True, "answers the internet past its endpoints"),
        Insecure((*PROPERTIES, "managedNetwork", "outboundRules"), WHATEVER, _NO_RULE_JUDGES),
    ),
    changes=(
        *changes("refused", REST, "properties.storageAccount", "properties.keyVault"),  # 400: update is not supported
        *changes(
            "create_only",
            TERRAFORM,
            "kind",
            "properties.encryption.status",
            "properties.encryption.keyVaultProperties.keyVaultArmId",
            "properties.enableServiceSideCMKEncryption",
            "properties.provisionNetworkNow",
        ),
        # only set when a workspace is created; no PATCH has it, so the old value stays
        *changes("ignored", f"{LEARN}machine-learning/concept-data-encryption", "properties.hbiWorkspace"),
        *changes(
            "create_only",
            f"{LEARN}machine-learning/how-to-identity-based-service-authentication",
            "properties.enableDataIsolation",
        ),
        *changes(
            "irreversible",
            f"{LEARN}machine-learning/how-to-identity-based-service-authentication",
            "identity.type",
            towards="SystemAssigned,UserAssigned",
        ),
        *_of_isolation("irreversible", towards="AllowOnlyApprovedOutbound"),
        *_of_isolation("irreversible", towards="AllowInternetOutbound", leaving="Disabled"),
        *_of_isolation("opens_access", towards="AllowInternetOutbound", leaving="AllowOnlyApprovedOutbound"),
        *_of_isolation("opens_access", towards="Disabled", leaving="AllowOnlyApprovedOutbound"),
        # not disabled any more, nor less strict any more: the old mode stays
        *_of_isolation("ignored", towards="Disabled"),
        *_of_isolation("ignored", towards="AllowInternetOutbound", leaving="AllowOnlyApprovedOutbound"),
        *_of_isolation("interrupts", leaving="Disabled"),
        *changes("irreversible", REST, "properties.managedNetwork.managedNetworkKind", towards="V2"),
        *changes(
            "opens_access",
            f"{LEARN}machine-learning/how-to-configure-private-link",
            "properties.publicNetworkAccess",
            "properties.networkAcls",
            towards=WHOLE,
        ),
        *changes(
            "opens_access",
            REST,
            "properties.systemDatastoresAuthMode",
            towards="AccessKey",
            whom="whoever works in the workspace, by the key of its account",
        ),
        *changes(  # machines that run serverless jobs have addresses of their own
            "opens_access",
            f"{LEARN}machine-learning/how-to-use-serverless-compute",
            "properties.serverlessComputeSettings.serverlessComputeNoPublicIP",
            towards="false",
        ),
        *changes(  # rules and routes of the subnet hold back what they send
            "opens_access",
            f"{LEARN}machine-learning/how-to-use-serverless-compute",
            "properties.serverlessComputeSettings.serverlessComputeCustomSubnet",
            towards=LEFT,
        ),
        *changes(  # the newer API goes over addresses of Azure Resource Manager
            "opens_access",
            f"{LEARN}machine-learning/how-to-configure-network-isolation-with-v2",
            "properties.v1LegacyMode",
            towards="false",
            leaving="true",
        ),
    ),
    plain=(
        "identity.userAssignedIdentities",
        "properties.applicationInsights",
        "properties.containerRegistry",
        "properties.description",
        "properties.encryption.identity.userAssignedIdentity",
        "properties.encryption.keyVaultProperties.keyIdentifier",
        "properties.friendlyName",
        "properties.imageBuildCompute",
        "properties.managedNetwork.firewallSku",
        "properties.primaryUserAssignedIdentity",
        "sku.name",
        "sku.tier",
    ),
)

_AS_OTHERS = "the client makes every registry with an identity of its own, and takes no other"
REGISTRIES = Row(
    name="registries",
    is_given_an_identity=True,
    described="Registries of models and environments for several workspaces",
    noun="machine-learning registry",
    az_noun="registry",
    loader="load_registry",
    compiled_to="bicep",
    classes=("registry.registry:RegistrySchema",),
    schemas={"": "registry"},
    additions=(*RESOURCE, "made_in", "system_identity", "identities"),
    keeps_keys_of_azure="Azure ML makes the storage and the images of a registry, with its keys",
    resource_type=REGISTRY_TYPE,
    api_version="2026-05-01",
    name_rule=NameRule("a machine-learning registry", 3, 33, WORD, "tenant", "short", "mlr"),  # BT, CAF
    layer="workspace",
    emitter=registries.resources,
    said_to_the_client=registries.said_to_the_client,
    charges=charges.of_registry,
    providers=providers.of_registry,
    rules=of_registries.RULES,
    stateful=True,
    watched=True,
    is_tagged=True,
    known_of_others=("location", "replication_locations"),
    closed_as=lambda registry: ("amlregistry",),
    inner=registries.inner,
    inner_group="azureml-rg-{name}_…",
    private_endpoint="amlregistry",
    symbol="registry",
    group="Workspaces",
    settings=public_access(),
    beyond_the_sdk={
        "tags*": "the tags of the header",
        "properties.publicNetworkAccess": "written out, so that a reviewer sees who gets in",
        "properties.regionDetails*.allowBlobPublicAccess": "its storage answers nobody without a sign-in",
        "identity.userAssignedIdentities*": _AS_OTHERS,
    },
    instead_of_the_sdk={
        "identity.type": Instead("SystemAssigned", ("None", "UserAssigned", "SystemAssigned,UserAssigned"), _AS_OTHERS)
    },
    less_than_the_sdk={
        "properties.managedResourceGroupTags*": "API versions that are stable don't have it: Azure tags the group",
    },
    changes=(
        *changes("opens_access", CLOSED, "properties.publicNetworkAccess", towards=WHOLE),
        *changes("loses_data", MANAGED, "properties.regionDetails", towards=GONE, is_confirmed=False),
        *changes(
            "not_known",
            MANAGED,
            "properties.regionDetails.storageAccountDetails",
            "properties.regionDetails.acrDetails",
        ),
    ),
    plain=("identity.type",),
)

CONNECTIONS = Row(
    name="connections",
    opens_by="credentials",
    described="Connections of a workspace, or of a hub, to other services",
    noun="connection",
    az_noun="connection",
    loader="load_connection",
    compiled_to="bicep",
    resource_type=f"{WORKSPACE_TYPE}/connections",
    classes=CONNECTION_CLASSES,
    schemas={"": "connection"},
    discriminator="type",
    additions=(*IN_WORKSPACE, IN_A_HUB),
    name_rule=NameRule("a connection", 3, 33, WORD, "workspace"),  # BT
    layer="compute",  # with a private endpoint of its workspace in one deployment it fails: AVM, workspace
    emitter=connections.resources,
    rules=listed.CONNECTION_RULES,
    secrets=connections.SECRETS,
    symbol="connection",
    group="Workspaces",
    less_than_the_sdk=dict.fromkeys(
        ("properties.metadata.ApiVersion", "properties.metadata.ResourceId"), "what is not written: the SDK sends null"
    ),
    changes=(
        *changes("create_only", REST, "properties.category", is_confirmed=False),
        *changes("opens_access", REST, "properties.isSharedToAll", none_is="false"),
        *changes("opens_access", REST, "properties.sharedUserList"),
        *changes("opens_access", REST, "properties.credentials", when_made=True, whom="whoever works where it lies"),
        *changes("opens_access", REST, "properties.target"),  # where requests go, with the key and what is in them
        *changes("opens_access", REST, "properties.authType", is_confirmed=False),  # whose keys, or whose identity
    ),
)
