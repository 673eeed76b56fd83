"""Names that are taken, also by what was deleted."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ARM, ENDPOINTS, LEARN, ML, Cause

NAMES = (
    Cause(
        "vault_deleted",
        "A deleted key vault still has this name",
        r"(vault with the same name already exists in deleted state|VaultAlreadyExists|"
        r"soft.deleted (key )?vault exists|"
        r"vault name '(?P<at>[^']+)' is already in use)",
        "A deleted vault keeps its name until it is purged, 90 days with purge protection; or somebody else has it",
        "Recover it: az keyvault recover --name <name>; or raise naming.generation, or write azure_name, for another "
        "name",
        f"{LEARN}key-vault/general/key-vault-recovery",
        ("vaults",),
    ),
    Cause(
        "workspace_deleted",
        "A deleted workspace still has this name",
        r"Soft-deleted workspace exists",
        "A deleted workspace of Azure ML is kept for 14 days, and keeps its name",
        "Recover it in the portal (Azure Machine Learning, Recently deleted), or purge it there: "
        "az ml workspace delete --permanently-delete",
        f"{ML}concept-soft-delete",
        ("Microsoft.MachineLearningServices/workspaces",),
    ),
    Cause(
        "storage_name_taken",
        "The name of the storage account is taken",
        r"(StorageAccountAlreadyTaken|StorageAccountAlreadyExists|StorageAccountInAnotherResourceGroup|"
        r"storage account named (?P<at>\S+) is already taken)",
        "Names of storage accounts are unique in all of Azure, and a deleted one keeps its name for a while",
        "Raise naming.generation, or write azure_name; if the account is yours, in another group, say existing: true",
        f"{ARM}error-storage-account-name",
        ("storageAccounts",),
    ),
    Cause(
        "registry_name_taken",
        "The name of the image registry is taken",
        r"registry DNS name \S+ is already in use|AlreadyInUse.{0,80}(registry|azurecr)",
        "Names of container registries are unique in all of Azure",
        "Raise naming.generation, or write azure_name",
        f"{LEARN}container-registry/container-registry-troubleshoot-access",
        ("registries",),
    ),
    Cause(
        "endpoint_name_taken",
        "An endpoint of the region has this name",
        r"(already an endpoint with this name|Endpoint name needs to be unique|Endpoint already exists|"
        r"EndpointAlreadyExists|endpoint name '?(?P<at>\S+?)'? is (not available|already (taken|in use))|"
        r"endpoint with this name already exists)",
        "Names of online and batch endpoints are unique in a region, over all subscriptions; one that was just "
        "deleted "
        "may still hold its name",
        "Write azure_name, or wait some minutes where it was deleted just now",
        ENDPOINTS,
        ("onlineEndpoints", "batchEndpoints"),
    ),
    Cause(
        "version_exists",
        "This version of an asset exists with another content",
        r"(version.{0,60}already exists|DatasetVersionExists|already registered with (a )?different|"
        r"asset.{0,60}is immutable|Cannot update.{0,60}version)",
        "A version of an asset never changes on Azure ML",
        "Leave version out: mlinfra makes one of the content; or raise a version that is written",
        f"{ML}reference-yaml-overview",
        ("workspaces/environments", "workspaces/data", "workspaces/models", "workspaces/components"),
    ),
    Cause(
        "role_exists",
        "The same role is already assigned under another id",
        r"RoleAssignmentExists|role assignment already exists",
        "Somebody gave this principal this role on this scope by hand or by another template, and Azure has one "
        "assignment of each",
        "Delete the other one (az role assignment list --scope <scope> --assignee <id>; az role assignment delete "
        "--ids <id>), and deploy again",
        f"{LEARN}role-based-access-control/troubleshooting#symptom---arm-template-role-assignment-returns-badrequest-"
        "status",
        ("roleAssignments",),
    ),
    Cause(
        "role_changed",
        "A role assignment names a principal that was made anew",
        r"RoleAssignmentUpdateNotPermitted|Tenant ID, application ID, principal ID, and scope are not allowed to be "
        r"updated",
        "An identity was deleted and made again under its name: the assignment has the id of the old one, and "
        "can't be "
        "changed",
        "Delete the assignment that Azure shows with an unknown identity, and deploy again",
        f"{LEARN}role-based-access-control/troubleshooting",
        ("roleAssignments", "userAssignedIdentities"),
    ),
    Cause(
        "name_soft_deleted",
        "Something deleted still has this name",
        r"(FlagMustBeSetForRestore|soft.?deleted (state|resource|account|service|workspace|vault|project|hub)|"
        r"(exists|is|are) in (a )?(soft.?)?deleted state|has been soft.?deleted|(is|was) soft.?deleted)",
        "What was deleted is kept for some days or weeks, with its name",
        "Recover it, or purge it (of Azure AI services: az cognitiveservices account purge; of a workspace of"
        " logs: az monitor log-analytics workspace recover); or raise naming.generation",
        f"{LEARN}ai-services/recover-purge-resources",
        (
            "Microsoft.CognitiveServices/accounts",
            "Microsoft.OperationalInsights/workspaces",
        ),
    ),
)
