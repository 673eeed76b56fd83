"""Hubs, and the projects in them: workspaces to Azure, in which people try things out."""

from __future__ import annotations

from mlinfra.azure.name_rules import WORD, NameRule
from mlinfra.languages.azureml import elsewhere, providers, workspaces
from mlinfra.languages.azureml.checks import hubs as of_hubs
from mlinfra.languages.azureml.row import RESOURCE, WORKSPACE_TYPE, Row
from mlinfra.languages.azureml.sections.workspaces import WORKSPACES
from mlinfra.languages.changes import LEARN, TERRAFORM, changes

_OF_HUBS = f"{LEARN}machine-learning/concept-hub-workspace"

HUBS = Row(
    name="hubs",
    noun="hub",
    called_elsewhere=elsewhere.OF_WORKSPACES,
    az_noun="workspace",
    loader="load_workspace",
    compiled_to="bicep",
    classes=("workspace.ai_workspaces.hub:HubSchema",),
    schemas={"": "hub"},
    implied={"kind": "hub"},
    additions=RESOURCE,
    resource_type=WORKSPACE_TYPE,
    name_rule=NameRule("a hub", 3, 33, WORD, "resource group", "platform", "hub"),
    layer="workspace",
    emitter=workspaces.hubs,
    providers=providers.of_workspace,
    rules=of_hubs.HUB_RULES,
    siblings="hub",
    stateful=True,
    watched=True,
    is_tagged=True,
    inside=WORKSPACES.inside,
    closed_as=WORKSPACES.closed_as,
    symbol="hub",
    group="Workspaces",
    described="What projects share: storage, secrets, network and key; no clusters, no batch endpoints",
    beyond_the_sdk={
        **WORKSPACES.beyond_the_sdk,
        "properties.workspaceHubConfig*": "where projects lie; the SDK drops it from its body",
    },
    settings=WORKSPACES.settings,
    insecure=WORKSPACES.insecure,
    changes=WORKSPACES.changes,
    plain=(
        "identity.userAssignedIdentities",
        "properties.applicationInsights",
        "properties.encryption.identity.userAssignedIdentity",
        "properties.encryption.keyVaultProperties.keyIdentifier",
        "properties.managedNetwork.firewallSku",
        "properties.primaryUserAssignedIdentity",
        "sku.name",
        "sku.tier",
    ),
)

PROJECTS = Row(
    name="projects",
    is_given_an_identity=True,
    noun="project",
    called_elsewhere=elsewhere.OF_WORKSPACES,
    az_noun="workspace",
    loader="load_workspace",
    compiled_to="bicep",
    classes=("workspace.ai_workspaces.project:ProjectSchema",),
    schemas={"": "project"},
    implied={"kind": "project"},
    additions=RESOURCE,
    resource_type=WORKSPACE_TYPE,
    name_rule=NameRule("a project", 3, 33, WORD, "resource group", "platform", "proj"),
    layer="workspace",
    emitter=workspaces.projects,
    rules=of_hubs.PROJECT_RULES,
    stateful=True,
    watched=True,
    is_tagged=True,
    symbol="project",
    group="Workspaces",
    described="Where a team works in a hub, whose storage, secrets, network and key it has",
    beyond_the_sdk={
        "sku.*": "the only tier there is; the SDK sends it in its template, not in its body",
        "tags*": "the tags of the header",
        "identity.type": "that Azure gives it an identity, so that a reviewer sees it",
    },
    less_than_the_sdk=dict.fromkeys(("properties.hbiWorkspace", "properties.enableDataIsolation"), "its hub's"),
    changes=(
        *changes("create_only", TERRAFORM, "kind", "properties.hubResourceId"),
        *changes("irreversible", _OF_HUBS, "kind"),
    ),
    plain=(
        "identity.type",
        "sku.name",
        "sku.tier",
    ),
)
