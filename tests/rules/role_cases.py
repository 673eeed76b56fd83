"""Cases of the rules about roles of the spec's own, and about what has an identity of its own."""

from __future__ import annotations

from tests.rules.case import Case

_LAKE = "storage_accounts: {lake: {}}\nidentities: {ci: {}}\ncontainer_registries: {images: {system_identity: true}}\n"
_SQL = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg/providers/Microsoft.Sql/servers/sql-sales"


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
        "MLI447",
        _given("lister", roles=_LISTS),
        _given("listr", roles=_LISTS),
        (
            (
                '6:27 role "listr" is not a built-in role that is known here | did you mean "lister"? Defined:'
                " AcrPull, AcrPush, Azure AI Administrator, Azure AI Developer, Azure AI Enterprise Network"
                " Connection Approver, Azure Machine Learning Workspace Connection Secrets Reader, AzureML"
                " Compute Operator, AzureML Data Scientist, AzureML Metrics Writer, AzureML Registry User, … and"
                " 35 more"
            ),
        ),
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
        _given("Reader", "system_identity_of: container_registries.images"),
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
