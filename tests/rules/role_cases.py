"""Cases of the rules about roles of the spec's own, and about what has an identity of its own."""

from __future__ import annotations

from tests.rules.case import Case

_LAKE = "storage_accounts: {lake: {}}\nidentities: {ci: {}}\ncontainer_registries: {images: {system_identity: true}}\n"
_GROUP = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg/providers"
_AI = f"{_GROUP}/Microsoft.CognitiveServices/accounts/ai-words"
_ACCOUNT = f"{_GROUP}/Microsoft.Storage/storageAccounts/strows"
_SQL = f"{_GROUP}/Microsoft.Sql/servers/sql-sales"


def _given(role: str, who: str = "identity: ci", roles: str = "{}") -> str:
    return (
        f"{_LAKE}role_definitions: {roles}\n"
        f"role_assignments:\n  a: {{{who}, role: {role}, scope: storage_accounts.lake}}\n"
    )


_CONNECTED = (
    "identities: {i: {}}\nworkspaces: {main: {}}\n"
    "compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 1, identity: {type: user_assigned, "
    "user_assigned_identities: [{resource_id: i}]}}}\nconnections:\n"
    "  words: {type: azure_open_ai, azure_endpoint: https://oai-words.openai.azure.com, open_ai_resource_id: words}\n"
    "  keyed: {type: azure_ai_search, endpoint: https://idx.search.windows.net, api_key: {vault: v, secret: s}}\n"
    "cognitive_services: {words: {existing: true, azure_name: oai-words, resource_group: rg-ai}}\n"
    "search_services: {idx: {existing: true, azure_name: idx, resource_group: rg-ai}}\nkey_vaults: {v: {}}\n"
)
_LISTS = "{lister: {actions: [Microsoft.Storage/storageAccounts/read]}}"
_GIVES = '{lister: {actions: ["Microsoft.Authorization/*"]}}'
_GIVES_NOT = (
    '{lister: {actions: ["Microsoft.Authorization/*"], not_actions: ["Microsoft.Authorization/*/write", '
    '"Microsoft.Authorization/*/delete"]}}'
)
_DEFINES = "{lister: {actions: [Microsoft.Authorization/roleDefinitions/write]}}"
_UNLOCKS = '{lister: {actions: ["*"], not_actions: ["Microsoft.Authorization/*/write"]}}'

ROLE_CASES = (
    Case(
        "MLI395",
        f"role_definitions: {_LISTS}\n",
        "role_definitions: {none: {}, less: {actions: [Microsoft.Storage/storageAccounts/read], "
        "not_data_actions: [Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete]}}\n",
        (
            "1:20 role_definitions.none may do nothing | write actions or data_actions",
            "1:88 role_definitions.less takes something from its data_actions, and has none",
        ),
    ),
    Case(
        "MLI395",
        "role_definitions:\n"
        "  all: {actions: ['*', '*/read', Microsoft.Support/*, Microsoft.Storage/*/read, "
        "Microsoft.Storage/operations/read, "
        "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action], "
        "data_actions: [Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*, "
        "Microsoft.Storage/storageAccounts/blobServices/*, "
        "Microsoft.KeyVault/vaults/keys/read]}\n",
        "role_definitions:\n"
        "  a: {actions: [Microsoft.Storag/storageAccounts/read, Microsoft.KeyVaults/vaults/read]}\n"
        "  b: {actions: [Microsoft.Storage/storageAccount/read, Microsoft.Storage/storageAccounts]}\n"
        "  c: {actions: [Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read]}\n"
        "  d: {data_actions: [Microsoft.Storage/storageAccounts/blobServices/containers/read]}\n"
        "  e: {actions: ['*'], not_actions: [Microsoft.MachineLearningService/workspaces/delete]}\n",
        (
            (
                "2:17 Microsoft.Storag/storageAccounts/read is of a provider that Azure does not know | did you "
                'mean "Microsoft.Storage/storageAccounts/read"?'
            ),
            (
                "2:56 Microsoft.KeyVaults/vaults/read is of a provider that Azure does not know | did you mean "
                '"Microsoft.KeyVault/vaults/read"?'
            ),
            (
                "3:17 Microsoft.Storage/storageAccount/read is of a type that the provider does not know | did "
                'you mean "Microsoft.Storage/storageAccounts/read"?'
            ),
            (
                "3:56 Microsoft.Storage/storageAccounts says not what may be done | write "
                "Microsoft.Storage/storageAccounts/read, write, delete or action, or "
                "Microsoft.Storage/storageAccounts/*"
            ),
            (
                "4:17 Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read is done with data | "
                "write it in data_actions"
            ),
            (
                "5:22 Microsoft.Storage/storageAccounts/blobServices/containers/read is of Resource Manager | "
                "write it in actions"
            ),
            (
                "6:37 Microsoft.MachineLearningService/workspaces/delete is of a provider that Azure does not "
                'know | did you mean "Microsoft.MachineLearningServices/workspaces/delete"?'
            ),
        ),
    ),
    Case(
        "MLI447",
        _given("lister", roles=_LISTS),
        _given("listr", roles=_LISTS),
        (('6:27 role "listr" is not a built-in role that is known here | did you mean "lister"?'),),
    ),
    Case(
        "MLI829",
        _given("Storage Blob Data Reader") + "  b: {identity: ci, role: AcrPull, scope: resource_group}\n",
        _given("AcrPull")
        + "  b: {identity: ci, role: AzureML Data Scientist, scope: container_registries.images}\n"
        + f"  c: {{identity: ci, role: AcrPull, scope: {_SQL}}}\n",
        (
            (
                '6:43 "AcrPull" lets nobody do anything with storage_accounts.lake, a storage account'
                " | give it on a resource of microsoft.containerregistry, or another role here"
            ),
            (
                '7:58 "AzureML Data Scientist" lets nobody do anything with container_registries.images, a container'
                " registry | give it on a resource of microsoft.machinelearningservices, or another role here"
            ),
            (
                '8:43 "AcrPull" lets nobody do anything with a resource of Microsoft.Sql/servers'
                " | give it on a resource of microsoft.containerregistry, or another role here"
            ),
        ),
    ),
    Case(
        "MLI550",
        _given("lister", roles=_GIVES_NOT),
        _given("lister", roles=_GIVES),
        (
            (
                "6:27 role_assignments.a lets identities.ci give roles, as lister | give a role that does not give"
                " roles, such as Contributor, or one for the data only"
            ),
        ),
    ),
    Case(
        "MLI550",
        _given("lister", roles=_GIVES_NOT),
        _given("lister", roles=_DEFINES),
        (
            (
                "6:27 role_assignments.a lets identities.ci define roles, as lister | give a role that does not define"
                " roles, such as Contributor, or one for the data only"
            ),
        ),
    ),
    Case(
        "MLI550",
        _given("lister", roles=_GIVES_NOT),
        _given("lister", roles=_UNLOCKS),
        (
            (
                "6:27 role_assignments.a lets identities.ci take locks away, as lister | give a role that does not take"
                " locks away, such as Contributor, or one for the data only"
            ),
        ),
    ),
    Case(
        "MLI447",
        _given("Azure Event Hubs Data Sender").replace("storage_accounts.lake", "resource_group")
        + "  b: {identity: ci, role: foundry user, scope: resource_group}\n"
        + "  c: {identity: ci, role: Azure AI User, scope: storage_accounts.lake}\n".replace(
            "storage_accounts.lake", _AI
        ),
        _given("Azure Event Hub Data Sender")
        + "  b: {identity: ci, role: Event Hubs Sender, scope: resource_group}\n"
        + "  c: {identity: ci, role: Data Sender, scope: resource_group}\n  d: {identity: ci, role: x, "
        + "scope: resource_group}\n",
        (
            (
                '6:27 role "Azure Event Hub Data Sender" is not a built-in role that is known here | did you '
                'mean "Azure Event Hubs Data Sender"?'
            ),
            (
                '7:27 role "Event Hubs Sender" is not a built-in role that is known here | did you mean "Azure '
                'Event Hubs Data Sender"?'
            ),
            (
                '8:27 role "Data Sender" is not a built-in role that is known here | one of Azure Event Hubs '
                "Data Sender, Azure Service Bus Data Sender, Azure Usage Billing Data Sender, EventGrid Data "
                "Sender, Storage Queue Data Message Sender"
            ),
            (
                '9:27 role "x" is not a built-in role that is known here | write its GUID, which az role '
                "definition list shows"
            ),
        ),
    ),
    Case(
        "MLI829",
        _given("Azure Event Hubs Data Sender").replace("storage_accounts.lake", "resource_group"),
        _given("Azure Event Hubs Data Sender"),
        (
            (
                '6:64 "Azure Event Hubs Data Sender" lets nobody do anything with storage_accounts.lake, a '
                "storage account | give it on a resource of microsoft.eventhub, or another role here"
            ),
        ),
    ),
    Case(
        "MLI550",
        _given("Key Vault Secrets User").replace("storage_accounts.lake", "resource_group"),
        _given("Key Vault Data Access Administrator").replace("storage_accounts.lake", "resource_group")
        + "  b: {identity: ci, role: 28bf596f-4eb7-45ce-b5bc-6cf482fec137, scope: storage_accounts.lake}\n",
        (
            (
                "6:27 role_assignments.a lets identities.ci give roles, as Key Vault Data Access Administrator | "
                "give a role that does not give roles, such as Contributor, or one for the data only"
            ),
            (
                "7:27 role_assignments.b lets identities.ci take locks away, as Locks Contributor | give a role "
                "that does not take locks away, such as Contributor, or one for the data only"
            ),
        ),
    ),
    Case(
        "MLI448",
        _given("Storage Blob Data Contributor")
        + "  b: {identity: ci, role: Virtual Machine Contributor, scope: container_registries.images}\n",
        _given("Storage Account Contributor")
        + "  b: {identity: ci, role: Reader and Data Access, scope: resource_group}\n"
        + f"  c: {{identity: ci, role: Storage Account Key Operator Service Role, scope: {_ACCOUNT}}}\n",
        (
            "6:27 role_assignments.a makes identities.ci Storage Account Contributor of storage_accounts.lake",
            "7:27 role_assignments.b makes identities.ci Reader and Data Access of resource_group",
            (f"8:27 role_assignments.c makes identities.ci Storage Account Key Operator Service Role of {_ACCOUNT}"),
        ),
    ),
    Case(
        "MLI448",
        _given("acdd72a7-3385-48ef-bd42-f606fba81ae7"),
        _given("b24988ac-6180-42a0-ab88-20f7382dd24c"),
        ("6:27 role_assignments.a makes identities.ci Contributor of storage_accounts.lake",),
    ),
    Case(
        "MLI448",
        _given("Reader", "system_identity_of: container_registries.images"),
        _given("Contributor", "system_identity_of: container_registries.images"),
        ("6:62 role_assignments.a makes container_registries.images Contributor of storage_accounts.lake",),
    ),
    Case(
        "MLI449",
        _given("Reader", "system_identity_of: container_registries.images"),
        _given("Reader", "system_identity_of: storage_accounts.lake"),
        (
            (
                "6:27 storage_accounts.lake has no identity of its own that a template knows | write"
                " system_identity: true in it"
            ),
        ),
    ),
    Case(
        "MLI449",
        _given("Reader", "system_identity_of: container_registries.images")
        + "  b: {system_identity_of: projects.p, role: Reader, scope: storage_accounts.lake}\n"
        + "  c: {system_identity_of: registries.r, role: Reader, scope: storage_accounts.lake}\n"
        + "hubs: {h: {}}\nprojects: {p: {hub_id: h}}\nregistries: {r: {}}\n",
        _given("Reader", "system_identity_of: workspaces.w") + "workspaces: {w: {}}\n",
        (
            (
                "6:27 workspaces.w has no identity of its own that a template knows | write identity: {type: "
                "system_assigned} in it"
            ),
        ),
    ),
    Case(
        "MLI445",
        _given("Reader", "system_identity_of: container_registries.images"),
        _given("Reader", "identity: ci, system_identity_of: container_registries.images"),
        ("6:21 role_assignments.a takes one of identity and system_identity_of",),
    ),
    Case(
        "MLI841",
        _CONNECTED + "role_assignments: {r: {identity: i, role: Cognitive Services OpenAI Contributor, scope: "
        "cognitive_services.words}}\n",
        _CONNECTED
        + "role_assignments: {r: {identity: i, role: Cognitive Services User, scope: cognitive_services.words}}\n",
        (
            (
                "5:3 no compute and no endpoint of workspaces.main has the role that connections.words takes"
                " | role_assignments: {<name>: {identity: i, role: Cognitive Services OpenAI User, scope: "
                "cognitive_services.words}} lets i use it"
            ),
        ),
    ),
)
